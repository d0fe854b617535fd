"""Talking with the supervisor: what is said, and what callers see of a turn while it goes on."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import Invalid

THREAD_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_THREAD_ID = re.compile(THREAD_ID_PATTERN.strip("^$"))


def clean_thread_id(value: str) -> str:
    """1 to 64 letters, digits, dots, hyphens and underscores; anything else is `Invalid`."""
    if not _THREAD_ID.fullmatch(value):
        raise Invalid(
            "thread_id is not the name of a chat.",
            field="thread_id",
            advice="Use 1 to 64 letters, digits, dots, hyphens and underscores.",
        )
    return value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnBegan(_Part):
    """The first part: turn number `turn` of this thread is being answered."""

    type: Literal["turn"] = "turn"
    thread_id: str
    turn: int


class TextSaid(_Part):
    """A piece of text as it comes; the whole answer follows in `done`."""

    type: Literal["text"] = "text"
    text: str


class ToolCalled(_Part):
    """The supervisor uses one of its tools."""

    type: Literal["tool_call"] = "tool_call"
    call_id: str
    tool: str
    arguments: dict[str, Any]


class ToolAnswered(_Part):
    """What the tool said; `ok` is false when it did not do what it was asked."""

    type: Literal["tool_result"] = "tool_result"
    call_id: str
    tool: str
    ok: bool
    result: Any


class Action(_Part):
    """One thing that is done in the name of whoever confirms it; `words` say it exactly."""

    tool: Literal["launch", "retry"]
    arguments: dict[str, Any]
    words: str


class Proposal(_Part):
    """What the supervisor would do. Nothing of it is done before the person who was shown this
    `digest` says yes to it; what is said instead, or the time, takes it away."""

    type: Literal["proposal"] = "proposal"
    digest: str
    actions: tuple[Action, ...]
    expires_at: datetime


class TurnAnswered(_Part):
    """The last part of a turn that went well: the whole answer, and the runs it launched."""

    type: Literal["done"] = "done"
    text: str
    launched: tuple[str, ...] = ()


class TurnFailed(_Part):
    """The last part of one that did not. What its tools did stands; say the message again."""

    type: Literal["error"] = "error"
    code: str
    message: str
    advice: str


TurnPart = Annotated[
    TurnBegan | TextSaid | ToolCalled | ToolAnswered | Proposal | TurnAnswered | TurnFailed,
    Field(discriminator="type"),
]


class ChatMessage(_Part):
    """Something that was said in a thread."""

    role: Literal["user", "assistant"]
    text: str
