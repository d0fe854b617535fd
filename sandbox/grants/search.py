"""The search for applications, in the ways in which servers read an unclear description.

Protocol 0.4.0 declares `filters` and `sorting` as nested objects *in the query* and allows no
body, while the searches for opportunities and awards take the same things in the body. A server
generated from the description wants JSON in the query, a server written by analogy wants a body,
and many have none: the routes for applications are experimental. Hence the switch under
`POST /_sandbox/grants/search {"mode": "json-query" | "body" | "none"}`.
"""

import json
from collections.abc import Callable
from typing import Any

from fastapi import Response

from sandbox import journal
from sandbox.grants.answers import Asked, Call, GrantsError, invalid, new_router, page_of
from sandbox.store import Body

router = new_router()
_FIELDS: dict[str, Callable[[Body], str]] = {
    "competitionId": lambda one: str(one["competitionId"]),
    "opportunityId": lambda one: str(one["opportunityId"]),
    "status": lambda one: str(one["status"]["value"]),
}
_ORDERS: dict[str, Callable[[Body], str]] = {
    "createdAt": lambda one: str(one["createdAt"]),
    "lastModifiedAt": lambda one: str(one["lastModifiedAt"]),
    "submittedAt": lambda one: str(one["submittedAt"] or ""),
    "status.value": _FIELDS["status"],
    "opportunityId": _FIELDS["opportunityId"],
    "competitionId": _FIELDS["competitionId"],
}


@router.post("/applications/search")
async def search(call: Asked) -> Response:
    """A filter that is not known here is told in `filterInfo.errors` and otherwise ignored."""
    setting = call.store.get(journal.SYSTEM, "setting", "grants_search")
    mode = (setting or {"mode": "json-query"})["mode"]
    if mode == "none":
        raise GrantsError(404, "Not found")
    asked = await call.body() if mode == "body" else await _from_query(call)
    filters, sorting = _object(asked, "filters"), _object(asked, "sorting")
    items, errors = call.store.all("grants", "application"), []
    for field, wanted in filters.items():
        if field not in _FIELDS:
            errors.append(f"{field} is not supported")
            continue
        passes = _condition(field, wanted)
        items = [one for one in items if passes(one)]
    order = sorting.get("sortBy", "lastModifiedAt")
    if order not in _ORDERS:
        raise invalid("sorting.sortBy", f"{order} is not supported")
    direction = sorting.get("sortOrder", "desc")
    items.sort(key=_ORDERS[order], reverse=direction == "desc")
    return page_of(
        items,
        asked.get("pagination") or {},
        sortInfo={"sortBy": order, "sortOrder": direction, "errors": []},
        filterInfo={"filters": _known(filters), "errors": errors},
    )


def _object(asked: Body, name: str) -> Body:
    given = asked.get(name)
    if given is not None and not isinstance(given, dict):
        raise invalid(name, f"{name} must be an object")
    return given or {}


def _condition(field: str, wanted: Any) -> Callable[[Body], bool]:
    operator = wanted.get("operator") if isinstance(wanted, dict) else None
    if operator not in ("in", "notIn") or not isinstance(wanted.get("value"), list):
        raise invalid(f"filters.{field}", "The operator must be in or notIn, the value a list")
    values: list[Any] = wanted["value"]
    return lambda one: (_FIELDS[field](one) in values) is (operator == "in")


def _known(filters: Body) -> Body:
    return {field: wanted for field, wanted in filters.items() if field in _FIELDS}


async def _from_query(call: Call) -> Body:
    if await call.request.body():
        raise GrantsError(415, "No body is expected")
    query = call.request.query_params
    for name in ("filters", "sorting"):
        if name not in query:
            raise invalid(name, f"{name} is required")
    try:
        filters = json.loads(query["filters"])
    except ValueError:
        raise invalid("filters", "filters must be JSON") from None
    paging = {name: query[name] for name in ("page", "pageSize") if name in query}
    return {"filters": filters, "sorting": _sorting(query["sorting"]), "pagination": paging}


def _sorting(text: str) -> Any:
    """JSON, or `sortBy,createdAt,sortOrder,asc` as OpenAPI writes a flat object."""
    try:
        return json.loads(text)
    except ValueError:
        words = text.split(",")
        return dict(zip(words[::2], words[1::2], strict=False))
