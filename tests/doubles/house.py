"""A whole service on a temporary SQLite file with toy systems, and a second life of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from domain.decisions import Answer, DecisionKind
from domain.launches import LaunchRequest
from domain.policies import ONE_APPROVAL, Policy
from domain.ports import System
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus
from graph.build import GRAPH_VERSION, build
from server.lifecycle import decisions, launches, reads
from server.lifecycle.service import Actor, Bell, Service
from server.store.checkpoints import open_saver
from server.store.database import Database
from server.store.group_saver import open_group_saver
from server.store.grouped import GroupedPostgres
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.worker.drive import Driver
from server.worker.embedded import EmbeddedEngine
from server.worker.queued import QueuedEngine
from tests.sqlite import installed

DANA = Actor("dana", "api", scopes=ALL_SCOPES)
LIMITS: Mapping[str, Any] = {"max_step_retries": 2, "backoff_base_seconds": 0.01}


@dataclass(frozen=True)
class House:
    """The verbs of a running service, shortened for tests."""

    service: Service
    driver: Driver
    engine: EmbeddedEngine | QueuedEngine

    async def launch(self, name: str | None = "Acme Corp", **fields: Any) -> RunState:
        request = LaunchRequest.model_validate({"company_name": name, **fields})
        return (await launches.launch(self.service, request, DANA)).run

    async def settle(self, run_id: str, seconds: float = 15.0) -> RunState:
        """The run once it is parked or ended."""
        return await reads.wait_until_parked(
            self.service, run_id, tenant=DEFAULT_TENANT, timeout_seconds=seconds
        )

    async def decide(self, run_id: str, kind: str, **fields: Any) -> RunState:
        answer = Answer(kind=DecisionKind(kind), **fields)
        return (await decisions.decide(self.service, run_id, answer, DANA)).run

    async def until(self, run_id: str, *status: RunStatus, seconds: float = 15.0) -> RunState:
        """The run once it has one of these statuses; fails the test when it never has."""
        run = await reads.get_run(self.service, run_id, tenant=DEFAULT_TENANT)
        while run.status not in status:
            before = run.version
            run = await reads.wait_for_change(
                self.service, run_id, tenant=DEFAULT_TENANT, version=before, timeout_seconds=seconds
            )
            assert run.version > before, f"{run.status} instead of {status}: {run.failure}"
        return run


@asynccontextmanager
async def house(
    folder: Path,
    systems: Mapping[str, System],
    limits: Mapping[str, Any] = LIMITS,
    *,
    served: bool = True,
    address: str | None = None,
    policy: Policy = ONE_APPROVAL,
    four_eyes: bool = False,
    **engine_options: Any,
) -> AsyncIterator[House]:
    """One life of the service; enter it again on the same folder for the next one.

    Without `served` nothing is driven: launches and decisions are recorded and wait. With
    `address` it is on that Postgres, and other lives may be entered beside it.
    """
    bell = Bell()
    database: Database
    workbench: Database
    engine: EmbeddedEngine | QueuedEngine
    if address is None:
        installed(folder)
        database = workbench = SqliteDatabase(folder / "agentos.db")
        engine = EmbeddedEngine(database, bell, **engine_options)
    else:
        database, workbench = PostgresDatabase(address), GroupedPostgres(address)
        engine = QueuedEngine(database, bell, address, **engine_options)
    saving: AbstractAsyncContextManager[BaseCheckpointSaver[Any]] = (
        open_group_saver(address) if address else open_saver(folder / "checkpoints.db")
    )
    service = Service(
        policy=policy,
        four_eyes=four_eyes,
        database=database,
        engine=engine,
        systems=systems,
        graph_version=GRAPH_VERSION,
        bell=bell,
        reader=limits.get("reader"),
    )
    async with AsyncExitStack() as stack:
        for each in {database, workbench}:
            await each.open()
            stack.push_async_callback(each.close)
        saver = await stack.enter_async_context(saving)
        driver = Driver(replace(service, database=workbench), build(saver), limits)
        if served:
            await engine.serve(driver)
            stack.push_async_callback(engine.drain)
        yield House(service, driver, engine)
