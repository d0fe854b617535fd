"""One turn: what the agent does, as the parts that callers see."""

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from domain.chats import ChatMessage, TextSaid, ToolAnswered, ToolCalled, TurnAnswered, TurnPart
from domain.proposals import ProposalState, Settled
from prompts.loader import load
from reasoning.structured import Budget
from server.lifecycle import proposals
from server.lifecycle.service import Actor, Service
from server.store.checkpoint_ids import seed_clock
from server.supervisor import settling
from server.supervisor.agent import Agent, build
from server.supervisor.desk import Desk, Turn
from server.supervisor.speaking import PROMPT, Voice

_RECURSION_LIMIT = 40
_MODEL = "model"
_TIDYING = ".before_agent"
"""The node that rewrites what was said before."""


class AgentSupervisor:
    """See `Supervisor` in `server.lifecycle.chats`; `open` it on a saver before it is asked."""

    def __init__(self, chosen: Voice) -> None:
        self._chosen = chosen
        self._saver: BaseCheckpointSaver[Any] | None = None
        self._agent: Agent | None = None

    def open(self, saver: BaseCheckpointSaver[Any]) -> None:
        """Keep the threads there from now on."""
        self._saver, self._agent = saver, build(self._chosen, saver)

    async def answer(
        self, service: Service, thread_id: str, text: str, actor: Actor, budget: Budget
    ) -> AsyncGenerator[TurnPart]:
        """See `Supervisor`. A step is stored before the next begins, so a crash forgets no call."""
        agent, saver = self._opened()
        config = _config(thread_id)
        await _keep_time(agent, config)
        told, turn = _Telling(), Turn(budget)
        async for part in agent.astream(
            {"messages": [HumanMessage(text)]},
            config,
            context=Desk(service, actor, thread_id, turn),
            stream_mode=["messages", "updates"],
            durability="sync",
            version="v2",
        ):
            for seen in told.seen(part["type"], part["data"]):
                yield seen
        await saver.aprune([config["configurable"]["thread_id"]])
        if turn.proposed:
            yield await proposals.propose(service, thread_id, turn.proposed)
        yield TurnAnswered(text=told.text, launched=tuple(told.launched))

    async def settle(
        self, service: Service, thread_id: str, text: str, actor: Actor, settled: Settled
    ) -> AsyncGenerator[TurnPart]:
        """See `Supervisor`. No model is asked: it reads afterwards what was said and done."""
        agent, saver = self._opened()
        config = _config(thread_id)
        await _keep_time(agent, config)
        answers = await settling.answers(service, thread_id, actor, settled)
        for each in answers:
            yield each
        done = settling.worded(answers, settled)
        yield TextSaid(text=done.text)
        said = {"messages": [HumanMessage(text), AIMessage(done.text)]}
        await agent.aupdate_state(config, said, as_node=_MODEL)
        await saver.aprune([config["configurable"]["thread_id"]])
        if settled.state is ProposalState.OPEN:
            yield settled.proposal
        yield done

    async def history(self, thread_id: str) -> list[ChatMessage]:
        """See `Supervisor`; without the tools' part in it."""
        agent, _ = self._opened()
        state = await agent.aget_state(_config(thread_id))
        return [
            ChatMessage(role="user" if isinstance(m, HumanMessage) else "assistant", text=m.text)
            for m in state.values.get("messages", ())
            if isinstance(m, HumanMessage | AIMessage) and m.text
        ]

    async def forget(self, thread_ids: Sequence[str]) -> None:
        """See `Supervisor`."""
        _, saver = self._opened()
        for thread_id in thread_ids:
            await saver.adelete_thread(_config(thread_id)["configurable"]["thread_id"])

    def _opened(self) -> tuple[Agent, BaseCheckpointSaver[Any]]:
        if self._agent is None or self._saver is None:
            raise RuntimeError("the supervisor is not open")
        return self._agent, self._saver


class _Telling:
    """Turns what the graph streams into parts, and remembers what the last one tells."""

    def __init__(self) -> None:
        self.text = ""
        self.launched: list[str] = []
        self._said: set[str | None] = set()

    def seen(self, mode: str, data: Any) -> Iterator[TurnPart]:
        """The parts of one piece of the stream."""
        if mode == "messages":
            message, origin = data
            said = isinstance(message, AIMessage) and message.text
            if said and origin.get("langgraph_node") == _MODEL:
                self._said.add(message.id)
                yield TextSaid(text=message.text)
            return
        for node, update in data.items():
            if not node.endswith(_TIDYING):
                for message in (update or {}).get("messages", ()):
                    yield from self._kept(message)

    def _kept(self, message: AnyMessage) -> Iterator[TurnPart]:
        match message:
            case AIMessage():
                if message.text and message.id not in self._said:
                    yield TextSaid(text=message.text)
                self.text = message.text
                for call in message.tool_calls:
                    yield ToolCalled(
                        call_id=str(call["id"]), tool=call["name"], arguments=call["args"]
                    )
            case ToolMessage():
                result = _read(message)
                ok = message.status != "error"
                if ok and isinstance(result, dict) and result.get("launched"):
                    self.launched.append(result["run_id"])
                yield ToolAnswered(
                    call_id=message.tool_call_id, tool=message.name or "", ok=ok, result=result
                )


def _read(message: ToolMessage) -> Any:
    """A tool's facts; what the library says of a call that it could not make is text."""
    if message.artifact is not None:
        return message.artifact
    try:
        return json.loads(message.text)
    except ValueError:
        return message.text


def _config(thread_id: str) -> RunnableConfig:
    """Chats share the checkpointer's tables with runs, whose ids look otherwise."""
    return {
        "configurable": {"thread_id": f"chat/{thread_id}"},
        "recursion_limit": _RECURSION_LIMIT,
        "metadata": load(PROMPT).trace | {"role": PROMPT},
    }


async def _keep_time(agent: Agent, config: RunnableConfig) -> None:
    """What this process stores must sort after what is stored, even if its clock is behind."""
    newest = (await agent.aget_state(config)).config["configurable"].get("checkpoint_id")
    if newest is not None:
        seed_clock(newest)
