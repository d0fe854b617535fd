"""Event-stream framing: each message with its lengths, headers and checksums."""

import json
from binascii import crc32
from collections.abc import Iterator
from struct import pack
from typing import Any

Json = dict[str, Any]


def event(kind: str, payload: Json) -> bytes:
    """One event of a stream."""
    return _frame({":message-type": "event", ":event-type": kind}, payload)


def exception(kind: str, message: str) -> bytes:
    """An error in the middle of a stream; `kind` begins with a small letter there."""
    return _frame({":message-type": "exception", ":exception-type": kind}, {"message": message})


def _frame(headers: dict[str, str], payload: Json) -> bytes:
    headers = {**headers, ":content-type": "application/json"}
    told = b"".join(_header(name, value) for name, value in headers.items())
    body = json.dumps(payload).encode()
    prelude = pack(">II", 16 + len(told) + len(body), len(told))
    front = prelude + pack(">I", crc32(prelude)) + told + body
    return front + pack(">I", crc32(front))


def _header(name: str, value: str) -> bytes:
    key, said = name.encode(), value.encode()
    return pack(">B", len(key)) + key + b"\x07" + pack(">H", len(said)) + said


def streamed(output: Json, stop_reason: str, usage: Json) -> Iterator[bytes]:
    """A whole answer as the events of its stream; texts and arguments come in pieces."""
    yield event("messageStart", {"role": "assistant"})
    for index, block in enumerate(output["message"]["content"]):
        if "toolUse" in block:
            use = block["toolUse"]
            start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
            yield event("contentBlockStart", {"contentBlockIndex": index, "start": start})
        for piece in _pieces(block):
            yield event("contentBlockDelta", {"contentBlockIndex": index, "delta": piece})
        yield event("contentBlockStop", {"contentBlockIndex": index})
    yield event("messageStop", {"stopReason": stop_reason})
    yield event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def _pieces(block: Json) -> Iterator[Json]:
    if "toolUse" in block:
        for part in _cut(json.dumps(block["toolUse"]["input"])):
            yield {"toolUse": {"input": part}}
    else:
        for part in _cut(block["text"]):
            yield {"text": part}


def _cut(text: str) -> Iterator[str]:
    size = max(1, len(text) // 3 + 1)
    for at in range(0, len(text), size):
        yield text[at : at + size]
