"""Talking with the supervisor."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.chats import (
    THREAD_ID_PATTERN,
    ChatMessage,
    Proposal,
    ToolAnswered,
    ToolCalled,
    TurnAnswered,
    TurnFailed,
    TurnPart,
    clean_thread_id,
)
from domain.errors import AgentOSError, StoreUnavailable
from domain.names import MAX_TEXT
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.errors import KeyRequired
from server.api.parameters import Caller, StreamsHere
from server.api.pumping import pumped
from server.auth.exchange import Still, still
from server.lifecycle.chats import Chats

STREAM = "text/event-stream"
_log = logging.getLogger("agentos.api")
router = docs.operations("chat", prefix="/api/v1/chat", route_class=JsonRoute)


def _chats(request: Request) -> Chats:
    return cast(Chats, request.app.state.chats)


ChatsHere = Annotated[Chats, Depends(_chats)]
ThreadId = Annotated[
    str,
    AfterValidator(clean_thread_id),
    Path(
        description="A name of your choice for the chat.",
        json_schema_extra={"pattern": THREAD_ID_PATTERN},
    ),
]


class SayBody(BaseModel):
    """What the user says."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"message": "Onboard Acme Corp except GitHub."}]},
    )

    message: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    shown: Annotated[
        str | None,
        Field(
            description="The digest of the proposal that the person was shown: with it, yes "
            "confirms that proposal and no dismisses it.",
            max_length=64,
        ),
    ] = None


class ChatAnswer(BaseModel):
    """A whole turn: the answer, the runs it launched, and what the supervisor did for it."""

    thread_id: str
    text: str
    launched: tuple[str, ...]
    proposal: Proposal | None
    calls: list[ToolCalled]
    results: list[ToolAnswered]


class Thread(BaseModel):
    """What was said in a chat, as far as it is kept, and what waits there for a yes."""

    thread_id: str
    messages: list[ChatMessage]
    proposal: Proposal | None


@router.post(
    "/{thread_id}", operation_id="chat", response_model=ChatAnswer, responses=docs.CHAT | docs.MOVES
)
async def chat(
    thread_id: ThreadId,
    request: Request,
    body: SayBody,
    chats: ChatsHere,
    streams: StreamsHere,
    caller: Caller,
    accept: Annotated[
        str, Header(description="`application/json` for the whole turn at once; else a stream.")
    ] = STREAM,
) -> ChatAnswer | Response:
    """Say something to the supervisor. A chat is begun by its first message and is yours alone.

    The answer is a stream of events: `turn` (it has begun), `text` (a piece of the answer),
    `tool_call` and `tool_result` (what the supervisor does), `proposal` (what it would do), and at
    last `done` or `error`. The supervisor acts with the rights of the caller and cannot approve,
    deny or skip anything. Nothing of a proposal is done before the caller says yes to its digest.
    """
    parts = chats.talk(thread_id, body.message, caller, shown=body.shown)
    if _wants_json(accept):
        return await _whole(thread_id, parts)
    streams.refuse_if_full()
    flowing = pumped(parts, streams.stopping)
    first = await anext(flowing)  # what is refused is told by a status, before the stream begins
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"}
    frames = _frames(first, flowing, still(request.scope))
    return StreamingResponse(frames, media_type=STREAM, headers=headers)


@router.get("/{thread_id}", operation_id="get_chat", responses=docs.KNOWN)
async def get_chat(thread_id: ThreadId, chats: ChatsHere, caller: Caller) -> Thread:
    """What was said in a chat, as far as it is kept."""
    messages = await chats.read(thread_id, caller)
    proposal = await chats.proposal(thread_id, caller)
    return Thread(thread_id=thread_id, messages=messages, proposal=proposal)


def _wants_json(accept: str) -> bool:
    kinds = [part.partition(";")[0].strip() for part in accept.lower().split(",")]
    return "application/json" in kinds and STREAM not in kinds


async def _whole(thread_id: str, parts: AsyncGenerator[TurnPart]) -> ChatAnswer:
    async with aclosing(parts):
        seen = [part async for part in parts]
    done = seen[-1]
    if not isinstance(done, TurnAnswered):
        raise RuntimeError("a turn ended without an answer")
    return ChatAnswer(
        thread_id=thread_id,
        text=done.text,
        launched=done.launched,
        proposal=next((part for part in seen if isinstance(part, Proposal)), None),
        calls=[part for part in seen if isinstance(part, ToolCalled)],
        results=[part for part in seen if isinstance(part, ToolAnswered)],
    )


async def _frames(
    first: TurnPart | None, parts: AsyncGenerator[TurnPart | None], still: Still
) -> AsyncIterator[bytes]:
    """The parts as events; a fault is told as the last one, as the status is sent already.

    A turn of somebody who may do nothing any more is broken off.
    """
    last = first
    yield _frame(first)
    try:
        async with aclosing(parts):
            async for part in parts:
                if not await still():
                    raise KeyRequired("The key or the session is over.")
                last = part or last
                yield _frame(part)
    except AgentOSError as error:
        last = _fault(error)
        yield _frame(last)
    except Exception:  # noqa: BLE001 - told without detail, and logged with it
        _log.exception("a turn of a chat failed")
        last = _fault(AgentOSError("The service failed to answer."))
        yield _frame(last)
    if not isinstance(last, TurnAnswered | TurnFailed):
        yield _frame(_fault(StoreUnavailable("The server stops.")))


def _fault(error: AgentOSError) -> TurnFailed:
    return TurnFailed(code=error.code, message=error.message, advice=error.advice)


def _frame(part: TurnPart | None) -> bytes:
    """A comment while nothing happens, so that proxies keep the line."""
    if part is None:
        return format_sse_event(comment="quiet")
    data: dict[str, Any] = part.model_dump(mode="json", exclude={"type"})
    return format_sse_event(event=part.type, data_str=json.dumps(data, ensure_ascii=False))
