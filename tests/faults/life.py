"""What a process does in its life; it is forked with everything imported, so it begins at once."""

import asyncio
import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from agentos import serving, wiring
from agentos.settings import Settings, load
from domain.decisions import Answer, DecisionKind
from domain.errors import RequestError, StoreUnavailable
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import cancels, decisions, launches, pauses, reads
from server.lifecycle.service import Actor, Service
from server.store.tables import RunRow
from systems import registry

registry.modules()  # imported once, by the server that forks the lives

Twist = Callable[[pytest.MonkeyPatch], None]
Deed = Callable[["Life", Connection], Coroutine[Any, Any, None]]
DANA = Actor("dana", "api", scopes=ALL_SCOPES)
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@dataclass(frozen=True)
class Life:
    """What a process is given: its data, the systems, and how it differs from a sound one.

    Without `database` it is SQLite in `folder`, where the log lies too. The twists are made before
    anything begins.
    """

    folder: Path
    sandbox: str
    database: str = ""
    name: str = "life"
    slots: int = 8
    port: int = 0
    twists: tuple[Twist, ...] = ()

    @property
    def settings(self) -> Settings:
        return load(
            {},
            database_url=self.database,
            sqlite_db_path=self.folder / "agentos.db",
            sandbox_url=self.sandbox,
            agentos_port=self.port,
            agentos_worker_slots=self.slots,
        )

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"


def live(life: Life, deed: Deed, said: Connection) -> None:
    """The whole life; what it has to say goes to the one who began it."""
    logging.basicConfig(
        filename=life.log,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        level=logging.INFO,
        force=True,
    )
    patch = pytest.MonkeyPatch()
    for twist in life.twists:
        twist(patch)
    asyncio.run(deed(life, said))


async def onboard(life: Life, said: Connection, company: str = "Acme Corp") -> None:
    """Launch a run, approve it and see it through; goes on where an earlier life ended."""
    app = wiring.application(life.settings)
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        request = LaunchRequest(company_name=company, idempotency_key=company)
        run = (await launches.launch(service, request, DANA)).run
        while not run.ended and run.status is not RunStatus.ESCALATED:
            if run.status is RunStatus.AWAITING_APPROVAL:
                answer = Answer(kind=DecisionKind.APPROVE)
                await decisions.decide(service, run.run_id, answer, DANA)
            run = await reads.wait_until_parked(
                service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=60
            )
        while not await _given_back(service, run.run_id):
            await asyncio.sleep(0.02)


async def _given_back(service: Service, run_id: str) -> bool:
    """Whether its worker has done all that follows the end."""
    async with service.database.read() as tx:
        row = await tx.session.get(RunRow, run_id)
        return row is not None and row.owner is None and row.wake_at is None


async def work(life: Life, said: Connection, start: Barrier | None = None) -> None:
    """Execute runs until told to stop; says its name. With `start` it waits for others there."""
    told = asyncio.Event()
    if start:
        start.wait()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with wiring.worker(life.settings) as name:
        said.send(name)
        await told.wait()


async def serve(life: Life, said: Connection) -> None:
    """Serve the API until told to stop, and let others execute the runs; says its address."""
    settings = life.settings.model_copy(update={"agentos_executes": False})
    listener = serving.listen(settings.host, settings.port)
    await serving.serve(wiring.application(settings), listener, said.send, asyncio.Future)


async def race(
    life: Life, said: Connection, run_ids: list[str], moves: Sequence[str], start: Barrier
) -> None:
    """Make all moves on each of the runs at once with another process; says what came of them."""
    settings = life.settings.model_copy(update={"agentos_executes": False})
    app = wiring.application(settings)
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        told = []
        for run_id in run_ids:
            await asyncio.to_thread(start.wait)
            outcomes = (_move(service, run_id, move, n) for n, move in enumerate(moves))
            told.append(Counter(await asyncio.gather(*outcomes)))
        said.send(told)


async def _move(service: Service, run_id: str, move: str, number: int) -> str:
    """`done`, or the code of the refusal. Each move is somebody else's, who asks again on a 503."""
    actor = Actor(f"person {os.getpid()}/{number}", "api", scopes=ALL_SCOPES)
    while True:
        try:
            await _once(service, run_id, move, actor)
        except RequestError as refused:
            return refused.code
        except StoreUnavailable:
            await asyncio.sleep(0.1)
        else:
            return "done"


async def _once(service: Service, run_id: str, move: str, actor: Actor) -> None:
    match move:
        case "pause":
            await pauses.pause(service, run_id, actor)
        case "resume":
            await pauses.resume(service, run_id, actor)
        case "cancel":
            await cancels.cancel(service, run_id, actor)
        case kind:
            await decisions.decide(service, run_id, Answer(kind=DecisionKind(kind)), actor)
