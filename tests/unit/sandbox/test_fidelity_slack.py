"""Each answer of the stand-in of Slack is as Slack documents it and as it was recorded."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.published import DATA
from tests.unit.sandbox.shapes import lacking, strange

RECORDED = DATA / "slack" / "recorded"
ERRORS = json.loads((RECORDED / "errors.json").read_text())
SAMPLES = json.loads((RECORDED / "samples.json").read_text())
EXAMPLES = json.loads((RECORDED / "examples.json").read_text())
OF_ALL = set.intersection(
    *({*names} for method, names in ERRORS.items() if method != "chat.delete")
)
"""Documented for each method whose page lists more than its own errors."""

DANA, ILYA = seed.SLACK_OPS_USER_IDS
GENERAL, NOWHERE = "C0GENERAL0", "C0NOWHERE0"
METADATA = {"event_type": "made", "event_payload": {"company": "co_1"}}
Call = Callable[..., dict[str, Any]]


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with clients.slack(sandbox) as api:
        yield api


@pytest.fixture
def call(api: httpx.Client) -> Call:
    """Calls one method; an argument that is not there is not sent."""

    def send(method: str, **arguments: Any) -> dict[str, Any]:
        body: dict[str, Any] = api.post(method, json=arguments).json()
        return body

    return send


@pytest.fixture
def channel(call: Call) -> str:
    """A private channel of ours with Dana in it."""
    made: str = call("conversations.create", name="ours", is_private=True)["channel"]["id"]
    call("conversations.invite", channel=made, users=DANA)
    return made


def fit(method: str, answer: dict[str, Any]) -> None:
    assert answer["ok"], answer
    shown = [*EXAMPLES[method], SAMPLES[method]]
    assert strange(answer, shown) == []
    assert lacking(answer, shown) == []


def test_the_life_of_a_channel_is_answered_as_slack_does(call: Call) -> None:
    created = call("conversations.create", name="welcome-acme", is_private=True)
    one = created["channel"]["id"]
    posted = call("chat.postMessage", channel=one, text="Hello", metadata=METADATA)
    answers = {
        "auth.test": call("auth.test"),
        "conversations.create": created,
        "conversations.setPurpose": call("conversations.setPurpose", channel=one, purpose="Ours"),
        "conversations.invite": call("conversations.invite", channel=one, users=DANA),
        "conversations.list": call("conversations.list", types="public_channel,private_channel"),
        "conversations.info": call("conversations.info", channel=one, include_num_members=True),
        "conversations.members": call("conversations.members", channel=one),
        "chat.postMessage": posted,
        "conversations.history": call(
            "conversations.history", channel=one, include_all_metadata=True
        ),
        "chat.delete": call("chat.delete", channel=one, ts=posted["ts"]),
        "conversations.rename": call("conversations.rename", channel=one, name="zz-undone"),
        "conversations.archive": call("conversations.archive", channel=one),
    }
    assert answers.keys() == EXAMPLES.keys()
    assert answers["conversations.history"]["messages"][0]["metadata"] == METADATA
    for method, answer in answers.items():
        fit(method, answer)


def test_what_has_no_examples_is_answered_in_recorded_shapes(call: Call, channel: str) -> None:
    """Of these methods there are samples only, which hold every field that was ever seen."""
    answers = {
        "conversations.inviteShared": call(
            "conversations.inviteShared", channel=channel, emails="ann@example.com"
        ),
        "conversations.listConnectInvites": call("conversations.listConnectInvites"),
        "users.info": call("users.info", user=DANA),
    }
    assert answers.keys() == SAMPLES.keys() - EXAMPLES.keys()
    for method, answer in answers.items():
        assert answer["ok"], answer
        assert strange(answer, [SAMPLES[method]]) == []
    assert call("conversations.info", channel=channel)["channel"]["is_pending_ext_shared"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.info", {"user": "U0NOBODY00"}, "user_not_found"),
        ("conversations.inviteShared", {"channel": NOWHERE, "emails": "a"}, "channel_not_found"),
        ("conversations.create", {"name": "ours"}, "name_taken"),
        ("conversations.create", {"name": "general"}, "name_taken"),
        ("conversations.create", {"name": "Ours"}, "invalid_name_specials"),
        ("conversations.create", {"name": "a" * 81}, "invalid_name_maxlength"),
        ("conversations.create", {"name": "-_-"}, "invalid_name_punctuation"),
        ("conversations.create", {}, "invalid_name_required"),
        ("conversations.list", {"cursor": "made-up"}, "invalid_cursor"),
        ("conversations.info", {"channel": NOWHERE}, "channel_not_found"),
        ("conversations.archive", {"channel": NOWHERE}, "channel_not_found"),
        ("conversations.archive", {"channel": GENERAL}, "cant_archive_general"),
        ("conversations.rename", {"name": "general"}, "name_taken"),
        ("conversations.rename", {"name": "Ours"}, "invalid_name_specials"),
        ("conversations.rename", {"channel": GENERAL, "name": "other"}, "not_authorized"),
        ("conversations.setPurpose", {"purpose": "a" * 251}, "too_long"),
        ("conversations.invite", {"users": DANA}, "already_in_channel"),
        ("conversations.invite", {"users": "U0NOBODY00"}, "user_not_found"),
        ("conversations.invite", {"users": "U0AGENTOS0"}, "cant_invite_self"),
        ("conversations.members", {"channel": NOWHERE}, "channel_not_found"),
        ("conversations.members", {"cursor": "made-up"}, "invalid_cursor"),
        ("conversations.history", {"channel": NOWHERE}, "channel_not_found"),
        ("chat.postMessage", {}, "no_text"),
        ("chat.postMessage", {"text": "Hi", "metadata": "{"}, "invalid_metadata_format"),
        ("chat.postMessage", {"channel": NOWHERE, "text": "Hi"}, "channel_not_found"),
        ("chat.delete", {"ts": "1.000001"}, "message_not_found"),
    ],
)
def test_a_refusal_is_one_that_slack_documents(
    call: Call, channel: str, method: str, arguments: dict[str, Any], error: str
) -> None:
    answer = call(method, **({"channel": channel} | arguments))
    assert (answer["ok"], answer["error"]) == (False, error)
    assert error in ERRORS[method]
    shown = SAMPLES[method] | {"error": ""}
    assert strange(answer, [shown]) == []


@pytest.mark.parametrize("method", sorted(EXAMPLES))
@pytest.mark.parametrize(
    ("headers", "error"), [({}, "not_authed"), ({"Authorization": "Bearer x"}, "invalid_auth")]
)
def test_a_stranger_is_refused_as_slack_documents_it(
    api: httpx.Client, method: str, headers: dict[str, str], error: str
) -> None:
    del api.headers["Authorization"]
    answer = api.post(method, json={"channel": GENERAL}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})
    assert error in {*ERRORS[method], *ERRORS["auth.test"]}


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("conversations.create", "channels:manage"),
        ("conversations.setPurpose", "channels:manage"),
        ("conversations.invite", "channels:manage"),
        ("conversations.archive", "channels:manage"),
        ("conversations.history", "channels:history"),
    ],
)
def test_a_missing_scope_is_told_with_what_the_token_has(
    sandbox: SandboxServer, method: str, needed: str
) -> None:
    with clients.slack(sandbox, seed.SLACK_NARROW_TOKEN) as api:
        answer = api.post(method, json={"channel": GENERAL, "name": "other", "users": ILYA}).json()
    has = "channels:read,chat:write,groups:read"
    assert answer == {"ok": False, "error": "missing_scope", "needed": needed, "provided": has}
    assert "missing_scope" in OF_ALL
    assert strange(answer, [SAMPLES[method]]) == []


def test_an_answer_that_is_not_slacks_is_noticed(call: Call) -> None:
    """The negative control of the comparisons."""
    answer = call("conversations.info", channel=GENERAL)
    shown = [*EXAMPLES["conversations.info"], SAMPLES["conversations.info"]]
    channel = answer["channel"]
    assert strange(answer | {"channel": channel | {"owner": DANA}}, shown)
    assert strange(answer | {"channel": channel | {"created": "yesterday"}}, shown)
    assert strange(answer | {"channel": channel | {"topic": {"value": None}}}, shown)
    del channel["created"]
    assert lacking(answer, shown) == ["$.channel.created is not there"]
