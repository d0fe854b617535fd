"""Runs are found by parts of names, counted by state, and paged in both directions."""

from dataclasses import replace
from importlib import import_module
from typing import Any

from sqlalchemy import select, update

from domain.launches import LaunchRequest
from domain.scopes import DEFAULT_TENANT
from domain.status import RunStatus
from server.lifecycle import launches, reads
from server.store.tables import RunRow
from tests.doubles.house import DANA, House

FILL = import_module("server.store.migrations.versions.0014_who_asked_for_a_run").fill

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


async def test_a_person_and_a_system_find_their_runs_on_every_page(home: House) -> None:
    for name in NAMES:
        await home.launch(name)
    other = replace(DANA, name="Ilya K.")
    for name in ("Initech", "Hooli"):
        await launches.launch(home.service, LaunchRequest(company_name=name), other)

    async def pages(**wanted: Any) -> list[str]:
        seen, cursor = [], None
        while True:
            page = await reads.list_runs(
                home.service, tenant=DEFAULT_TENANT, limit=2, cursor=cursor, **wanted
            )
            seen += [run.company.name for run in page.items]
            if (cursor := page.next_cursor) is None:
                return seen

    assert await pages(launched_by=" DANA", system="slack") == list(reversed(NAMES))
    assert await pages(launched_by="ilya k.") == ["Hooli", "Initech"]
    assert len(await pages(system="slack")) == 6
    for nobody in ({"launched_by": "ilya"}, {"system": "sla_k"}, {"system": "slac"}):
        assert await pages(**nobody) == []


async def test_runs_of_earlier_releases_are_found_as_well(home: House) -> None:
    await home.launch("Acme Corp")
    loud = replace(DANA, name="ILYA [K], Söhne")
    await launches.launch(home.service, LaunchRequest(company_name="Hooli"), loud)
    columns = select(RunRow.asked_by, RunRow.system_names).order_by(RunRow.run_id)
    async with home.service.database.write() as tx:
        written = (await tx.session.execute(columns)).all()
        await tx.session.execute(update(RunRow).values(asked_by=None, system_names=None))
        await (await tx.session.connection()).run_sync(FILL)
        assert (await tx.session.execute(columns)).all() == written
    assert [tuple(row) for row in written] == [
        ("dana", ",slack,"),
        ("ilya [k], söhne", ",slack,"),
    ]


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
