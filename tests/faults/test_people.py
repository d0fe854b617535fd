"""No address of a person is kept where the run stands, nor told to a log; the run itself has them.

On either database, wherever a run can be parked.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from agentos.sandboxed import sandbox_variables
from domain.decisions import Answer, DecisionKind
from domain.edits import PlanEdit
from domain.status import RunStatus
from graph.build import GRAPH_VERSION
from server.lifecycle import decisions
from systems import registry
from tests.doubles.house import DANA, House, house
from tests.faults.conftest import Systems
from tests.faults.test_canary import _TABLES

PERSON, RESPONDER = "canary.dana", "canary.lee"
CONTACTS = [
    {"name": "Canary Dana", "email": f"{PERSON}@example.com"},
    {"github": "octo-guest", "email": f"{PERSON}@example.org"},
]
LEE = replace(DANA, name=f"{RESPONDER}@example.com")
CHECKPOINTS = {"checkpoints", "checkpoint_blobs", "checkpoint_writes", "writes"}
BROKEN = ("slack", "github", "brevo", "grants")


def named(canary: str, folder: Path, address: str | None) -> set[str]:
    """The tables that name somebody, in clear or as the bytes of a column."""
    rows = _lite(folder) if address is None else _post(address)
    clear, hidden = canary.encode(), canary.encode().hex().encode()
    return {table for table, row in rows if clear in row or hidden in row}


def _lite(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in ("agentos.db", "checkpoints.db"):
        with closing(sqlite3.connect(folder / name)) as file:
            for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                for row in file.execute(f'SELECT * FROM "{table}"'):
                    cells = (
                        cell if isinstance(cell, bytes) else str(cell).encode() for cell in row
                    )
                    yield table, b"\n".join(cells)


def _post(address: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(address) as database:
        for schema, table in database.execute(_TABLES).fetchall():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
            for (row,) in database.execute(query):
                yield table, row.encode()


async def walk(home: House, systems: Systems) -> AsyncIterator[str]:
    """Where a run is parked, one after the other, with answers of somebody who has an address."""
    run_id = (await home.launch(contacts=CONTACTS)).run_id
    await home.until(run_id, RunStatus.AWAITING_APPROVAL)
    yield "approval"
    other = PlanEdit.model_validate({"contacts": CONTACTS[:1], "choices": {"channel_name": "a"}})
    for answer in (
        Answer(kind=DecisionKind.EDIT, edit=other),
        Answer(kind=DecisionKind.APPROVE),
        Answer(kind=DecisionKind.RETRY),
        Answer(kind=DecisionKind.ROLLBACK),
    ):
        if answer.kind is DecisionKind.APPROVE:
            for system in BROKEN:
                systems.sandbox.fault(kind="auth_revoked", system=system, times=1000)
        await decisions.decide(home.service, run_id, answer, LEE)
        run = await home.settle(run_id, seconds=30)
        yield f"after {answer.kind}: {run.status}"


@pytest.mark.parametrize("version", [GRAPH_VERSION, "1"])
async def test_people_are_named_where_the_run_is_kept_and_nowhere_else(
    tmp_path: Path,
    address: str | None,
    systems: Systems,
    caplog: pytest.LogCaptureFixture,
    version: str,
) -> None:
    """The negative control is a run of graph version 1: its checkpoints named them."""
    caplog.set_level(logging.DEBUG)
    built = registry.build(sandbox_variables(systems.url))
    people: list[set[str]] = []
    async with house(tmp_path, built, address=address) as home:
        older = replace(home, service=replace(home.service, graph_version=version))
        async for where in walk(older, systems):
            people.append(named(PERSON, tmp_path, address))
            assert not CHECKPOINTS & named(RESPONDER, tmp_path, address), where
    assert set.union(*people) - CHECKPOINTS == {"runs", "run_events", "decisions"}
    assert bool(set.union(*people) & CHECKPOINTS) is (version == "1")
    assert (PERSON in caplog.text, RESPONDER in caplog.text) == (False, False)
