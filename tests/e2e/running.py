"""Commands as processes of their own, and a whole `agentos dev` that can be ended in many ways."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.sandbox_server import SandboxServer

Json = dict[str, Any]
AGENTOS = (sys.executable, "-m", "agentos")
RUNS = "/api/v1/runs"
DEV = ("dev", "--port", "0", "--json", "--data")
_TLS = httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Running:
    """A server that is ready, with its worker and its sandbox; `group` is their process group."""

    folder: Path
    group: int
    http: httpx.Client
    sandbox: SandboxServer

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def call(self, method: str, path: str, body: Json | None = None, **query: Any) -> Json:
        """One request that succeeds."""
        answer = self.http.request(method, path, json=body, params=query)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def parked(self, name: str, **fields: Any) -> Json:
        """A new run, once it waits for its approval."""
        run = self.call("POST", RUNS, {"company_name": name, **fields})
        return self.until(run["run_id"], "awaiting_approval")

    def approve(self, run: Json) -> None:
        """Approve a run's plan."""
        body = {"approved": True, "responder": "dana"}
        self.call("POST", f"{RUNS}/{run['run_id']}/resume", body)

    def until(self, run_id: str, *statuses: str) -> Json:
        """The run, which settles in one of these statuses."""
        run = self.call("GET", f"{RUNS}/{run_id}/wait", timeout=30)
        assert run["status"] in statuses, (run["status"], run["failure"], run["steps"])
        return run

    def events(self, run_id: str, after: int) -> Iterator[Json]:
        """What happens to a run from there on, as it happens."""
        headers = {"accept": "text/event-stream", "last-event-id": str(after)}
        with self.http.stream("GET", f"{RUNS}/{run_id}/events", headers=headers) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))


def reach(folder: Path, group: int, ready: str) -> Running:
    """The server that printed this line when it was ready."""
    told = json.loads(ready)
    http = httpx.Client(base_url=told["url"], trust_env=False, verify=_TLS, timeout=40)
    return Running(folder, group, http, SandboxServer(told["sandbox_url"]))


@contextmanager
def dev(folder: Path) -> Iterator[tuple[Running, "subprocess.Popen[str]"]]:
    """`agentos dev` on free ports, leader of its process group; nothing of it is left behind."""
    process = subprocess.Popen(
        [*AGENTOS, *DEV, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout
            running = reach(folder, process.pid, process.stdout.readline())
            with running.http:
                yield running, process
        finally:
            end(process.pid)


def end(group: int) -> None:
    """kill -9 of a whole process group."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def alive(group: int) -> list[str]:
    """The commands of a process group that still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its_group, *_ = (process / "stat").read_text().rpartition(")")[2].split()
            if int(its_group) == group and state != "Z":
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def gone(group: int, seconds: float = 20) -> bool:
    """Whether nothing of a process group runs any more; it is given a while for that."""
    limit = time.monotonic() + seconds
    while alive(group) and time.monotonic() < limit:
        time.sleep(0.05)
    return not alive(group)
