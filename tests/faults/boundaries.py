"""Where it matters that a process dies: found by wrapping what it does, counted, and died at.

A boundary is a save of the checkpointer, a commit of the store, or a request to a system.
"""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from server.store.group_saver import GroupSaver
from server.store.grouped import GroupedPostgres
from server.store.postgres import PostgresDatabase
from server.store.sqlite import SqliteDatabase
from server.store.transactions import Transaction

COMMIT = "commit"
_SAVES = ("aput", "aput_writes", "adelete_thread")
_Write = Callable[..., AbstractAsyncContextManager[Transaction]]


@dataclass
class Boundaries:
    """A twist that writes down the name of each boundary when it is reached.

    At the boundary with the number `at`, or each time at one whose name ends so, the process sends
    itself `end`: before it, or with `after` when it is done.
    """

    names: Path
    at: int | str = 0
    after: bool = False
    end: signal.Signals = signal.SIGKILL
    _reached: int = field(default=0, init=False)

    def __call__(self, patch: pytest.MonkeyPatch) -> None:
        for saver in (AsyncSqliteSaver, GroupSaver):
            for save in _SAVES:
                patch.setattr(saver, save, self._around(getattr(saver, save), lambda *_: ""))
        for store in (SqliteDatabase, PostgresDatabase, GroupedPostgres):
            patch.setattr(store, "write", self._committing(store.write))
        for client, send, name in (
            (httpx.AsyncHTTPTransport, "handle_async_request", _of_httpx),
            (aiohttp.ClientSession, "_request", _of_aiohttp),
        ):
            patch.setattr(client, send, self._around(getattr(client, send), name))

    def found(self) -> list[str]:
        """The names of all that were reached."""
        return self.names.read_text().splitlines()

    def _around[**P, T](
        self, call: Callable[P, Awaitable[T]], name: Callable[..., str]
    ) -> Callable[P, Awaitable[T]]:
        @wraps(call)
        async def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
            due = self._reach(name(*args) or call.__name__)
            answer = await call(*args, **kwargs)
            self._leave(due)
            return answer

        return wrapped

    def _committing(self, write: _Write) -> _Write:
        @asynccontextmanager
        async def wrapped(store: Any) -> AsyncIterator[Transaction]:
            async with write(store) as tx:
                yield tx
                due = self._reach(COMMIT)
            self._leave(due)

        return wrapped

    def _reach(self, name: str) -> bool:
        """Whether this is the one."""
        self._reached += 1
        with self.names.open("a") as file:
            file.write(f"{name}\n")
        due = name.endswith(self.at) if isinstance(self.at, str) else self._reached == self.at
        if due and not self.after:
            os.kill(os.getpid(), self.end)
        return due

    def _leave(self, due: bool) -> None:
        if due and self.after:
            os.kill(os.getpid(), self.end)


def _of_httpx(_transport: Any, request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"


def _of_aiohttp(_session: Any, method: str, url: Any) -> str:
    return f"{method} {urlsplit(str(url)).path}"
