"""People: invited by mail, or put into the team by their handle."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.companies import Company, Contact
from domain.errors import AlreadyThere
from domain.plans import Change, Undo
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.part import Owner
from tests.unit.systems.github.conftest import Hub

DANA, GUEST = Contact(email="Dana@example.com"), Contact(github="Octo-Guest")
ACME = Company(company_id="co_1", name="Acme", slug="acme", contacts=(DANA, GUEST))
REFS = {"team": Resource(kind="team", id="5", facts={"slug": "partner-acme"})}
OTHER = {"id": 1, "email": "other@example.com"}
BY_LOGIN = {"id": 2, "email": None}
OPEN = {"id": 3, "email": "dana@EXAMPLE.com", "created_at": "2026-11-23T09:00:00Z"}


def by_mail(hub: Hub, company: Company = ACME) -> Change:
    (change,) = hub.invitations.desired(company)
    return change


def by_handle(hub: Hub) -> Change:
    (change,) = hub.memberships.desired(ACME)
    return change


def done(change: Change, resource: Resource) -> Entry:
    now = datetime.now(UTC)
    return Entry("github", change, EffectStatus.APPLIED, now, resource=resource)


async def test_an_invitation_says_that_it_sends_mail_and_hides_the_address(hub: Hub) -> None:
    change = by_mail(hub)
    assert (change.sends_mail, change.undo) == (True, Undo.PARTIAL)
    assert change.summary == "invite …@example.com by mail to the team partner-acme"
    assert "dana" not in change.model_dump_json().lower()


async def test_the_same_address_in_another_case_is_the_same_person(hub: Hub) -> None:
    twice = ACME.model_copy(update={"contacts": (DANA, Contact(email="dana@example.com"))})
    assert by_mail(hub, twice).resource == by_mail(hub).resource


async def test_a_person_with_handle_and_address_is_asked_once(hub: Hub) -> None:
    both = Contact(email="guest@example.com", github="Octo-Guest")
    company = ACME.model_copy(update={"contacts": (both, Contact(github="octo-guest"))})
    assert hub.invitations.desired(company) == []
    (change,) = hub.memberships.desired(company)
    assert change.resource == "membership:octo-guest"


async def test_an_open_invitation_into_the_team_is_ours_and_pending(hub: Hub) -> None:
    hub.says([OTHER, BY_LOGIN, OPEN])
    found = await hub.invitations.find(ACME, by_mail(hub), REFS)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.COMPANY, True)
    assert found.created_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert hub.called == ["GET /orgs/org/teams/partner-acme/invitations"]


async def test_an_open_invitation_that_leads_elsewhere_carries_no_mark_of_ours(hub: Hub) -> None:
    hub.says([OTHER]).says([OTHER, OPEN])
    found = await hub.invitations.find(ACME, by_mail(hub), REFS)
    assert found is not None
    assert found.owner is Owner.UNMARKED


async def test_one_that_is_not_open_any_more_is_for_the_ledger_to_know(hub: Hub) -> None:
    hub.says([OTHER]).says([BY_LOGIN]).says([OTHER])
    found = await hub.invitations.find(ACME, by_mail(hub), REFS)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.LEDGER, False)


async def test_one_that_failed_is_not_there(hub: Hub) -> None:
    hub.says([]).says([]).says([OPEN])
    assert await hub.invitations.find(ACME, by_mail(hub), REFS) is None


async def test_an_invitation_leads_into_the_team(hub: Hub) -> None:
    hub.says(OPEN, 201)
    made = await hub.invitations.make(ACME, by_mail(hub), REFS)
    assert (made.pending, made.facts) == (True, {"invitation": "3"})
    assert hub.script.asked[0].body == {
        "email": "Dana@example.com",
        "role": "direct_member",
        "team_ids": [5],
    }


async def test_who_is_a_member_already_has_to_be_named_by_handle(hub: Hub) -> None:
    text = "A user with this email addresss is already a part of this organization"
    hub.says({"message": "Validation Failed", "errors": [{"message": text}]}, 422)
    with pytest.raises(AlreadyThere) as fault:
        await hub.invitations.make(ACME, by_mail(hub), REFS)
    assert "name them by their GitHub handle" in fault.value.message
    assert "dana" not in fault.value.message.lower()


@pytest.mark.parametrize(
    ("failed", "differences"),
    [([], []), ([OPEN | {"id": 9}], []), ([OPEN], ["failed, not delivered"])],
)
async def test_only_an_invitation_that_failed_differs(
    hub: Hub, failed: list[Any], differences: list[str]
) -> None:
    hub.says(OPEN, 201)
    change = by_mail(hub)
    made = await hub.invitations.make(ACME, change, REFS)
    hub.says(failed)
    found = await hub.invitations.verify(ACME, change, {change.resource: made})
    assert [str(one).partition(" is ")[2] for one in found] == differences


@pytest.mark.parametrize(("still_open", "left"), [(True, False), (False, True)])
async def test_an_invitation_is_cancelled_while_it_is_open(
    hub: Hub, still_open: bool, left: bool
) -> None:
    hub.says(OPEN, 201)
    made = await hub.invitations.make(ACME, by_mail(hub), REFS)
    if still_open:
        hub.says(None, 204)
    else:
        hub.has_not()
    undone = await hub.invitations.undo(ACME, done(by_mail(hub), made))
    assert undone.left is left
    assert hub.called[-1] == "DELETE /orgs/org/invitations/3"


@pytest.mark.parametrize(("state", "pending"), [("pending", True), ("active", False)])
async def test_a_member_is_pending_until_they_accept(hub: Hub, state: str, pending: bool) -> None:
    hub.says({"state": state, "role": "member"}).says({"state": state, "role": "member"})
    made = await hub.memberships.make(ACME, by_handle(hub), REFS)
    found = await hub.memberships.find(ACME, by_handle(hub), REFS)
    assert found is not None
    assert (found.owner, found.same) == (Owner.SETTING, True)
    assert (made.pending, found.resource.pending) == (pending, pending)
    assert made.created_by_us
    path = "/orgs/org/teams/partner-acme/memberships/octo-guest"
    assert hub.called == [f"PUT {path}", f"GET {path}"]


async def test_who_is_not_in_the_team_differs(hub: Hub) -> None:
    hub.has_not()
    (difference,) = await hub.memberships.verify(ACME, by_handle(hub), REFS)
    assert str(difference) == "member is absent, not octo-guest"


async def test_a_member_is_taken_out_of_the_team_only(hub: Hub) -> None:
    hub.says({"state": "active"}).says(None, 204)
    made = await hub.memberships.make(ACME, by_handle(hub), REFS)
    undone = await hub.memberships.undo(ACME, done(by_handle(hub), made))
    assert not undone.left
    assert hub.called[-1] == "DELETE /orgs/org/teams/partner-acme/memberships/octo-guest"


async def test_nobody_is_looked_for_in_a_team_that_is_not_there(hub: Hub) -> None:
    assert await hub.invitations.find(ACME, by_mail(hub), {}) is None
    assert await hub.memberships.find(ACME, by_handle(hub), {}) is None
    assert hub.called == []
