"""Whether calls to a model wait side by side, and whether a look-up of a host name waits for them.

    python -m benchmarks.calls

So many calls at once go through `reasoning/bedrock.py` to the stand-in of Bedrock, a process of its
own, each of whose answers takes a second; a name is looked up meanwhile. The same again as the
library makes its calls, in the event loop's default pool. It ends with 1 when ours take 2 s or
more.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median
from unittest import mock

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from rich.console import Console

from reasoning.bedrock import PooledBedrock
from reasoning.models import AwsKeys, ModelChoice, chat_model
from reasoning.planner_rules import planner_rules
from sandbox import seed
from sandbox.serve import run

MOST = 2.0
SECONDS = 1.0
MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


def _serve(folder: str, told: Connection) -> None:
    run("127.0.0.1", 0, f"{folder}/sandbox.db", told.send)


@contextmanager
def stand_in() -> Iterator[str]:
    """The address of a stand-in in another process."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = spawning.Process(target=_serve, args=(folder, theirs))
        process.start()
        try:
            yield ours.recv()
        finally:
            process.terminate()
            process.join()


def _model(url: str) -> BaseChatModel:
    choice = ModelChoice(
        llm="bedrock",
        model=MODEL,
        region=seed.BEDROCK_REGION,
        endpoint=f"{url}/bedrock",
        keys=AwsKeys(seed.BEDROCK_KEY_ID, seed.BEDROCK_SECRET),
    )
    return chat_model(choice, planner_rules)


async def measured(chat: BaseChatModel, url: str, calls: int) -> tuple[float, float]:
    """Seconds until all have answered, and until a name was looked up that was asked for then."""
    slow = {"text": "At last.", "delay": SECONDS, "times": calls}
    async with httpx.AsyncClient(trust_env=False) as http:
        await http.post(f"{url}/_sandbox/bedrock/replies", json={"replies": [slow]})
    began = time.perf_counter()
    waiting = [asyncio.ensure_future(chat.ainvoke([HumanMessage("x")])) for _ in range(calls)]
    await asyncio.sleep(0.1)  # they are under way
    asked = time.perf_counter()
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)
    looked_up = time.perf_counter() - asked
    await asyncio.gather(*waiting)
    return time.perf_counter() - began, looked_up


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--calls", type=int, default=24)
    given = options.parse_args()
    console = Console()
    with stand_in() as url:
        chat = _model(url)
        asyncio.run(measured(chat, url, 1))  # warm up
        ours = [asyncio.run(measured(chat, url, given.calls)) for _ in range(given.rounds)]
        library = super(PooledBedrock, PooledBedrock)._agenerate
        with mock.patch.object(PooledBedrock, "_agenerate", library):
            theirs = [asyncio.run(measured(chat, url, given.calls)) for _ in range(given.rounds)]
    for name, found in (("own pool", ours), ("default pool", theirs)):
        whole, look_up = (median(times) for times in zip(*found, strict=True))
        console.print(
            f"{name}: {given.calls} calls of {SECONDS:.0f} s in {whole:.2f} s, "
            f"a look-up meanwhile in {look_up * 1000:.0f} ms"
        )
    sys.exit(median(whole for whole, _ in ours) >= MOST)


if __name__ == "__main__":
    main()
