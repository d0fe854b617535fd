"""The server that forks the lives has lived once itself: they find made what a process makes once.

Only that server imports this.
"""

import asyncio
import gc
import tempfile
import threading
from pathlib import Path

from agentos import wiring
from domain.launches import LaunchRequest
from domain.scopes import DEFAULT_TENANT
from server.lifecycle import launches, reads
from server.lifecycle.service import Service
from server.store.postgres import PostgresDatabase
from tests.faults.life import DANA, Life

NOWHERE = "http://127.0.0.1:9"  # nobody listens there: the run is planned blind


async def _live(folder: Path) -> None:
    app = wiring.application(Life(folder, NOWHERE).settings)
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        request = LaunchRequest(company_name="Acme Corp", idempotency_key="warm")
        run = (await launches.launch(service, request, DANA)).run
        await reads.wait_until_parked(
            service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=60
        )


PostgresDatabase("postgresql:///")._engine(1)
with tempfile.TemporaryDirectory() as _folder:
    asyncio.run(_live(Path(_folder)))
gc.freeze()  # it stays, and memory that is not looked through is not copied
gc.set_threshold(50_000, 20, 100)  # as in the entry point of the command line
assert threading.active_count() == 1, "a thread would not be there in a fork"
