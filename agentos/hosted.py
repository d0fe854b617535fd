"""The onboarding graph for a host with threads and checkpoints of its own, like LangGraph Studio.

A thread is a run: its launch, its events, its decisions and its effects are recorded as everywhere
else, in a database of the host's own, and the systems are the stand-ins.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import inf
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from pydantic import ValidationError

from agentos import wiring
from agentos.cli import processes
from agentos.settings import Settings, load
from domain.decisions import OpenRequest
from domain.errors import BadSetting, IllegalMove, Invalid
from domain.launches import LaunchRequest
from domain.ports import NodeContext, System
from domain.runs import RunState
from domain.scopes import ALL_SCOPES
from domain.state import Json
from graph.build import GRAPH_VERSION, RECURSION_LIMIT, Onboarding, build
from nodes.requests import read_answer
from prompts import loader
from server.lifecycle.decisions import decide
from server.lifecycle.launches import launch
from server.lifecycle.reads import get_run
from server.lifecycle.requests import ask
from server.lifecycle.service import Actor, Service
from server.store.sqlite import SqliteDatabase
from server.store.transactions import Transaction
from server.worker.journal import RunJournal, ports
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
        house = await _house()
        config = {"recursion_limit": RECURSION_LIMIT, **(config or {})}
        run, step = await self._enter(house.service, input, config)
        journal = RunJournal(house.service, run.run_id, _NO_CLAIM)
        mine = house.context(run, journal)
        options["durability"] = "sync"
        async for part in super().astream(step, config, context=mine, **options):
            yield part
        question = await self._question(config)
        if question is not None:
            await ask(house.service, run.run_id, question, _NO_CLAIM)

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
        return run, None

    async def _question(self, config: RunnableConfig) -> OpenRequest | None:
        return open_question(await self.aget_state(_newest(config)))


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


_WORDS = {"approved", "decision", "decisions"}


def _newest(config: RunnableConfig) -> RunnableConfig:
    """Where the thread stands, even if the host starts from an earlier checkpoint."""
    where = {k: v for k, v in config["configurable"].items() if k != "checkpoint_id"}
    return {"configurable": where}


@dataclass(frozen=True)
class House:
    """What the runs of a host work with."""

    service: Service
    max_step_retries: int

    def context(self, run: RunState, journal: RunJournal) -> NodeContext:
        """Whoever hosts the graph parks nothing: waits of any length are waited for."""
        mine = ports(self.service, run, journal, halted=lambda: None)
        return replace(mine, max_step_retries=self.max_step_retries, longest_hold_seconds=inf)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """Open while inside; starts the stand-ins unless they are there.

    Files are read in threads, since a host may forbid its loop to do so.
    """
    if not settings.sandbox:
        raise BadSetting(
            "SANDBOX is 0, but Studio works on the stand-ins only: it knows no permissions.",
            advice="Set SANDBOX=1, and use the API for the real systems.",
        )
    with ExitStack() as children:
        systems = await asyncio.to_thread(_systems, settings, children)
        database = SqliteDatabase(settings.sqlite_db_path.with_name("studio.db"))
        await database.open()
        try:
            service = Service(database, _Host(), systems, GRAPH_VERSION)
            yield House(service, settings.max_step_retries)
        finally:
            await database.close()


def _systems(settings: Settings, children: ExitStack) -> Mapping[str, System]:
    for prompt in ("approval", "escalation"):
        loader.load(prompt)
    if settings.sandbox_url is None:
        place = settings.sqlite_db_path.with_name("studio-sandbox.db")
        child = children.enter_context(processes.started("sandbox", "--db", str(place)))
        url = processes.ready(child, "sandbox")["url"]
        settings = settings.model_copy(update={"sandbox_url": url})
    return wiring.systems(settings)


class _Host:
    """The engine: the host goes on by itself."""

    alive = True

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """See `server.lifecycle.service.Engine`."""


_life = AsyncExitStack()


@cache
def _opening() -> "asyncio.Future[House]":
    async def first() -> House:
        return await _life.enter_async_context(opened(await asyncio.to_thread(load)))

    return asyncio.ensure_future(first())


async def _house() -> House:
    """Opened by the first run, closed with the loop; a start that failed is tried again."""
    try:
        return await asyncio.shield(_opening())
    except Exception:
        _opening.cache_clear()
        raise
