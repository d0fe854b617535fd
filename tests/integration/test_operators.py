"""agentos audit and agentos webhooks: beside a service, and after somebody was at the database."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agentos.cli.main import app
from server.store import outbox
from server.store.destinations import Destinations
from tests.doubles.house import house
from tests.doubles.toy import ToyWorld, toy


def agentos(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "agentos.db"
    monkeypatch.setenv("SQLITE_DB_PATH", str(path))
    return path


def _tampered(store: Path, *statements: str) -> None:
    with closing(sqlite3.connect(store)) as database, database:
        for statement in statements:
            database.execute(statement)


def test_log_is_read_and_verified_beside_the_service_and_after_tampering(store: Path) -> None:
    async def live() -> list[tuple[int, str]]:
        async with house(store.parent, {"slack": toy("slack", ToyWorld())}, served=False) as home:
            for name in ("Acme Corp", "Globex", "Initech"):
                await home.launch(name)
            commands = (("verify", "--json"), ("export",))
            return [await asyncio.to_thread(agentos, "audit", *each) for each in commands]

    (code, said), (exported, lines) = asyncio.run(live())
    assert (code, exported) == (0, 0)
    told: dict[str, Any] = json.loads(said)
    assert (told["ok"], told["entries"]) == (True, 3)
    entries = [json.loads(line) for line in lines.splitlines()]
    assert [entry["action"] for entry in entries] == ["run.launch"] * 3
    assert f"3:{entries[2]['hash']}" == told["head"]

    cut = f"UPDATE audit_head SET seq = 2, hash = '{entries[1]['hash']}'"
    drops = ("audit_stays", "audit_stays_so", "audit_head_grows")
    _tampered(store, *(f"DROP TRIGGER {each}" for each in drops))
    _tampered(store, "DELETE FROM audit WHERE seq = 3", cut)
    assert agentos("audit", "verify")[0] == 0
    code, said = agentos("audit", "verify", "--head", told["head"])
    assert code == 1
    assert "entry 3 was there" in said
    _tampered(store, "UPDATE audit SET actor = 'erin' WHERE seq = 1")
    code, said = agentos("audit", "verify")
    assert code == 1
    assert "Entry 1 was changed." in said


def test_use_is_wrong_when_there_is_no_log_or_no_head(store: Path) -> None:
    code, said = agentos("audit", "export")
    assert code == 2
    assert "SQLITE_DB_PATH" in said
    code, said = agentos("audit", "verify", "--head", "nonsense")
    assert code == 2
    assert "--head" in said


def test_dead_letters_are_listed_and_sent_again(store: Path) -> None:
    async def live() -> None:
        async with house(store.parent, {"slack": toy("slack", ToyWorld())}, served=False) as home:
            home.service.database.destinations = Destinations({"hook:x": frozenset()})
            await home.launch("Acme Corp")
            async with home.service.database.write() as tx:
                (parcel,) = await outbox.take(tx, "hook:x", 9, 60.0)
                await outbox.failed(tx, parcel, "It said no.", after_seconds=None)

    asyncio.run(live())
    (letter,) = json.loads(agentos("webhooks", "dead", "--json")[1])
    assert (letter["receiver"], letter["fault"]) == ("hook:x", "It said no.")
    assert "1 given up" in agentos("webhooks", "dead")[1]
    assert agentos("webhooks", "again") == (0, "1 are sent again.\n")
    assert "0 given up" in agentos("webhooks", "dead")[1]
