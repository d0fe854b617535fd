"""Runs as a release left them parked, kept for all later ones: `python -m tests.faults.golden`.

Of each question a run can be parked at there is a dump from either database. A release whose graph
differs raises `GRAPH_VERSION`, makes its own and keeps the old ones.
"""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine

import agentos.settings  # noqa: F401 - before anything imports langgraph, which reads it once
from domain.ports import System
from domain.status import RunStatus
from graph.build import GRAPH_VERSION
from server.lifecycle import pauses
from server.store import migrate
from tests.doubles.house import DANA, House, house
from tests.doubles.toy import ToyWorld, toy
from tests.postgres import empty_database, postgres_server

FOLDER = Path(__file__).parents[1] / "data" / "checkpoints"
PARKED = {
    "approval": RunStatus.AWAITING_APPROVAL,
    "escalation": RunStatus.ESCALATED,
    "pause": RunStatus.PAUSED,
}
PEOPLE = [{"name": "Dana", "email": "dana@example.com"}]
NAMES = ("slack", "github", "grants")
_FILES = ("agentos.db", "checkpoints.db")
_TABLES = (
    "companies",
    "runs",
    "run_events",
    "decisions",
    "effects",
    "checkpoints",
    "checkpoint_blobs",
    "checkpoint_writes",
)

Worlds = Mapping[str, ToyWorld]


def systems(worlds: Worlds) -> dict[str, System]:
    """Three systems of two objects each."""
    return {name: toy(name, world, ("a", "b")) for name, world in worlds.items()}


async def park(home: House, worlds: Worlds, where: str) -> str:
    """A run that is parked there and that no worker has in hand."""
    run_id = (await home.launch(contacts=PEOPLE)).run_id
    await home.until(run_id, RunStatus.AWAITING_APPROVAL)
    if where == "escalation":
        worlds["github"].faults = ["refused"]
    if where == "pause":
        for world in worlds.values():
            world.slow_seconds = 0.3
    if where != "approval":
        await home.decide(run_id, "approve")
    if where == "pause":
        while not all(world.calls for world in worlds.values()):
            await asyncio.sleep(0.01)
        await pauses.pause(home.service, run_id, DANA)
    await home.until(run_id, PARKED[where])
    return run_id


def dumped(folder: Path, address: str | None) -> Any:
    """All that is kept about runs; what is queued is not, since that may be lost."""
    if address is None:
        found = {}
        for name in _FILES:
            with closing(sqlite3.connect(folder / name)) as file:
                found[name] = list(file.iterdump())
        return found
    with psycopg.connect(address) as connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ()
        rows = {
            table: connection.execute(f"SELECT to_json(t) FROM {table} t".encode()).fetchall()
            for table in _TABLES
        }
    return {"version": version, "rows": {table: [row for (row,) in rows[table]] for table in rows}}


def restore(folder: Path, address: str | None, dump: Any) -> None:
    """The tables as they were in that release, with what was in them."""
    if address is None:
        for name in _FILES:
            with closing(sqlite3.connect(folder / name)) as file:
                file.executescript("\n".join(dump[name]))
        return
    engine = create_engine("postgresql+psycopg://", connect_args=conninfo_to_dict(address))
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection), dump["version"])
    engine.dispose()
    with psycopg.connect(address) as database:
        for table, rows in dump["rows"].items():
            if rows:
                columns = ", ".join(rows[0])
                query = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM "
                query += f"json_populate_recordset(NULL::{table}, %s)"
                database.execute(query.encode(), (json.dumps(rows),))


def path(version: str, where: str, address: str | None) -> Path:
    """Where a dump lies."""
    return FOLDER / version / f"{where}-{'sqlite' if address is None else 'postgres'}.json"


async def make(where: str, address: str | None) -> None:
    """Write the dump of this release."""
    with tempfile.TemporaryDirectory() as name:
        worlds = {name: ToyWorld() for name in NAMES}
        async with house(Path(name), systems(worlds), address=address) as home:
            run_id = await park(home, worlds, where)
        found = dumped(Path(name), address)
    objects = {name: world.objects for name, world in worlds.items()}
    target = path(GRAPH_VERSION, where, address)
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = {"run_id": run_id, "objects": objects, "dump": found}
    target.write_text(json.dumps(kept, indent=1) + "\n")


def main() -> None:
    """Write them all."""
    with postgres_server() as server:
        for where in PARKED:
            asyncio.run(make(where, None))
            with empty_database(server) as address:
                asyncio.run(make(where, address))


if __name__ == "__main__":
    main()
