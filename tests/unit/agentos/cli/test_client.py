"""The API as commands use it, against a server that answers as it is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from agentos.cli.client import Client, Refusal, Unreachable
from tests.scripted_server import Script, scripted

PROBLEM = {"content-type": "application/problem+json"}


async def ask(script: Script, call: Callable[[Client], Any]) -> Any:
    """What a client of this server returns, called from a thread as a command would."""

    def run() -> Any:
        with Client(script.url) as client:
            return call(client)

    return await asyncio.to_thread(run)


async def test_a_query_leaves_out_what_is_not_given() -> None:
    async with scripted() as script:
        script.then(body={"items": []})
        page = await ask(script, lambda c: c.call("GET", "/runs", status=[], company=None, limit=2))
        assert (page, script.asked[0].query) == ({"items": []}, {"limit": "2"})


async def test_a_refusal_keeps_the_servers_words_and_names_the_winner() -> None:
    winner = {"decided_at": "2026-03-01T12:30:15Z", "door": "api"}
    problem = {"detail": "Already decided.", "advice": "Read it.", "code": "already_decided"}
    async with scripted() as script:
        script.then(409, problem | {"winner": winner}, headers=PROBLEM)
        with pytest.raises(Refusal) as refused:
            await ask(script, lambda c: c.run("run_1"))
    assert refused.value.message == "Already decided. (2026-03-01T12:30:15Z, by api)"
    assert (refused.value.code, refused.value.status) == ("already_decided", 409)


async def test_a_refusal_names_the_part_that_is_not_ready() -> None:
    checks = {"database": "ok", "sandbox": "The sandbox does not answer."}
    async with scripted() as script:
        script.then(503, {"detail": "Not ready.", "checks": checks}, headers=PROBLEM)
        with pytest.raises(Refusal, match=r"^Not ready\. sandbox: The sandbox does not answer\.$"):
            await ask(script, lambda c: c.call("GET", "/health/ready"))


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (404, b"<html>"), (502, b"")])
async def test_something_else_at_the_address_is_no_server(status: int, body: bytes) -> None:
    async with scripted() as script:
        script.then(status, body)
        with pytest.raises(Unreachable, match=f"is no AgentOS server: it said {status}."):
            await ask(script, lambda c: c.run("run_1"))


async def test_nobody_at_the_address_is_unreachable() -> None:
    async with scripted() as script:
        script.then(accident="reset")
        with pytest.raises(Unreachable, match=f"No AgentOS server answers at {script.url}."):
            await ask(script, lambda c: c.run("run_1"))


def _stream(*numbers: int) -> bytes:
    return "".join(f'id: {n}\ndata: {{"seq": {n}}}\n\n' for n in numbers).encode()


async def test_events_are_taken_up_again_where_a_stream_ended() -> None:
    async with scripted() as script:
        script.then(body=_stream(1, 2)).then(body={"version": 3})
        script.then(body=_stream(3)).then(body={"version": 3})
        events = await ask(script, lambda c: list(c.events("run_1")))
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [asked.headers.get("last-event-id") for asked in script.asked] == ["0", None, "2", None]


async def test_events_go_on_after_a_broken_connection_while_the_server_lives() -> None:
    async with scripted() as script:
        script.then(accident="reset").then(body={"status": "ok"})
        script.then(body=_stream(1)).then(body={"version": 1})
        events = await ask(script, lambda c: list(c.events("run_1")))
    assert [event["seq"] for event in events] == [1]


async def test_events_end_with_one_sentence_when_the_server_is_gone() -> None:
    async with scripted() as script:
        script.then(accident="reset").then(accident="reset")
        with pytest.raises(Unreachable):
            await ask(script, lambda c: list(c.events("run_1")))
