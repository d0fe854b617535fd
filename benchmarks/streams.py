"""What a thousand open event streams cost a server: memory for each, and how long reads take.

    python -m benchmarks.streams

A run waits for its approval; its events are followed by 1,000 readers. Reads of that run are timed
before and meanwhile, one after the other, and the server's memory is that of the kernel.
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from tests.e2e.running import RUNS, dev

STREAMS = 1000
READS = 500


def _memory(process: int) -> int:
    """Its resident set in KiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def _p99(http: httpx.AsyncClient, path: str) -> float:
    """Milliseconds within which all but one in a hundred reads are answered."""
    taken = []
    for _ in range(READS):
        began = time.perf_counter()
        (await http.get(path)).raise_for_status()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(taken, n=100)[-1]


async def _measure(url: str, run_id: str, process: int) -> None:
    limits = httpx.Limits(max_connections=None)
    path = f"{RUNS}/{run_id}"
    async with (
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as reader,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60, limits=limits) as http,
        AsyncExitStack() as streams,
    ):
        await _p99(reader, path)  # warm
        idle, before = await _p99(reader, path), _memory(process)
        for _ in range(STREAMS):
            following = http.stream(
                "GET", f"{path}/events", headers={"accept": "text/event-stream"}
            )
            answer = await streams.enter_async_context(following)
            answer.raise_for_status()
            await anext(answer.aiter_raw())
        each = (_memory(process) - before) / STREAMS
        busy = await _p99(reader, path)
    sys.stdout.write(
        f"{STREAMS} streams: {each:.1f} KiB each; p99 of a read {idle:.1f} ms idle, "
        f"{busy:.1f} ms beside them ({busy / idle:.2f} times)\n"
    )


def main() -> None:
    """Print the figures."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the server inherits it
    with tempfile.TemporaryDirectory() as folder, dev(Path(folder)) as (running, process):
        run = running.parked("Acme Corp")
        asyncio.run(_measure(running.url, run["run_id"], process.pid))


if __name__ == "__main__":
    main()
