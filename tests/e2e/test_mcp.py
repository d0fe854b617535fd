"""`agentos mcp` as other agents start it: over stdio, and over HTTP."""

import json
import subprocess

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.e2e.running import AGENTOS, Running

pytestmark = pytest.mark.e2e


async def launched(client: Client, name: str) -> tuple[str, str]:
    """A run's status and company, launched and read by an agent."""
    made = await client.call_tool("launch", {"company_name": name, "systems": ["slack"]})
    assert made.structured_content
    run = await client.call_tool("wait", {"run_id": made.structured_content["run_id"]})
    assert run.structured_content
    return run.structured_content["status"], run.structured_content["company_name"]


async def test_an_agent_launches_over_stdio(server: Running) -> None:
    command, *arguments = (*AGENTOS, "mcp")
    process = StdioServerParameters(
        command=command, args=arguments, env={"AGENTOS_URL": server.url}
    )
    async with Client(stdio_client(process)) as client:
        assert await launched(client, "Stdio Corp") == ("awaiting_approval", "Stdio Corp")


async def test_an_agent_launches_over_http(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (*AGENTOS, "mcp", "--transport", "http", "--port", "0", "--json")
    monkeypatch.setenv("AGENTOS_URL", server.url)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = json.loads(process.stdout.readline())["url"]
            async with Client(streamable_http_client(url)) as client:
                assert await launched(client, "Http Corp") == ("awaiting_approval", "Http Corp")
        finally:
            process.terminate()
        assert process.wait(20) == 0
