"""What an applicant finds there: competitions, their forms, and organisations."""

from collections.abc import Iterator
from typing import Any

from fastapi import Response

from sandbox.grants.answers import Asked, invalid, new_router, page_of, success
from sandbox.store import Body

router = new_router()


@router.get("/competitions/{id}")
async def get_competition(call: Asked, id: str) -> Response:
    return success(call.found("competition", id))


@router.get("/forms")
async def list_forms(call: Asked) -> Response:
    return page_of(call.store.all("grants", "form"), call.request.query_params)


@router.get("/forms/{id}")
async def get_form(call: Asked, id: str) -> Response:
    return success(call.found("form", id))


@router.get("/orgs")
async def list_organizations(call: Asked) -> Response:
    """All, or those that the registry knows by the identifier; several can share one."""
    query = call.request.query_params
    registry, identifier = query.get("registry"), query.get("id")
    if identifier is not None and registry is None:
        raise invalid("registry", "An identifier says nothing without its registry")
    every = call.store.all("grants", "organization")
    if registry is not None:
        every = [one for one in every if _matches(one, registry, identifier)]
    return page_of(every, query)


@router.get("/orgs/{id}")
async def get_organization(call: Asked, id: str) -> Response:
    return success(call.found("organization", id))


def _matches(organization: Body, registry: str, identifier: str | None) -> bool:
    ids = [given for code, given in _identifiers(organization["identifiers"]) if code == registry]
    return bool(ids) and (identifier is None or identifier in ids)


def _identifiers(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Those of registries that the protocol does not know stand under `otherIds`."""
    for code, value in given.items():
        if code == "otherIds":
            yield from _identifiers(value)
        else:
            yield value["registry"]["code"], value["id"]
