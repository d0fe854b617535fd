"""What watching costs while nobody watches: tracing off, no lines of events, metrics not scraped.

    python -m benchmarks.watching --runs 100
    python -m benchmarks.watching --traced

Every call of what watches is timed within whole runs, and set against all CPU that these took. The
timing itself is counted as well, so the share is at most what is printed. It ends with 1 when that
is 2 % or more.

With `--traced`, runs with traces, sent to a process of its own, are set beside runs without.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import agentos.settings  # noqa: F401 - strict mode, before langgraph is imported

# isort: split
from rich.console import Console

from benchmarks.crew import Crew, callers
from benchmarks.service import launched_and_done
from server.telemetry.metrics import CHECKPOINTS
from server.telemetry.redaction import redactor
from server.telemetry.tracing import Tracing, traced
from tests.langsmith_stand_in import langsmith_stand_in

MOST = 0.02
PLACES = ("server.store.log.happened", "langsmith.utils.tracing_is_enabled")


class Watch:
    """The CPU time of one kind of call, and how many there were."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.thread_time()
        try:
            yield
        finally:
            self.seconds += time.thread_time() - began
            self.calls += 1

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*args: Any, **options: Any) -> Any:
            with self.running():
                return function(*args, **options)

        return timed


async def measured(runs: int) -> tuple[float, dict[str, Watch]]:
    """CPU seconds of so many runs, and what of it each kind of watching took."""
    watches = {place: Watch() for place in PLACES}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with (
            traced(None),
            Crew("sqlite", place, 1, slots=8) as crew,
            callers(place, crew) as service,
        ):
            await launched_and_done(service, "warm up")
            with ExitStack() as patched:
                for name, watch in watches.items():
                    patched.enter_context(mock.patch(name, watch.around(_found(name))))
                began = time.process_time()
                for number in range(runs):
                    await launched_and_done(service, f"Company {number}")
                took = time.process_time() - began
    return took, watches | {"checkpoints timed": _checkpoints(watches[PLACES[0]].calls)}


async def _whole(runs: int, tracing: Tracing | None) -> float:
    """CPU seconds of one run, the threads that send traces included."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with Crew("sqlite", place, 1, slots=8) as crew, callers(place, crew) as service:
            async with traced(tracing):
                await launched_and_done(service, "warm up")
                began = time.process_time()
                for number in range(runs):
                    await launched_and_done(service, f"Company {number}")
            return (time.process_time() - began) / runs


def _receive(told: Connection) -> None:
    with langsmith_stand_in() as ingest:
        told.send(ingest.url)
        told.recv()


def side_by_side(runs: int, rounds: int) -> tuple[float, float]:
    """CPU seconds of a run without and with traces, medians of the rounds."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    receiver = spawning.Process(target=_receive, args=(theirs,))
    receiver.start()
    clean = redactor(["a secret of this service"])
    wanted = Tracing(project="bench", clean=clean, endpoint=ours.recv(), api_key="bench")
    off, on = [], []
    for _ in range(rounds):
        off.append(asyncio.run(_whole(runs, None)))
        on.append(asyncio.run(_whole(runs, wanted)))
    ours.send("enough")
    receiver.join()
    return median(off), median(on)


def _found(place: str) -> Callable[..., Any]:
    module, _, name = place.rpartition(".")
    function: Callable[..., Any] = getattr(sys.modules[module], name)
    return function


def _checkpoints(calls: int) -> Watch:
    """A run stores fewer checkpoints and writes than two for each event; so many are timed here."""
    watch = Watch()
    for _ in range(2 * calls):
        with watch.running(), CHECKPOINTS.labels("writes").time():
            pass
    return watch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--traced", action="store_true")
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    if given.traced:
        off, on = side_by_side(given.runs, given.rounds)
        Console().print(
            f"CPU a run: {off * 1000:.0f} ms without traces, {on * 1000:.0f} ms with them "
            f"(+{on / off - 1:.0%})"
        )
        return
    runs = given.runs
    took, watches = asyncio.run(measured(runs))
    console = Console()
    console.print(f"{took / runs * 1000:.1f} ms CPU a run, of which")
    for name, watch in watches.items():
        share = watch.seconds / took
        console.print(f"  {name}: {share:.2%} in {watch.calls / runs:.0f} calls a run")
    whole = sum(watch.seconds for watch in watches.values()) / took
    console.print(f"Watching costs at most {whole:.2%} while nobody watches.")
    sys.exit(whole >= MOST)


if __name__ == "__main__":
    main()
