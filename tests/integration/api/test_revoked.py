"""Who may read no more hears no more: a stream ends soon after its key is revoked."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.keys import Holder
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, Scope
from server.api import gate
from server.api.gate import Access
from server.api.pumping import pumped
from server.api.streams import Streams
from server.auth.exchange import always
from server.lifecycle import callers, keys, reads
from server.lifecycle.service import Actor
from server.supervisor.desk import Desk
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import RUNS, served

ROOT = Actor("root", "cli", scopes=ALL_SCOPES)


@pytest.fixture
async def guarded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    for module in (gate, callers):
        monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    async with opened(folder, guarded=Access) as door:
        yield door


async def heard(door: Door, *, deny: bool) -> list[str]:
    """What a viewer hears of a run whose key is revoked when it waits for its approval; it may be
    denied after that."""
    database = door.home.service.database
    holder = Holder(owner="dana", scopes=frozenset({Scope.VIEWER}))
    made = await keys.create(database, ROOT, holder, lifetime=None)
    run = await door.home.launch()
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {made.text}"}
    found: list[str] = []
    async with (
        asyncio.timeout(20),
        served(door.app) as http,
        http.stream("GET", f"{RUNS}/{run.run_id}/events", headers=headers) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                found.append(json.loads(line.removeprefix("data:"))["type"])
            if found[-1:] == ["approval_requested"]:
                await keys.revoke(database, ROOT, made.key.key_id)
                if deny:
                    await door.home.decide(run.run_id, "deny")
                    deny = False
    return found


async def waited(door: Door, patch: pytest.MonkeyPatch) -> int:
    """The status of an answer that was waited for while its key was revoked."""
    database, real = door.home.service.database, reads.wait_until_parked
    holder = Holder(owner="dana", scopes=frozenset({Scope.VIEWER}))
    made = await keys.create(database, ROOT, holder, lifetime=None)

    async def meanwhile(*given: Any, **named: Any) -> RunState:
        await keys.revoke(database, ROOT, made.key.key_id)
        return await real(*given, **named)

    patch.setattr(reads, "wait_until_parked", meanwhile)
    run = await door.home.launch()
    async with served(door.app) as http:
        headers = {"authorization": f"Bearer {made.text}"}
        answer = await http.get(f"{RUNS}/{run.run_id}/wait", headers=headers)
    return answer.status_code


async def test_who_waits_for_a_run_is_asked_again_before_it_is_told(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await waited(guarded, monkeypatch) == 401


async def test_who_waits_is_told_when_nobody_asks_again(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the refusal above is its doing."""
    monkeypatch.setattr(Access, "still", lambda *_: always)
    assert await waited(guarded, monkeypatch) == 200


async def test_a_stream_ends_before_the_next_event_when_its_key_is_revoked(guarded: Door) -> None:
    assert (await heard(guarded, deny=True))[-1] == "approval_requested"


async def test_a_quiet_stream_ends_as_well(guarded: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Streams.follow.__kwdefaults__
    monkeypatch.setitem(Streams.follow.__kwdefaults__, "quiet_seconds", 0.02)
    assert (await heard(guarded, deny=False))[-1] == "approval_requested"


async def turn(door: Door, patch: pytest.MonkeyPatch) -> list[str]:
    """What is heard of a turn of a chat that never gets on and whose key is revoked meanwhile."""

    async def never(_self: Desk) -> None:
        await asyncio.Future()

    patch.setattr(Desk, "snapshot", never)
    assert pumped.__kwdefaults__
    patch.setitem(pumped.__kwdefaults__, "quiet_seconds", 0.02)
    database = door.home.service.database
    holder = Holder(owner="dana", scopes=frozenset({Scope.OPERATOR}))
    made = await keys.create(database, ROOT, holder, lifetime=None)
    found: list[str] = []
    async with (
        asyncio.timeout(20),
        served(door.app) as http,
        http.stream(
            "POST",
            "/api/v1/chat/t1",
            json={"message": "list runs"},
            headers={"accept": "text/event-stream", "authorization": f"Bearer {made.text}"},
        ) as stream,
    ):
        async for line in stream.aiter_lines():
            if not found:
                await keys.revoke(database, ROOT, made.key.key_id)
            found.append(line)
            if found.count(": quiet") == 20:
                break
    return found


async def test_a_turn_of_a_chat_is_broken_off_as_well(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await turn(guarded, monkeypatch)
    assert "event: error" in said and '"unauthenticated"' in "".join(said)


async def test_a_turn_goes_on_when_nobody_asks_again(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the end above is its doing."""
    monkeypatch.setattr(Access, "still", lambda *_: always)
    assert "event: error" not in await turn(guarded, monkeypatch)


async def test_a_stream_goes_on_when_nobody_asks_again(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the ends above are its doing."""
    monkeypatch.setattr(Access, "still", lambda *_: always)
    assert (await heard(guarded, deny=True))[-1] == "decision_recorded"
