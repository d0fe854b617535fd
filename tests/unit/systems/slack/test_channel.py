"""The welcome channel: whose it is, what is read back, and how it is put away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.choices import Choices
from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.part import Owner
from systems.slack.channel import WelcomeChannel
from systems.slack.client import SlackClient
from tests.unit.systems.slack.conftest import US, Slack, channel, options

ACME = Company(company_id="co_1", name="Acme", slug="acme")
ASIDE = "zz-undone-acme-2ff9"


def wanted(slack: Slack) -> Change:
    (change,) = slack.channels.desired(ACME)
    return change


def entry(slack: Slack) -> Entry:
    made = Resource(kind="channel", id="C1", created_by_us=True)
    now = datetime.now(UTC)
    return Entry("slack", wanted(slack), EffectStatus.APPLIED, now, resource=made)


def purpose(text: str) -> dict[str, str]:
    return {"value": text}


async def test_one_private_channel_is_wanted(slack: Slack) -> None:
    change = wanted(slack)
    assert (change.key, change.resource) == ("co_1/slack/channel", "channel")
    assert change.target == "#welcome-acme"
    assert change.summary == "create the private channel #welcome-acme"
    assert change.after == {"name": "welcome-acme", "is_private": True}


def test_a_public_channel_is_wanted_when_it_is_set_so() -> None:
    chosen = options(SLACK_PRIVATE="false", SLACK_CHANNEL_PREFIX="ext_")
    (change,) = WelcomeChannel(SlackClient(chosen), chosen).desired(ACME)
    assert change.summary == "create the public channel #ext_acme"
    assert change.after == {"name": "ext_acme", "is_private": False}


def test_the_longest_names_fit_into_80_characters() -> None:
    chosen = options(SLACK_CHANNEL_PREFIX="p" * 20)
    company = ACME.model_copy(update={"slug": "s" * 60})
    (change,) = WelcomeChannel(SlackClient(chosen), chosen).desired(company)
    assert len(change.after["name"]) == 80


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"purpose": purpose("Our channel with Acme. agentos:co_1")}, Owner.COMPANY),
        ({"purpose": purpose("")}, Owner.UNMARKED),
        ({"purpose": None}, Owner.UNMARKED),
        ({"purpose": purpose("Our channel with Acme. agentos:co_2")}, Owner.ANOTHER),
        ({"purpose": purpose("About agentos:co_1 and others")}, Owner.OTHER),
        ({"purpose": purpose("agentos:co_1"), "creator": "U0HUMAN"}, Owner.OTHER),
        ({"creator": "U0HUMAN"}, Owner.OTHER),
        ({"creator": None}, Owner.OTHER),
        ({"creator": "U0HUMAN", "is_archived": True}, Owner.OTHER),
    ],
)
async def test_the_owner_is_told_by_maker_and_mark(
    slack: Slack, fields: dict[str, Any], owner: Owner
) -> None:
    slack.says(channels=[channel(id="C0", name="other"), channel(**fields)]).knows_us()
    found = await slack.channels.find(ACME, wanted(slack), {})
    assert found is not None
    assert found.owner is owner
    assert found.resource.id == "C1"
    assert found.resource.url == "https://sandbox.slack.com/archives/C1"
    assert found.created_at == datetime.fromtimestamp(1_790_000_000, UTC)


async def test_nothing_is_found_when_only_a_longer_name_is_there(slack: Slack) -> None:
    slack.says(channels=[channel(name="welcome-acme-2")])
    assert await slack.channels.find(ACME, wanted(slack), {}) is None


async def test_a_person_is_asked_when_our_channel_was_archived(slack: Slack) -> None:
    slack.says(channels=[channel(is_archived=True)]).knows_us()
    with pytest.raises(NeedsPerson) as fault:
        await slack.channels.find(ACME, wanted(slack), {})
    assert fault.value.error_code is ErrorCode.CONFLICT
    assert fault.value.message == "#welcome-acme in Slack was archived."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_archived": True}, "#welcome-acme in Slack was archived."),
        ({"is_member": False}, "The app is not in #welcome-acme in Slack."),
    ],
)
async def test_a_channel_of_others_is_adopted_only_when_it_can_be_worked_in(
    slack: Slack, fields: dict[str, Any], said: str
) -> None:
    chosen = ACME.model_copy(update={"choices": Choices(adopt=("#welcome-acme",))})
    for _ in range(2):
        slack.says(channels=[channel(creator="U0HUMAN", **fields)]).knows_us()
    found = await slack.channels.find(ACME, wanted(slack), {})
    assert found is not None
    assert found.owner is Owner.OTHER
    with pytest.raises(NeedsPerson) as fault:
        await slack.channels.find(chosen, wanted(slack), {})
    assert fault.value.message == said


def test_the_channel_has_the_name_that_was_chosen(slack: Slack) -> None:
    chosen = ACME.model_copy(update={"choices": Choices(channel_name="ours-and-theirs")})
    (change,) = slack.channels.desired(chosen)
    assert (change.target, change.after["name"]) == ("#ours-and-theirs", "ours-and-theirs")


@pytest.mark.parametrize(
    ("fields", "differences"),
    [
        ({}, []),
        ({"name": "renamed"}, ["name is renamed, not welcome-acme"]),
        ({"is_private": False}, ["is_private is false, not true"]),
        ({"is_archived": True}, ["is_archived is true, not false"]),
    ],
)
async def test_what_differs_is_named(
    slack: Slack, fields: dict[str, Any], differences: list[str]
) -> None:
    slack.says(channel=channel(**fields))
    refs = {"channel": Resource(kind="channel", id="C1")}
    found = await slack.channels.verify(ACME, wanted(slack), refs)
    assert [str(one) for one in found] == differences


async def test_a_channel_that_is_gone_differs(slack: Slack) -> None:
    slack.refuses("channel_not_found")
    refs = {"channel": Resource(kind="channel", id="C1")}
    (difference,) = await slack.channels.verify(ACME, wanted(slack), refs)
    assert str(difference) == "channel is gone, not there"


async def test_an_untouched_channel_is_renamed_and_then_archived(slack: Slack) -> None:
    events = [
        {"ts": "1.0", "user": "U0HUMAN", "subtype": "channel_join"},
        {"ts": "2.0", "user": US},
    ]
    slack.says(channel=channel()).knows_us().says(messages=events)
    slack.says(channel=channel(name=ASIDE)).says()
    undone = await slack.channels.undo(ACME, entry(slack))
    assert not undone.left
    assert undone.note == (
        f"the channel #welcome-acme was renamed to #{ASIDE} and archived; "
        "an owner of the workspace can delete it"
    )
    assert slack.called[-2:] == ["conversations.rename", "conversations.archive"]
    assert slack.script.asked[-2].query == {"channel": "C1", "name": ASIDE}


async def test_only_the_archiving_is_done_when_the_renaming_was_already(slack: Slack) -> None:
    slack.says(channel=channel(name=ASIDE)).knows_us().says(messages=[]).says()
    undone = await slack.channels.undo(ACME, entry(slack))
    assert not undone.left
    assert "conversations.rename" not in slack.called
    assert slack.called[-1] == "conversations.archive"


@pytest.mark.parametrize("archived", [True, False])
async def test_nothing_is_done_when_it_was_put_away_already(slack: Slack, archived: bool) -> None:
    if archived:
        slack.says(channel=channel(name=ASIDE, is_archived=True))
    else:
        slack.refuses("channel_not_found")
    undone = await slack.channels.undo(ACME, entry(slack))
    assert not undone.left
    assert slack.called == ["conversations.info"]


@pytest.mark.parametrize(
    "message",
    [
        {"ts": "3.0", "user": "U0HUMAN", "text": "hello"},
        {"ts": "3.0", "user": "U0HUMAN", "subtype": "file_share"},
        {"ts": "3.0", "user": US, "reply_users": ["U0HUMAN"]},
    ],
)
async def test_a_channel_stays_when_people_have_written_in_it(
    slack: Slack, message: dict[str, Any]
) -> None:
    slack.says(channel=channel()).knows_us()
    slack.says(messages=[{"ts": "4.0", "bot_id": "B1", "text": "beep"}, message])
    undone = await slack.channels.undo(ACME, entry(slack))
    assert undone.left
    assert undone.note == "the channel #welcome-acme stays, since people have written in it"
    assert "conversations.archive" not in slack.called
