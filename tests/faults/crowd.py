"""Many callers of one API, who want all their runs done and note what they are answered."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.status import TERMINAL
from tests.integration.caller import RUNS

AT_A_TIME = 8
PATIENCE_SECONDS = 10
_TLS = httpx.create_ssl_context(trust_env=False)


@dataclass
class Crowd:
    """`answers` counts the statuses; `wrong` is what no caller should be answered."""

    url: str
    systems: tuple[str, ...]
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)

    async def onboard(self, companies: list[str], seconds: float) -> None:
        """Launch, approve and wait until all runs have ended; `TimeoutError` if they do not."""
        async with asyncio.timeout(seconds), self._http() as http:
            launched = await asyncio.gather(*(self._launch(http, name) for name in companies))
            left = set(launched)
            while left:
                runs = [run for run in await self._all(http) if run["run_id"] in left]
                waiting = [run for run in runs if run["status"] == "awaiting_approval"]
                await asyncio.gather(*(self._approve(http, run["run_id"]) for run in waiting))
                over = {run["run_id"]: run["status"] for run in runs if run["status"] in TERMINAL}
                self.ended |= over
                left -= over.keys()
                await asyncio.sleep(0.5)

    async def look(self) -> None:
        """Read all the time, until cancelled."""
        async with self._http() as http:
            while True:
                await self._insist(http, "GET", RUNS, params={"limit": "1"})
                await asyncio.sleep(0.1)

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            trust_env=False,
            verify=_TLS,
            limits=httpx.Limits(max_connections=AT_A_TIME),
            timeout=httpx.Timeout(PATIENCE_SECONDS, pool=None),
        )

    async def _launch(self, http: httpx.AsyncClient, name: str) -> str:
        body = {"company_name": name, "idempotency_key": name, "systems": self.systems}
        run_id: str = (await self._insist(http, "POST", RUNS, json=body))["run_id"]
        return run_id

    async def _approve(self, http: httpx.AsyncClient, run_id: str) -> None:
        body = {"approved": True, "responder": "dana"}
        await self._insist(http, "POST", f"{RUNS}/{run_id}/resume", json=body)

    async def _all(self, http: httpx.AsyncClient) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = await self._insist(http, "GET", RUNS, params=query)
            items, cursor = items + page["items"], page["next_cursor"]
        return items

    async def _insist(self, http: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
        """Ask until it is answered, as long as the service says to come back."""
        while True:
            try:
                answer = await http.request(method, path, **more)
            except httpx.TransportError as error:
                self.wrong.append(f"{method} {path}: {error!r}")
                await asyncio.sleep(1)
                continue
            self.answers[answer.status_code] += 1
            if answer.is_success:
                return answer.json()
            again = answer.headers.get("retry-after")
            if answer.status_code != 503 or again is None:
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")
            await asyncio.sleep(float(again or 1))
