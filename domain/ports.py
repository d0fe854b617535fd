"""What the graph needs from outside, as interfaces; `server` and `systems` implement them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from domain.codes import ErrorCode
from domain.companies import Company, Contact
from domain.events import WorkflowEvent
from domain.launches import LaunchRequest
from domain.plans import Change
from domain.readings import Clarification, Reading
from domain.reports import Report
from domain.sightings import Sighting
from domain.steps import Resource, StepResult


class EffectStatus(StrEnum):
    """`intent`: committed before the call, outcome open. The others close it."""

    INTENT = "intent"
    APPLIED = "applied"
    REFUSED = "refused"
    UNDONE = "undone"
    LEFT = "left"


@dataclass(frozen=True)
class Entry:
    """One line of the effects ledger. `reopened` is true when the intent is older than this try.

    `began_at` is the time of the first intent, on the ledger's clock.
    """

    system: str
    change: Change
    status: EffectStatus
    began_at: datetime
    reopened: bool = False
    resource: Resource | None = None
    note: str = ""


class Ledger(Protocol):
    """The effects of one run. Every method has committed when it returns; `LeaseLost` if fenced."""

    async def intend(self, change: Change) -> Entry:
        """Commit the intent before the call.

        An applied entry is returned as it is. `Halted` if the run is to pause or to end, in the
        same transaction: what was answered 202 before has no further effect. `Retryable` if another
        run holds the same target.
        """
        ...

    async def applied(
        self, change: Change, resource: Resource, *, answered: bool = False
    ) -> Resource:
        """Commit the outcome, and its event with it.

        `answered`: the system has confirmed our own call. An object that was looked up may be
        another's doing: `created_by_us` is cleared when another run's entry claims the id.
        """
        ...

    async def refused(self, change: Change, code: ErrorCode) -> None:
        """Close the intent: the call certainly had no effect."""
        ...

    async def undone(self, change: Change, *, left: bool, note: str) -> None:
        """Record that the effect was taken back, or had to be left."""
        ...

    async def entries(self, system: str) -> Sequence[Entry]:
        """All entries of this run in one system, oldest first."""
        ...

    async def known_ids(self, system: str, company_id: str) -> frozenset[str]:
        """Ids of objects that any run made for this company and has not undone."""
        ...


class Gate(Protocol):
    """The recorded decisions: the only thing that opens the way to an effect."""

    async def approved_digest(self, system: str) -> str | None:
        """The digest of the plan that a person approved for this system, or None."""
        ...


class Journal(Protocol):
    """The event log of one run."""

    async def emit(self, event: WorkflowEvent, *, key: str) -> WorkflowEvent:
        """Append an event once and return what the log holds under `key`.

        A replayed superstep writes nothing and gets back what its first life wrote.
        """
        ...

    async def emit_all(self, events: Mapping[str, WorkflowEvent]) -> Sequence[WorkflowEvent]:
        """The same for several events by key, all or none of them."""
        ...


@dataclass(frozen=True)
class Words:
    """A request in words that is to be read: what came with it, and what was answered since.

    `tokens_used` are those of the run's model calls so far; `asked` is the reading whose question
    was answered last.
    """

    run_id: str
    launch: LaunchRequest
    answered: tuple[Clarification, ...] = ()
    tokens_used: int = 0
    asked: Reading | None = None


@dataclass(frozen=True)
class Facts:
    """What a report is about. `tokens_used` are those of the run's model calls so far."""

    run_id: str
    company: str
    results: Mapping[str, StepResult]
    tokens_used: int = 0


class Reader(Protocol):
    """Reads requests. What its model calls cost is in the journal when it returns."""

    async def read(self, words: Words, journal: Journal) -> Reading:
        """What is asked for, or a question. Nothing is understood that is not in the words."""
        ...


class Writer(Protocol):
    """Puts a report into words. What its model calls cost is in the journal when it returns."""

    async def write(self, report: Report, facts: Facts, journal: Journal) -> Report:
        """The report with its headline and next actions in a model's words, if they hold."""
        ...


class Desk(Protocol):
    """What a run may do beside its own plan."""

    async def settle(self, name: str, slug: str | None) -> Company:
        """The company that this name means, known or new."""
        ...

    async def launch(self, request: LaunchRequest) -> str:
        """Launch another run for the same person; the same idempotency key again is one run."""
        ...


class Health(Protocol):
    """The result of a check of one system: credentials, scopes and configured objects."""

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def error_code(self) -> ErrorCode | None: ...

    @property
    def after_seconds(self) -> float | None: ...


@runtime_checkable
class Watched(Protocol):
    """A system whose calls are watched."""

    def seen(self) -> Sighting:
        """What they have shown in this process; asks nothing."""
        ...


@dataclass(frozen=True)
class Difference:
    """A field that reads back otherwise than planned."""

    field: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.field} is {self.actual}, not {self.expected}"


@dataclass(frozen=True)
class Undone:
    """What became of one object: `left` says that it stays, `note` says what and how."""

    note: str
    left: bool = False


Refs = Mapping[str, Resource]


class System(Protocol):
    """One enterprise system, as the nodes use it. All methods but `apply` and `undo` only read."""

    @property
    def name(self) -> str: ...

    async def check(self) -> Health: ...

    async def plan(self, company: Company, ledger: Ledger) -> Sequence[Change]: ...

    def blocked(self, company: Company, reason: str) -> Sequence[Change]: ...

    async def apply(
        self, company: Company, change: Change, refs: Refs, ledger: Ledger, *, confirmed: bool
    ) -> Resource: ...

    async def verify(
        self, company: Company, change: Change, refs: Refs
    ) -> Sequence[Difference]: ...

    async def look(self, company: Company, change: Change, refs: Refs) -> Resource | None: ...

    async def undo(self, company: Company, entry: Entry, ledger: Ledger) -> Undone: ...

    def describe(self, company: Company, refs: Refs) -> str: ...


def _stay() -> None:
    return


@dataclass(frozen=True)
class NodeContext:
    """What a node may use: one run's ledger, gate and journal, and the systems. Never persisted.

    `contacts` are the people named at launch, who are not in the state; None where it has them.
    `words` is a request that was not read yet, which `reader` and `desk` are for; `writer`
    puts the report into words, where a model does. The
    `newsletter_only` addresses are for no other system; `notes` are told to whoever approves.
    `park` ends the stretch at the next boundary. A wait before a retry that is longer than
    `longest_hold_seconds` holds no worker: the run is parked until then. Within a read no wait is
    longer than `longest_wait_seconds`.
    """

    systems: Mapping[str, System]
    ledger: Ledger
    gate: Gate
    journal: Journal
    contacts: tuple[Contact, ...] | None = None
    words: Words | None = None
    reader: Reader | None = None
    writer: Writer | None = None
    tokens_used: int = 0
    desk: Desk | None = None
    newsletter_only: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    park: Callable[[], None] = _stay
    max_step_retries: int = 3
    backoff_base_seconds: float = 0.5
    backoff_cap_seconds: float = 20.0
    longest_wait_seconds: float = 60.0
    longest_hold_seconds: float = 5.0
