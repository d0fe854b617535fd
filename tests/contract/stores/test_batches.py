"""Batches on either database: each row is launched once, each wish is for what was looked at."""

import asyncio
from collections import Counter

import pytest

from domain.batches import BatchState
from domain.errors import IllegalMove, Invalid, NotFound, StalePlan
from domain.launches import LaunchRequest
from domain.outcomes import Outcome
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import batches, launches, reads
from server.lifecycle.feeding import feed
from server.lifecycle.service import Actor
from tests.doubles.house import DANA, House

OTHER = Actor("ilya", "api", tenant="other", scopes=ALL_SCOPES)


def sheet(count: int, *more: str) -> bytes:
    lines = ["company_name,slug", *(f"Company {n}," for n in range(count)), *more]
    return "\n".join(lines).encode()


async def _submitted(home: House, data: bytes) -> str:
    batch, replayed = await batches.submit(home.service, data, "autumn.csv", DANA)
    assert not replayed
    return batch.batch_id


async def _statuses(home: House, batch_id: str) -> dict[str, int]:
    return (await batches.overview(home.service, batch_id, DANA)).progress.by_status


async def test_nothing_is_launched_before_the_start(home: House) -> None:
    batch_id = await _submitted(home, sheet(3, "Globex,Not A Slug"))
    assert await feed(home.service) == 0
    assert await _statuses(home, batch_id) == {"ready": 3, "faulty": 1}
    faulty = await batches.list_lines(home.service, batch_id, DANA, status=["faulty"])
    assert [(line.line, line.field) for line in faulty] == [(5, "slug")]


async def test_each_row_is_launched_once_by_any_number_of_processes(home: House) -> None:
    batch_id = await _submitted(home, sheet(40))
    await batches.start(home.service, batch_id, DANA)
    done = await asyncio.gather(*(feed(home.service) for _ in range(4)))
    assert sum(done) >= 40
    lines = await batches.list_lines(home.service, batch_id, DANA)
    assert Counter(line.status for line in lines) == {"queued": 40}
    assert len({line.run_id for line in lines}) == 40


async def test_a_key_that_was_used_before_is_known_and_never_launched_again(home: House) -> None:
    earlier = LaunchRequest(company_name="Acme", idempotency_key="a")
    run = (await launches.launch(home.service, earlier, DANA)).run
    data = b"company_name,idempotency_key\nAcme,a\nGlobex,b\n"
    batch_id = await _submitted(home, data)
    await batches.start(home.service, batch_id, DANA)
    await feed(home.service)
    known, new = await batches.list_lines(home.service, batch_id, DANA)
    assert (known.status, known.run_id) == ("known", run.run_id)
    assert new.status == "queued"


async def test_a_key_that_stands_for_another_request_fails_its_row_only(home: House) -> None:
    earlier = LaunchRequest(company_name="Initech", idempotency_key="a")
    await launches.launch(home.service, earlier, DANA)
    batch_id = await _submitted(home, b"company_name,idempotency_key\nAcme,a\nGlobex,b\n")
    await batches.start(home.service, batch_id, DANA)
    await feed(home.service)
    assert await _statuses(home, batch_id) == {"faulty": 1, "queued": 1}


async def test_a_refusal_half_way_leaves_nothing_behind(home: House) -> None:
    """The slug of another company is only seen when the row is launched."""
    batch_id = await _submitted(home, sheet(0, "Acme,acme", "Globex,acme", "Initech,"))
    await batches.start(home.service, batch_id, DANA)
    await feed(home.service)
    lines = await batches.list_lines(home.service, batch_id, DANA)
    assert [line.status for line in lines] == ["queued", "faulty", "queued"]
    assert lines[1].field == "slug"


async def test_the_same_sheet_is_the_same_batch(home: House) -> None:
    batch_id = await _submitted(home, sheet(2))
    again = await batches.submit(home.service, sheet(2), "copy.csv", DANA)
    assert again.replayed and again.batch.batch_id == batch_id
    other = await batches.submit(home.service, sheet(2), "autumn.csv", OTHER)
    assert not other.replayed


async def test_a_paused_batch_launches_nothing_until_it_goes_on(home: House) -> None:
    batch_id = await _submitted(home, sheet(2))
    with pytest.raises(IllegalMove):
        await batches.pause(home.service, batch_id, DANA)
    began = (await batches.start(home.service, batch_id, DANA)).started_at
    await batches.pause(home.service, batch_id, DANA)
    assert await feed(home.service) == 0
    assert (await batches.start(home.service, batch_id, DANA)).started_at == began
    assert await feed(home.service) == 2


async def test_cancelling_the_rest_ends_rows_and_runs_that_made_nothing(home: House) -> None:
    batch_id = await _submitted(home, sheet(70))
    await batches.start(home.service, batch_id, DANA)
    assert await feed(home.service) == 64
    assert (await batches.cancel(home.service, batch_id, DANA)).state is BatchState.CANCELLED
    while await feed(home.service):
        pass
    assert await _statuses(home, batch_id) == {"cancelled": 6, "queued": 64}
    for line in (await batches.list_lines(home.service, batch_id, DANA))[:64]:
        assert (
            await reads.get_run(home.service, line.run_id or "", tenant=DEFAULT_TENANT)
        ).cancel_pending
    with pytest.raises(IllegalMove):
        await batches.start(home.service, batch_id, DANA)


async def test_another_tenants_batch_is_not_found(home: House) -> None:
    batch_id = await _submitted(home, sheet(1))
    for verb in (batches.start, batches.pause, batches.cancel, batches.overview):
        with pytest.raises(NotFound):
            await verb(home.service, batch_id, OTHER)
    with pytest.raises(NotFound):
        await batches.list_lines(home.service, batch_id, OTHER)
    with pytest.raises(NotFound):
        await batches.approve(home.service, batch_id, OTHER, approvable="")
    assert await batches.list_batches(home.service, OTHER) == []


async def test_a_system_that_does_not_exist_fails_its_row(home: House) -> None:
    batch_id = await _submitted(home, b"company_name,systems\nAcme,slack\nGlobex,fax\n")
    _, row = await batches.list_lines(home.service, batch_id, DANA)
    assert (row.status, row.field) == ("faulty", "systems")


async def test_a_page_of_lines_has_limits(home: House) -> None:
    batch_id = await _submitted(home, sheet(5))
    page = await batches.list_lines(home.service, batch_id, DANA, after=3, limit=2)
    assert [line.line for line in page] == [4, 5]
    with pytest.raises(Invalid):
        await batches.list_lines(home.service, batch_id, DANA, limit=0)


async def test_only_plans_that_were_shown_are_approved(home: House) -> None:
    """Nobody executes runs here, so none waits: what was shown was something else."""
    batch_id = await _submitted(home, sheet(1))
    await batches.start(home.service, batch_id, DANA)
    await feed(home.service)
    with pytest.raises(StalePlan):
        await batches.approve(home.service, batch_id, DANA, approvable="0" * 64)
    assert await _statuses(home, batch_id) == {RunStatus.QUEUED.value: 1}


async def test_the_runs_of_a_batch_are_counted_by_system(home: House) -> None:
    batch_id = await _submitted(home, sheet(3))
    assert (await batches.overview(home.service, batch_id, DANA)).by_system == {}
    await batches.start(home.service, batch_id, DANA)
    await feed(home.service)
    found = (await batches.overview(home.service, batch_id, DANA)).by_system
    assert {name: counts[Outcome.WAITING] for name, counts in found.items()} == dict.fromkeys(
        home.service.systems, 3
    )
