"""What is in the channel: the purpose, the people and the first message."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.companies import Company, Contact
from domain.plans import Change, Undo
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.part import Owner, Part
from systems.slack.purpose import purpose
from systems.slack.welcome import text
from tests.unit.systems.slack.conftest import Slack, channel

ACME = Company(company_id="co_1", name="Acme", slug="acme")
OURS = "Our channel with Acme. agentos:co_1"
CHANNEL = Resource(
    kind="channel", id="C1", url="https://x.slack.com/archives/C1", created_by_us=True
)
REFS = {"channel": CHANNEL}
OLD_REFS = {"channel": CHANNEL.model_copy(update={"created_by_us": False})}


def done(change: Change, resource: Resource, before: dict[str, Any] | None = None) -> Entry:
    applied = change.model_copy(update={"before": before})
    now = datetime.now(UTC)
    return Entry("slack", applied, EffectStatus.APPLIED, now, resource=resource)


async def test_what_is_done_in_slack_is_promised_to_be_taken_back_in_part_only(
    slack: Slack,
) -> None:
    parts: tuple[Part, ...] = (slack.channels, slack.purposes, slack.people, slack.messages)
    changes = [change for part in parts for change in part.desired(ACME)]
    assert {change.undo for change in changes} == {Undo.PARTIAL}


@pytest.mark.parametrize("name", ["Acme", "&" * 200, "<>" * 100, "é" * 200, "🚀" * 200])
def test_the_purpose_fits_and_ends_with_the_mark(name: str) -> None:
    company = ACME.model_copy(update={"name": name})
    assert len(purpose(company)) <= 250
    assert purpose(company).endswith(". agentos:co_1")
    assert not purpose(company).removesuffix(". agentos:co_1").endswith(("&", "&am", "&l", "&g"))


def test_a_name_cannot_mention_or_link() -> None:
    company = ACME.model_copy(update={"name": "<!here> & <http://x|y>"})
    assert "&lt;!here&gt; &amp; &lt;http://x|y&gt;" in purpose(company)
    assert text(company).startswith("Welcome, &lt;!here&gt; &amp; &lt;http://x|y&gt;!")


@pytest.mark.parametrize(
    ("value", "same"),
    [(OURS, True), ("Edited. agentos:co_1", True), ("", False), ("agentos:co_1 was here", False)],
)
async def test_a_purpose_is_as_planned_when_it_ends_with_the_mark(
    slack: Slack, value: str, same: bool
) -> None:
    (change,) = slack.purposes.desired(ACME)
    slack.says(channel=channel(purpose={"value": value}))
    found = await slack.purposes.find(ACME, change, REFS)
    assert found is not None
    assert (found.owner, found.same) == (Owner.SETTING, same)
    assert found.current == {"purpose": value}


async def test_nothing_is_found_in_a_channel_that_is_not_there(slack: Slack) -> None:
    for part in (slack.purposes, slack.people, slack.messages):
        for change in part.desired(ACME):
            assert await part.find(ACME, change, {}) is None
    assert slack.called == []


async def test_the_purpose_of_an_older_channel_is_put_back(slack: Slack) -> None:
    (change,) = slack.purposes.desired(ACME)
    slack.says(purpose=OURS)
    made = await slack.purposes.make(ACME, change, OLD_REFS)
    slack.says(channel=channel(purpose={"value": OURS})).says(purpose="Lunch &amp; more")
    undone = await slack.purposes.undo(ACME, done(change, made, {"purpose": "Lunch &amp; more"}))
    assert (undone.left, undone.note) == (False, "the purpose of #welcome-acme is what it was")
    assert slack.last().query == {"channel": "C1", "purpose": "Lunch &amp; more"}


async def test_a_purpose_that_somebody_changed_since_stays(slack: Slack) -> None:
    (change,) = slack.purposes.desired(ACME)
    slack.says(purpose=OURS)
    made = await slack.purposes.make(ACME, change, OLD_REFS)
    slack.says(channel=channel(purpose={"value": "Theirs"}))
    undone = await slack.purposes.undo(ACME, done(change, made, {"purpose": "Lunch"}))
    assert "stays so" in undone.note
    assert slack.called[-1] == "conversations.info"


async def test_what_came_with_the_channel_stays_with_it(slack: Slack) -> None:
    (change,) = slack.purposes.desired(ACME)
    slack.says(purpose=OURS)
    made = await slack.purposes.make(ACME, change, REFS)
    undone = await slack.purposes.undo(ACME, done(change, made))
    assert (undone.left, slack.called) == (False, ["conversations.setPurpose"])


def test_each_person_is_wanted_once_and_our_own_come_first(slack: Slack) -> None:
    people = (Contact(slack="U0OPS1"), Contact(slack="U0GUEST"), Contact(email="d@example.org"))
    company = ACME.model_copy(update={"contacts": people})
    wanted = slack.people.desired(company)
    assert [change.resource for change in wanted] == [
        "member:U0OPS1",
        "member:U0OPS2",
        "member:U0GUEST",
    ]
    assert wanted[2].target == "U0GUEST in #welcome-acme"
    assert len({change.target for change in wanted}) == 3


@pytest.mark.parametrize(("refs", "left"), [(REFS, False), (OLD_REFS, True)])
async def test_people_are_left_only_in_a_channel_that_was_there_before(
    slack: Slack, refs: Mapping[str, Resource], left: bool
) -> None:
    change, *_ = slack.people.desired(ACME)
    slack.says(channel=channel())
    made = await slack.people.make(ACME, change, refs)
    assert (await slack.people.undo(ACME, done(change, made))).left is left
    assert slack.called == ["conversations.invite"]


async def test_a_person_who_left_differs(slack: Slack) -> None:
    change, *_ = slack.people.desired(ACME)
    slack.says(members=["U0OTHER"])
    (difference,) = await slack.people.verify(ACME, change, REFS)
    assert str(difference) == "member is absent, not U0OPS1"


def message(company_id: str, ts: str = "1790000000.000100", event: str = "agentos_welcome") -> Any:
    payload = {"company_id": company_id}
    return {"ts": ts, "metadata": {"event_type": event, "event_payload": payload}}


async def test_the_message_of_this_company_is_found_among_others(slack: Slack) -> None:
    (change,) = slack.messages.desired(ACME)
    others = [{"ts": "9.0"}, message("co_2", "8.0"), message("co_1", "7.0", "another_event")]
    slack.says(messages=others, response_metadata={"next_cursor": "two"})
    slack.says(messages=[message("co_1")])
    found = await slack.messages.find(ACME, change, REFS)
    assert found is not None
    assert (found.owner, found.resource.id) == (Owner.COMPANY, "C1/1790000000.000100")
    assert found.resource.url == "https://x.slack.com/archives/C1/p1790000000000100"
    assert found.created_at == datetime.fromtimestamp(1_790_000_000.0001, UTC)
    assert slack.last().query["include_all_metadata"] == "1"


async def test_a_message_in_an_older_channel_is_deleted(slack: Slack) -> None:
    (change,) = slack.messages.desired(ACME)
    slack.says(ts="1.5")
    made = await slack.messages.make(ACME, change, OLD_REFS)
    slack.refuses("message_not_found")
    undone = await slack.messages.undo(ACME, done(change, made))
    assert (undone.left, slack.called[-1]) == (False, "chat.delete")
    assert slack.last().query == {"channel": "C1", "ts": "1.5"}


async def test_a_message_that_may_not_be_deleted_is_told_as_left(slack: Slack) -> None:
    (change,) = slack.messages.desired(ACME)
    slack.says(ts="1.5")
    made = await slack.messages.make(ACME, change, OLD_REFS)
    slack.refuses("cant_delete_message")
    undone = await slack.messages.undo(ACME, done(change, made))
    assert (undone.left, undone.note) == (True, "the welcome message in #welcome-acme stays")
