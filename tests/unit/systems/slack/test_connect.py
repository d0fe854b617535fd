"""People of other workspaces, invited by address; and our own people, looked up beforehand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.companies import Company, Contact
from domain.errors import NeedsPerson
from domain.plans import Change
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.part import Owner
from systems.slack.connect import ConnectInvitation
from systems.slack.crew import crew
from systems.slack.models import Identity
from tests.unit.systems.slack.conftest import Slack, channel, options

ACME = Company(
    company_id="co_1",
    name="Acme",
    slug="acme",
    contacts=(
        Contact(email="Dana@example.com"),
        Contact(email="lee@example.com", slack="U0LEE"),
        Contact(github="octo"),
    ),
)
CHANNEL = {"channel": Resource(kind="channel", id="C1", created_by_us=True)}
US = Identity(user_id="U0AGENTOS", url="https://x.slack.com/", scopes=frozenset({"users:read"}))


def part(slack: Slack, mode: str = "managed") -> ConnectInvitation:
    return ConnectInvitation(slack.client, options(slack.script.url, SLACK_CONNECT=mode))


def wanted(slack: Slack) -> Change:
    (change,) = part(slack).desired(ACME)
    return change


def invite(**fields: Any) -> dict[str, Any]:
    """An open invitation for Dana into our channel."""
    plain: dict[str, Any] = {"direction": "outgoing", "status": "pending", "channel": {"id": "C1"}}
    return plain | {"invite": {"id": "I1", "recipient_email": "dana@example.com"}} | fields


def entry(slack: Slack, new: bool) -> Entry:
    resource = Resource(kind="invitation", id="x", facts={"new_channel": "yes" if new else "no"})
    now = datetime.now(UTC)
    return Entry("slack", wanted(slack), EffectStatus.APPLIED, now, resource=resource)


async def test_only_who_has_no_account_here_is_invited_and_nobody_unless_configured(
    slack: Slack,
) -> None:
    change = wanted(slack)
    assert change.sends_mail
    assert "example.com" in change.summary
    assert "dana" not in change.model_dump_json().casefold()
    assert part(slack, "off").desired(ACME) == []
    assert [part(slack, mode).can_look_up for mode in ("on", "managed")] == [False, True]


async def test_the_address_goes_into_the_body_and_not_into_the_address(slack: Slack) -> None:
    slack.says(invite_id="I1", conf_code="x", url="", is_legacy_shared_channel=False)
    made = await part(slack).make(ACME, wanted(slack), CHANNEL)
    assert (made.pending, made.created_by_us) == (True, True)
    assert slack.called == ["conversations.inviteShared"]
    assert slack.last().query == {}
    assert slack.last().body == {"channel": "C1", "emails": "Dana@example.com"}


@pytest.mark.parametrize(
    ("found", "owner"),
    [
        (invite(), Owner.COMPANY),
        (invite(status="declined"), Owner.LEDGER),
        (invite(channel={"id": "C2"}), Owner.LEDGER),
        (invite(invite={"id": "I1", "recipient_email": "lee@example.com"}), Owner.LEDGER),
        (invite(invite={"id": "I1"}), Owner.LEDGER),
        (
            invite(invite={"id": "I1", "recipient_email": "dana@example.com", "date_invalid": 1}),
            Owner.LEDGER,
        ),
    ],
)
async def test_an_open_invitation_is_seen_by_who_manages_them(
    slack: Slack, found: dict[str, Any], owner: Owner
) -> None:
    slack.says(invites=[found]).says(channel=channel())
    seen = await part(slack).find(ACME, wanted(slack), CHANNEL)
    assert seen is not None
    assert (seen.owner, seen.resource.pending) == (owner, True)


async def test_an_invitation_waits_until_the_channel_is_shared(slack: Slack) -> None:
    for shared in (False, True):
        slack.says(channel=channel(is_ext_shared=shared))
        seen = await part(slack, "on").find(ACME, wanted(slack), CHANNEL)
        assert seen is not None
        assert seen.resource.pending is not shared
    assert await part(slack, "on").find(ACME, wanted(slack), {}) is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({}, True), ({"is_ext_shared": True}, False), ({"is_pending_ext_shared": True}, False)],
)
async def test_an_invitation_that_came_to_nothing_is_a_difference(
    slack: Slack, fields: dict[str, Any], wrong: bool
) -> None:
    slack.says(channel=channel(**fields))
    assert bool(await part(slack).verify(ACME, wanted(slack), CHANNEL)) is wrong


async def test_an_invitation_is_left_in_a_channel_that_stays(slack: Slack) -> None:
    ends = await part(slack).undo(ACME, entry(slack, new=True))
    stays = await part(slack).undo(ACME, entry(slack, new=False))
    assert (ends.left, stays.left) == (False, True)
    assert slack.called == []


async def test_our_own_people_are_looked_up(slack: Slack) -> None:
    slack.says(user={"id": "U0OPS1"}).says(user={"id": "U0OPS2"})
    told = await crew(slack.client, slack.options, US)
    assert told == "; all of our own people are there: 2"


@pytest.mark.parametrize("gone", [False, True])
async def test_one_of_our_own_who_is_not_there_is_named(slack: Slack, gone: bool) -> None:
    if gone:
        slack.refuses("user_not_found")
    else:
        slack.says(user={"id": "U0OPS1", "deleted": True})
    with pytest.raises(NeedsPerson) as fault:
        await crew(slack.client, slack.options, US)
    assert fault.value.error_code is ErrorCode.NOT_FOUND
    assert "U0OPS1" in fault.value.message


async def test_nobody_is_looked_up_without_the_scope_or_without_people(slack: Slack) -> None:
    blind = US.model_copy(update={"scopes": None})
    assert "users:read" in await crew(slack.client, slack.options, blind)
    nobody = replace(slack, options=options(slack.script.url, SLACK_OPS_USER_IDS=""))
    assert await crew(slack.client, nobody.options, US) == ""
    assert slack.called == []
