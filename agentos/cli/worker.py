"""agentos worker"""

import asyncio
import signal

from agentos.cli.context import AsJson, command


@command
def worker(as_json: AsJson = False) -> None:
    """Execute runs of a Postgres database, beside others that do.

    When told to stop it parks its runs at their next boundary, gives them back and ends.
    """
    from agentos.settings import load
    from agentos.wiring import worker as work

    settings = load()

    async def until_told() -> None:
        from agentos.cli.output import say, show_json

        told = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, told.set)
        async with work(settings) as name:
            if as_json:
                show_json({"worker": name})
            else:
                say(f"Worker {name} executes up to {settings.agentos_worker_slots} runs at a time.")
            await told.wait()

    asyncio.run(until_told())
