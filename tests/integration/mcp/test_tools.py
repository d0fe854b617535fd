"""The tools for other agents over HTTP, with the library's own client and a key for each caller."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from agentos.mcp import server
from domain.keys import Holder
from domain.scopes import ALL_SCOPES, Scope
from server.api.gate import Access
from server.lifecycle import keys
from server.lifecycle.service import Actor
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import served

NEVER = ("approve", "deny", "skip", "decide")


@dataclass(frozen=True)
class Offered:
    """The tools, at an address, for a service that asks for keys."""

    door: Door
    url: str

    @asynccontextmanager
    async def caller(self, *scopes: Scope, tenant: str = "default") -> AsyncIterator[Client]:
        """Somebody with a key of their own; with no scopes somebody without a key."""
        headers = {}
        if scopes:
            holder = Holder(owner="dana", scopes=frozenset(scopes))
            admin = Actor("root", "cli", tenant, scopes=ALL_SCOPES)
            database = self.door.home.service.database
            made = await keys.create(database, admin, holder, lifetime=None)
            headers = {"authorization": f"Bearer {made.text}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(self.url, http_client=http)) as client,
        ):
            yield client


@asynccontextmanager
async def offering(folder: Path) -> AsyncIterator[Offered]:
    """Not a fixture: the library wants to be left in the task that it was entered in."""
    async with opened(folder, guarded=Access) as door, served(door.app) as http:
        # What this process holds is not lent to whoever comes over HTTP.
        tools = server(str(http.base_url), "aos_of_the_process", lend_key=False)
        app = tools.streamable_http_app(stateless_http=True)
        app.state.stopping = asyncio.Event()
        async with served(app) as found:  # type: ignore[arg-type]
            yield Offered(door, f"{found.base_url}/mcp")


async def said(client: Client, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """Whether a call went well, and what it told."""
    result = await client.call_tool(tool, arguments)
    told: Any = result.structured_content
    if result.is_error:
        told = " ".join(part.text for part in result.content if part.type == "text")
    return not result.is_error, told


async def test_runs_are_launched_read_and_ended_and_nothing_is_approved(tmp_path: Path) -> None:
    async with offering(tmp_path) as offered, offered.caller(Scope.OPERATOR) as agent:
        tools = {tool.name for tool in (await agent.list_tools()).tools}
        assert not [name for name in tools if any(word in name for word in NEVER)]
        acme = {"company_name": "Acme Corp", "systems": ["slack"], "idempotency_key": "k"}
        well, run = await said(agent, "launch", **acme)
        again = await said(agent, "launch", **acme)
        assert (well, again[1]["run_id"]) == (True, run["run_id"])
        _, run = await said(agent, "wait", run_id=run["run_id"])
        assert (run["status"], run["launched_by"]) == ("awaiting_approval", "dana")
        _, page = await said(agent, "list_runs", status=["awaiting_approval"])
        assert [each["run_id"] for each in page["items"]] == [run["run_id"]]
        _, log = await said(agent, "events", run_id=run["run_id"])
        assert log["items"][0]["type"] == "run_launched"
        _, run = await said(agent, "resume", run_id=run["run_id"])
        assert "not paused" in run  # going on opens no gate
        await said(agent, "pause", run_id=page["items"][0]["run_id"])
        _, run = await said(agent, "status", run_id=page["items"][0]["run_id"])
        assert run["status"] == "paused"
        await said(agent, "cancel", run_id=run["run_id"], reason="A test.")
        _, run = await said(agent, "wait", run_id=run["run_id"])
        assert run["status"] == "cancelled"


async def test_a_caller_may_do_what_its_own_key_permits_and_no_more(tmp_path: Path) -> None:
    async with offering(tmp_path) as offered:
        async with offered.caller(Scope.OPERATOR) as agent:
            _, run = await said(agent, "launch", company_name="Acme Corp")
            await said(agent, "wait", run_id=run["run_id"])
        async with offered.caller(Scope.VIEWER) as agent:
            well, told = await said(agent, "launch", company_name="Globex")
            assert (well, "This needs the scope operator" in told) == (False, True)
            assert (await said(agent, "status", run_id=run["run_id"]))[0]
        async with offered.caller(Scope.ADMIN, tenant="elsewhere") as agent:
            well, told = await said(agent, "status", run_id=run["run_id"])
            assert (well, "no run with this id" in told) == (False, True)
        async with offered.caller() as agent:
            well, told = await said(agent, "list_runs")
            assert (well, "(unauthenticated)" in told) == (False, True)


async def test_an_id_leads_nowhere_else_and_other_sites_lead_nowhere(tmp_path: Path) -> None:
    async with offering(tmp_path) as offered:
        async with offered.caller(Scope.ADMIN) as agent:
            for run_id in ("../../health/live", "..", ".", "", "x?limit=1", "%2e%2e", "a/../b"):
                well, told = await said(agent, "status", run_id=run_id)
                assert (well, "(not_found)" in told) == (False, True), run_id
        async with httpx2.AsyncClient(trust_env=False) as http:
            headers = {"origin": "https://evil.example", "accept": "application/json"}
            assert (await http.post(offered.url, json={}, headers=headers)).status_code == 403
