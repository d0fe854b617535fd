"""agentos doctor"""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from typing import Annotated, NamedTuple

import typer

from agentos.cli.context import AsJson, client, command, finish
from agentos.cli.exits import Exit
from domain.errors import AgentOSError

OnlySystems = Annotated[
    bool,
    typer.Option(
        "--systems", help="Only the systems: credentials, scopes, configured objects. Only reads."
    ),
]


class Finding(NamedTuple):
    """One check: its name, whether it is well, and what is or what to do."""

    name: str
    ok: bool
    detail: str


@command
def doctor(only_systems: OnlySystems = False, as_json: AsJson = False) -> None:
    """Check what AgentOS needs on this machine, and how to cure it."""
    from agentos.cli.output import hung, safe, show, show_json

    findings = [_look("python", _python), _look("settings", _settings)]
    if findings[-1].ok:  # otherwise each of the others would only say the same
        checks = {} if only_systems else {**_of_database(), **_of_service()}
        found = [_look(name, check) for name, check in {**checks, **_of_systems()}.items()]
        findings = found if only_systems else findings + found
    if as_json:
        show_json({"checks": [finding._asdict() for finding in findings]})
    else:
        for name, ok, detail in findings:
            mark = safe("ok     ", "green") if ok else safe("problem", "red")
            show(hung(mark, safe(f"{name}: {detail}")))
    finish(Exit.SUCCEEDED if all(finding.ok for finding in findings) else Exit.FAILED)


def _look(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, ok=True, detail=check())
    except AgentOSError as error:
        return Finding(name, ok=False, detail=f"{error.message} {error.advice}")


def _python() -> str:
    return f"Python {sys.version.split()[0]}"


def _settings() -> str:
    from agentos.settings import load

    settings = load()
    return "sandbox (nothing real is touched)" if settings.sandbox else "the real systems"


def _of_database() -> dict[str, Callable[[], str]]:
    from agentos.cli.postgres_checks import checks
    from agentos.settings import load

    settings = load()
    if not settings.database_url:
        return {"database": _database}
    try:
        return checks(settings)
    except AgentOSError as error:
        return {"database": partial(_raise, error)}


def _raise(error: AgentOSError) -> str:
    raise error


def _database() -> str:
    from agentos.settings import load
    from domain.errors import BadSetting

    path = load().sqlite_db_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
        if path.exists():
            path.open("ab").close()
    except OSError as error:
        raise BadSetting(
            f"SQLITE_DB_PATH ({path}) cannot be written: {error.strerror}.",
            advice="Choose a writable place.",
        ) from error
    return f"{path} can be written"


def _of_service() -> dict[str, Callable[[], str]]:
    from agentos.cli import call_checks

    return {"checkpoints": _checkpoints, "server": _server, **call_checks.checks()}


def _checkpoints() -> str:
    from langgraph.checkpoint.serde import _msgpack

    from domain.errors import BadSetting

    if not _msgpack.STRICT_MSGPACK_ENABLED:
        raise BadSetting(
            "Checkpoints could name code to run.", advice="Unset LANGGRAPH_STRICT_MSGPACK."
        )
    return "only plain data is revived"


def _server() -> str:
    ready = client().call("GET", "/health/ready")
    return ", ".join(f"{name} {said}" for name, said in ready["checks"].items())


def _of_systems() -> dict[str, Callable[[], str]]:
    from agentos.cli.system_checks import checks
    from agentos.settings import load

    return checks(load())
