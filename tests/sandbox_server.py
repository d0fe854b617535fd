"""The sandbox on a free loopback port, with its switches in reach."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from sandbox.app import create_app

_TLS = httpx.create_ssl_context(trust_env=False)
"""Made once: each call of httpx would read the certificates anew, for plain HTTP too."""

MADE = {
    "slack channel": 1,
    "slack message": 1,
    "github team": 1,
    "github repository": 1,
    "github grant": 1,
    "brevo list": 1,
    "grants application": 1,
}
"""What one onboarding adds to the systems when only a company is named."""


@dataclass(frozen=True)
class SandboxServer:
    """`url` is its origin; the methods are the controls under `/_sandbox`."""

    url: str

    def state(self) -> dict[str, Any]:
        """Everything that is there, by system and kind."""
        found: dict[str, Any] = self._get("state")["systems"]
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """How many objects there are, by system and kind."""
        counts: dict[str, dict[str, int]] = self._get("state")["counts"]
        return counts

    def requests(self, **query: Any) -> list[dict[str, Any]]:
        """The journal, oldest first."""
        items: list[dict[str, Any]] = self._get("requests", **query)["items"]
        return items

    def writes(self, **query: Any) -> list[dict[str, Any]]:
        """The journal's entries that could change something."""
        return [entry for entry in self.requests(**query) if entry["effect"] == "write"]

    def fault(self, **fault: Any) -> None:
        """Arm a fault."""
        self._post("faults", fault)

    def heal(self) -> None:
        """Disarm all faults."""
        httpx.delete(f"{self.url}/_sandbox/faults", trust_env=False, verify=_TLS).raise_for_status()

    def reset(self) -> None:
        """As it was when it was new."""
        self._post("reset", {})

    def control(self, path: str, body: dict[str, Any]) -> None:
        """Any other switch."""
        self._post(path, body)

    def _get(self, path: str, **query: Any) -> Any:
        answer = httpx.get(
            f"{self.url}/_sandbox/{path}", params=query, trust_env=False, verify=_TLS
        )
        return answer.raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = httpx.post(f"{self.url}/_sandbox/{path}", json=body, trust_env=False, verify=_TLS)
        answer.raise_for_status()


@contextmanager
def sandbox_server(
    path: Path | str = ":memory:", around: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> Iterator[SandboxServer]:
    """A sandbox in a thread of this process, gone at the end; `around` may wrap it in a layer."""
    with served(around(create_app(path))) as url:
        yield SandboxServer(url)


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """The origin of an application that runs in a thread of this process."""
    # Named as TCP, it gets no delay from asyncio: an answer is written in two parts.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, http="h11", log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
