"""Outgoing webhooks: every event arrives, whoever dies, and none goes where it must not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.events import EVENT_TYPES
from domain.status import RunStatus
from server.store import outbox
from server.store.destinations import Destinations
from server.store.outbox import Parcel
from server.worker.courier import LEASE_SECONDS, Courier
from server.worker.hook import Hook
from systems.addresses import pinned
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy
from tests.integration.telling.receiver import SECRET, Inbox

QUICK = (0.02,) * 2_000


@asynccontextmanager
async def told(
    folder: Path,
    address: str | None,
    hook: Hook,
    *types: str,
    pauses: tuple[float, ...] = QUICK,
    lease_seconds: float = LEASE_SECONDS,
) -> AsyncIterator[tuple[House, Courier]]:
    """A service that tells of its events; the courier is still to be opened."""
    destinations = Destinations({hook.name: frozenset(types)})
    systems = {"slack": toy("slack", ToyWorld())}
    async with house(folder, systems, address=address) as home:
        for each in (home.service.database, home.driver.service.database):
            each.destinations = destinations
        courier = Courier(
            home.service.database,
            destinations,
            [hook],
            pauses=pauses,
            lease_seconds=lease_seconds,
            poll_seconds=0.02,
        )
        try:
            yield home, courier
        finally:
            await courier.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def _left(home: House) -> int:
    async with home.service.database.read() as tx:
        return len(await outbox.dead(tx))


async def test_every_event_arrives_though_the_receiver_dies_and_returns(
    tmp_path: Path, address: str | None
) -> None:
    inbox = Inbox(answers=[500, 204, 429])
    with inbox.there():
        hook = Hook(inbox.url, [SECRET], private_allowed=True)
        async with told(tmp_path, address, hook, lease_seconds=0.5) as (home, courier):
            await courier.open()
            run = await home.settle((await home.launch()).run_id)
            await until(lambda: "approval_requested" in inbox.types)
    async with told(tmp_path, address, hook) as (home, courier):
        await home.decide(run.run_id, "approve")
        run = await home.until(run.run_id, RunStatus.COMPLETED)
        await courier.open()
        with inbox.there():
            await until(lambda: len(inbox.messages) == run.version)
            numbers = [message["data"]["seq"] for message in inbox.messages.values()]
            assert sorted(numbers) == list(range(1, run.version + 1))
            assert inbox.types[-1] == "run_completed"
            assert len(inbox.came) > len(inbox.messages)  # ids stay what they were


async def test_event_comes_again_when_the_courier_died_after_it_was_received(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    received = asyncio.Event()

    async def dies(*_: object) -> None:
        received.set()
        await asyncio.Event().wait()

    with inbox.there():
        hook = Hook(inbox.url, [SECRET], private_allowed=True)
        async with told(tmp_path, None, hook, "run_launched") as (home, courier):
            with monkeypatch.context() as patch:
                patch.setattr(outbox, "told", dies)
                await courier.open()
                await home.launch()
                await received.wait()
                await courier.close()
            again = Courier(
                home.service.database,
                Destinations({}),
                [hook],
                lease_seconds=0.0,
                poll_seconds=0.02,
            )
            async with home.service.database.write() as tx:
                assert await outbox.take(tx, hook.name, 1, 0.0) == []  # the first one's lease holds
            await _lapse(home)
            await again.open()
            await until(lambda: len(inbox.came) == 2)
            await again.close()
    assert len(set(inbox.came)) == 1


async def test_whatever_is_under_way_has_ended_when_a_courier_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    ended: list[str] = []

    async def ends_late(_hook: Hook, parcel: Parcel, *_: object) -> None:
        begun.append(parcel.message_id)
        patience = 0.05 * len(begun)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(patience)
            ended.append(parcel.message_id)

    monkeypatch.setattr(Hook, "deliver", ends_late)
    hook = Hook("http://127.0.0.1:9", [SECRET], private_allowed=True)
    wanted = ("run_launched", "approval_requested")
    async with told(tmp_path, None, hook, *wanted) as (home, courier):
        await home.settle((await home.launch()).run_id)
        await courier.open()
        await until(lambda: len(begun) == len(wanted))
        await courier.close()
        assert sorted(ended) == sorted(begun)


async def _lapse(home: House) -> None:
    from sqlalchemy import text  # noqa: PLC0415

    async with home.service.database.write() as tx:
        await tx.session.execute(text("UPDATE parcels SET due_at = put_at"))


@pytest.mark.parametrize(("answer", "tries"), [(500, 3), (302, 3), (410, 1)])
async def test_message_is_given_up_when_it_is_never_accepted(
    tmp_path: Path, answer: int, tries: int
) -> None:
    """Redirects are not followed, and who is gone is asked once; then it can be sent anew."""
    inbox = Inbox(answers=[answer] * tries)
    with inbox.there():
        hook = Hook(inbox.url, [SECRET], private_allowed=True)
        async with told(tmp_path, None, hook, "run_launched", pauses=(0.01, 0.01)) as (
            home,
            courier,
        ):
            await courier.open()
            await home.launch()
            await until(lambda: len(inbox.came) == tries)
            async with asyncio.timeout(20):
                while not await _left(home):
                    await asyncio.sleep(0.01)
            async with home.service.database.write() as tx:
                await outbox.revive(tx)
            await until(lambda: len(inbox.messages) == 1)
            assert len(inbox.came) == tries + 1


async def test_nothing_is_sent_to_a_private_address(tmp_path: Path) -> None:
    """The name is judged by what it means, at the moment of sending."""
    inbox = Inbox()
    with inbox.there():
        hook = Hook(inbox.url.replace("http://", "https://"), [SECRET])
        async with told(tmp_path, None, hook, "run_launched", pauses=()) as (home, courier):
            await courier.open()
            await home.launch()
            async with asyncio.timeout(20):
                while not await _left(home):
                    await asyncio.sleep(0.01)
    assert inbox.came == []


async def test_only_what_is_wanted_is_told(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.there():
        hook = Hook(inbox.url, [SECRET], private_allowed=True)
        async with told(tmp_path, None, hook, "approval_requested") as (home, courier):
            await courier.open()
            await home.settle((await home.launch()).run_id)
            await until(lambda: bool(inbox.messages))
    assert inbox.types == ["approval_requested"]
    assert set(inbox.types) < set(EVENT_TYPES)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "2130706433", "0x7f.1",
        "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]", "[ff02::1]",
    ],
)  # fmt: skip
async def test_address_is_refused_when_it_is_not_public(host: str) -> None:
    with pytest.raises(Refused):
        await pinned(f"https://{host}/in", private_allowed=False)


async def test_name_is_kept_for_the_server_when_its_number_is_gone_to() -> None:
    found = await pinned("http://localhost:8080/in?a=b", private_allowed=True)
    assert found.url in ("http://127.0.0.1:8080/in?a=b", "http://[::1]:8080/in?a=b")
    assert (found.host, found.name) == ("localhost:8080", "localhost")
    public = await pinned("https://8.8.8.8/in", private_allowed=False)
    assert public.url == "https://8.8.8.8:443/in"
