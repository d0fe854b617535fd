"""The calls on the wire, and the answers that are no answers."""

import json

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable, SystemFault
from tests.unit.systems.grants.conftest import (
    COMPETITION,
    REGISTRY,
    TITLE,
    Grants,
    application,
    page,
)

FILTERS = {"competitionId": {"operator": "in", "value": [COMPETITION]}}


async def test_an_application_is_started_with_the_token(grants: Grants) -> None:
    grants.script.then(201, {"data": application()})
    started = await grants.client().start(TITLE, None)
    assert started.id == "a1"
    (asked,) = grants.script.asked
    assert grants.paths == ["POST /common-grants/applications/start"]
    assert asked.body == {"competitionId": COMPETITION, "title": TITLE}
    assert asked.headers["authorization"] == "Bearer token-1"


async def test_an_application_names_its_organisation_when_there_is_one(grants: Grants) -> None:
    grants.script.then(201, {"data": application()})
    await grants.client().start(TITLE, "o1")
    assert grants.script.asked[0].body["organizationId"] == "o1"


async def test_a_search_puts_json_into_the_query(grants: Grants) -> None:
    grants.script.then(200, page(application()))
    assert [one.id for one in await grants.client().applications()] == ["a1"]
    (asked,) = grants.script.asked
    assert grants.paths == ["POST /common-grants/applications/search"]
    assert json.loads(asked.query["filters"]) == FILTERS
    assert (asked.query["sorting"], asked.body) == ("sortBy,createdAt", None)


async def test_a_search_puts_json_into_the_body_when_it_is_told_to(grants: Grants) -> None:
    grants.script.then(200, page(application()))
    await grants.client(GRANTS_SEARCH="body").applications()
    (asked,) = grants.script.asked
    assert asked.query == {}
    assert asked.body == {
        "filters": FILTERS,
        "sorting": {"sortBy": "createdAt", "sortOrder": "asc"},
        "pagination": {"page": 1, "pageSize": 100},
    }


async def test_a_search_reads_all_pages(grants: Grants) -> None:
    grants.script.then(200, page(application(id="a1"), number=1, pages=2))
    grants.script.then(200, page(application(id="a2"), number=2, pages=2))
    assert [one.id for one in await grants.client().applications()] == ["a1", "a2"]
    assert [asked.query["page"] for asked in grants.script.asked] == ["1", "2"]


async def test_a_search_is_not_trusted_when_pages_do_not_turn(grants: Grants) -> None:
    grants.script.then(200, page(application(), number=1, pages=2))
    grants.script.then(200, page(application(), number=1, pages=2))
    with pytest.raises(Refused) as fault:
        await grants.client().applications()
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.UNKNOWN, Effect.NONE)


@pytest.mark.parametrize("status", [400, 404, 405, 415, 422])
async def test_the_setting_is_named_when_the_search_is_not_understood(
    grants: Grants, status: int
) -> None:
    grants.script.then(status, {})
    with pytest.raises(Refused) as fault:
        await grants.client().applications()
    assert "GRANTS_SEARCH" in fault.value.advice
    assert fault.value.effect is Effect.NONE


async def test_other_competitions_are_left_out_when_the_filter_is_ignored(grants: Grants) -> None:
    grants.script.then(200, page(application(competitionId="other"), application(id="a2")))
    assert [one.id for one in await grants.client().applications()] == ["a2"]


@pytest.mark.parametrize(
    ("identifiers", "known"),
    [
        ({REGISTRY: {"id": "co_1111"}}, True),
        ({"otherIds": {"x": {"id": "co_1111", "registry": {"code": REGISTRY}}}}, True),
        ({REGISTRY: {"id": "co_2222"}}, False),
        ({"org:us:uei": {"id": "co_1111"}}, False),
        ({REGISTRY: "co_1111"}, False),
        ({}, False),
    ],
)
async def test_an_organisation_is_known_only_by_its_own_identifier(
    grants: Grants, identifiers: dict[str, object], known: bool
) -> None:
    grants.script.then(200, page({"id": "o1", "identifiers": identifiers}))
    found = await grants.client().organizations(REGISTRY, "co_1111")
    assert [one.id for one in found] == (["o1"] if known else [])
    assert grants.script.asked[0].query == {
        "registry": REGISTRY,
        "id": "co_1111",
        "pageSize": "100",
    }


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, ErrorCode.INVALID_INPUT, Refused),
        (401, ErrorCode.AUTH, Refused),
        (403, ErrorCode.PERMISSION, Refused),
        (404, ErrorCode.NOT_FOUND, Refused),
        (409, ErrorCode.CONFLICT, AlreadyThere),
        (422, ErrorCode.INVALID_INPUT, Refused),
        (429, ErrorCode.RATE_LIMITED, Retryable),
        (500, ErrorCode.UNAVAILABLE, OutcomeUnknown),
        (302, ErrorCode.UNKNOWN, OutcomeUnknown),
    ],
)
async def test_an_answer_to_a_write_is_translated(
    grants: Grants, status: int, code: ErrorCode, kind: type[SystemFault]
) -> None:
    grants.script.then(status, {"message": "co_1111"}, headers={"retry-after": "4"})
    with pytest.raises(SystemFault) as fault:
        await grants.client().start(TITLE, None)
    assert (type(fault.value), fault.value.error_code) == (kind, code)
    assert "co_1111" not in fault.value.message
    assert len(grants.script.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"data": {', {"data": {}}, [], b'"\xff"'])
async def test_a_write_is_unknown_when_a_success_cannot_be_read(
    grants: Grants, body: object
) -> None:
    grants.script.then(201, body)
    with pytest.raises(OutcomeUnknown):
        await grants.client().start(TITLE, None)


async def test_a_read_had_no_effect_when_its_success_cannot_be_read(grants: Grants) -> None:
    grants.script.then(200, b"<html>")
    with pytest.raises(Retryable) as fault:
        await grants.client().competition()
    assert fault.value.effect is Effect.NONE


@pytest.mark.parametrize(
    ("accident", "code"), [("reset", ErrorCode.UNAVAILABLE), ("hang", ErrorCode.TIMEOUT)]
)
async def test_a_write_is_unknown_when_no_answer_comes(
    grants: Grants, accident: str, code: ErrorCode
) -> None:
    grants.script.then(accident=accident)
    with pytest.raises(OutcomeUnknown) as fault:
        await grants.client(GRANTS_TIMEOUT_SECONDS="0.2").start(TITLE, None)
    assert fault.value.error_code is code
    assert len(grants.script.asked) == 1
