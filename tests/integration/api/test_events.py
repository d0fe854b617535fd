"""The events of a run: as pages, and as a stream that can be taken up where it broke off."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from server.api.app import create_app
from server.api.gate import Access
from server.api.streams import Streams
from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS, served

STREAM = {"accept": "text/event-stream"}


@dataclass(frozen=True)
class Frame:
    """One event of a stream."""

    id: int
    type: str
    data: dict[str, Any]


async def frames(lines: AsyncIterator[str]) -> AsyncIterator[Frame]:
    """The events of a stream, as an `EventSource` reads them."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
        fields = {}


async def ended(door: Door) -> tuple[str, list[dict[str, Any]]]:
    """A run that has ended, and its events."""
    run = await door.parked()
    await door.decide(run["run_id"], "approve")
    return run["run_id"], await door.events(run["run_id"])


async def streamed(door: Door, run_id: str, **headers: str) -> list[Frame]:
    answer = await door.http.get(f"{RUNS}/{run_id}/events", headers=STREAM | headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"

    async def lines() -> AsyncIterator[str]:
        for line in answer.text.splitlines():
            yield line

    return [frame async for frame in frames(lines())]


async def test_all_events_are_seen_once_when_pages_are_followed(door: Door) -> None:
    run_id, events = await ended(door)
    seen: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        query = {"after": after, "limit": 3}
        page = (await door.http.get(f"{RUNS}/{run_id}/events", params=query)).json()
        assert len(page["items"]) <= 3
        seen, after = seen + page["items"], page["next_after"]
    assert seen == events
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("run_launched", "run_completed")


async def test_stream_tells_what_the_pages_tell(door: Door) -> None:
    run_id, events = await ended(door)
    found = await streamed(door, run_id)
    assert [frame.data for frame in found] == events
    assert [(frame.id, frame.type) for frame in found] == [(e["seq"], e["type"]) for e in events]


async def test_stream_goes_on_where_it_broke_off(door: Door) -> None:
    run_id, events = await ended(door)
    for last in (1, len(events) - 1):
        found = await streamed(door, run_id, **{"last-event-id": str(last)})
        assert [frame.data for frame in found] == events[last:]


async def test_stream_begins_anew_when_the_last_id_was_never_there(door: Door) -> None:
    run_id, events = await ended(door)
    found = await streamed(door, run_id, **{"last-event-id": "9999"})
    assert [frame.data for frame in found] == events


async def test_stream_is_not_begun_when_everything_was_seen(door: Door) -> None:
    run_id, events = await ended(door)
    headers = STREAM | {"last-event-id": str(len(events))}
    answer = await door.http.get(f"{RUNS}/{run_id}/events", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_pages_are_sent_when_a_stream_is_not_what_is_asked_for(door: Door) -> None:
    run_id, _ = await ended(door)
    for accept in ("*/*", "application/json", "text/event-stream;q=0, application/json"):
        answer = await door.http.get(f"{RUNS}/{run_id}/events", headers={"accept": accept})
        assert answer.headers["content-type"] == "application/json", accept
        assert answer.headers["vary"] == "Accept"


async def test_stream_is_refused_in_time_when_there_is_no_such_run(door: Door) -> None:
    answer = await door.http.get(f"{RUNS}/run_{'0' * 22}/events", headers=STREAM)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_stream_is_refused_when_there_is_no_room(door: Door) -> None:
    run = await door.parked()
    door.app.state.streams = Streams(door.app.state.stopping, limit=0)
    answer = await door.http.get(f"{RUNS}/{run['run_id']}/events", headers=STREAM)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"]


async def test_head_of_a_stream_is_answered_without_one(door: Door) -> None:
    run = await door.parked()
    answer = await door.http.head(f"{RUNS}/{run['run_id']}/events", headers=STREAM)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_line_is_kept_open_when_nothing_happens(door: Door) -> None:
    run = await door.parked()
    streams = Streams(asyncio.Event())
    following = streams.follow(
        door.home.service, run["run_id"], run["version"], tenant="default", quiet_seconds=0.01
    )
    assert await anext(following) == b"retry: 2000\n\n"
    assert await anext(following) == b": quiet\n\n"
    await following.aclose()  # type: ignore[attr-defined]


async def test_events_arrive_as_they_happen_and_without_gap_on_any_process(door: Door) -> None:
    run = await door.parked()
    address = f"{RUNS}/{run['run_id']}/events"
    other = create_app(
        door.home.service, access=Access(), webhook_secrets=(), unsigned_webhook_allowed=True
    )
    seen: list[Frame] = []
    async with served(door.app) as here, served(other) as there:
        async with here.stream("GET", address, headers=STREAM) as stream:
            async for frame in frames(stream.aiter_lines()):
                seen.append(frame)
                if frame.type == "approval_requested":
                    body = {"approved": True, "responder": "dana"}
                    assert (await door.move(run["run_id"], "resume", body)).status_code == 202
                if frame.type == "decision_recorded":
                    break  # the line breaks here
        headers = STREAM | {"last-event-id": str(seen[-1].id)}
        async with there.stream("GET", address, headers=headers) as stream:
            seen += [frame async for frame in frames(stream.aiter_lines())]
    assert [frame.data for frame in seen] == await door.events(run["run_id"])
    assert seen[-1].type == "run_completed"


async def test_stream_ends_when_the_server_stops(door: Door) -> None:
    run = await door.parked()
    async with served(door.app) as http:
        address = f"{RUNS}/{run['run_id']}/events"
        async with http.stream("GET", address, headers=STREAM) as stream:
            seen: list[Frame] = []
            async for frame in frames(stream.aiter_lines()):
                seen.append(frame)
                if frame.id == run["version"]:
                    door.app.state.stopping.set()
        assert len(seen) == run["version"]


async def test_nothing_is_left_when_many_callers_hang_up(door: Door) -> None:
    run = await door.parked()
    address = f"{RUNS}/{run['run_id']}/events"
    async with served(door.app) as http:

        async def hang_up(after: int) -> None:
            async with http.stream("GET", address, headers=STREAM) as stream:
                async for frame in frames(stream.aiter_lines()):
                    if frame.id > after:
                        return

        await asyncio.gather(*(hang_up(n % 3) for n in range(60)))
        await door.decide(run["run_id"], "approve")
    assert (await door.read(run["run_id"]))["status"] == "completed"
