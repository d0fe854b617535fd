"""agentos serve, agentos dev, agentos sandbox"""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, command, finish
from agentos.cli.exits import Exit

Port = Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65_535, metavar="PORT")]
Stop = Annotated[bool, typer.Option("--stop-with-stdin", hidden=True)]
Data = Annotated[Path | None, typer.Option(help="Keep all data in this folder.", metavar="FOLDER")]
Db = Annotated[Path, typer.Option(help="Where its objects are kept.", metavar="FILE")]


@command
def sandbox(
    port: Port = 0,
    db: Db = Path("tmp/sandbox.db"),
    as_json: AsJson = False,
    stop_with_stdin: Stop = False,
) -> None:
    """Serve stand-ins of the four systems on this machine."""
    import sqlite3

    from agentos.cli.output import say, show_json
    from agentos.serving import listen
    from domain.errors import BadSetting
    from sandbox.serve import run

    def ready(url: str) -> None:
        if as_json:
            show_json({"url": url})
        else:
            say(f"The sandbox listens at {url} and keeps its objects in {db}.")

    if port:
        listen("127.0.0.1", port).close()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            run("127.0.0.1", port, db, ready, stop_when_stdin_closes=stop_with_stdin)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise BadSetting(
            f"The sandbox cannot keep its objects in {db}: {why}.",
            advice="Choose a place that can be written.",
        ) from error


@command
def serve(
    host: Annotated[
        str | None, typer.Option(help="Default: AGENTOS_HOST.", metavar="ADDRESS")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Default: AGENTOS_PORT.", metavar="PORT")] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only serve: `agentos worker` executes the runs.")
    ] = False,
    as_json: AsJson = False,
    stop_with_stdin: Stop = False,
) -> None:
    """Serve the API and execute runs in the systems of the settings."""
    from agentos.cli.output import say, show_json

    chosen = {"agentos_host": host, "agentos_port": port, "agentos_executes": not no_worker}

    def ready(url: str) -> None:
        if as_json:
            show_json({"url": url})
        else:
            say(f"AgentOS listens at {url} (docs: {url}/docs).")

    _run({k: v for k, v in chosen.items() if v is not None}, ready, stop_with_stdin)


@command
def dev(
    port: Port = 7777,
    data: Data = None,
    postgres: Annotated[
        bool, typer.Option("--postgres", help="On a Postgres of its own instead of SQLite.")
    ] = False,
    as_json: AsJson = False,
    stop_with_stdin: Stop = False,
    for_demo: Annotated[bool, typer.Option("--for-demo", hidden=True)] = False,
) -> None:
    """Server, worker and sandbox in one go, on this machine only."""
    import logging

    from agentos.cli import processes
    from agentos.cli.output import say, show_json
    from agentos.serving import listen
    from agentos.settings import load

    if for_demo:  # which tells of its own doors
        logging.getLogger("agentos.doors").setLevel(logging.ERROR)
    values: dict[str, Any] = {"agentos_host": "127.0.0.1", "agentos_port": port, "sandbox": True}
    values |= processes.inside(data) if data else {}
    settings = load(**values)
    listen("127.0.0.1", port).close()  # before anything is started for nothing
    gone = False
    with (
        processes.started("sandbox", "--db", str(settings.sandbox_db_path)) as child,
        _database(settings, postgres) as database,
    ):
        _imported()  # while the sandbox starts
        found = processes.ready(child, "sandbox")
        values |= {"sandbox_url": found["url"], **database}

        def ready(url: str) -> None:
            if as_json:
                show_json({"url": url, "sandbox_url": found["url"]})
                return
            say(f"Console      {url}\nAPI          {url}/docs\nSandbox      {found['url']}\n")
            if settings.agentos_auth == "keys":
                name, value = next(iter(database.items()))
                say(_KEY.replace("DATABASE", f"{name.upper()}={value}"))
            say(_TRY.replace("URL", url))

        async def sandbox_gone() -> None:
            nonlocal gone
            await processes.over(child)
            gone = True
            say("The sandbox has ended, so the server ends too.", "red")

        _run(values, ready, stop_with_stdin, sandbox_gone)
    if gone:
        finish(Exit.FAILED)


_KEY = """Callers show a key (-H 'authorization: Bearer KEY'), and browsers enter it. Make one:
  DATABASE agentos keys create --owner you --scope admin
"""
_TRY = """Try it:
  curl -s URL/api/v1/runs -H 'content-type: application/json' \\
    -d '{"company_name": "Acme Corp", "idempotency_key": "acme-001"}'
  curl -s URL/webhooks/approval -H 'content-type: application/json' \\
    -d '{"run_id": "RUN_ID", "approved": true, "responder": "you"}'
Stop with Ctrl+C."""


@contextlib.contextmanager
def _database(settings: Any, postgres: bool) -> Iterator[dict[str, Any]]:
    """Where the data is kept, as settings."""
    from agentos.local_postgres import local_postgres

    if not postgres:
        yield {"sqlite_db_path": settings.sqlite_db_path}
        return
    with local_postgres(settings.sqlite_db_path.parent / "postgres") as url:
        yield {"database_url": url}


def _imported() -> None:
    """The slow part of starting the server."""
    import agentos.wiring  # noqa: F401


def _run(
    values: dict[str, Any],
    ready: Callable[[str], None],
    stop_with_stdin: bool,
    also: Callable[[], Any] | None = None,
) -> None:
    from agentos.serving import listen, serve
    from agentos.settings import load
    from agentos.wiring import application

    settings = load(**values)
    app = application(settings)
    listener = listen(settings.host, settings.port)

    async def until() -> None:
        ends = [asyncio.ensure_future(e()) for e in (also, stop_with_stdin and _stdin_closed) if e]
        try:
            await (asyncio.wait(ends, return_when="FIRST_COMPLETED") if ends else asyncio.Future())
        finally:
            for end in ends:
                end.cancel()

    asyncio.run(serve(app, listener, ready, until))


async def _stdin_closed() -> None:
    """Over when the parent process is, since standard input is a pipe from it."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
