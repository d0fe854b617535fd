"""The people named for a company: invited once, never against their will, never invented."""

from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.errors import NeedsPerson
from domain.plans import Undo
from domain.steps import Resource
from systems.part import Owner
from tests.unit.systems.newsletter.mailman.conftest import (
    ABSENT,
    ACME,
    ADDRESS,
    LIST,
    LIST_ID,
    REFS,
    Mailman,
)

NOBODY: tuple[int, Any] = (200, {"start": 0, "total_size": 0})
ON_LIST = (200, {"entries": [{"member_id": "m1", "email": "dana@example.com"}]})
WAITING = (
    200,
    {"entries": [{"token": "t1", "email": "dana@example.com", "when": "2026-11-23T10:00:00"}]},
)
BANNED = (200, {"email": "dana@example.com"})


def person(*, pending: bool) -> Resource:
    return Resource(kind="subscription", id="x", pending=pending, facts=LIST.facts)


def test_only_people_with_an_address_are_asked_and_the_address_is_not_shown(
    mailman: Mailman,
) -> None:
    wanted = mailman.wanted(mailman.people)
    assert wanted.target == f"{wanted.resource} of {ADDRESS}"
    assert "dana@" not in wanted.model_dump_json().lower()
    assert (wanted.sends_mail, wanted.undo) == (True, Undo.PARTIAL)


async def test_a_person_on_the_list_is_found_as_confirmed(mailman: Mailman) -> None:
    mailman.script.then(*ON_LIST)
    found = await mailman.people.find(ACME, mailman.wanted(mailman.people), REFS)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.COMPANY, False)


async def test_a_person_who_was_asked_is_found_as_waiting(mailman: Mailman) -> None:
    mailman.script.then(*NOBODY).then(*WAITING)
    found = await mailman.people.find(ACME, mailman.wanted(mailman.people), REFS)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.COMPANY, True)
    assert str(found.created_at) == "2026-11-23 10:00:00+00:00"


async def test_who_is_neither_is_known_to_the_ledger_only(mailman: Mailman) -> None:
    mailman.script.then(*NOBODY).then(*NOBODY).then(*ABSENT)
    found = await mailman.people.find(ACME, mailman.wanted(mailman.people), REFS)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.LEDGER, True)
    paths = [asked.path for asked in mailman.script.asked]
    assert paths == [
        "/3.1/members/find",
        f"/3.1/lists/{LIST_ID}/requests",
        f"/3.1/lists/{LIST_ID}/bans/dana@example.com",
    ]


@pytest.mark.parametrize(("refs", "answers"), [(REFS, (NOBODY, NOBODY, BANNED)), ({}, (BANNED,))])
async def test_nobody_is_asked_when_they_are_banned(
    mailman: Mailman, refs: dict[str, Resource], answers: tuple[tuple[int, Any], ...]
) -> None:
    for answer in answers:
        mailman.script.then(*answer)
    with pytest.raises(NeedsPerson) as fault:
        await mailman.people.find(ACME, mailman.wanted(mailman.people), refs)
    assert fault.value.error_code is ErrorCode.CONSENT
    assert "dana" not in fault.value.message.lower()


async def test_nothing_is_found_when_the_list_is_not_there_yet(mailman: Mailman) -> None:
    mailman.script.then(*ABSENT)
    assert await mailman.people.find(ACME, mailman.wanted(mailman.people), {}) is None
    assert mailman.script.asked[0].path == "/3.1/bans/dana@example.com"


@pytest.mark.parametrize(("status", "body"), [(202, {"token": "t1"}), (201, None)])
async def test_a_person_waits_unless_mailman_says_otherwise(
    mailman: Mailman, status: int, body: object
) -> None:
    mailman.script.then(status, body)
    made = await mailman.people.make(ACME, mailman.wanted(mailman.people), REFS)
    assert (made.pending, made.created_by_us) == (body is not None, True)


async def test_the_object_has_one_id_when_it_is_made_and_when_it_is_found(
    mailman: Mailman,
) -> None:
    change = mailman.wanted(mailman.people)
    mailman.script.then(202, {"token": "t1"})
    made = await mailman.people.make(ACME, change, REFS)
    for answers in ((ON_LIST,), (NOBODY, WAITING), (NOBODY, NOBODY, ABSENT)):
        for answer in answers:
            mailman.script.then(*answer)
        found = await mailman.people.find(ACME, change, REFS)
        assert found is not None
        assert found.resource.id == made.id


@pytest.mark.parametrize(
    ("pending", "answers", "told"),
    [
        (True, (ON_LIST,), []),
        (False, (ON_LIST,), []),
        (True, (NOBODY, WAITING), []),
        (True, (NOBODY, NOBODY), ["declined, expired or left"]),
        (False, (NOBODY,), ["not on the list"]),
    ],
)
async def test_waiting_is_no_difference_but_being_gone_is(
    mailman: Mailman, pending: bool, answers: tuple[tuple[int, Any], ...], told: list[str]
) -> None:
    for answer in answers:
        mailman.script.then(*answer)
    change = mailman.wanted(mailman.people)
    refs = REFS | {change.resource: person(pending=pending)}
    differences = await mailman.people.verify(ACME, change, refs)
    assert [one.actual for one in differences] == told


@pytest.mark.parametrize(
    ("answers", "writes"),
    [
        ((WAITING, (204, None), NOBODY), [("POST", f"/3.1/lists/{LIST_ID}/requests/t1")]),
        ((NOBODY, ON_LIST, (204, None)), [("DELETE", "/3.1/members/m1")]),
        (
            (WAITING, ABSENT, ON_LIST, (204, None)),
            [("POST", f"/3.1/lists/{LIST_ID}/requests/t1"), ("DELETE", "/3.1/members/m1")],
        ),
        ((NOBODY, NOBODY), []),
    ],
    ids=["waiting", "confirmed", "confirmed meanwhile", "gone"],
)
async def test_a_person_is_taken_back_as_far_as_it_goes(
    mailman: Mailman, answers: tuple[tuple[int, Any], ...], writes: list[tuple[str, str]]
) -> None:
    for answer in answers:
        mailman.script.then(*answer)
    entry = mailman.entry(mailman.people, person(pending=True))
    undone = await mailman.people.undo(ACME, entry)
    assert "cannot be taken back, and Mailman keeps the address" in undone.note
    asked = [(each.method, each.path) for each in mailman.script.asked]
    reads = {"/3.1/members/find", f"/3.1/lists/{LIST_ID}/requests"}
    assert [each for each in asked if each[1] not in reads] == writes
