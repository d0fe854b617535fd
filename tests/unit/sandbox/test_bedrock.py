"""The stand-in of Bedrock refuses what Bedrock refuses, each with its own error."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import seed
from tests.sandbox_server import SandboxServer, sandbox_server

MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ONCE = Config(retries={"total_max_attempts": 1})
USER = {"role": "user", "content": [{"text": "Hello"}]}
ASSISTANT = {"role": "assistant", "content": [{"text": "Hello"}]}
USE = {"toolUse": {"toolUseId": "t1", "name": "launch", "input": {}}}
RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"text": "ok"}]}}
SPEC = {"toolSpec": {"name": "launch", "inputSchema": {"json": {"type": "object"}}}}
TOOLS = {"toolConfig": {"tools": [SPEC]}}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with sandbox_server() as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Any:
    server.control("bedrock/reset", {})
    return _client(server)


def _client(server: SandboxServer, secret: str = seed.BEDROCK_SECRET) -> Any:
    return boto3.client(
        "bedrock-runtime",
        region_name=seed.BEDROCK_REGION,
        endpoint_url=f"{server.url}/bedrock",
        aws_access_key_id=seed.BEDROCK_KEY_ID,
        aws_secret_access_key=secret,
        config=ONCE,
    )


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    wrapped = {"jsonSchema": {"schema": json.dumps(schema), "name": "X"}}
    return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": wrapped}}}


OPEN = {"type": "object", "properties": {"n": {"type": "integer"}}}
CLOSED = OPEN | {"additionalProperties": False}
ACCEPTED: dict[str, dict[str, Any]] = {
    "a question": {},
    "tools in turn": {
        "messages": [USER, ASSISTANT | {"content": [USE]}, USER | {"content": [RESULT]}],
        **TOOLS,
    },
    "a schema": _schema(CLOSED),
    "a mark": {"requestMetadata": {"prompt": "planner@1"}},
}
REFUSED: dict[str, dict[str, Any]] = {
    "an assistant begins": {"messages": [ASSISTANT]},
    "two of one role": {"messages": [USER, USER]},
    "a tool call without a result": {"messages": [USER, ASSISTANT | {"content": [USE]}], **TOOLS},
    "another tool's result": {
        "messages": [
            USER,
            ASSISTANT | {"content": [USE | {"toolUse": USE["toolUse"] | {"toolUseId": "t2"}}]},
            USER | {"content": [RESULT]},
        ],
        **TOOLS,
    },
    "tools that are not defined": {
        "messages": [USER, ASSISTANT | {"content": [USE]}, USER | {"content": [RESULT]}]
    },
    "a forced tool that does not exist": {
        "toolConfig": {"tools": [SPEC], "toolChoice": {"tool": {"name": "approve"}}}
    },
    "an open object": _schema(OPEN),
    "a bound": _schema(CLOSED | {"properties": {"n": {"type": "integer", "minimum": 1}}}),
    "a length": _schema(CLOSED | {"properties": {"n": {"type": "array", "maxItems": 3}}}),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_what_bedrock_takes_is_taken(body: dict[str, Any], client: Any) -> None:
    answer = client.converse(**{"modelId": MODEL, "messages": [USER], **body})
    assert answer["stopReason"] == "end_turn"
    assert answer["usage"]["totalTokens"] > 0


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_bedrock_refuses_is_refused(body: dict[str, Any], client: Any) -> None:
    with pytest.raises(ClientError) as refused:
        client.converse(**{"modelId": MODEL, "messages": [USER], **body})
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_field_that_aws_does_not_know_is_refused(client: Any, server: SandboxServer) -> None:
    client.meta.events.register(
        "before-call.bedrock-runtime.Converse",
        lambda params, **_: params.update(body=params["body"].replace(b'"messages"', b'"turns"')),
    )
    with pytest.raises(ClientError) as refused:
        client.converse(modelId=MODEL, messages=[USER])
    assert "messages" in refused.value.response["Error"]["Message"]


def test_a_request_that_was_changed_on_its_way_is_refused(client: Any) -> None:
    def change(request: Any, **_: Any) -> None:
        request.body = request.body.replace(b"Hello", b"Hallo")

    client.meta.events.register("before-send.bedrock-runtime.Converse", change)
    with pytest.raises(ClientError) as refused:
        client.converse(modelId=MODEL, messages=[USER])
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_a_wrong_secret_is_refused(server: SandboxServer) -> None:
    with pytest.raises(ClientError) as refused:
        _client(server, "wrong").converse(modelId=MODEL, messages=[USER])
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_a_stream_is_read_by_aws_s_own_parser(client: Any, server: SandboxServer) -> None:
    server.control("bedrock/replies", {"replies": [{"text": "Grüße, 🚀!"}]})
    events = list(client.converse_stream(modelId=MODEL, messages=[USER])["stream"])
    text = [e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e]
    assert "".join(text) == "Grüße, 🚀!"
    assert len(text) > 1
    assert [next(iter(e)) for e in events[-2:]] == ["messageStop", "metadata"]


def test_the_record_shows_no_signature(client: Any, server: SandboxServer) -> None:
    client.converse(modelId=MODEL, messages=[USER])
    (entry,) = server._get("bedrock/requests")["items"]
    assert entry["model"] == MODEL
    assert "authorization" not in entry["headers"]
