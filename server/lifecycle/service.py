"""What the lifecycle verbs work with."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from domain.errors import NotAllowed, VersionMismatch
from domain.policies import ONE_APPROVAL, Policy
from domain.ports import Reader, System
from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT, Scope, permits
from server.lifecycle.intake import Intake
from server.store.database import Database
from server.store.transactions import Transaction


class Engine(Protocol):
    """Executes runs. A wake is a doorbell rung in the caller's transaction."""

    async def wake(
        self, tx: Transaction, run_id: str, *, priority: int = 0, at: datetime | None = None
    ) -> None:
        """This run needs work, from `at` on; takes effect if and when `tx` commits."""
        ...

    @property
    def alive(self) -> bool:
        """Whether runs are being executed."""
        ...


ANY_RUN = "*"
"""What to listen for to hear of every run."""


class Bell:
    """Rings whenever a run has changed: here, and through `tell` in the other processes."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self.tell: Callable[[str], None] = lambda _run_id: None

    def announce(self, run_id: str) -> None:
        """This process has changed the run."""
        self.ring(run_id)
        self.tell(run_id)

    def ring(self, run_id: str) -> None:
        """Wake everybody who waits for this run, or for any."""
        for event in (*self._waiting.get(run_id, ()), *self._waiting.get(ANY_RUN, ())):
            event.set()

    @contextmanager
    def listen(self, run_id: str) -> Iterator[asyncio.Event]:
        """An event that is set by every ring from now on; read the run after entering."""
        event = asyncio.Event()
        self._waiting.setdefault(run_id, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[run_id].discard(event)
            if not self._waiting[run_id]:
                del self._waiting[run_id]


def wish(run_id: str) -> str:
    """What the worker of a run listens for; it need not hear of every event, as it writes them."""
    return f"{run_id}!"


@dataclass(frozen=True)
class Actor:
    """Who acts, and through which door (`api`, `webhook`, `cli`, `console`).

    `name` is the person, whichever key was used; `groups` are those that may be asked together.
    Only `scopes` permit anything. An `unproved` name is only what the caller says: it is so with
    everybody where nobody has to log in.
    """

    name: str
    door: str
    tenant: str = DEFAULT_TENANT
    groups: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    unproved: bool = False

    def kept(self) -> dict[str, Any]:
        """All but the door, to be stored until something is done for this person."""
        return {
            "name": self.name,
            "tenant": self.tenant,
            "groups": sorted(self.groups),
            "scopes": sorted(self.scopes),
            "unproved": self.unproved,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any], door: str) -> "Actor":
        """Whoever wished it, now that it is done for them."""
        return cls(
            kept["name"],
            door,
            tenant=kept["tenant"],
            groups=frozenset(kept["groups"]),
            scopes=frozenset(Scope(word) for word in kept["scopes"]),
            unproved=kept["unproved"],
        )

    def require(self, scope: Scope) -> None:
        """`NotAllowed` without this scope; to be asked before anything is looked up."""
        if not permits(self.scopes, scope):
            raise NotAllowed(f"This needs the scope {scope}.")


@dataclass(frozen=True)
class Service:
    """The store, the engine, the systems by name, and the bell.

    `reader` reads requests in words for previews; runs have their own. `graph_version` marks new
    runs; `probes` answer `ok` or what is wrong. `four_eyes` holds where the policy does not say.
    `process` is this one's name; with `stand_ins` no system is real.
    """

    database: Database
    engine: Engine
    systems: Mapping[str, System]
    graph_version: str
    probes: Mapping[str, Callable[[], Awaitable[str]]] = field(default_factory=dict)
    bell: Bell = field(default_factory=Bell)
    intake: Intake = field(default_factory=Intake)
    policy: Policy = ONE_APPROVAL
    four_eyes: bool = False
    reader: Reader | None = None
    process: str = "here"
    stand_ins: bool = False

    def changed(self, tx: Transaction, run_id: str) -> None:
        """Ring for this run when `tx` commits."""
        tx.after_commit(lambda: self.bell.announce(run_id))

    def wished(self, tx: Transaction, run_id: str) -> None:
        """The same when somebody wants it to pause or to end: its worker is to look at once."""
        self.changed(tx, run_id)
        tx.after_commit(lambda: self.bell.announce(wish(run_id)))


def check_version(run: RunState, if_version: int | None) -> None:
    """`VersionMismatch` if the caller decided on an older version of the run."""
    if if_version is not None and run.version != if_version:
        raise VersionMismatch(
            f"The run is at version {run.version}; the request was made for {if_version}."
        )
