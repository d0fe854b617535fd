"""Checkpointers side by side: the library's, ours, ours with a fencing token, and none.

    python -m benchmarks.savers --rounds 5

Trials alternate in random order in one process, those that are compared right after each other, so
that a busy machine hits them alike. Commits are what the database counts: reads are among them,
and asking whether a pooled connection is alive.
"""

import argparse
import asyncio
import math
import operator
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal, TypedDict

import agentos.settings  # noqa: F401 - strict mode, before langgraph is imported

# isort: split
import psycopg
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, Send
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from rich.console import Console
from rich.table import Table

from server.store.checkpoint_tables import statements
from server.store.group_saver import FENCE, open_group_saver
from tests.postgres import empty_database, postgres_server

Durability = Literal["sync", "async", "exit"]
Saver = BaseCheckpointSaver[str] | None
Opener = Callable[[str], AbstractAsyncContextManager[Saver]]
Trial = tuple[str, Durability, int]

SYSTEMS = ("slack", "github", "newsletter", "grants")
_RUNS = 100_000
_NUMBERS = count(1)


class State(TypedDict, total=False):
    company: dict[str, str]
    plan: list[str]
    approved: bool
    results: Annotated[list[dict[str, str]], operator.add]
    report: str


class Branch(TypedDict):
    company: dict[str, str]
    system: str


def compile_graph(saver: Saver) -> CompiledStateGraph[State, None, State, State]:
    """Six nodes in the shape of an onboarding, four branches wide, with nothing to do."""

    async def planner(state: State) -> dict[str, Any]:
        return {"plan": list(SYSTEMS)}

    async def approval(state: State) -> dict[str, Any]:
        return {"approved": True}

    async def fan(state: State) -> Command[Literal["provisioner"]]:
        return Command(
            goto=[
                Send("provisioner", {"company": state["company"], "system": name})
                for name in state["plan"]
            ]
        )

    async def provisioner(state: Branch) -> dict[str, Any]:
        return {"results": [{"system": state["system"], "status": "success"}]}

    async def validator(state: State) -> dict[str, Any]:
        return {"plan": [result["system"] for result in state["results"]]}

    async def reporter(state: State) -> dict[str, Any]:
        return {"report": f"{len(state['results'])} systems"}

    builder = StateGraph(State)
    for node in (planner, approval, fan, validator, reporter):
        builder.add_node(node)
    builder.add_node(provisioner, input_schema=Branch)
    builder.add_edge(START, "planner")
    builder.add_edge("planner", "approval")
    builder.add_edge("approval", "fan")
    builder.add_edge("provisioner", "validator")
    builder.add_edge("validator", "reporter")
    builder.add_edge("reporter", END)
    return builder.compile(checkpointer=saver)


@asynccontextmanager
async def open_stock(address: str) -> AsyncIterator[AsyncPostgresSaver]:
    """The library's saver as its documentation has it, on a pool of eight."""
    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
        address,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        max_size=8,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        yield saver


def prepare(address: str, name: str) -> None:
    """Our tables, and rows of runs to hold tokens of; the library makes its tables by itself."""
    if name == "stock":
        return
    with psycopg.connect(address) as connection:
        for statement in statements():
            connection.execute(statement.encode())
        connection.execute("CREATE TABLE runs (run_id varchar(40) PRIMARY KEY, fence int NOT NULL)")
        connection.execute(
            "INSERT INTO runs SELECT 'run-' || n, 1 FROM generate_series(1, %s) AS n", (_RUNS,)
        )


CONTENDERS: dict[str, Opener] = {
    "none": lambda address: nullcontext(),
    "stock": open_stock,
    "ours": open_group_saver,
    "ours, fenced": open_group_saver,
}


@dataclass(frozen=True)
class Figures:
    """Of one trial; the CPU figures are seconds per run."""

    rate: float
    commits: float
    python: float
    postgres: float


class Server:
    """What the database server says about itself, asked over a connection of its own."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._postmaster = _stat(self._connection.info.backend_pid)[1]

    def commits(self, address: str) -> int:
        """Transactions of the database so far; sessions report when they end, so wait for that."""
        database = str(psycopg.conninfo.conninfo_to_dict(address)["dbname"])
        while self._one("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", database):
            time.sleep(0.02)
        return self._one("SELECT xact_commit FROM pg_stat_database WHERE datname = %s", database)

    def cpu(self) -> float:
        """Seconds of all server processes, also of those that have ended; NaN if not of here."""
        if self._postmaster is None:
            return math.nan
        total = _stat(self._postmaster)[0]
        for entry in Path("/proc").glob("[0-9]*"):
            own, parent = _stat(int(entry.name))
            if parent == self._postmaster:
                total += own
        return total

    def close(self) -> None:
        self._connection.close()

    def _one(self, query: str, database: str) -> int:
        row = self._connection.execute(query.encode(), (database,)).fetchone()
        return int(row[0]) if row else 0


def _stat(pid: int) -> tuple[float, int | None]:
    """CPU seconds of a process with its reaped children, and its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, None
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK"), int(fields[1])


async def trial(server: Server, address: str, contender: Trial, seconds: float) -> Figures:
    """Keep so many runs in flight for so long; opening and a warm-up are not timed."""
    name, durability, in_flight = contender
    commits = server.commits(address)
    finished = 0

    async with CONTENDERS[name](address) as saver:
        onboarding = compile_graph(saver)

        async def run() -> None:
            nonlocal finished
            own = {"thread_id": f"run-{next(_NUMBERS)}"}
            fenced = {FENCE: 1} if name == "ours, fenced" else {}
            await onboarding.ainvoke(
                {"company": {"name": "Acme"}, "results": []},
                {"configurable": own | fenced},
                durability=durability if saver else None,
            )
            finished += 1

        async def lane(until: float) -> None:
            while time.perf_counter() < until:
                await run()

        await asyncio.gather(*(run() for _ in range(in_flight)))
        warm, python, postgres = finished, time.process_time(), server.cpu()
        start = time.perf_counter()
        await asyncio.gather(*(lane(start + seconds) for _ in range(in_flight)))
        took, timed = time.perf_counter() - start, finished - warm
        python, postgres = time.process_time() - python, server.cpu() - postgres
    return Figures(
        rate=timed / took,
        commits=(server.commits(address) - commits) / finished,
        python=python / timed,
        postgres=postgres / timed,
    )


async def compare(rounds: int, seconds: float, in_flight: list[int]) -> dict[Trial, list[Figures]]:
    """All trials of all rounds; each contender has a database of its own."""
    durabilities: tuple[Durability, ...] = ("sync", "async", "exit")
    cells = [(durability, count) for durability in durabilities for count in in_flight]
    found: dict[Trial, list[Figures]] = defaultdict(list)
    with postgres_server() as host, ExitStack() as databases:
        server = Server(host)
        addresses = {name: databases.enter_context(empty_database(host)) for name in CONTENDERS}
        for name, address in addresses.items():
            prepare(address, name)
        for number in range(rounds):
            sys.stderr.write(f"round {number + 1} of {rounds}\n")
            for cell in random.sample(cells, len(cells)):
                for name in random.sample(list(CONTENDERS), len(CONTENDERS)):
                    if name != "none" or cell[0] == "sync":
                        one = await trial(server, addresses[name], (name, *cell), seconds)
                        found[name, *cell].append(one)
        server.close()
    return found


def show(found: dict[Trial, list[Figures]]) -> None:
    """Medians over the rounds, with the lowest and the highest rate."""
    table = Table("saver", "durability", "in flight", "runs/s", "to stock", "commits/run")
    table.add_column("CPU ms/run: Python")
    table.add_column("Postgres")
    names = list(CONTENDERS)
    order = sorted(found, key=lambda one: (one[1], one[2], names.index(one[0])))
    for name, durability, in_flight in order:
        figures = found[name, durability, in_flight]
        rates = [one.rate for one in figures]
        stock = found["stock", durability, in_flight]
        ratio = median(one.rate / other.rate for one, other in zip(figures, stock, strict=True))
        table.add_row(
            *(name, "-" if name == "none" else durability, str(in_flight)),
            f"{median(rates):.0f} [{min(rates):.0f}-{max(rates):.0f}]",
            f"{ratio:.2f}",
            f"{median(one.commits for one in figures):.1f}",
            f"{1000 * median(one.python for one in figures):.1f}",
            f"{1000 * median(one.postgres for one in figures):.1f}",
        )
    Console(width=110).print(table)


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one trial")
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 8, 32])
    given = parser.parse_args()
    show(asyncio.run(compare(given.rounds, given.seconds, given.in_flight)))


if __name__ == "__main__":
    main()
