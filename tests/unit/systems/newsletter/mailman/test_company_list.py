"""The company's list: its address, whose it is, and when an undo leaves it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import OutcomeUnknown
from systems.newsletter.mailman.company_list import owner_of
from systems.newsletter.mailman.models import MailingList
from systems.part import Owner
from tests.unit.systems.newsletter.mailman.conftest import (
    ABSENT,
    ACME,
    ADDRESS,
    LIST,
    LIST_ID,
    REFS,
    Mailman,
    configuration,
)

NEW = {"info": "", "description": ""}


def test_one_list_is_wanted(mailman: Mailman) -> None:
    change = mailman.wanted(mailman.lists)
    assert (change.key, change.resource) == ("co_1111/newsletter/list", "list")
    assert (change.target, change.summary) == (ADDRESS, f"create the list {ADDRESS}")
    assert not change.sends_mail


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({}, Owner.COMPANY),
        ({"info": "agentos:co_1111"}, Owner.COMPANY),
        (NEW, Owner.UNMARKED),
        (NEW | {"display_name": "Acme"}, Owner.UNMARKED),
        (NEW | {"description": "The news of Acme"}, Owner.OTHER),
        (NEW | {"info": "Ours."}, Owner.OTHER),
        ({"info": "agentos:co_1111 is theirs. agentos:co_6666"}, Owner.ANOTHER),
        ({"info": "agentos:co_11112"}, Owner.ANOTHER),
        ({"info": "agentos:co_1111."}, Owner.OTHER),
    ],
)
def test_a_list_is_whose_mark_ends_its_information(fields: dict[str, str], owner: Owner) -> None:
    one = MailingList.model_validate(configuration(**fields))
    assert owner_of(one, ACME) is owner


async def test_the_time_of_creation_is_part_of_the_id(mailman: Mailman) -> None:
    mailman.script.then(200, configuration())
    found = await mailman.lists.find(ACME, mailman.wanted(mailman.lists), {})
    assert found is not None
    assert found.resource == LIST
    assert found.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert mailman.script.asked[0].path == f"/3.1/lists/{LIST_ID}/config"


async def test_a_list_is_made_and_read(mailman: Mailman) -> None:
    mailman.script.then(201).then(200, configuration(**NEW))
    made = await mailman.lists.make(ACME, mailman.wanted(mailman.lists), {})
    assert made == LIST.model_copy(update={"created_by_us": True})


@pytest.mark.parametrize("answer", [ABSENT, (503, {}), (401, {}), (429, {})])
async def test_the_outcome_is_unknown_when_a_new_list_cannot_be_read(
    mailman: Mailman, answer: tuple[int, Any]
) -> None:
    mailman.script.then(201).then(*answer)
    with pytest.raises(OutcomeUnknown):
        await mailman.lists.make(ACME, mailman.wanted(mailman.lists), {})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, configuration()), []),
        (ABSENT, ["list is gone, not there"]),
        (
            (200, configuration(created_at="2026-11-24T10:00:00")),
            ["list is another of that address, not the one that was made"],
        ),
    ],
)
async def test_what_reads_back_is_compared(
    mailman: Mailman, answer: tuple[int, Any], told: list[str]
) -> None:
    mailman.script.then(*answer)
    differences = await mailman.lists.verify(ACME, mailman.wanted(mailman.lists), REFS)
    assert [str(one) for one in differences] == told


@pytest.mark.parametrize("fields", [{}, NEW])
async def test_an_empty_list_of_ours_is_deleted(mailman: Mailman, fields: dict[str, str]) -> None:
    mailman.script.then(200, configuration(**fields)).then(200, {"member_count": 0}).then(204)
    undone = await mailman.lists.undo(ACME, mailman.entry(mailman.lists, LIST))
    assert not undone.left
    assert undone.note == f"the list {ADDRESS} was deleted"
    *_, asked = mailman.script.asked
    assert (asked.method, asked.path) == ("DELETE", f"/3.1/lists/{LIST_ID}")


@pytest.mark.parametrize(
    ("fields", "members", "told"),
    [
        ({"info": "agentos:co_6666"}, 0, "somebody else has marked or described it"),
        ({"last_post_at": "2026-11-24T10:00:00"}, 0, "people have written to it"),
        ({}, 1, "people are on it whom this run did not invite"),
    ],
)
async def test_a_list_stays_when_it_holds_something_of_others(
    mailman: Mailman, fields: dict[str, str], members: int, told: str
) -> None:
    mailman.script.then(200, configuration(**fields)).then(200, {"member_count": members})
    undone = await mailman.lists.undo(ACME, mailman.entry(mailman.lists, LIST))
    assert undone.left
    assert undone.note == f"the list {ADDRESS} stays, since {told}"
    assert all(asked.method == "GET" for asked in mailman.script.asked)


@pytest.mark.parametrize("answer", [ABSENT, (200, configuration(created_at="2026-11-24T10:00:00"))])
async def test_nothing_is_deleted_when_the_list_is_gone_or_was_made_anew(
    mailman: Mailman, answer: tuple[int, Any]
) -> None:
    mailman.script.then(*answer)
    undone = await mailman.lists.undo(ACME, mailman.entry(mailman.lists, LIST))
    assert not undone.left
    assert len(mailman.script.asked) == 1
