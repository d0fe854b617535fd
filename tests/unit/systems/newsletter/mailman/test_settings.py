"""How the list is set: what is held, what people may change, and what an undo puts back."""

from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.errors import NeedsPerson, Refused
from domain.steps import Resource
from systems.newsletter.mailman.models import MailingList
from systems.newsletter.mailman.settings import RULES, wanted
from tests.unit.systems.newsletter.mailman.conftest import (
    ABSENT,
    ACME,
    LIST,
    LIST_ID,
    REFS,
    Mailman,
    configuration,
)

SET = Resource(kind="settings", id="x", facts=LIST.facts, created_by_us=True)
OPEN = {"advertised": True, "archive_policy": "public"}


def test_the_settings_are_all_shown_before_approval(mailman: Mailman) -> None:
    change = mailman.wanted(mailman.settings)
    assert change.after == wanted(ACME)
    assert change.after["info"] == "Newsletter for Acme Corp. agentos:co_1111"
    assert not change.sends_mail


def test_every_rule_is_read_back() -> None:
    assert {*RULES, *wanted(ACME)} <= MailingList.model_fields.keys()


async def test_all_is_set_in_one_call_after_the_list(mailman: Mailman) -> None:
    mailman.script.then(204)
    made = await mailman.settings.make(ACME, mailman.wanted(mailman.settings), REFS)
    assert made.created_by_us
    (asked,) = mailman.script.asked
    assert (asked.method, asked.path) == ("PATCH", f"/3.1/lists/{LIST_ID}/config")
    assert asked.body == {name: str(value) for name, value in wanted(ACME).items()}


async def test_nothing_is_set_without_a_list(mailman: Mailman) -> None:
    change = mailman.wanted(mailman.settings)
    assert await mailman.settings.find(ACME, change, {}) is None
    with pytest.raises(Refused):
        await mailman.settings.make(ACME, change, {})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"display_name": "News", "description": "x", "send_goodbye_message": True}, []),
        ({"info": "By people. agentos:co_1111"}, []),
        ({"info": ""}, ["info is without the mark, not marked for the company"]),
        ({"advertised": True}, ["advertised is True, not False"]),
        ({"archive_policy": "public"}, ["archive_policy is public, not private"]),
        ({"subscription_policy": "open"}, ["subscription_policy is open, not confirm"]),
        ({"default_member_action": "accept"}, ["default_member_action is accept, not hold"]),
    ],
)
async def test_the_mark_and_the_rules_are_held_and_nothing_else(
    mailman: Mailman, fields: dict[str, Any], told: list[str]
) -> None:
    change = mailman.wanted(mailman.settings)
    mailman.script.then(200, configuration(**fields)).then(200, configuration(**fields))
    differences = await mailman.settings.verify(ACME, change, REFS)
    assert [str(one) for one in differences] == told
    found = await mailman.settings.find(ACME, change, REFS)
    assert found is not None
    assert found.same is not bool(told)
    assert found.current.keys() == wanted(ACME).keys()


async def test_a_list_that_is_gone_is_told(mailman: Mailman) -> None:
    mailman.script.then(*ABSENT)
    (told,) = await mailman.settings.verify(ACME, mailman.wanted(mailman.settings), REFS)
    assert told.actual == "gone with the list"


async def test_another_companys_mark_is_never_replaced(mailman: Mailman) -> None:
    mailman.script.then(200, configuration(info="agentos:co_6666"))
    with pytest.raises(NeedsPerson) as fault:
        await mailman.settings.find(ACME, mailman.wanted(mailman.settings), REFS)
    assert fault.value.error_code is ErrorCode.CONFLICT


async def test_what_was_there_before_is_put_back(mailman: Mailman) -> None:
    before = wanted(ACME) | OPEN
    mailman.script.then(200, configuration()).then(204)
    undone = await mailman.settings.undo(ACME, mailman.entry(mailman.settings, SET, before=before))
    assert undone.note.endswith("are what they were")
    assert mailman.script.asked[1].body["advertised"] == "True"
    assert mailman.script.asked[1].body["archive_policy"] == "public"


@pytest.mark.parametrize("answer", [ABSENT, (200, configuration(info="By people."))])
async def test_nothing_is_put_back_when_the_mark_is_gone(
    mailman: Mailman, answer: tuple[int, Any]
) -> None:
    mailman.script.then(*answer)
    await mailman.settings.undo(ACME, mailman.entry(mailman.settings, SET, before=OPEN))
    assert len(mailman.script.asked) == 1


async def test_nothing_is_put_back_in_a_list_that_was_new(mailman: Mailman) -> None:
    undone = await mailman.settings.undo(ACME, mailman.entry(mailman.settings, SET))
    assert undone.note.endswith("stay with the list")
    assert mailman.script.asked == []
