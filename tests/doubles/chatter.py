"""Chats over a house: with rules, or with a model that says what a test has written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langgraph.checkpoint.base import BaseCheckpointSaver

from domain.chats import Proposal, ToolAnswered, TurnAnswered, TurnPart
from reasoning.rules_model import RulesChatModel
from reasoning.supervisor_rules import supervise
from server.lifecycle.chats import Chats
from server.lifecycle.service import Actor
from server.supervisor.desk import Desk
from server.supervisor.facts import Json
from server.supervisor.speaking import Voice
from server.supervisor.turns import AgentSupervisor
from tests.doubles.house import DANA, House

Script = Callable[[Sequence[BaseMessage]], AIMessage]


def calling(name: str, call_id: str, **arguments: Any) -> AIMessage:
    """A model's wish to use a tool."""
    call = ToolCall(name=name, args=arguments, id=call_id, type="tool_call")
    return AIMessage("", tool_calls=[call])


def voice_of(script: Script | None) -> Voice:
    """The rules, or a model that follows the script."""
    if script is None:
        return Voice(RulesChatModel(rules=supervise), "rules")
    return Voice(RulesChatModel(rules=lambda messages, _tools: script(messages)), "scripted")


@dataclass(frozen=True)
class Chatter:
    """Says things as Dana, unless told otherwise, in one thread."""

    chats: Chats
    saver: BaseCheckpointSaver[Any]
    thread: str = "t1"

    async def say(
        self, text: str, actor: Actor = DANA, *, shown: Proposal | None = None
    ) -> list[TurnPart]:
        """The parts of a turn; `shown` is the proposal that a yes is about."""
        digest = shown.digest if shown else None
        talk = self.chats.talk(self.thread, text, actor, shown=digest)
        return [part async for part in talk]

    async def propose(self, text: str, actor: Actor = DANA) -> Proposal:
        """The proposal of a turn that does nothing yet."""
        *_, proposal, last = await self.say(text, actor)
        assert isinstance(proposal, Proposal)
        assert isinstance(last, TurnAnswered) and last.launched == ()
        return proposal

    async def answer(
        self, text: str, actor: Actor = DANA, *, shown: Proposal | None = None
    ) -> TurnAnswered:
        """The last part of a turn that went well."""
        last = (await self.say(text, actor, shown=shown))[-1]
        assert isinstance(last, TurnAnswered)
        return last

    async def results(self, text: str, actor: Actor = DANA) -> list[Any]:
        """What the tools of a turn said."""
        return [p.result for p in await self.say(text, actor) if isinstance(p, ToolAnswered)]


def chatter(
    home: House, script: Script | None = None, chosen: Voice | None = None, **options: Any
) -> Chatter:
    """A supervisor on the checkpointer of the house, of the `chosen` voice or of the script."""
    saver = home.driver.onboarding.checkpointer
    assert isinstance(saver, BaseCheckpointSaver)
    supervisor = AgentSupervisor(chosen or voice_of(script))
    supervisor.open(saver)
    return Chatter(Chats(home.service, supervisor, **options), saver)


class Death(BaseException):
    """Nothing in the way catches it, as with a process that is killed."""


def _dying(monkeypatch: pytest.MonkeyPatch, *, after_launch: bool) -> None:
    """From now on the launch of a chat kills, right before or after it took effect."""
    real = Desk.launch

    async def launch(self: Desk, call_id: str, said: str, **given: object) -> Json:
        if after_launch:
            await real(self, call_id, said, **given)
        raise Death

    monkeypatch.setattr(Desk, "launch", launch)


async def cut_off(
    chat: Chatter, sentence: str, monkeypatch: pytest.MonkeyPatch, *, after_launch: bool
) -> None:
    """Something said to a service that dies of it."""
    with monkeypatch.context() as dies:
        _dying(dies, after_launch=after_launch)
        with pytest.raises(Death):
            await chat.say(sentence)
