"""CommonGrants 0.4.0: competitions, organisations, applications and their forms.

`start` makes one more application each time it is called: the protocol has no idempotency key.
"""

import json
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from sandbox import journal
from sandbox.control import store_of
from sandbox.seed import GRANTS_TOKEN
from sandbox.store import Body, Store


class GrantsError(Exception):
    """Answered as `{"status", "message", "errors"}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.body = {"status": status, "message": message, "errors": []}


class GrantsRoute(APIRoute):
    """Turns a refusal into the protocol's own form of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except GrantsError as error:
                return JSONResponse(error.body, status_code=error.body["status"])  # type: ignore[arg-type]

        return guarded


_routes = APIRouter(route_class=GrantsRoute)


def router() -> APIRouter:
    """The protocol's routes, without their common prefix."""
    return _routes


def _allowed(request: Request) -> Store:
    if request.headers.get("authorization") != f"Bearer {GRANTS_TOKEN}":
        raise GrantsError(401, "Unauthorized")
    return store_of(request)


async def _body(request: Request) -> Body:
    try:
        data = json.loads(await request.body() or b"{}")
    except ValueError:
        raise GrantsError(400, "The body is not JSON") from None
    if not isinstance(data, dict):
        raise GrantsError(422, "The body must be an object")
    return data


def _found(store: Store, kind: str, id: str) -> Body:
    body = store.get("grants", kind, id)
    if body is None:
        raise GrantsError(404, f"{kind.capitalize()} not found")
    return body


def _success(data: Any, status: int = 200) -> JSONResponse:
    return JSONResponse({"status": status, "message": "Success", "data": data}, status_code=status)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _paged(items: list[Body], page: int, size: int, **extra: Any) -> JSONResponse:
    total = len(items)
    info = {"page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size)}
    shown = items[(page - 1) * size : page * size]
    body = {"status": 200, "message": "Success", "items": shown, "paginationInfo": info, **extra}
    return JSONResponse(body)


@_routes.get("/competitions/{id}")
async def get_competition(request: Request, id: str) -> Response:
    return _success(_found(_allowed(request), "competition", id))


@_routes.get("/orgs")
async def list_orgs(request: Request) -> Response:
    store, query = _allowed(request), request.query_params
    registry, identifier = query.get("registry"), query.get("id")
    items = [
        org
        for org in store.all("grants", "organization")
        if registry is None or org["identifiers"].get(registry, {}).get("id") == identifier
    ]
    return _paged(items, int(query.get("page", 1)), int(query.get("pageSize", 100)))


@_routes.get("/orgs/{id}")
async def get_org(request: Request, id: str) -> Response:
    return _success(_found(_allowed(request), "organization", id))


@_routes.post("/applications/start")
async def start(request: Request) -> Response:
    store, body = _allowed(request), await _body(request)
    title = body.get("title")
    if not isinstance(title, str) or not title:
        raise GrantsError(422, "title is required")
    competition = _found(store, "competition", str(body.get("competitionId")))
    if competition["status"]["value"] != "open":
        raise GrantsError(403, "The competition is not open")
    if body.get("organizationId"):
        _found(store, "organization", str(body["organizationId"]))
    new = {
        "id": str(uuid.uuid4()),
        "title": title,
        "competitionId": competition["id"],
        "opportunityId": competition["opportunityId"],
        "formResponses": {},
        "status": {"value": "inProgress"},
        "submittedAt": None,
        "validationErrors": [],
        "createdAt": _now(),
        "lastModifiedAt": _now(),
    }
    store.put("grants", "application", new["id"], new)
    return _success(new, 201)


@_routes.post("/applications/search")
async def search(request: Request) -> Response:
    """As the published description has it (query), or as servers do it (body), or not at all."""
    store = _allowed(request)
    mode = (store.get(journal.SYSTEM, "setting", "grants_search") or {"mode": "json-query"})["mode"]
    raw = await request.body()
    if mode == "none":
        raise GrantsError(404, "Not found")
    if mode == "body":
        body = await _body(request)
        filters, paging = body.get("filters") or {}, body.get("pagination") or {}
    else:
        query = request.query_params
        if raw:
            return JSONResponse(GrantsError(415, "No body is expected").body, status_code=415)
        if "filters" not in query or "sorting" not in query:
            raise GrantsError(422, "filters and sorting are required")
        try:
            filters = json.loads(query["filters"])
        except ValueError:
            raise GrantsError(422, "filters cannot be read") from None
        paging = {"page": query.get("page", 1), "pageSize": query.get("pageSize", 100)}
    wanted = (filters.get("competitionId") or {}).get("value")
    items = [
        one
        for one in store.all("grants", "application")
        if not wanted or one["competitionId"] in wanted
    ]
    extra = {
        "sortInfo": {"sortBy": "createdAt", "sortOrder": "asc", "errors": []},
        "filterInfo": {"filters": filters, "errors": []},
    }
    page, size = int(paging.get("page", 1)), int(paging.get("pageSize", 100))
    return _paged(items, page, size, **extra)


@_routes.get("/applications/{id}")
async def get_application(request: Request, id: str) -> Response:
    return _success(_found(_allowed(request), "application", id))


@_routes.put("/applications/{id}/submit")
async def submit(request: Request, id: str) -> Response:
    """A legal act of the company; here so that tests can prove that nobody does it for them."""
    store = _allowed(request)
    found = _found(store, "application", id)
    found |= {"status": {"value": "submitted"}, "submittedAt": _now(), "lastModifiedAt": _now()}
    store.put("grants", "application", id, found)
    return _success(found)


@_routes.put("/applications/{id}/forms/{form_id}")
async def put_form(request: Request, id: str, form_id: str) -> Response:
    """Idempotent: one response per form."""
    store, body = _allowed(request), await _body(request)
    found = _found(store, "application", id)
    if form_id not in _found(store, "competition", found["competitionId"])["forms"]["forms"]:
        raise GrantsError(404, "Form not found")
    earlier = found["formResponses"].get(form_id)
    response = {
        "id": earlier["id"] if earlier else str(uuid.uuid4()),
        "applicationId": id,
        "formId": form_id,
        "response": body.get("response", body),
        "status": {"value": "inProgress"},
        "validationErrors": [],
        "createdAt": earlier["createdAt"] if earlier else _now(),
        "lastModifiedAt": _now(),
    }
    found["formResponses"][form_id] = response
    store.put("grants", "application", id, found | {"lastModifiedAt": _now()})
    return _success(response)


@_routes.get("/applications/{id}/forms/{form_id}")
async def get_form(request: Request, id: str, form_id: str) -> Response:
    found = _found(_allowed(request), "application", id)
    if form_id not in found["formResponses"]:
        raise GrantsError(404, "Form response not found")
    return _success(found["formResponses"][form_id])
