"""What a test must not leave behind, in sentences: none when all is well.

The store is read with its driver alone, so that a fault of ours cannot hide what it left.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.events import RecordedEvent
from domain.runs import RunState, reduce
from domain.status import TERMINAL, WORKING

Body = dict[str, Any]
State = Mapping[str, Mapping[str, list[Body]]]

_LEDGER = {"slack": "slack", "github": "github", "brevo": "newsletter", "grants": "grants"}
_LOOKS, _PAUSE_SECONDS = 1_000, 0.01
_ASKED = "agentos_approval"
_BESIDE = {
    ("brevo", "contact"),
    ("slack", "ephemeral"),
    ("github", "cancelled_invitation"),
    ("github", "token"),
}
"""Made by the system itself: a contact stands there since it was sent a mail."""


def of_tasks() -> list[str]:
    """Work that goes on in this loop."""
    mine = asyncio.current_task()
    return [f"a task is pending: {task}" for task in asyncio.all_tasks() if task is not mine]


def of_store(path: Path) -> list[str]:
    """Gaps in logs, rows that are not the fold of theirs, checkpoints that nobody needs."""
    with closing(_read(path)) as store:
        return [*_gaps(store), *_checkpoints(store, path)]


async def of_engine(path: Path) -> list[str]:
    """Leases that are still held when the engine has had the time to come to rest.

    To be asked while it lives: one that is stopped in the middle leaves what it holds to its next
    life.
    """
    held: list[str] = []
    for _ in range(_LOOKS):
        with closing(_read(path)) as store:
            held = list(_leases(store))
        if not held:
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    return held


def of_sandbox(path: Path, before: State, after: State) -> list[str]:
    """Objects in the systems that no entry of the ledger says we made."""
    with closing(_read(path)) as store:
        query = "SELECT system, remote_id FROM effects WHERE created_by_us"
        rows = Counter((system, _trunk(str(found))) for system, found in store.execute(query))
    there: Counter[tuple[str, str]] = Counter()
    for system, kinds in after.items():
        for kind, objects in kinds.items():
            old = {_key(body) for body in before.get(system, {}).get(kind, ())}
            new = [body for body in objects if _key(body) not in old and not _asks(body)]
            if (system, kind) not in _BESIDE:
                there.update((_LEDGER[system], _trace(system, kind, body, after)) for body in new)
    return [f"{system} has {trace} without an entry" for system, trace in there - rows]


def _read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _leases(store: sqlite3.Connection) -> Iterator[str]:
    query = (  # a question may have a time at which it is looked at again
        "SELECT run_id, status FROM runs WHERE owner IS NOT NULL"
        " OR wake_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')"
    )
    for run_id, status in store.execute(query):
        if status not in WORKING:
            yield f"{run_id} is {status}, and somebody works on it"


def _gaps(store: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT seq, at, actor, body AS event FROM run_events WHERE run_id = ? ORDER BY seq"
    for run_id, state in store.execute("SELECT run_id, state FROM runs").fetchall():
        log = [
            RecordedEvent(
                seq=seq,
                at=datetime.fromisoformat(at).replace(tzinfo=UTC),
                actor=actor,
                event=json.loads(event),
            )
            for seq, at, actor, event in store.execute(query, (run_id,))
        ]
        if [event.seq for event in log] != list(range(1, len(log) + 1)):
            yield f"the log of {run_id} has a gap"
        elif reduce(run_id, log) != RunState.model_validate_json(state):
            yield f"the row of {run_id} is not the fold of its log"


def _checkpoints(store: sqlite3.Connection, path: Path) -> Iterator[str]:
    """An ended run that nobody is told to look at keeps no checkpoints."""
    query = "SELECT run_id, status FROM runs WHERE wake_at IS NULL AND owner IS NULL"
    ended = {run_id for run_id, status in store.execute(query) if status in TERMINAL}
    for file in path.parent.glob("*checkpoints.db"):
        with closing(_read(file)) as saved:
            for (thread,) in saved.execute("SELECT DISTINCT thread_id FROM checkpoints"):
                if thread in ended:
                    yield f"{thread} has ended and keeps checkpoints"


def _asks(body: Body) -> bool:
    """A question put to people in a chat is no effect of a run: the outbox sees to it."""
    return (body.get("metadata") or {}).get("event_type") == _ASKED


def _key(body: Body) -> str:
    return str(body.get("_id") or body["id"])


def _trunk(found: str) -> str:
    """Of an entry about a person, what it is about without whom."""
    for word in ("/invitation", "/subscriber", "/connect"):
        before, separator, _ = found.partition(f"{word}:")
        if separator:
            return before + word
    return found


def _trace(system: str, kind: str, body: Body, state: State) -> str:
    """The ledger's id of an object."""

    def grant(body: Body) -> str:
        team = _of(state, "team", body["team"])["slug"]
        org = state["github"]["org"][0]["login"]
        return f"{team}/{org}/{_of(state, 'repository', body['repository'])['name']}"

    traces: dict[tuple[str, str], Callable[[Body], str]] = {
        ("slack", "channel"): lambda body: str(body["id"]),
        ("slack", "message"): lambda body: f"{body['channel']}/{body['ts']}",
        ("slack", "connect_invite"): lambda body: f"{body['channel']}/connect",
        ("github", "team"): lambda body: str(body["id"]),
        ("github", "repository"): lambda body: str(body["id"]),
        ("github", "grant"): grant,
        ("github", "invitation"): lambda body: f"{body['team_ids'][0]}/invitation",
        ("github", "membership"): lambda body: f"{body['team']}/membership:{body['login']}",
        ("github", "collaborator"): lambda body: (
            f"{body['repository']}/collaborator:{body['login']}"
        ),
        ("brevo", "list"): lambda body: str(body["id"]),
        ("brevo", "mail"): lambda body: f"{body['listIds'][0]}/subscriber",
        ("grants", "application"): lambda body: str(body["id"]),
    }
    known = traces.get((system, kind))
    return known(body) if known else f"{kind} {_key(body)}"


def _of(state: State, kind: str, number: int) -> Body:
    return next(body for body in state["github"][kind] if body["id"] == number)
