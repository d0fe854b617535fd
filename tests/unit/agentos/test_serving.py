"""Serving: addresses that cannot be had, a life that cannot begin, and an orderly end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from agentos.serving import listen, serve
from domain.errors import BadSetting


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting, match=f"Port {port} of 127.0.0.1 cannot be taken") as fault:
            listen("127.0.0.1", port)
    assert "--port" in fault.value.advice


@pytest.mark.parametrize("host", ["192.0.2.7", "no such name"])
def test_an_address_of_another_machine_is_the_settings_fault(host: str) -> None:
    with pytest.raises(BadSetting, match="AGENTOS_HOST is no address of this machine"):
        listen(host, 0)


async def test_what_the_application_raises_at_its_start_is_raised() -> None:
    @asynccontextmanager
    async def broken(_app: FastAPI) -> AsyncIterator[None]:
        raise BadSetting("The file cannot be written.", advice="Choose another.")
        yield

    told: list[str] = []
    listener = listen("127.0.0.1", 0)
    with pytest.raises(BadSetting, match="cannot be written"):
        await serve(FastAPI(lifespan=broken), listener, told.append, asyncio.Event().wait)
    assert told == []
    assert listener.fileno() == -1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_it_serves_at_the_address_it_tells_until_it_is_told_to_end(host: str) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        steps.append("begun")
        yield
        steps.append("ended")

    app, over = FastAPI(lifespan=life), asyncio.Event()
    app.get("/")(lambda: "here")
    try:
        listener = listen(host, 0)
    except BadSetting:
        pytest.skip("this machine has no such address")
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, listener, address.set_result, over.wait))
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(await address)).json() == "here"
    assert steps == ["begun"]
    over.set()
    await serving
    assert steps == ["begun", "ended"]
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as caller:
        port = int((await address).rpartition(":")[2])
        assert caller.connect_ex((host, port)) != 0
