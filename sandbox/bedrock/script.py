"""What the model says: what was scripted, in turn, else what a small model might."""

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]
SYSTEMS = ("slack", "github", "newsletter", "grants")
_NAME = re.compile(r"\b(?:onboard|add|set up|for)\s+((?:[A-Z][\w&'-]*\s?)+)")


class Reply(BaseModel):
    """One answer, or a fault instead of it.

    `fault` is an error of AWS by its name; `mid_stream` one that comes after the first events of a
    stream, `cut_after` ends the connection after so many of them. `delay` is in seconds. Answers
    that are to come `together` are held until so many requests wait, or fail after `patience`.
    """

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    value: Json | None = None
    tool: str | None = None
    arguments: Json = {}
    stop_reason: str | None = None
    fault: str | None = None
    mid_stream: str | None = None
    cut_after: int | None = None
    delay: float = 0.0
    together: int = 1
    patience: float = 30.0
    times: int = 1

    def output(self, number: int) -> Json:
        """The assistant's message."""
        content: list[Json] = []
        if self.text is not None or self.value is not None:
            content.append({"text": self.text if self.text is not None else json.dumps(self.value)})
        if self.tool is not None:
            use = {"toolUseId": f"tooluse_{number}", "name": self.tool, "input": self.arguments}
            content.append({"toolUse": use})
        return {"message": {"role": "assistant", "content": content or [{"text": ""}]}}

    @property
    def stopped(self) -> str:
        """Why it stopped, unless scripted otherwise."""
        return self.stop_reason or ("tool_use" if self.tool else "end_turn")


@dataclass
class Script:
    """The answers to come, and every request that was made, in the memory of the process."""

    replies: deque[Reply] = field(default_factory=deque)
    requests: list[Json] = field(default_factory=list)
    _held: int = 0
    _full: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, body: Json) -> Reply:
        """The next answer to this request."""
        if self.replies:
            reply = self.replies[0]
            if reply.times <= 1:
                self.replies.popleft()
            else:
                self.replies[0] = reply.model_copy(update={"times": reply.times - 1})
        else:
            reply = _small_model(body)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.together > 1:
            return await self._together(reply)
        return reply

    async def _together(self, reply: Reply) -> Reply:
        self._held += 1
        if self._held == reply.together:
            self._full.set()
        try:
            await asyncio.wait_for(self._full.wait(), reply.patience)
        except TimeoutError:
            self._held -= 1
            return Reply(fault="ModelNotReadyException")
        return reply

    def clear(self) -> None:
        """As it was when it was new."""
        self.replies.clear()
        self.requests.clear()
        self._held, self._full = 0, asyncio.Event()


def _small_model(body: Json) -> Reply:
    """Reads simple requests and tells facts, as the schema of the answer asks it to."""
    schema = body.get("outputConfig", {}).get("textFormat", {}).get("structure", {})
    said = [block.get("text", "") for block in body["messages"][-1]["content"]]
    asked = [block.get("text", "") for block in body["messages"][0]["content"]]
    try:
        data = json.loads(asked[0])
    except (ValueError, IndexError):
        data = {}
    match schema.get("jsonSchema", {}).get("name"):
        case "PlanReply":
            return Reply(value=_plan(str(data.get("request", ""))))
        case "ReportReply":
            return Reply(value=_report(data.get("facts", {})))
        case _:
            return Reply(text=f"The stand-in of the model heard: {' '.join(said)[:200]}")


def _plan(request: str) -> Json:
    found = _NAME.search(request)
    if found is None:
        return {
            "needs_clarification": True,
            "question": "Which company shall be onboarded?",
            "clarify_about": "company_name",
            "companies": [],
            "unsupported": [],
            "suspicious": False,
        }
    named = [name for name in SYSTEMS if name in request.lower()]
    out = "except" in request.lower() or "without" in request.lower()
    systems = [s for s in SYSTEMS if s not in named] if out else named or list(SYSTEMS)
    company = {"name": found.group(1).strip(" ."), "systems": systems}
    return {
        "needs_clarification": False,
        "companies": [company],
        "unsupported": [],
        "suspicious": False,
    }


def _report(facts: Json) -> Json:
    systems = facts.get("systems", [])
    done = [one["system"] for one in systems if one.get("status") in ("success", "pending")]
    headline = f"{facts.get('company')}: {len(done)} of {len(systems)} systems are done."
    return {"headline": headline, "next_actions": []}
