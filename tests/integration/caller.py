"""Somebody who calls the API: the few verbs that tests of the service are told in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

RUNS = "/api/v1/runs"
DANA = "dana"
PATIENCE_SECONDS = 60
_TLS = httpx.create_ssl_context(trust_env=False)
"""Made once: each client would read the certificates anew, for plain HTTP too."""


@dataclass(frozen=True)
class Caller:
    """An HTTP client at the door of a service."""

    http: httpx.AsyncClient

    async def launch(self, name: str = "Acme Corp", **fields: Any) -> dict[str, Any]:
        """A launched run as the API shows it."""
        answer = await self.http.post(RUNS, json={"company_name": name, **fields})
        assert answer.status_code == 201, answer.text
        return _run(answer)

    async def parked(self, name: str = "Acme Corp", **fields: Any) -> dict[str, Any]:
        """A run that waits for its approval."""
        run = await self.launch(name, **fields)
        return await self.wait(run["run_id"])

    async def wait(self, run_id: str) -> dict[str, Any]:
        """The run once it is parked or has ended."""
        answer = await self.http.get(f"{RUNS}/{run_id}/wait", params={"timeout": PATIENCE_SECONDS})
        assert answer.status_code == 200, answer.text
        return _run(answer)

    async def read(self, run_id: str) -> dict[str, Any]:
        """The run as it is."""
        answer = await self.http.get(f"{RUNS}/{run_id}")
        assert answer.status_code == 200, answer.text
        return _run(answer)

    async def until(self, run_id: str, status: str) -> dict[str, Any]:
        """The run once it has this status; for the moves that leave a parked run parked."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (run := await self.read(run_id))["status"] != status:
                await asyncio.sleep(0.02)
        return run

    async def move(self, run_id: str, move: str, body: Any = None, **more: Any) -> httpx.Response:
        """One move; without `body` none is sent."""
        sent = {} if body is None else {"json": body}
        return await self.http.post(f"{RUNS}/{run_id}/{move}", **sent, **more)

    async def decide(self, run_id: str, decision: str, **more: Any) -> dict[str, Any]:
        """Answer the open question, and the run once it is parked or has ended."""
        body = {"decision": decision, "responder": DANA, **more}
        answer = await self.move(run_id, "resume", body)
        assert answer.status_code == 202, answer.text
        return await self.wait(run_id)

    async def events(self, run_id: str) -> list[dict[str, Any]]:
        """All events of the run."""
        items: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            answer = await self.http.get(f"{RUNS}/{run_id}/events", params={"after": after})
            page = answer.raise_for_status().json()
            items, after = items + page["items"], page["next_after"]
        return items


def _run(answer: httpx.Response) -> dict[str, Any]:
    run: dict[str, Any] = answer.json()
    return run


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app` behind a real server, on a free port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="h11", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    async with app.router.lifespan_context(app):
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not (server.started or serving.done()):
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
                trust_env=False,
                verify=_TLS,
                limits=httpx.Limits(max_connections=None),
                timeout=PATIENCE_SECONDS + 30,
            ) as http:
                yield http
        finally:
            app.state.stopping.set()
            server.should_exit = True
            await serving
            listener.close()
