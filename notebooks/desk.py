"""A server, a worker and the stand-ins for one notebook, and what it takes to look at them."""

import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from typing import Any

import httpx
from IPython.display import SVG

from agentos.cli import processes
from agentos.cli.client import Client
from agentos.drawing import Bar, bars_svg, machine_svg, timeline_svg
from graph.topology import topology

Json = dict[str, Any]
RUNS = "/api/v1/runs"


class Desk:
    """Starts with the notebook and ends with it; what it made is gone then."""

    def __init__(self) -> None:
        self._life = ExitStack()
        self._folder = self._life.enter_context(tempfile.TemporaryDirectory())
        self.start()

    def start(self) -> None:
        """A server on the same data, if there is any."""
        dev = processes.started("dev", "--port", "0", "--data", self._folder)
        self._process = self._life.enter_context(dev)
        found = processes.ready(self._process, "server")
        self.url, self.sandbox_url = found["url"], found["sandbox_url"]
        self.api = Client(self.url)

    def kill(self) -> None:
        """kill -9 of the server; the stand-ins end with it and keep what they hold."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """End all of it."""
        self._life.close()

    def launch(self, company: str, **fields: Any) -> str:
        """A new run, once it is parked: its id."""
        run = self.api.call("POST", RUNS, {"company_name": company, **fields})
        self.wait(run["run_id"])
        return str(run["run_id"])

    def decide(self, run_id: str, **decision: Any) -> Json:
        """Answer what the run asks, and wait until it is parked again or has ended."""
        self.api.call("POST", f"{RUNS}/{run_id}/resume", {"responder": "a reader", **decision})
        return self.wait(run_id)

    def wait(self, run_id: str) -> Json:
        """The run when it is parked or has ended."""
        found: Json = self.api.call("GET", f"{RUNS}/{run_id}/wait", timeout=60)
        return found

    def context(self, run_id: str) -> str:
        """Exactly what a model would be shown of a run."""
        return self.api.text(f"{RUNS}/{run_id}/context")

    def fault(self, **fault: Any) -> None:
        """Let a call of a system go wrong."""
        answer = httpx.post(f"{self.sandbox_url}/_sandbox/faults", json=fault, trust_env=False)
        answer.raise_for_status()

    def held(self) -> dict[str, int]:
        """How many objects each system holds, by its own count."""
        state = httpx.get(f"{self.sandbox_url}/_sandbox/state", trust_env=False).json()
        return {system: sum(kinds.values()) for system, kinds in state["counts"].items()}

    def timeline(self, run_id: str) -> SVG:
        """What of a run took how long."""
        page = self.api.call("GET", f"{RUNS}/{run_id}/events", limit=200)
        return SVG(timeline_svg(page["items"]))


def machine() -> SVG:
    """The state machine that every run goes through."""
    return SVG(machine_svg(topology()))


def bars(title: str, lengths: dict[str, float]) -> SVG:
    """A bar for each name."""
    return SVG(bars_svg(title, [Bar(name, 0, size, f"{size:g}") for name, size in lengths.items()]))


def agentos(*arguments: str) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "agentos", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout
