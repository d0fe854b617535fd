"""How the stand-in of CommonGrants behaves: duplicates, closing days, forms, and its searches."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox import seed
from sandbox.grants.seed import EIN, SHARED_EIN, UEI
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import made

OPEN, CLOSED = seed.GRANTS_COMPETITION_ID, seed.GRANTS_CLOSED_COMPETITION_ID
START = {"competitionId": OPEN, "title": "Acme [agentos:co_1]"}
FULL = {"legalName": "Acme", "contactEmail": "ann@example.com"}
OURS = {"competitionId": {"operator": "in", "value": [OPEN]}}
SEARCH = "/applications/search"


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with clients.grants(sandbox) as api:
        yield api


def start(api: httpx.Client, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = made(api.post("/applications/start", json=START | more))["data"]
    return data


def query(filters: Any = OURS, sorting: str = "sortBy,createdAt,sortOrder,asc") -> dict[str, str]:
    return {"filters": json.dumps(filters), "sorting": sorting}


def test_each_start_makes_one_more(api: httpx.Client, sandbox: SandboxServer) -> None:
    first, second = start(api), start(api)
    assert first["id"] != second["id"]
    assert first["title"] == second["title"]
    assert sandbox.counts()["grants"]["application"] == 2


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"competitionId": CLOSED}, 422),
        ({"competitionId": "none"}, 422),
        ({"competitionId": "7c1f7e2a-6a55-4c7e-9d35-000000000000"}, 404),
        ({"title": ""}, 422),
        ({"organizationId": "1b0c7a34-5f0a-4a9e-9c07-000000000000"}, 404),
    ],
)
def test_nothing_is_started_that_makes_no_sense(
    api: httpx.Client, sandbox: SandboxServer, more: dict[str, str], status: int
) -> None:
    assert api.post("/applications/start", json=START | more).status_code == status
    assert "application" not in sandbox.counts()["grants"]


def test_an_application_does_not_tell_whose_it_is(api: httpx.Client) -> None:
    (organization,) = found(api, "org:us:ein", EIN)
    one = start(api, organizationId=organization["id"])
    assert organization["id"] not in json.dumps(api.get(f"/applications/{one['id']}").json())


def found(api: httpx.Client, registry: str, identifier: str) -> list[dict[str, Any]]:
    query = {"registry": registry, "id": identifier}
    items: list[dict[str, Any]] = made(api.get("/orgs", params=query))["items"]
    return items


@pytest.mark.parametrize(
    ("registry", "identifier", "names"),
    [
        ("org:us:ein", EIN, ["Initech"]),
        ("org:us:uei", UEI, ["Hooli"]),
        ("org:us:ein", SHARED_EIN, ["Globex East", "Globex West"]),
        ("org:us:ein", "12-3456789", []),
        ("org:us:uei", EIN, []),
    ],
)
def test_organisations_are_found_by_what_their_registry_calls_them(
    api: httpx.Client, registry: str, identifier: str, names: list[str]
) -> None:
    assert [one["name"] for one in found(api, registry, identifier)] == names


def test_an_identifier_without_its_registry_is_refused(api: httpx.Client) -> None:
    assert api.get("/orgs", params={"id": EIN}).status_code == 422


def test_a_form_has_one_answer_however_often_it_is_put(api: httpx.Client) -> None:
    form = f"/applications/{start(api)['id']}/forms/{seed.GRANTS_FORM_ID}"
    assert api.get(form).status_code == 404
    part = made(api.put(form, json={"legalName": "Acme"}))["data"]
    whole = made(api.put(form, json=FULL))["data"]
    assert part["id"] == whole["id"]
    assert [part["status"]["value"], whole["status"]["value"]] == ["inProgress", "complete"]
    assert [error["field"] for error in part["validationErrors"]] == ["contactEmail"]
    assert made(api.get(form))["data"]["response"] == FULL


def test_an_application_is_submitted_when_it_is_full_and_then_stays_as_it_is(
    api: httpx.Client,
) -> None:
    one = f"/applications/{start(api)['id']}"
    form = f"{one}/forms/{seed.GRANTS_FORM_ID}"
    assert api.put(f"{one}/submit").status_code == 400
    made(api.put(form, json=FULL))
    assert made(api.put(f"{one}/submit"))["data"]["status"]["value"] == "submitted"
    assert api.put(form, json=FULL).status_code == 400
    assert api.put(f"{one}/submit").status_code == 400


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_nothing_takes_an_application_back(
    api: httpx.Client, sandbox: SandboxServer, method: str
) -> None:
    assert api.request(method, f"/applications/{start(api)['id']}").status_code == 404
    assert sandbox.counts()["grants"]["application"] == 1


def test_a_search_by_query_takes_json(api: httpx.Client) -> None:
    ids = [start(api)["id"] for _ in range(2)]
    assert [one["id"] for one in made(api.post(SEARCH, params=query()))["items"]] == ids
    newest = query(sorting='{"sortBy":"createdAt","sortOrder":"desc"}')
    assert [one["id"] for one in made(api.post(SEARCH, params=newest))["items"]] == ids[::-1]
    none = query({"competitionId": {"operator": "notIn", "value": [OPEN]}})
    assert made(api.post(SEARCH, params=none))["items"] == []


def test_a_search_by_query_takes_no_body_and_needs_its_parameters(api: httpx.Client) -> None:
    assert api.post(SEARCH, params=query(), json={}).status_code == 415
    for name in ("filters", "sorting"):
        rest = {key: value for key, value in query().items() if key != name}
        assert api.post(SEARCH, params=rest).status_code == 422


def test_a_search_by_body_is_what_some_servers_have(
    api: httpx.Client, sandbox: SandboxServer
) -> None:
    sandbox.control("grants/search", {"mode": "body"})
    ids = [start(api)["id"] for _ in range(3)]
    body = {"filters": OURS, "sorting": {"sortBy": "createdAt", "sortOrder": "asc"}}
    page = made(api.post(SEARCH, json=body | {"pagination": {"page": 2, "pageSize": 2}}))
    assert [one["id"] for one in page["items"]] == ids[2:]
    assert page["paginationInfo"] == {"page": 2, "pageSize": 2, "totalItems": 3, "totalPages": 2}


def test_some_servers_have_no_search(api: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.control("grants/search", {"mode": "none"})
    assert api.post(SEARCH, params=query()).status_code == 404
    sandbox.reset()
    assert api.post(SEARCH, params=query()).status_code == 200


def test_a_filter_that_is_not_known_is_told_and_ignored(api: httpx.Client) -> None:
    start(api)
    page = made(api.post(SEARCH, params=query({"title": {"operator": "in", "value": ["x"]}})))
    assert (len(page["items"]), page["filterInfo"]["errors"]) == (1, ["title is not supported"])


@pytest.mark.parametrize(
    "asked",
    [
        query({"status": {"operator": "near", "value": []}}),
        query([]),
        query(sorting="sortBy,title"),
        query() | {"page": "0"},
        query() | {"filters": "{"},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(api: httpx.Client, asked: dict[str, str]) -> None:
    assert api.post(SEARCH, params=asked).status_code == 422


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b"[]", 422)])
def test_a_body_that_is_no_json_object_is_refused(
    api: httpx.Client, content: bytes, status: int
) -> None:
    assert api.post("/applications/start", content=content).status_code == status
