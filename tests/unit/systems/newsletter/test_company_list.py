"""The company's list: its name, whose it is, and what is read back."""

from datetime import UTC, datetime

import pytest

from domain.companies import Company
from domain.errors import Retryable
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.newsletter.brevo.company_list import LONGEST_NAME, list_name
from systems.part import Owner
from tests.unit.systems.newsletter.conftest import Brevo

ACME = Company(company_id="co_1111", name="Acme Corp", slug="acme-corp")
NAME = "Acme Corp [agentos:co_1111]"
REFS = {"list": Resource(kind="list", id="5", label=NAME)}
EMPTY = {"id": 5, "name": NAME, "folderId": 7, "uniqueSubscribers": 0}


def entry(brevo: Brevo) -> Entry:
    (change,) = brevo.lists.desired(ACME)
    now = datetime.now(UTC)
    return Entry("newsletter", change, EffectStatus.APPLIED, now, resource=REFS["list"])


def test_one_list_is_wanted(brevo: Brevo) -> None:
    (change,) = brevo.lists.desired(ACME)
    assert (change.key, change.resource) == ("co_1111/newsletter/list", "list")
    assert (change.target, change.summary) == (NAME, f"create the list {NAME}")
    assert change.after == {"folder_id": 7, "marker": "agentos:co_1111"}
    assert not change.sends_mail


def test_a_long_name_is_cut_before_the_mark() -> None:
    name = list_name(ACME.model_copy(update={"name": "A" * 200}))
    assert len(name) == LONGEST_NAME
    assert name.endswith("A [agentos:co_1111]")


async def test_a_list_is_ours_when_its_name_ends_with_the_mark(brevo: Brevo) -> None:
    lists = [{"id": 4, "name": "Acme Corp"}, {"id": 5, "name": "ACME [agentos:co_1111]"}]
    brevo.script.then(200, {"lists": lists, "count": 2})
    full = {"id": 5, "name": "ACME [agentos:co_1111]", "createdAt": "2026-11-23T10:00:00Z"}
    brevo.script.then(200, full)
    found = await brevo.lists.find(ACME, brevo.lists.desired(ACME)[0], {})
    assert found is not None
    assert (found.resource.id, found.owner) == ("5", Owner.COMPANY)
    assert found.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found.resource.url == "https://app.brevo.com/contact/list/id/5"


async def test_a_list_is_not_ours_when_a_name_only_quotes_the_mark(brevo: Brevo) -> None:
    lists = [{"id": 4, "name": "Evil [agentos:co_1111] [agentos:co_6666]"}]
    brevo.script.then(200, {"lists": lists, "count": 1})
    assert await brevo.lists.find(ACME, brevo.lists.desired(ACME)[0], {}) is None


async def test_a_list_is_absent_when_it_goes_while_it_is_read(brevo: Brevo) -> None:
    brevo.script.then(200, {"lists": [{"id": 5, "name": NAME}], "count": 1})
    brevo.script.then(404, {"code": "document_not_found"})
    assert await brevo.lists.find(ACME, brevo.lists.desired(ACME)[0], {}) is None


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, {"id": 5, "name": NAME, "folderId": 7}, []),
        (200, {"id": 5, "name": "ACME CORP [agentos:co_1111]", "folderId": 7}, []),
        (404, {"code": "document_not_found"}, ["list is gone, not there"]),
        (
            200,
            {"id": 5, "name": "Acme", "folderId": 8},
            ["list name is without the mark, not marked agentos:co_1111", "folder is 8, not 7"],
        ),
    ],
)
async def test_what_reads_back_is_compared(
    brevo: Brevo, status: int, body: object, told: list[str]
) -> None:
    brevo.script.then(status, body)
    differences = await brevo.lists.verify(ACME, brevo.lists.desired(ACME)[0], REFS)
    assert [str(difference) for difference in differences] == told


@pytest.mark.parametrize(("status", "body"), [(204, None), (404, {"code": "document_not_found"})])
async def test_a_list_is_undone_by_its_id_also_when_it_is_gone(
    brevo: Brevo, status: int, body: object
) -> None:
    brevo.script.then(200, EMPTY).then(status, body)
    assert not (await brevo.lists.undo(ACME, entry(brevo))).left
    _, asked = brevo.script.asked
    assert (asked.method, asked.path) == ("DELETE", "/contacts/lists/5")


async def test_a_list_that_is_gone_is_undone(brevo: Brevo) -> None:
    brevo.script.then(404, {"code": "document_not_found"})
    assert "gone already" in (await brevo.lists.undo(ACME, entry(brevo))).note


async def test_a_list_stays_when_others_are_on_it(brevo: Brevo) -> None:
    brevo.script.then(200, EMPTY | {"uniqueSubscribers": 1})
    undone = await brevo.lists.undo(ACME, entry(brevo))
    assert undone.left
    assert "did not invite" in undone.note
    assert [asked.method for asked in brevo.script.asked] == ["GET"]


async def test_an_undo_is_not_done_when_brevo_is_busy(brevo: Brevo) -> None:
    brevo.script.then(200, EMPTY).then(429, {}, headers={"x-sib-ratelimit-reset": "9"})
    with pytest.raises(Retryable) as fault:
        await brevo.lists.undo(ACME, entry(brevo))
    assert fault.value.after_seconds == 9.0
