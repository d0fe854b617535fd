"""Converse, ConverseStream and CountTokens, and the switches of the script."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from sandbox.bedrock import frames
from sandbox.bedrock.errors import BedrockError
from sandbox.bedrock.script import Reply, Script

Json = dict[str, Any]
router = APIRouter()
control = APIRouter(prefix="/_sandbox/bedrock")


def script_of(request: Request) -> Script:
    """The script of this application."""
    script: Script = request.app.state.bedrock
    return script


@router.post("/model/{model_id:path}/converse")
async def converse(request: Request) -> Response:
    """One answer, at once."""
    try:
        body, reply = await _asked(request, "Converse")
    except BedrockError as error:
        return error.answer()
    output, number = _output(request, reply)
    return JSONResponse(
        {
            "output": output,
            "stopReason": reply.stopped,
            "usage": _usage(body, output),
            "metrics": {"latencyMs": 1},
        },
        headers={"x-amzn-RequestId": f"sandbox-{number}"},
    )


@router.post("/model/{model_id:path}/converse-stream")
async def converse_stream(request: Request) -> Response:
    """The same, event by event."""
    try:
        body, reply = await _asked(request, "ConverseStream")
    except BedrockError as error:
        return error.answer()
    output, number = _output(request, reply)
    events = list(frames.streamed(output, reply.stopped, _usage(body, output)))
    if reply.mid_stream:
        events = [*events[:2], frames.exception(reply.mid_stream, "It broke off.")]
    if reply.cut_after is not None:
        events = events[: reply.cut_after]

    async def told() -> AsyncIterator[bytes]:
        for event in events:
            yield event
            await asyncio.sleep(0)

    return StreamingResponse(
        told(),
        media_type="application/vnd.amazon.eventstream",
        headers={"x-amzn-RequestId": f"sandbox-{number}"},
    )


@router.post("/model/{model_id:path}/count-tokens")
async def count_tokens(request: Request) -> Response:
    """A token for every four characters."""
    return JSONResponse({"inputTokens": len(await request.body()) // 4})


async def _asked(request: Request, operation: str) -> tuple[Json, Reply]:
    """The request once it is proved and understood, and what to say to it."""
    # Loaded by the first request: whoever asks no model need not wait for AWS's own descriptions.
    signature = importlib.import_module("sandbox.bedrock.signature")
    shapes = importlib.import_module("sandbox.bedrock.shapes")
    raw, script = await request.body(), script_of(request)
    path = request.scope["raw_path"].decode()
    headers = dict(request.headers)
    entry: Json = {"operation": operation, "path": path, "headers": headers, "error": None}
    script.requests.append(entry)
    try:
        signature.check("POST", f"http://{headers['host']}{path}", headers, raw)
        entry["body"] = body = json.loads(raw)
        model = unquote(path.split("/model/")[1].rpartition("/")[0])
        entry["model"] = model
        shapes.check(operation, model, body)
        reply = await script.next(body)
        if reply.fault:
            raise BedrockError(reply.fault, f"{reply.fault} as it was scripted.")
    except BedrockError as error:
        entry["error"] = error.kind
        raise
    return body, reply


def _output(request: Request, reply: Reply) -> tuple[Json, int]:
    number = len(script_of(request).requests)
    return reply.output(number), number


def _usage(body: Json, output: Json) -> Json:
    """A token for every four characters, counted from what was sent and said."""
    asked = len(json.dumps([body.get("system"), body["messages"]])) // 4
    said = len(json.dumps(output)) // 4
    return {"inputTokens": asked, "outputTokens": said, "totalTokens": asked + said}


@control.post("/replies", status_code=204)
async def replies(request: Request) -> None:
    """Append to the script: `{"replies": [{…}]}`; see `script.Reply`."""
    for each in (await request.json())["replies"]:
        script_of(request).replies.append(Reply.model_validate(each))


@control.get("/requests")
async def requests(request: Request) -> Json:
    """Every request, refused ones too, oldest first; no signature is shown."""
    items = [
        entry | {"headers": {k: v for k, v in entry["headers"].items() if k != "authorization"}}
        for entry in script_of(request).requests
    ]
    return {"items": items}


@control.post("/reset", status_code=204)
async def reset(request: Request) -> None:
    """Forget the script and the requests."""
    script_of(request).clear()
