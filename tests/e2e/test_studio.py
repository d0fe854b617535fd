"""`langgraph dev`, as a person who likes Studio starts it: offline, against the stand-ins."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from tests.integration.onboarding.conftest import grown
from tests.sandbox_server import MADE, sandbox_server

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 100


@asynccontextmanager
async def studio(folder: Path, sandbox_url: str) -> AsyncIterator[LangGraphClient]:
    """A client of the server, which keeps nothing in the checkout."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_DISABLE_FILE_PERSISTENCE": "true",
        "SANDBOX_URL": sandbox_url,
        "SQLITE_DB_PATH": str(folder / "agentos.db"),
    }
    command = [
        "env", *(f"{name}={value}" for name, value in variables.items()),
        str(Path(sys.executable).with_name("langgraph")),
        "dev", "--no-browser", "--no-reload", "--port", str(port),
    ]  # fmt: skip
    log = folder / "studio.log"
    with (
        log.open("w") as said,
        subprocess.Popen(
            command, cwd=ROOT, stdout=said, stderr=said, start_new_session=True
        ) as process,
    ):
        try:
            client = get_client(url=f"http://127.0.0.1:{port}", api_key=None)
            async with client:
                await _up(client, process, log)
                yield client
        finally:
            os.killpg(process.pid, signal.SIGINT)


async def _up(client: LangGraphClient, process: "subprocess.Popen[bytes]", log: Path) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            assert process.poll() is None, log.read_text()
            try:
                await client.http.get("/ok")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def test_thread_goes_from_launch_to_report_when_a_person_approves(tmp_path: Path) -> None:
    with sandbox_server() as sandbox:
        before = sandbox.counts()
        async with studio(tmp_path, sandbox.url) as client:
            assistants = {each["graph_id"]: each for each in await client.assistants.search()}
            assert assistants.keys() == {"onboarding", "supervisor"}
            assistant = assistants["onboarding"]
            schemas = await client.assistants.get_schemas(assistant["assistant_id"])
            assert "company_name" in (schemas["input_schema"] or {})["properties"]
            thread_id = (await client.threads.create())["thread_id"]

            async def run(**step: Any) -> dict[str, Any]:
                found = await client.runs.wait(thread_id, "onboarding", **step)
                assert isinstance(found, dict)
                return found

            await run(input={"company_name": "Acme Corp"})
            (question,) = (await client.threads.get_state(thread_id))["interrupts"]
            assert question["value"]["review_configs"][0]["allowed_decisions"][0] == "approve"
            assert sandbox.writes() == []
            decision = {"decisions": [{"type": "approve"}]}
            done = await run(command={"resume": {question["id"]: decision}})
            assert done["outcome"] == "completed"
            assert grown(before, sandbox.counts()) == MADE
            chat = (await client.threads.create())["thread_id"]
            message = {"role": "user", "content": "What is the status of Acme Corp?"}
            asked: dict[str, Any] = {"messages": [message]}
            answer = await client.runs.wait(chat, "supervisor", input=asked)
            assert isinstance(answer, dict)
            assert "completed" in answer["messages"][-1]["content"]
