"""What Bedrock accepts: AWS's own model of the call, the order of turns, the subset of schemas."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

from sandbox.bedrock.errors import BedrockError

Json = dict[str, Any]

_REFUSED = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "minItems", "maxItems", "uniqueItems", "pattern",
)  # fmt: skip


def check(operation: str, model_id: str, body: Json) -> None:
    """`BedrockError` as the service would refuse it."""
    report = ParamValidator().validate({"modelId": model_id, **body}, _shape(operation))
    if report.has_errors():
        raise BedrockError("ValidationException", report.generate_report())
    for problem in (*_turns(body), *_tools(body), *_schemas(body)):
        raise BedrockError("ValidationException", problem)


@cache
def _shape(operation: str) -> Shape:
    model = botocore.session.Session().get_service_model("bedrock-runtime")
    return model.operation_model(operation).input_shape


def _turns(body: Json) -> Iterator[str]:
    messages = body.get("messages", [])
    if not messages or messages[0]["role"] != "user":
        yield "A conversation must start with a user message."
    for left, right in pairwise(messages):
        if left["role"] == right["role"]:
            yield "Roles must alternate between user and assistant."
        asked = {b["toolUse"]["toolUseId"] for b in left["content"] if "toolUse" in b}
        told = {b["toolResult"]["toolUseId"] for b in right["content"] if "toolResult" in b}
        if asked != told:
            yield "The number of toolResult blocks does not match the toolUse blocks before."
    if messages and any("toolUse" in block for block in messages[-1]["content"]):
        yield "Expected toolResult blocks for the toolUse blocks of the last message."


def _tools(body: Json) -> Iterator[str]:
    blocks = [block for message in body.get("messages", []) for block in message["content"]]
    config = body.get("toolConfig")
    if config is None:
        if any("toolUse" in block or "toolResult" in block for block in blocks):
            yield "The toolConfig field must be defined when using toolUse and toolResult."
        return
    names = {tool["toolSpec"]["name"] for tool in config["tools"] if "toolSpec" in tool}
    forced = config.get("toolChoice", {}).get("tool", {}).get("name")
    if forced is not None and forced not in names:
        yield f"The tool {forced} is forced and not defined."


def _schemas(body: Json) -> Iterator[str]:
    text = body.get("outputConfig", {}).get("textFormat", {}).get("structure", {})
    if "jsonSchema" not in text:
        return
    try:
        schema = json.loads(text["jsonSchema"]["schema"])
    except ValueError:
        yield "The schema is not valid JSON."
        return
    for part in _objects(schema):
        refused = [word for word in _REFUSED if word in part]
        if refused:
            kind = part.get("type", "value")
            yield f"For '{kind}' type, properties {', '.join(refused)} are not supported"
        if part.get("type") == "object" and part.get("additionalProperties") is not False:
            yield "For 'object' type, 'additionalProperties' must be explicitly set to false"


def _objects(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from _objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from _objects(value)
