"""Advances one claimed run as far as it goes: to its end, to a question, or to a pause.

Level-triggered and idempotent: it looks at the row and the checkpoint and does what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl
from langgraph.types import Command, StateSnapshot

from domain.decisions import DecisionKind, OpenRequest
from domain.errors import CheckpointCorrupt
from domain.events import RunFailed, RunPaused
from domain.ports import NodeContext
from domain.runs import RunState
from domain.status import RunStatus
from graph.build import GRAPH_VERSIONS, NAMING_PEOPLE, RECURSION_LIMIT, Onboarding
from server.lifecycle.cancels import carry_out
from server.lifecycle.deadlines import fire
from server.lifecycle.reads import get_run
from server.lifecycle.requests import ask
from server.lifecycle.service import Service
from server.store.checkpoint_ids import seed_clock
from server.store.claims import Claim
from server.store.group_saver import FENCE
from server.worker.journal import RunJournal, ports
from server.worker.questions import answer_to, beginning, open_question, resumption

Durability = Literal["exit", "sync"]
_PLANNING = (RunStatus.QUEUED, RunStatus.PLANNING)


class Brake:
    """Lets others stop the stretch that is under way; a fresh control for each, as one drained
    stays drained. `until` is set where the run waits for a time."""

    def __init__(self) -> None:
        self.control = RunControl()
        self.stopped = False
        self.until: datetime | None = None

    def interrupt(self) -> None:
        """Park at the next boundary and look at the row again."""
        self.control.request_drain("asked")

    def stop(self) -> None:
        """Park at the next boundary and leave the run."""
        self.stopped = True
        self.control.request_drain("stopped")

    def release(self) -> RunControl:
        """The control of the next stretch."""
        self.control = RunControl()
        if self.stopped:
            self.control.request_drain("stopped")
        return self.control


@dataclass(frozen=True)
class Driver:
    """The compiled graph and what its nodes need; `limits` are fields of `NodeContext`."""

    service: Service
    onboarding: Onboarding
    limits: Mapping[str, Any]
    graph_versions: tuple[str, ...] = GRAPH_VERSIONS

    async def drive(self, claim: Claim, brake: Brake) -> None:
        """Work until there is nothing left that this worker may do.

        Raises `LeaseLost` when fenced, `StoreUnavailable` when the database is away.
        """
        again = True
        while again and not brake.stopped:
            try:
                again = await self._advance(claim, brake)
            except CheckpointCorrupt as error:
                await self.fail(claim, error.code, error.message)

    async def fail(self, claim: Claim, code: str, message: str) -> None:
        """End a run that cannot be driven."""
        journal = RunJournal(self.service, claim.run_id, claim.fence)
        await journal.emit(RunFailed(code=code, message=message), key="failed")

    async def _advance(self, claim: Claim, brake: Brake) -> bool:
        """One stretch of the graph; True when it should be looked at again at once."""
        run = await get_run(self.service, claim.run_id, tenant=None)
        config = _config(claim)
        if run.ended:
            await self._prune(run.run_id)
            return False
        if run.status is RunStatus.PAUSED and not run.cancel_pending:
            return False
        journal = RunJournal(self.service, claim.run_id, claim.fence)
        context = self._context(run, journal, brake)
        if run.cancel_pending:
            return await self._cancel(run, context, claim.fence)
        if run.pause_requested:
            await journal.emit(RunPaused(), key=f"paused/{run.version}")
            return False
        if run.waits_until and run.waits_until > await self._now():
            brake.until = run.waits_until
            return False
        snapshot = await self.onboarding.aget_state(config)
        _keep_time(snapshot)
        question = open_question(snapshot)
        if run.status is RunStatus.ROLLING_BACK and not _about_rollback(question, run):
            await self._send_to_rollback(config, snapshot)
            question = None
        elif question is not None and answer_to(question, run) is None:
            return await self._park(run, question, claim, brake)
        step = _input(run, snapshot, question, claim.graph_version)
        await self._stretch(run, step, config, context, brake.release())
        return True

    async def _stretch(
        self,
        run: RunState,
        step: Any,
        config: RunnableConfig,
        context: NodeContext,
        control: RunControl,
    ) -> None:
        """Run the graph until it parks, ends or is drained."""
        durability: Durability = "exit" if run.status in _PLANNING else "sync"
        try:
            await self.onboarding.ainvoke(
                step,
                config,
                context=context,
                durability=durability,
                control=control,
                version="v2",
            )
        except GraphDrained:
            return
        after = await get_run(self.service, run.run_id, tenant=None)
        if after.ended or after.version > run.version:
            return
        if open_question(await self.onboarding.aget_state(config)) is None:
            stuck = RunFailed(code="no_progress", message="The run made no progress.")
            await context.journal.emit(stuck, key="failed")

    async def _park(self, run: RunState, question: OpenRequest, claim: Claim, brake: Brake) -> bool:
        """Leave the run to those who may answer, until the next time that something is due."""
        if run.open_request is None and await ask(self.service, run.run_id, question, claim.fence):
            return True
        decided, brake.until = await fire(self.service, run.run_id, claim.fence)
        return decided

    async def _cancel(self, run: RunState, context: NodeContext, fence: int) -> bool:
        made = any([await context.ledger.entries(name) for name in run.systems])
        await carry_out(self.service, run.run_id, made=made, fence=fence)
        return True

    async def _send_to_rollback(self, config: RunnableConfig, snapshot: StateSnapshot) -> None:
        """Make `rollback` the next node; pending branches and questions are dropped."""
        if snapshot.next != ("rollback",):
            await self.onboarding.aupdate_state(
                config, Command(goto="rollback"), as_node="validator"
            )

    async def _now(self) -> datetime:
        """The store's time, since this machine's clock may be wrong."""
        async with self.service.database.write() as tx:
            return tx.now

    async def _prune(self, run_id: str) -> None:
        saver = self.onboarding.checkpointer
        if saver and not isinstance(saver, bool):
            await saver.adelete_thread(run_id)

    def _context(self, run: RunState, journal: RunJournal, brake: Brake) -> NodeContext:
        bare = ports(self.service, run, journal, halted=brake.interrupt)
        return replace(bare, park=brake.interrupt, **self.limits)


def _config(claim: Claim) -> RunnableConfig:
    """The fence goes along, so that the store can refuse the checkpoints of a worker cut off."""
    where = {"thread_id": claim.run_id, FENCE: claim.fence}
    return {"configurable": where, "recursion_limit": RECURSION_LIMIT}


def _keep_time(snapshot: StateSnapshot) -> None:
    """What this worker stores must sort after what is stored, even if its clock is behind."""
    newest = snapshot.config["configurable"].get("checkpoint_id")
    if newest is not None:
        seed_clock(newest)


def _about_rollback(question: OpenRequest | None, run: RunState) -> bool:
    """Whether the graph is where a rolling-back run belongs: asking, or about to be told, so."""
    if question is None:
        return False
    return answer_to(question, run) is not None or DecisionKind.RETRY not in question.allowed


def _input(
    run: RunState, snapshot: StateSnapshot, question: OpenRequest | None, graph_version: str
) -> Any:
    """What to invoke the graph with: a new run, an answer, or just go on.

    A worker of an earlier release may yet go on with a run that was launched there.
    """
    people = graph_version in NAMING_PEOPLE
    if question is not None:
        decision = answer_to(question, run)
        if decision is None:
            raise RuntimeError("a question without an answer is never resumed")
        return resumption(decision, run, people=people)
    if run.status in _PLANNING and not snapshot.tasks:
        return beginning(run, people=people)
    return None
