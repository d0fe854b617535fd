"""Callers of every kind, each with a run of its own, who ask again until they are answered."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.status import TERMINAL
from tests.integration.caller import RUNS

AT_A_TIME = 12
KINDS = (
    "approve",
    "approve",
    "approve",
    "webhook",
    "webhook",
    "deny",
    "pause",
    "cancel",
    "roll back",
)
_TLS = httpx.create_ssl_context(trust_env=False)
_ORDER = ("queued", "planning", "awaiting_approval", "provisioning", "validating", "reporting")


@dataclass
class Callers:
    """They use whichever server answers; `wrong` is what none of them should see."""

    urls: list[str]
    chance: random.Random
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def call(self, seconds: float) -> None:
        """Keep some runs under way for so long, then see all to their end."""
        until = time.monotonic() + seconds
        numbers = iter(range(10**6))

        async def one_after_another(http: httpx.AsyncClient) -> None:
            while time.monotonic() < until:
                await self._see_through(http, next(numbers), self.chance.choice(KINDS))

        async with httpx.AsyncClient(trust_env=False, verify=_TLS, timeout=10) as http:
            await asyncio.gather(*(one_after_another(http) for _ in range(AT_A_TIME)))

    async def _see_through(self, http: httpx.AsyncClient, number: int, kind: str) -> None:
        body = {"company_name": f"Company {number}", "idempotency_key": f"key {number}"}
        run = await self._ask(http, "POST", RUNS, json=body)
        path = f"{RUNS}/{run['run_id']}"
        await self._until(http, path, "awaiting_approval")
        answer = {"approved": kind != "deny", "responder": f"person {number}"}
        if kind == "webhook":
            sent = answer | {"run_id": run["run_id"]}
            await self._ask(http, "POST", "/webhooks/approval", json=sent)
        else:
            await self._ask(http, "POST", f"{path}/resume", json=answer)
        if kind in ("pause", "cancel", "roll back"):
            await asyncio.sleep(self.chance.uniform(0, 1))
        if kind == "pause":
            await self._ask(http, "POST", f"{path}/pause", refusable=True)
            await asyncio.sleep(self.chance.uniform(0, 1))
            await self._ask(http, "POST", f"{path}/resume", refusable=True)
        if kind in ("cancel", "roll back"):
            wish = {"rollback": kind == "roll back"}
            await self._ask(http, "POST", f"{path}/cancel", json=wish, refusable=True)
        await self._until(http, path, *TERMINAL)

    async def _until(self, http: httpx.AsyncClient, path: str, *statuses: str) -> None:
        """Look until the run has one of these; a status never goes back."""
        last = -1
        while (run := await self._ask(http, "GET", path))["status"] not in statuses:
            place = _ORDER.index(run["status"]) if run["status"] in _ORDER else last
            if run["status"] == "paused":
                await self._ask(http, "POST", f"{path}/resume", refusable=True)
            if place < last and "validating" not in (run["status"], _ORDER[last]):
                self.wrong.append(f"{path} went from {_ORDER[last]} to {run['status']}")
            last = max(last, place)
            await asyncio.sleep(0.3)

    async def _ask(
        self,
        http: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        refusable: bool = False,
        **more: Any,
    ) -> Any:
        """The answer of the first server that gives one; with `refusable` a refusal is one."""
        while True:
            url = self.chance.choice(self.urls)
            try:
                answer = await http.request(method, f"{url}{path}", **more)
            except httpx.TransportError as error:
                self.answers[type(error).__name__] += 1
                await asyncio.sleep(0.2)
                continue
            self.answers[str(answer.status_code)] += 1
            if answer.is_success or (refusable and answer.status_code == 409):
                return answer.json()
            if answer.status_code != 503:
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")
                return answer.json()
            await asyncio.sleep(float(answer.headers["retry-after"]))
