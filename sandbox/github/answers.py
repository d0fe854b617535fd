"""What every GitHub route shares: who asks, the headers, paging, and how it says no."""

import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from sandbox.control import store_of
from sandbox.store import Body, Store

DOCS = "https://docs.github.com/rest"


class GitHubError(Exception):
    """Answered as `{"message", "documentation_url", "status"}`."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Body = {"message": message, "documentation_url": DOCS, "status": str(status)}
        if errors is not None:
            self.body["errors"] = errors


NOT_FOUND = "Not Found"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def allowed(request: Request) -> Store:
    """The store, once the token is right."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    store = store_of(request)
    known = store.get("github", "token", token) if scheme.lower() in ("bearer", "token") else None
    if known is None or (known["expires_at"] and known["expires_at"] < now()):
        raise GitHubError(401, "Bad credentials")
    return store


async def body_of(request: Request) -> Body:
    raw = await request.body()
    try:
        data = json.loads(raw or b"{}")
    except ValueError:
        raise GitHubError(400, "Problems parsing JSON") from None
    if not isinstance(data, dict):
        raise GitHubError(422, "Invalid request.")
    return data


def org_of(store: Store, login: str) -> Body:
    found = store.get("github", "org", login.lower())
    if found is None:
        raise GitHubError(404, NOT_FOUND)
    return found


def answer(request: Request, status: int, body: Any = None) -> Response:
    """With GitHub's headers; a GET whose ETag the client has already is 304."""
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "4999",
        "x-ratelimit-reset": str(int(datetime.now(UTC).timestamp()) + 3600),
        "x-github-request-id": hashlib.sha256(now().encode()).hexdigest()[:20].upper(),
        "x-github-api-version-selected": request.headers.get("x-github-api-version", "2022-11-28"),
    }
    if body is None:
        return Response(status_code=status, headers=headers)
    if request.method == "GET" and status == 200:
        tag = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        headers |= {"etag": f'W/"{tag}"', "cache-control": "private, max-age=60, s-maxage=60"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
    return JSONResponse(body, status_code=status, headers=headers)


def paged(request: Request, items: list[Body]) -> Response:
    """One page, with a Link header that leads to the others."""
    size = min(int(request.query_params.get("per_page", 30)), 100)
    page = int(request.query_params.get("page", 1))
    chosen = items[(page - 1) * size : page * size]
    response = answer(request, 200, chosen)
    if page * size < len(items):
        url = request.url.include_query_params(page=page + 1)
        response.headers["link"] = f'<{url}>; rel="next"'
    return response


class GitHubRoute(APIRoute):
    """Turns a refusal into GitHub's own form of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except GitHubError as error:
                return answer(request, error.status, error.body)

        return guarded


def new_router() -> APIRouter:
    return APIRouter(route_class=GitHubRoute)
