"""Runs are found by parts of names, counted by state, and paged in both directions."""

from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import reads
from tests.doubles.house import House

NAMES = ("Acme Corp", "ACME Labs", "100% Söhne_x", "Globex")


async def found(home: House, search: str) -> set[str]:
    page = await reads.list_runs(home.service, tenant=DEFAULT_TENANT, search=search)
    return {run.company.name for run in page.items}


async def test_a_part_of_a_name_finds_it_however_it_is_spelt(home: House) -> None:
    runs = [await home.launch(name) for name in NAMES]
    assert await found(home, "acme") == {"Acme Corp", "ACME Labs"}
    assert await found(home, "  SÖHNE") == {"100% Söhne_x"}
    assert await found(home, "%") == await found(home, "_") == {"100% Söhne_x"}
    assert await found(home, runs[3].run_id) == {"Globex"}
    assert await found(home, "initech") == set()


async def test_the_oldest_come_first_and_pages_follow_one_another(home: House) -> None:
    for name in NAMES:
        await home.launch(name)
    seen, cursor = [], None
    while True:
        page = await reads.list_runs(
            home.service, tenant=DEFAULT_TENANT, oldest_first=True, limit=1, cursor=cursor
        )
        seen += [run.company.name for run in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == list(NAMES)


async def test_runs_are_counted_by_state_for_their_tenant_alone(home: House) -> None:
    for name in NAMES:
        await home.launch(name)
    wanted = (RunStatus.QUEUED, RunStatus.FAILED)
    counts = await reads.count_runs(home.service, wanted, tenant=DEFAULT_TENANT)
    assert counts == {RunStatus.QUEUED: 4, RunStatus.FAILED: 0}
    assert sum((await reads.count_runs(home.service, tenant="other")).values()) == 0
