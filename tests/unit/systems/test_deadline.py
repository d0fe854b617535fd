"""An exchange ends as a whole, though each piece of the answer came in time."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from systems.deadline import before, deadline
from systems.http import new_client

PIECES = 20
HEAD = f"HTTP/1.1 200 OK\r\ncontent-length: {PIECES}\r\n\r\n".encode()


@pytest.fixture
async def dripping() -> AsyncIterator[str]:
    """A server that takes a second for an answer, and is never silent for long."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        for _ in range(PIECES):
            writer.write(b".")
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_an_answer_that_drips_is_not_waited_for_to_its_end(dripping: str) -> None:
    async with new_client(0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(dripping)


async def test_it_would_be_by_the_timeout_of_httpx_alone(dripping: str) -> None:
    async with httpx.AsyncClient(timeout=0.3, trust_env=False) as client:
        assert len((await client.get(dripping)).content) == PIECES


async def test_an_answer_in_pieces_is_whole_when_it_comes_in_time(dripping: str) -> None:
    async with new_client(5.0) as client:
        assert (await client.get(dripping)).content == b"." * PIECES


async def test_other_failures_pass_through() -> None:
    with pytest.raises(KeyError):
        async with before(deadline(5.0)):
            raise KeyError("x")
