"""What the stand-ins hold: JSON documents in one SQLite file, committed write by write."""

import json
import sqlite3
from contextvars import ContextVar
from pathlib import Path
from typing import Any

Body = dict[str, Any]

horizon: ContextVar[int | None] = ContextVar("horizon", default=None)
"""While set, objects younger than this are not seen: a system whose reads lag behind."""


class Store:
    """Documents by system, kind and id. A write is on the disk when the call returns."""

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(
            """
            CREATE TABLE IF NOT EXISTS objects (
                n INTEGER PRIMARY KEY AUTOINCREMENT,
                system TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
                UNIQUE (system, kind, id)
            );
            CREATE TABLE IF NOT EXISTS counters (
                system TEXT NOT NULL, kind TEXT NOT NULL, value INTEGER NOT NULL,
                PRIMARY KEY (system, kind)
            );
            """
        )

    def close(self) -> None:
        self._db.close()

    def get(self, system: str, kind: str, id: str | int) -> Body | None:
        """The document, or None."""
        row = self._db.execute(
            "SELECT body FROM objects WHERE system=? AND kind=? AND id=? AND n<=?",
            (system, kind, str(id), self._limit()),
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, system: str, kind: str, id: str | int, body: Body) -> None:
        """Insert or replace; a replaced document keeps its place in the order."""
        self._db.execute(
            "INSERT INTO objects (system, kind, id, body) VALUES (?,?,?,?)"
            " ON CONFLICT (system, kind, id) DO UPDATE SET body=excluded.body",
            (system, kind, str(id), json.dumps(body)),
        )

    def delete(self, system: str, kind: str, id: str | int) -> bool:
        """Whether there was anything to delete."""
        found = self._db.execute(
            "DELETE FROM objects WHERE system=? AND kind=? AND id=?", (system, kind, str(id))
        )
        return found.rowcount > 0

    def all(self, system: str, kind: str) -> list[Body]:
        """All documents of a kind, oldest first."""
        rows = self._db.execute(
            "SELECT body FROM objects WHERE system=? AND kind=? AND n<=? ORDER BY n",
            (system, kind, self._limit()),
        )
        return [json.loads(body) for (body,) in rows]

    def kinds(self) -> list[tuple[str, str]]:
        """What there is, as (system, kind)."""
        rows = self._db.execute("SELECT DISTINCT system, kind FROM objects ORDER BY system, kind")
        return [(system, kind) for system, kind in rows]

    def next_id(self, system: str, kind: str) -> int:
        """1, 2, 3 … for each kind; never given out twice."""
        (value,) = self._db.execute(
            "INSERT INTO counters VALUES (?,?,1) ON CONFLICT (system, kind)"
            " DO UPDATE SET value=value+1 RETURNING value",
            (system, kind),
        ).fetchone()
        return int(value)

    def newest(self) -> int:
        """The position of the youngest document, for `horizon`."""
        (value,) = self._db.execute("SELECT COALESCE(MAX(n), 0) FROM objects").fetchone()
        return int(value)

    def clear(self, *systems: str) -> None:
        """Forget the documents of these systems, or of all but the sandbox's own."""
        chosen = systems or tuple({s for s, _ in self.kinds() if s != "_sandbox"})
        for system in chosen:
            self._db.execute("DELETE FROM objects WHERE system=?", (system,))
            self._db.execute("DELETE FROM counters WHERE system=?", (system,))

    def _limit(self) -> int:
        limit = horizon.get()
        return 2**62 if limit is None else limit
