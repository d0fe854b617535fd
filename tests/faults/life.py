"""One life of a worker process: drives a run against the sandbox until it is over, or is killed."""

import asyncio
from pathlib import Path

from agentos.sandboxed import sandbox_variables
from domain.status import TERMINAL, RunStatus
from systems import registry
from tests.doubles.house import house

registry.modules()  # imported once, by the server that forks the lives
WAITING = (*TERMINAL, RunStatus.ESCALATED)


def live(folder: str, sandbox_url: str, run_id: str) -> None:
    """The whole life; ends by itself when the run has ended or asks for help."""

    async def drive() -> None:
        systems = registry.build(sandbox_variables(sandbox_url))
        async with house(Path(folder), systems) as home:
            await home.until(run_id, *WAITING, seconds=60)

    asyncio.run(drive())
