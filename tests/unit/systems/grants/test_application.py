"""The company's application: when it may be started, whose it is, what stays of it."""

from datetime import UTC, datetime

import pytest

from domain.codes import ErrorCode
from domain.errors import NeedsPerson
from domain.plans import Undo
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.grants.application import LONGEST_TITLE, title
from systems.grants.system import said
from systems.part import Owner
from tests.unit.systems.grants.conftest import (
    ACME,
    COMPETITION,
    OPEN,
    REGISTRY,
    TITLE,
    Grants,
    application,
    page,
)

REFS = {"application": Resource(kind="application", id="a1")}
ORGANISATION = {"id": "o1", "identifiers": {REGISTRY: {"id": "co_1111"}}}


def test_one_application_is_wanted_and_the_approver_reads_that_it_stays(grants: Grants) -> None:
    (change,) = grants.part().desired(ACME)
    assert (change.key, change.target) == ("co_1111/grants/application", TITLE)
    assert change.summary == f"start the application {TITLE}, which cannot be undone"
    assert change.undo is Undo.NONE
    assert change.after == {
        "competition_id": COMPETITION,
        "marker": "agentos:co_1111",
        "status": "inProgress",
    }


def test_the_approver_reads_that_nothing_can_be_searched_when_it_is_so(grants: Grants) -> None:
    part = grants.part(GRANTS_SEARCH="none")
    assert not part.can_look_up
    assert "cannot be searched" in part.desired(ACME)[0].summary


def test_a_long_name_is_cut_before_the_mark() -> None:
    long = title(ACME.model_copy(update={"name": "A" * 400}))
    assert len(long) == LONGEST_TITLE
    assert long.endswith("A [agentos:co_1111]")


async def test_the_oldest_marked_application_is_ours(grants: Grants) -> None:
    later = application(id="a2", createdAt="2026-11-23T11:00:00Z")
    quoted = application(id="a0", title=f"{TITLE} [agentos:co_6666]")
    grants.script.then(200, page(quoted, later, application()))
    part = grants.part(GRANTS_APP_URL="https://g.example")
    found = await part.find(ACME, part.desired(ACME)[0], {})
    assert found is not None
    assert (found.resource.id, found.owner) == ("a1", Owner.COMPANY)
    assert found.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found.resource.url == "https://g.example/applications/a1"


async def test_our_application_is_found_when_the_competition_has_closed(grants: Grants) -> None:
    grants.script.then(200, page(application()))
    part = grants.part()
    assert await part.find(ACME, part.desired(ACME)[0], {})
    assert len(grants.script.asked) == 1


async def test_nothing_is_found_when_the_competition_is_open_and_empty(grants: Grants) -> None:
    grants.script.then(200, page()).then(200, OPEN)
    part = grants.part()
    assert await part.find(ACME, part.desired(ACME)[0], {}) is None


@pytest.mark.parametrize("search", ["json-query", "none"])
async def test_nothing_is_started_when_the_competition_is_closed(
    grants: Grants, search: str
) -> None:
    if search != "none":
        grants.script.then(200, page())
    grants.script.then(200, {"data": {"status": {"value": "closed"}}})
    part = grants.part(GRANTS_SEARCH=search)
    with pytest.raises(NeedsPerson) as fault:
        await part.find(ACME, part.desired(ACME)[0], {})
    assert fault.value.error_code is ErrorCode.PERMISSION


async def test_nothing_is_started_when_two_organisations_claim_the_company(grants: Grants) -> None:
    grants.script.then(200, page()).then(200, OPEN)
    grants.script.then(200, page(ORGANISATION, ORGANISATION | {"id": "o2"}))
    part = grants.part(GRANTS_ORG_REGISTRY=REGISTRY)
    with pytest.raises(NeedsPerson) as fault:
        await part.find(ACME, part.desired(ACME)[0], {})
    assert fault.value.error_code is ErrorCode.CONFLICT


@pytest.mark.parametrize(
    ("known", "organisation", "told"),
    [([ORGANISATION], "o1", "o1"), ([], None, f"none in {REGISTRY}")],
)
async def test_the_organisation_is_used_when_it_is_known_and_its_absence_told(
    grants: Grants, known: list[dict[str, object]], organisation: str | None, told: str
) -> None:
    grants.script.then(200, page(*known)).then(201, {"data": application()})
    part = grants.part(GRANTS_ORG_REGISTRY=REGISTRY)
    made = await part.make(ACME, part.desired(ACME)[0], {})
    assert grants.script.asked[1].body.get("organizationId") == organisation
    assert (made.facts, made.created_by_us) == ({"organization": told}, True)


async def test_no_organisation_is_looked_for_when_no_registry_is_configured(
    grants: Grants,
) -> None:
    grants.script.then(201, {"data": application()})
    part = grants.part()
    made = await part.make(ACME, part.desired(ACME)[0], {})
    assert (made.id, made.facts) == ("a1", {})
    assert grants.paths == ["POST /common-grants/applications/start"]


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, {"data": application()}, []),
        (200, {"data": application(title="ACME [agentos:co_1111]")}, []),
        (200, {"data": application(status={"value": "submitted"})}, []),
        (404, {}, ["application is gone, not there"]),
        (
            200,
            {"data": application(status={"value": "rejected"})},
            ["status is rejected, not inProgress"],
        ),
        (
            200,
            {"data": application(title="Acme", competitionId="c2")},
            [
                f"competition is c2, not {COMPETITION}",
                "title is without the mark, not marked agentos:co_1111",
            ],
        ),
    ],
)
async def test_what_reads_back_is_compared(
    grants: Grants, status: int, body: object, told: list[str]
) -> None:
    grants.script.then(status, body)
    part = grants.part()
    differences = await part.verify(ACME, part.desired(ACME)[0], REFS)
    assert [str(difference) for difference in differences] == told


async def test_an_undo_calls_nothing_and_says_whom_to_write_to(grants: Grants) -> None:
    part = grants.part(GRANTS_CONTACT="grants@example.org")
    change = part.desired(ACME)[0]
    now = datetime.now(UTC)
    entry = Entry("grants", change, EffectStatus.APPLIED, now, resource=REFS["application"])
    undone = await part.undo(ACME, entry)
    assert undone.left
    assert "application a1 stays in progress" in undone.note
    assert undone.note.endswith("write to grants@example.org")
    assert grants.script.asked == []


def test_the_line_of_the_step_names_the_application() -> None:
    assert said(ACME, REFS) == "Grants provisioned for Acme Corp: application=a1"
