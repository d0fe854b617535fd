"""The graphs for a host with threads and checkpoints of its own, like LangGraph Studio.

A thread is a run: its launch, its events, its decisions and its effects are recorded as everywhere
else, in a database of the host's own, and the systems are the stand-ins.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl
from langgraph.types import Command
from pydantic import ValidationError

from agentos import wiring
from agentos.house import house
from agentos.settings import Settings
from domain.decisions import OpenRequest
from domain.errors import IllegalMove, Invalid
from domain.launches import LaunchRequest
from domain.runs import RunState
from domain.scopes import ALL_SCOPES
from domain.state import Json
from graph.build import RECURSION_LIMIT, Onboarding, build
from nodes.requests import read_answer
from reasoning.structured import Budget
from server.lifecycle.decisions import decide
from server.lifecycle.launches import launch
from server.lifecycle.reads import get_run
from server.lifecycle.requests import ask
from server.lifecycle.service import Actor, Service
from server.supervisor.agent import Agent
from server.supervisor.agent import build as build_agent
from server.supervisor.desk import Desk, Turn
from server.supervisor.speaking import voice
from server.worker.journal import RunJournal
from server.worker.questions import answer_to, beginning, open_question, resumption

DOOR = "studio"
_NO_CLAIM = 0
"""The fence of a run that no worker has taken: the host sees to it that a thread runs once."""


class Hosted(Onboarding):
    """Takes the body of a launch as input, and a decision in any dialect as resumption."""

    async def astream(  # type: ignore[override]
        self,
        input: Json | Command[Any] | None,
        config: RunnableConfig | None = None,
        *,
        context: object = None,
        **options: Any,
    ) -> AsyncGenerator[Any, None]:
        """Everything that a host starts goes through here; its `context` is not used."""
        here = await house()
        config = {"recursion_limit": RECURSION_LIMIT, **(config or {})}
        run, step = await self._enter(here.service, input, config)
        journal = RunJournal(here.service, run.run_id, _NO_CLAIM)
        options["durability"] = "sync"
        again = True
        while again:
            again, mine = False, here.context(run, journal)
            if mine.words is not None:  # once they are read, the row says more than this context
                options["control"] = RunControl()
                mine = replace(mine, park=options["control"].request_drain)
            try:
                async for part in super().astream(step, config, context=mine, **options):
                    yield part
            except GraphDrained:
                run, step, again = await get_run(here.service, run.run_id, tenant=None), None, True
        question = await self._question(config)
        if question is not None:
            await ask(here.service, run.run_id, question, _NO_CLAIM)

    def get_input_jsonschema(self, config: RunnableConfig | None = None) -> Json:
        """What the host asks a person for."""
        schema = LaunchRequest.model_json_schema()
        del schema["properties"]["idempotency_key"]  # the thread is the key
        return schema

    def get_context_jsonschema(self) -> None:
        """Nothing that a person could fill in."""

    async def _enter(
        self, service: Service, input: Json | Command[Any] | None, config: RunnableConfig
    ) -> tuple[RunState, Any]:
        """The run of this thread, and what to go on with."""
        run_id = (await self.aget_state(_newest(config))).values.get("run_id")
        if run_id is None:
            run = await _launch(service, input, config["configurable"]["thread_id"])
            return run, beginning(run)
        run = await get_run(service, run_id, tenant=None)
        if isinstance(input, Command):
            question = await self._question(config)
            return await _answer(service, run, question, input.resume)
        if input is not None:
            raise IllegalMove("This thread has its run.", advice="Begin a new thread.")
        question = await self._question(config)
        decision = answer_to(question, run) if question else None  # through another door
        return run, resumption(decision, run) if decision else None

    async def _question(self, config: RunnableConfig) -> OpenRequest | None:
        return open_question(await self.aget_state(_newest(config)))


class HostedSupervisor(Agent):
    """The agent, speaking for whoever uses this machine."""

    async def astream(
        self,
        input: Any,
        config: RunnableConfig | None = None,
        *,
        context: object = None,
        **options: Any,
    ) -> AsyncGenerator[Any, None]:
        """See `Hosted`."""
        here = await house()
        config = config or {}
        thread = str(config["configurable"]["thread_id"])
        desk = Desk(here.chats, _whoever(DOOR), thread, Turn(Budget(here.chat_tokens)))
        options["durability"] = "sync"
        async for part in super().astream(input, config, context=desk, **options):
            yield part

    def get_context_jsonschema(self) -> None:
        """Nothing that a person could fill in."""


def hosted_supervisor(settings: Settings) -> HostedSupervisor:
    """The supervisor with the model of the settings; nothing is opened before its first use."""
    agent = build_agent(voice(wiring.model_choice(settings)))
    return HostedSupervisor(**vars(agent) | {"context_schema": None})


def hosted() -> Hosted:
    """The graph; nothing is opened before its first use."""
    return Hosted(**vars(build()) | {"context_schema": None, "name": "onboarding"})


async def _launch(service: Service, body: object, thread: str) -> RunState:
    """One thread is one run, however often its first step is repeated."""
    try:
        request = LaunchRequest.model_validate(body)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Invalid(
            "The input is no launch.",
            field=where or "input",
            advice='Give at least {"company_name": "…"}.',
        ) from None
    keyed = request.model_copy(update={"idempotency_key": f"{DOOR}/{thread}"})
    return (await launch(service, keyed, _whoever(DOOR))).run


async def _answer(
    service: Service, run: RunState, question: OpenRequest | None, said: Any
) -> tuple[RunState, Command[Any]]:
    """Recorded first, by the rules of every door; what the graph is told is the record."""
    if question is None or said is None:
        raise IllegalMove(
            "This thread waits for no decision.", advice="Look at its state, or go on with it."
        )
    if isinstance(said, Mapping) and len(said) == 1 and not said.keys() <= _WORDS:
        (said,) = said.values()  # given by the interrupt's id; there is only ever one
    named = said.get("responder") if isinstance(said, Mapping) else None
    actor = _whoever(named if isinstance(named, str) else DOOR)
    await ask(service, run.run_id, question, _NO_CLAIM)
    run = (await decide(service, run.run_id, read_answer(said, question), actor)).run
    decision = answer_to(question, run)
    if decision is None:
        raise IllegalMove("The run waits for another decision.", advice="Look at its state.")
    return run, resumption(decision, run)


def _whoever(name: str) -> Actor:
    """Whoever can use this machine, under the name that they give."""
    return Actor(name, DOOR, scopes=ALL_SCOPES, unproved=True)


_WORDS = {"approved", "decision", "decisions", "answer"}


def _newest(config: RunnableConfig) -> RunnableConfig:
    """Where the thread stands, even if the host starts from an earlier checkpoint."""
    where = {k: v for k, v in config["configurable"].items() if k != "checkpoint_id"}
    return {"configurable": where}
