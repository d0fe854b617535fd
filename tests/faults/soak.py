"""Two servers and two workers, one of them killed every few seconds, under callers of all kinds.

`python -m tests.faults.soak --seconds 600 --seed 7` prints what went wrong, and the seed. The kills
and the callers' choices follow the seed, though not the moments at which they meet.
"""

import argparse
import asyncio
import json
import logging
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import agentos.settings  # noqa: F401 - before anything imports langgraph, which reads it once
from domain.status import TERMINAL
from tests.faults.callers import Callers
from tests.faults.life import Deed, Life, serve, work
from tests.faults.lives import Running, begun
from tests.faults.records import Records, database_url
from tests.faults.twists import impatient
from tests.postgres import empty_database, postgres_server
from tests.sandbox_server import MADE, SandboxServer, sandbox_server

LAST_SECONDS = 90
_log = logging.getLogger("agentos.soak")


@dataclass
class Herd:
    """Processes that are killed and replaced; a server comes back at its old address."""

    lives: dict[str, tuple[Deed, Life]]
    stacks: dict[str, ExitStack] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    kills: int = 0

    def begin(self, name: str) -> None:
        deed, life = self.lives[name]
        self.stacks[name] = ExitStack()
        self.running[name] = self.stacks[name].enter_context(begun(deed, life))

    def kill(self, name: str) -> None:
        self.running[name].send(signal.SIGKILL)
        self.stacks.pop(name).close()
        self.kills += 1

    async def suffer(self, chance: random.Random, seconds: float) -> None:
        """Kill one every two to five seconds, and begin it anew a moment later."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(2, 5))
            name = chance.choice(sorted(self.lives))
            await asyncio.to_thread(self.kill, name)
            await asyncio.sleep(chance.uniform(0, 1))
            await asyncio.to_thread(self.begin, name)

    @contextmanager
    def all(self) -> Iterator[None]:
        for name in self.lives:
            self.begin(name)
        for running in self.running.values():
            running.hear()
        try:
            yield
        finally:
            for stack in self.stacks.values():
                stack.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def twice(sandbox: SandboxServer, records: Records) -> list[str]:
    """Objects that a company has otherwise than its run says."""
    state = sandbox.state()
    teams = {team["id"]: json.dumps(team) for team in state["github"].get("team", [])}
    wrong = []
    for company, status in records.rows("SELECT company_id, status FROM runs"):
        there: Counter[str] = Counter()
        for kind in MADE:
            system, name = kind.split()
            for body in state[system].get(name, []):
                text = teams.get(body["team"], "") if name == "grant" else json.dumps(body)
                there[kind] += company in text
        exact = status == "completed"
        if (exact and dict(there) != MADE) or any(count > 1 for count in there.values()):
            wrong.append(f"{company} is {status} and has {dict(there)}")
        if status == "denied" and any(there.values()):
            wrong.append(f"{company} was denied and has {dict(there)}")
    return wrong


def unsound(records: Records) -> list[str]:
    """Runs that have not ended, with gaps in their log, or decided twice."""
    wrong = [
        f"{run_id} is {status}"
        for run_id, status in records.rows("SELECT run_id, status FROM runs")
        if status not in TERMINAL
    ]
    gaps = "SELECT run_id FROM run_events GROUP BY run_id HAVING count(*) <> max(seq)"
    wrong += [f"the log of {run_id} has a gap" for (run_id,) in records.rows(gaps)]
    several = "SELECT run_id FROM decisions GROUP BY run_id HAVING count(*) > 1"
    wrong += [f"{run_id} was decided twice" for (run_id,) in records.rows(several)]
    return wrong


async def soak(life: Life, sandbox: SandboxServer, seconds: float, seed: int) -> list[str]:
    """What went wrong within so many seconds."""
    ports = [_free_port(), _free_port()]
    herd = Herd(
        {
            "server 1": (serve, replace(life, name="server 1", port=ports[0])),
            "server 2": (serve, replace(life, name="server 2", port=ports[1])),
            "worker 1": (work, replace(life, name="worker 1")),
            "worker 2": (work, replace(life, name="worker 2")),
        }
    )
    records = Records(life.folder, life.database)
    callers = Callers([f"http://127.0.0.1:{port}" for port in ports], random.Random(seed))
    with herd.all():
        calling = asyncio.create_task(callers.call(seconds))
        await herd.suffer(random.Random(seed + 1), seconds)
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await calling
        except TimeoutError:
            callers.wrong.append("callers still wait for their runs")
        wrong = [*callers.wrong, *unsound(records), *twice(sandbox, records)]
        ended = records.rows("SELECT run_id, version FROM runs ORDER BY run_id")
        await asyncio.sleep(2)
        if records.rows("SELECT run_id, version FROM runs ORDER BY run_id") != ended:
            wrong.append("a run that had ended has changed")
    statuses = Counter(status for (status,) in records.rows("SELECT status FROM runs"))
    _log.warning("%d kills, runs: %s, answers: %s", herd.kills, statuses, callers.answers)
    return wrong


def main() -> int:
    """0 if nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    _log.warning("seed %d", chosen.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox_server() as sandbox,
        postgres_server() as server,
        empty_database(server) as address,
    ):
        life = Life(Path(folder), sandbox.url, database_url(address), twists=(impatient,))
        wrong = asyncio.run(soak(life, sandbox, chosen.seconds, chosen.seed))
    for line in wrong:
        _log.warning("%s", line)
    _log.warning("%d things went wrong; seed %d", len(wrong), chosen.seed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
