"""One structured answer from a model: asked, checked, mended once, or not accepted."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.utils import count_tokens_approximately
from pydantic import BaseModel, ValidationError

from domain.model_calls import ModelCall
from prompts.loader import Prompt
from reasoning.calls import Role, describe
from reasoning.faults import Trouble, classify
from reasoning.guards import Doubt

Record = Callable[[ModelCall], Awaitable[None]]
MAX_ERRORS = 3
_log = logging.getLogger("agentos.reasoning")


class GaveUp(Exception):
    """No answer was accepted; `code` says why, in a word that is safe to show."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Budget:
    """Tokens that may be used; calls that would go beyond it are not made."""

    limit: int
    used: int = 0

    def allows(self, messages: list[BaseMessage], answer: int) -> bool:
        """Whether this call fits in, by an estimate of its size."""
        return self.used + count_tokens_approximately(messages) + answer <= self.limit

    def add(self, call: ModelCall) -> None:
        """What the call has used."""
        self.used += call.tokens


@dataclass(frozen=True)
class Asking:
    """One role: its model, its prompt, and where its calls are written down."""

    role: Role
    model: BaseChatModel
    model_name: str
    prompt: Prompt
    record: Record
    budget: Budget
    max_tokens: int = 900
    tags: dict[str, str] = field(default_factory=dict)

    async def ask[Reply: BaseModel](
        self, data: dict[str, Any], wire: type[Reply], check: Callable[[Reply], Reply]
    ) -> Reply:
        """The first answer that `check` accepts; `GaveUp` after one that was mended in vain, or
        after three errors of the service.

        Data goes in as one JSON text, which no text in it can break out of.
        """
        messages: list[BaseMessage] = [
            SystemMessage(self.prompt.body),
            HumanMessage(json.dumps(data, ensure_ascii=False)),
        ]
        asked = self.model.with_structured_output(
            wire, include_raw=True, method="json_schema", requestMetadata=self._trace()
        )
        errors, doubts = 0, 0
        while True:
            if not self.budget.allows(messages, self.max_tokens):
                raise GaveUp("budget_exceeded")
            began = time.monotonic()
            try:
                found = await asked.ainvoke(messages, config={"metadata": self._trace()})
            except Exception as error:
                errors += 1
                fault = classify(error)
                await self._note(None, began, fault.code)
                if fault.trouble is Trouble.DEFECT:
                    _log.exception("a defect in the call of the %s", self.role)
                if fault.trouble is Trouble.CONFIGURATION:
                    _log.error("the model cannot be used as it is set up: %s", fault.code)
                if fault.trouble is not Trouble.RETRY or errors >= MAX_ERRORS:
                    raise GaveUp(fault.code) from error
                continue
            raw: AIMessage = dict(found)["raw"]
            try:
                reply = await asyncio.to_thread(check, _strictly(raw, wire))
            except Doubt as doubt:
                doubts += 1
                await self._note(raw, began, doubt.code)
                if doubts > 1:
                    raise GaveUp(doubt.code) from doubt
                messages += [AIMessage(raw.text or "…"), HumanMessage(_told_back(doubt))]
                continue
            await self._note(raw, began, None)
            return reply

    def _trace(self) -> dict[str, str]:
        return self.prompt.trace | self.tags

    async def _note(self, raw: AIMessage | None, began: float, error: str | None) -> None:
        call = describe(self.role, self.prompt, self.model_name, raw, began, error)
        self.budget.add(call)
        await self.record(call)


def _strictly[Reply: BaseModel](raw: AIMessage, wire: type[Reply]) -> Reply:
    """What was said to the end, read to the letter: half an answer is none.

    The library's own parser mends JSON that was cut off, and makes a company of half a name.
    """
    stop = raw.response_metadata.get("stopReason")
    if stop != "end_turn":
        raise Doubt("not_finished", str(stop))
    try:
        return wire.model_validate_json(raw.text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Doubt("not_as_described", f"{where} {first['type']}".strip()) from None


def _told_back(doubt: Doubt) -> str:
    """The error, compact, as data: one line of what is wrong, and no second copy of the request."""
    return json.dumps({"error": doubt.code, "about": doubt.words}, ensure_ascii=False)
