"""How Slack is called, over real HTTP."""

import json
from pathlib import Path

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, NeedsPerson, OutcomeUnknown, Refused, Retryable
from systems.slack.client import SlackClient
from tests.unit.systems.slack.conftest import US, Slack, channel, options

DATA = Path(__file__).parents[3] / "data" / "slack" / "recorded" / "samples.json"
SAMPLES = json.loads(DATA.read_text())


async def test_all_pages_are_read(slack: Slack) -> None:
    slack.says(channels=[channel(id="C1")], response_metadata={"next_cursor": "two"})
    slack.says(channels=[], response_metadata={"next_cursor": "three"})
    slack.says(channels=[channel(id="C2")], response_metadata={"next_cursor": ""})
    assert [one.id async for one in slack.client.channels()] == ["C1", "C2"]
    assert [asked.query.get("cursor") for asked in slack.script.asked] == [None, "two", "three"]
    assert slack.last().query["types"] == "public_channel,private_channel"
    assert slack.last().query["exclude_archived"] == "0"


async def test_reading_ends_when_a_cursor_comes_again(slack: Slack) -> None:
    slack.says(members=["U1"], response_metadata={"next_cursor": "again"})
    slack.says(members=["U2"], response_metadata={"next_cursor": "again"})
    assert [user async for user in slack.client.members("C1")] == ["U1", "U2"]


async def test_we_ask_once_who_we_are(slack: Slack) -> None:
    slack.knows_us()
    assert (await slack.client.identity()).user_id == US
    assert (await slack.client.identity()).user_id == US
    assert slack.called == ["auth.test"]
    assert slack.last().headers["authorization"] == "Bearer xoxb-secret"


async def test_missing_scopes_are_told_when_slack_names_those_of_the_token(slack: Slack) -> None:
    slack.script.then(
        200,
        {"ok": True, "user_id": US, "url": "https://x.slack.com/"},
        headers={"X-OAuth-Scopes": "channels:read, groups:read,chat:write,groups:history"},
    )
    with pytest.raises(NeedsPerson) as fault:
        await slack.client.check()
    assert fault.value.message == "Slack's token lacks the scope groups:write."


async def test_scopes_are_taken_for_granted_when_slack_does_not_name_them(slack: Slack) -> None:
    slack.knows_us()
    assert (await slack.client.check()).user_id == US


async def test_a_public_channel_needs_other_scopes_than_a_private_one(slack: Slack) -> None:
    client = SlackClient(options(slack.script.url, SLACK_PRIVATE="false"))
    scopes = "channels:read,groups:read,chat:write,channels:manage,channels:history"
    body = {"ok": True, "user_id": US, "url": "https://x.slack.com/"}
    slack.script.then(200, body, headers={"x-oauth-scopes": scopes})
    assert (await client.check()).user_id == US


async def test_who_is_in_a_channel_already_is_invited(slack: Slack) -> None:
    slack.refuses("already_in_channel", errors=[{"user": "U1", "error": "already_in_channel"}])
    await slack.client.invite("C1", "U1")
    assert slack.last().query == {"channel": "C1", "users": "U1"}


async def test_who_cannot_be_invited_is_a_refusal(slack: Slack) -> None:
    slack.refuses("cant_invite")
    with pytest.raises(Refused) as fault:
        await slack.client.invite("C1", "U1")
    assert fault.value.error_code is ErrorCode.PERMISSION


async def test_an_archived_channel_stays_archived(slack: Slack) -> None:
    slack.refuses("already_archived")
    await slack.client.archive("C1")
    assert slack.called == ["conversations.archive"]


async def test_a_taken_name_is_told_apart_from_a_refusal(slack: Slack) -> None:
    slack.refuses("name_taken")
    with pytest.raises(AlreadyThere):
        await slack.client.create("welcome-acme", private=True)
    assert slack.last().query == {"name": "welcome-acme", "is_private": "1"}


async def test_a_channel_out_of_sight_is_none(slack: Slack) -> None:
    slack.refuses("channel_not_found")
    assert await slack.client.channel("C1") is None


async def test_a_message_carries_its_metadata_and_unfolds_no_links(slack: Slack) -> None:
    slack.says(ts="1790000000.000100", channel="C1")
    assert await slack.client.post("C1", "Hi", "event", {"a": "b"}) == "1790000000.000100"
    assert slack.last().body == {
        "channel": "C1",
        "text": "Hi",
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": "event", "event_payload": {"a": "b"}},
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>log in</html>", "text/html"),
        (b"upstream error", "text/plain"),
        (b'{"ok": true, "chan', "application/json"),
        (b'{"ok": true}', "application/json"),
        (b'{"ok": true, "channel": null}', "application/json"),
        (b"[]", "application/json"),
    ],
)
async def test_a_write_is_open_when_the_success_is_not_slacks(
    slack: Slack, body: bytes, kind: str
) -> None:
    slack.script.then(200, body, headers={"content-type": kind})
    with pytest.raises(OutcomeUnknown) as fault:
        await slack.client.create("welcome-acme", private=True)
    assert fault.value.error_code is ErrorCode.UNAVAILABLE
    assert len(slack.script.asked) == 1


async def test_a_write_is_open_and_not_repeated_when_the_connection_breaks(slack: Slack) -> None:
    slack.script.then(accident="reset")
    with pytest.raises(OutcomeUnknown) as fault:
        await slack.client.create("welcome-acme", private=True)
    assert fault.value.error_code is ErrorCode.UNAVAILABLE
    assert len(slack.script.asked) == 1


async def test_a_write_is_open_when_no_answer_comes_in_time(slack: Slack) -> None:
    client = SlackClient(options(slack.script.url, SLACK_TIMEOUT_SECONDS="0.2"))
    slack.script.then(accident="hang")
    with pytest.raises(OutcomeUnknown) as fault:
        await client.create("welcome-acme", private=True)
    assert fault.value.error_code is ErrorCode.TIMEOUT


async def test_a_write_has_no_effect_when_nothing_listens() -> None:
    with pytest.raises(Retryable) as fault:
        await SlackClient(options("http://127.0.0.1:1")).create("welcome-acme", private=True)
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.UNAVAILABLE, Effect.NONE)


async def test_no_proxy_is_used_on_the_way_to_this_machine(
    slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = SlackClient(options(slack.script.url))
    slack.knows_us()
    assert (await client.identity()).user_id == US


@pytest.mark.parametrize("method", sorted(SAMPLES))
async def test_a_recorded_answer_is_understood(slack: Slack, method: str) -> None:
    slack.script.then(200, SAMPLES[method] | {"ok": True})
    client = slack.client
    match method:
        case "auth.test":
            assert (await client.identity()).user_id == "U00000000"
        case "conversations.list":
            assert [one.creator async for one in client.channels()] == ["U00000000"]
        case "conversations.members":
            assert [user async for user in client.members("C1")] == ["U00000000"]
        case "conversations.inviteShared":
            assert await client.invite_shared("C1", "dana@example.com") == "I00000000"
        case "conversations.listConnectInvites":
            assert [one.invite.id async for one in client.connect_invites()] == ["I00000000"]
        case "users.info":
            user = await client.user("U1")
            assert user is not None
            assert (user.id, user.deleted) == ("U00000000", False)
        case "conversations.create":
            assert (await client.create("x", private=True)).id == "C00000000"
        case "conversations.info":
            found = await client.channel("C1")
            assert found is not None
            assert found.id
        case "conversations.archive":
            await client.archive("C1")
        case "conversations.rename":
            await client.rename("C1", "x")
        case "conversations.setPurpose":
            await client.set_purpose("C1", "x")
        case "conversations.invite":
            await client.invite("C1", "U1")
        case "conversations.history":
            (message,) = [one async for one in client.messages("C1")]
            assert message.metadata is not None
        case "chat.postMessage":
            assert await client.post("C1", "Hello", "made", {"a": "b"}) == "0000000000.000000"
        case "chat.delete":
            await client.delete("C1", "0000000000.000000")
        case _:
            raise AssertionError(f"{method} is not called")
    assert slack.called == [method]
