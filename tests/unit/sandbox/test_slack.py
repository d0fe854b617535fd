"""How the stand-in of Slack behaves: names, membership, scopes, pages, and ways to call it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients

BOT, GENERAL = "U0AGENTOS0", "C0GENERAL0"
DANA, ILYA = seed.SLACK_OPS_USER_IDS
ALL_TYPES = "public_channel,private_channel"
Call = Callable[..., dict[str, Any]]
Make = Callable[..., str]


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with clients.slack(sandbox) as api:
        yield api


@pytest.fixture
def call(api: httpx.Client) -> Call:
    def send(method: str, **arguments: Any) -> dict[str, Any]:
        body: dict[str, Any] = api.post(method, json=arguments).json()
        return body

    return send


@pytest.fixture
def make(call: Call) -> Make:
    """A new channel's id."""

    def send(name: str, **more: Any) -> str:
        number: str = call("conversations.create", name=name, **more)["channel"]["id"]
        return number

    return send


@pytest.mark.parametrize("first", [True, False])
def test_names_of_public_and_private_channels_are_one_namespace(call: Call, first: bool) -> None:
    assert call("conversations.create", name="acme", is_private=first)["ok"]
    again = call("conversations.create", name="acme", is_private=not first)
    assert again == {"ok": False, "error": "name_taken"}


def test_an_archived_channel_keeps_its_name(call: Call, make: Make) -> None:
    call("conversations.archive", channel=make("acme", is_private=True))
    assert call("conversations.create", name="acme")["error"] == "name_taken"


def test_a_rename_frees_the_name_and_remembers_it(call: Call, make: Make) -> None:
    renamed = call("conversations.rename", channel=make("acme"), name="zz-undone")
    assert renamed["channel"]["previous_names"] == ["acme"]
    assert call("conversations.create", name="acme")["ok"]


def test_a_name_is_kept_by_a_private_channel_that_the_app_cannot_see(
    call: Call, make: Make
) -> None:
    channel = make("acme", is_private=True)
    call("conversations.archive", channel=channel)
    listed = call("conversations.list", types=ALL_TYPES)["channels"]
    assert [one["name"] for one in listed] == ["general"]
    assert call("conversations.info", channel=channel)["error"] == "channel_not_found"
    assert call("conversations.create", name="acme")["error"] == "name_taken"


@pytest.mark.parametrize(
    ("private", "error"), [(True, "channel_not_found"), (False, "is_archived")]
)
def test_archiving_ejects_the_app_for_good(
    sandbox: SandboxServer, call: Call, make: Make, private: bool, error: str
) -> None:
    channel = make("acme", is_private=private)
    call("conversations.invite", channel=channel, users=DANA)
    assert call("conversations.archive", channel=channel) == {"ok": True}
    (kept,) = [one for one in sandbox.state()["slack"]["channel"] if one["id"] == channel]
    assert (kept["is_archived"], kept["members"]) == (True, [DANA])
    assert call("conversations.unarchive", channel=channel)["error"] == "not_in_channel"
    assert call("chat.postMessage", channel=channel, text="Hi")["error"] == error
    assert call("conversations.join", channel=channel)["ok"] is False


def test_who_made_a_channel_is_told_and_is_in_it(call: Call, make: Make) -> None:
    channel = make("acme")
    assert call("conversations.info", channel=channel)["channel"]["creator"] == BOT
    assert call("conversations.members", channel=channel)["members"] == [BOT]


def test_who_joins_twice_is_warned(call: Call) -> None:
    assert call("conversations.join", channel=GENERAL)["warning"] == "already_in_channel"


def test_invited_one_by_one_or_not_at_all(call: Call, make: Make) -> None:
    """One that cannot be invited keeps the others out, unless that is forced."""
    channel, both = make("acme"), f"U0NOBODY00,{DANA}"
    refused = call("conversations.invite", channel=channel, users=both)
    assert refused["errors"] == [{"user": "U0NOBODY00", "ok": False, "error": "user_not_found"}]
    assert call("conversations.members", channel=channel)["members"] == [BOT]
    assert call("conversations.invite", channel=channel, users=both, force=True)["ok"]
    assert call("conversations.members", channel=channel)["members"] == [BOT, DANA]


def test_a_purpose_and_a_topic_are_read_back(call: Call, make: Make) -> None:
    channel = make("acme")
    call("conversations.setPurpose", channel=channel, purpose="Ours")
    call("conversations.setTopic", channel=channel, topic="Talk")
    shown = call("conversations.info", channel=channel)["channel"]
    assert (shown["purpose"]["value"], shown["topic"]["value"]) == ("Ours", "Talk")


def test_messages_are_read_newest_first_with_metadata_for_who_asks(call: Call, make: Make) -> None:
    channel = make("acme")
    metadata = {"event_type": "made", "event_payload": {"company": "co_1"}}
    for text in ("one", "two"):
        call("chat.postMessage", channel=channel, text=text, metadata=metadata)
    plain = call("conversations.history", channel=channel)["messages"]
    full = call("conversations.history", channel=channel, include_all_metadata=True)["messages"]
    assert [one["text"] for one in plain] == ["two", "one"]
    assert ["metadata" in one for one in plain] == [False, False]
    assert [one["metadata"] for one in full] == [metadata, metadata]


@pytest.mark.parametrize(
    ("method", "key"), [("conversations.list", "channels"), ("conversations.members", "members")]
)
def test_a_list_comes_in_pages(call: Call, method: str, key: str) -> None:
    call("conversations.create", name="acme")
    first = call(method, channel=GENERAL, limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    assert (len(first[key]), bool(cursor)) == (1, True)
    second = call(method, channel=GENERAL, limit=1, cursor=cursor)
    assert (len(second[key]), second["response_metadata"]["next_cursor"]) == (1, "")
    assert first[key] != second[key]


def test_a_list_has_what_was_asked_for(call: Call, make: Make) -> None:
    make("secret", is_private=True)
    call("conversations.archive", channel=make("old"))
    assert names(call("conversations.list")) == ["general", "old"]
    assert names(call("conversations.list", exclude_archived=True)) == ["general"]
    assert names(call("conversations.list", types="private_channel")) == ["secret"]


def names(answer: dict[str, Any]) -> list[str]:
    return [one["name"] for one in answer["channels"]]


def test_a_token_says_what_it_may_do(api: httpx.Client, sandbox: SandboxServer) -> None:
    assert "channels:manage" in api.post("auth.test").headers["x-oauth-scopes"].split(",")
    with clients.slack(sandbox, seed.SLACK_NARROW_TOKEN) as narrow:
        assert narrow.post("auth.test").headers["x-oauth-scopes"].count(",") == 2


@pytest.mark.parametrize("send", ["json", "data", "params"])
def test_arguments_are_taken_as_json_form_and_query(api: httpx.Client, send: str) -> None:
    sent: dict[str, Any] = {send: {"name": "acme", "is_private": "true"}}
    answer = api.post("conversations.create", **sent)
    assert answer.json()["channel"]["is_private"]


def test_a_token_is_taken_as_an_argument_too(api: httpx.Client) -> None:
    del api.headers["Authorization"]
    assert api.get("auth.test", params={"token": seed.SLACK_BOT_TOKEN}).json()["ok"]
    assert api.post("auth.test", data={"token": seed.SLACK_BOT_TOKEN}).json()["ok"]


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
def test_a_body_that_is_no_json_object_is_refused(api: httpx.Client, body: str, error: str) -> None:
    kind = {"content-type": "application/json"}
    assert api.post("auth.test", content=body, headers=kind).json()["error"] == error


def test_a_method_that_does_not_exist_is_refused_with_its_name(call: Call) -> None:
    answer = call("conversations.explode")
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "conversations.explode"}


def test_one_open_invitation_from_slack_connect_is_the_limit(call: Call, make: Make) -> None:
    invite = {"channel": make("acme", is_private=True), "emails": "ann@example.com"}
    assert call("conversations.inviteShared", **invite)["invite_id"]
    again = call("conversations.inviteShared", **invite)
    assert again["error"] == "connection_limit_exceeded_pending"
    (shown,) = call("conversations.listConnectInvites")["invites"]
    assert shown["invite"]["recipient_email"] == "ann@example.com"


def test_a_person_is_found_by_mail(call: Call) -> None:
    assert call("users.lookupByEmail", email="DANA@example.com")["user"]["id"] == DANA
    assert call("users.lookupByEmail", email="x@example.com")["error"] == "users_not_found"
