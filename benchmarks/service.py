"""The whole service side by side: SQLite, and Postgres with and without commits shared by runs.

    python -m benchmarks.service --rounds 3

Ungrouped means the library's own checkpointer, and a commit for each write. In each trial so many
runs are kept in flight from launch to report, over systems that cost nothing.
Trials of a round follow each other in random order; ratios compare trials of one round.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import agentos.settings  # noqa: F401 - strict mode, before langgraph is imported

# isort: split
from rich.console import Console
from rich.table import Table

from benchmarks import floor
from benchmarks.crew import Crew, Kind, callers
from benchmarks.places import Server, server
from benchmarks.still import EFFECTS_PER_RUN
from domain.decisions import Answer, DecisionKind
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import decisions, launches, reads
from server.lifecycle.service import Actor, Service

OPERATOR = Actor("bench", "api", scopes=ALL_SCOPES)


@dataclass(frozen=True)
class Config:
    """One line of the table."""

    name: str
    kind: Kind
    workers: int = 1


CONFIGS = (
    Config("SQLite, one process", "sqlite"),
    Config("Postgres, ungrouped", "stock"),
    Config("Postgres, ours", "ours"),
    Config("Postgres, ours, 2 workers", "ours", workers=2),
)


@dataclass(frozen=True)
class Trial:
    """What one trial measured; times in seconds, `cpu` and `commits` per run."""

    rate: float
    planned: Sequence[float]
    done: Sequence[float]
    cpu: float
    commits: float


async def trial(config: Config, runs: int, in_flight: int, postgres: Server) -> Trial:
    with tempfile.TemporaryDirectory() as folder, postgres.database() as address:
        place = Path(folder) if config.kind == "sqlite" else address
        async with (
            Crew(config.kind, place, config.workers, slots=in_flight) as crew,
            callers(place, crew) as service,
        ):
            await launched_and_done(service, "warm up")
            return await _measured(config, runs, in_flight, postgres, crew, service)


async def _measured(
    config: Config, runs: int, in_flight: int, postgres: Server, crew: Crew, service: Service
) -> Trial:
    planned: list[float] = []
    done: list[float] = []
    names = iter([f"Company {number}" for number in range(runs)])

    async def keep_going() -> None:
        for name in names:
            await _one(service, name, planned, done)

    start = postgres.position()
    cpu, counted, began = await crew.cpu_seconds(), crew.commits(), time.perf_counter()
    await asyncio.gather(*(keep_going() for _ in range(in_flight)))
    took = time.perf_counter() - began
    cpu = await crew.cpu_seconds() - cpu
    if config.kind == "sqlite":
        commits = crew.commits() - counted
    else:
        commits = postgres.commits(start, postgres.position())
    return Trial(runs / took, planned, done, cpu / runs, commits / runs)


async def launched_and_done(service: Service, name: str) -> None:
    """One whole run."""
    await _one(service, name, [], [])


async def _one(service: Service, name: str, planned: list[float], done: list[float]) -> None:
    began = time.perf_counter()
    run = (await launches.launch(service, LaunchRequest(company_name=name), OPERATOR)).run
    run = await reads.wait_until_parked(
        service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=120
    )
    planned.append(time.perf_counter() - began)
    began = time.perf_counter()
    answer = Answer(kind=DecisionKind.APPROVE)
    await decisions.decide(service, run.run_id, answer, OPERATOR)
    run = await reads.wait_until_parked(
        service, run.run_id, tenant=DEFAULT_TENANT, timeout_seconds=120
    )
    if run.status is not RunStatus.COMPLETED:
        raise RuntimeError(f"{name} is {run.status}: {run.failure}")
    done.append(time.perf_counter() - began)


def _table(found: dict[str, list[Trial]], runs: int, in_flight: int) -> Table:
    title = f"{runs} runs, {in_flight} in flight, {EFFECTS_PER_RUN} effects each"
    caption = "planned: launch→plan, done: approve→done, each p50 / p95; medians of the rounds"
    table = Table(title=title, caption=caption)
    table.add_column("")
    for heading in ("runs/s", "ratio", "planned", "done", "CPU a run", "commits a run"):
        table.add_column(heading, justify="right")
    base = found[CONFIGS[1].name]
    for name, trials in found.items():
        ratio = median(one.rate / other.rate for one, other in zip(trials, base, strict=True))
        table.add_row(
            name,
            f"{median(one.rate for one in trials):.1f}",
            f"{ratio:.2f}",
            _spread([seconds for one in trials for seconds in one.planned]),
            _spread([seconds for one in trials for seconds in one.done]),
            f"{median(one.cpu for one in trials) * 1000:.0f} ms",
            f"{median(one.commits for one in trials):.1f}",
        )
    return table


def _spread(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=20)
    return f"{cuts[9] * 1000:.0f} / {cuts[18] * 1000:.0f} ms"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--in-flight", type=int, default=32)
    given = options.parse_args()
    console = Console()
    found: dict[str, list[Trial]] = {config.name: [] for config in CONFIGS}
    floors: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench") as folder, server(Path(folder)) as postgres:
        for number in range(given.rounds):
            for config in random.sample(CONFIGS, len(CONFIGS)):
                console.print(f"round {number + 1}: {config.name} …", style="dim")
                one = trial(config, given.runs, given.in_flight, postgres)
                found[config.name].append(asyncio.run(one))
            for name, rate in asyncio.run(floor.rates(postgres)).items():
                floors[name].append(rate)
    console.print(_table(found, given.runs, given.in_flight))
    for name, rates in floors.items():
        console.print(f"The engine's floor, {name}: {median(rates):.0f} empty executions/s")


if __name__ == "__main__":
    main()
