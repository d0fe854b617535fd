"""The supervisor behind the API: streamed or whole, and refused where it should be."""

import asyncio
import json
from typing import Any

import pytest

from server.lifecycle import chats
from server.supervisor.desk import Desk
from server.supervisor.facts import Json
from tests.integration.api.conftest import Door
from tests.integration.caller import served

CHAT = "/api/v1/chat"
JSON = {"accept": "application/json"}
HELP = {"message": "help"}


async def frames(door: Door, text: str, thread: str = "t1") -> list[tuple[str, dict[str, Any]]]:
    """The events of a streamed turn."""
    answer = await door.http.post(f"{CHAT}/{thread}", json={"message": text})
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/event-stream; charset=utf-8",
    )
    found = []
    for frame in answer.text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in frame.splitlines())
        found.append((lines["event"], json.loads(lines["data"])))
    return found


async def test_a_turn_is_streamed_part_by_part(door: Door) -> None:
    parts = await frames(door, "onboard Acme Corp in Slack and grants")
    assert [name for name, _ in parts] == ["turn", "tool_call", "tool_result", "text", "done"]
    named = dict(parts)
    assert named["turn"] == {"thread_id": "t1", "turn": 1}
    assert named["tool_call"]["tool"] == "launch"
    assert named["tool_result"]["ok"] is True
    (run_id,) = named["done"]["launched"]
    assert named["text"]["text"] == named["done"]["text"]
    assert (await door.wait(run_id))["systems"] == ["slack", "grants"]
    assert (await frames(door, "help"))[0][1] == {"thread_id": "t1", "turn": 2}


async def test_a_turn_comes_whole_when_json_is_asked_for(door: Door) -> None:
    answer = await door.http.post(f"{CHAT}/t1", json={"message": "onboard Globex"}, headers=JSON)
    body = answer.json()
    assert (answer.status_code, body["thread_id"]) == (200, "t1")
    assert [call["tool"] for call in body["calls"]] == ["launch"]
    assert body["launched"] == [body["results"][0]["result"]["run_id"]]
    said = (await door.http.get(f"{CHAT}/t1")).json()
    assert said["messages"] == [
        {"role": "user", "text": "onboard Globex"},
        {"role": "assistant", "text": body["text"]},
    ]
    await door.wait(body["launched"][0])


async def test_what_is_proposed_is_streamed_and_done_by_a_yes_to_its_digest(door: Door) -> None:
    parts = await frames(door, "onboard Acme Corp and Globex")
    assert [name for name, _ in parts][-3:] == ["text", "proposal", "done"]
    proposal = dict(parts)["proposal"]
    assert (await door.http.get(f"{CHAT}/t1")).json()["proposal"]["digest"] == proposal["digest"]
    yes = {"message": "yes", "shown": proposal["digest"]}
    body = (await door.http.post(f"{CHAT}/t1", json=yes, headers=JSON)).json()
    assert [each["tool"] for each in body["results"]] == ["launch", "launch"]
    assert (len(body["launched"]), body["proposal"]) == (2, None)
    answer = await door.http.post(f"{CHAT}/t1", json=yes | {"message": "no"}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    for run_id in body["launched"]:
        await door.wait(run_id)


@pytest.mark.parametrize("headers", [{}, JSON])
async def test_what_is_no_message_is_refused_before_anything_begins(
    door: Door, headers: dict[str, str]
) -> None:
    for body in ({}, {"message": ""}, {"message": " \n"}, {"message": "a\0"}, HELP | {"x": 1},
                 {"message": 1}, {"message": "x" * 4_001}):  # fmt: skip
        answer = await door.http.post(f"{CHAT}/t1", json=body, headers=headers)
        assert answer.status_code == 422, body
    for thread in ("a b", "-x", "x" * 65, "%00"):
        answer = await door.http.post(f"{CHAT}/{thread}", json=HELP, headers=headers)
        assert answer.status_code == 422, thread
    assert (await door.http.get(f"{CHAT}/t1")).status_code == 404


async def test_a_chat_that_nobody_began_is_not_found(door: Door) -> None:
    answer = await door.http.get(f"{CHAT}/nobodys")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once a turn has begun to wait for something that never comes; later turns do not."""
    real, reached = Desk.snapshot, asyncio.Event()

    async def snapshot(self: Desk) -> Json:
        if not reached.is_set():
            reached.set()
            await asyncio.Future()
        return await real(self)

    monkeypatch.setattr(Desk, "snapshot", snapshot)
    monkeypatch.setattr(chats, "_LOOKS", 20)  # less than a lease: a thread that is held stays so
    return reached


async def test_a_caller_who_hangs_up_leaves_the_thread_free(
    door: Door, stuck: asyncio.Event
) -> None:
    async with served(door.app) as http:
        async with http.stream("POST", f"{CHAT}/t1", json=HELP) as answer:
            lines = answer.aiter_lines()
            assert (await anext(lines)) == "event: turn"
            await stuck.wait()
        again = await http.post(f"{CHAT}/t1", json=HELP, headers=JSON)
        assert (again.status_code, again.json()["calls"]) == (200, [])


async def test_a_server_that_stops_says_so_in_the_stream(door: Door, stuck: asyncio.Event) -> None:
    async with served(door.app) as http, http.stream("POST", f"{CHAT}/t1", json=HELP) as answer:
        lines = answer.aiter_lines()
        assert (await anext(lines)) == "event: turn"
        await stuck.wait()
        door.app.state.stopping.set()
        rest = [line async for line in lines]
    assert "event: error" in rest
    assert "store_unavailable" in "".join(rest)


async def test_a_fault_in_the_middle_is_told_without_detail(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Desk) -> Json:
        raise RuntimeError("postgresql://root:hunter2@db")

    monkeypatch.setattr(Desk, "snapshot", broken)
    parts = await frames(door, "help")
    assert [name for name, _ in parts] == ["turn", "error"]
    assert (parts[1][1]["code"], "hunter2" in json.dumps(parts)) == ("internal", False)
