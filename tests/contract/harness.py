"""What every connector is put through, and how a system says what it makes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agentos.sandboxed import sandbox_variables
from domain.companies import Company
from domain.errors import SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Refs, Undone
from domain.steps import Resource
from systems.connector import Connector
from systems.registry import modules
from tests.memory_ledger import MemoryLedger
from tests.sandbox_server import SandboxServer

LAGS = (0.0,) + (0.02,) * 6
"""Look-ups after a lost answer, close together: the sandbox lags by reads, not by time."""

ACME = Company(company_id="co_0123456789abcdef", name="Acme Corp", slug="acme-corp")


@dataclass(frozen=True)
class Stranger:
    """Somebody else's object under our name, or close to it; `put` makes it.

    `resource` is the change that meets it and `kind` what the plan then says of it. `changed`:
    once adopted, it is marked until an undo.
    """

    name: str
    put: Callable[[SandboxServer], None]
    resource: str
    kind: ChangeKind = ChangeKind.CONFLICT
    adoptable: bool = True
    changed: bool = False


@dataclass(frozen=True)
class Creating:
    """A call that makes one object: the change it belongs to, the request, what counts it.

    `kind` is the sandbox's. `stays`: an undo cannot take it back. `aside`: an undo puts it out of
    the way, where it is counted still. `seen`: a lost one can be looked up; otherwise a person is
    asked.
    """

    resource: str
    method: str
    path: str
    kind: str
    seen: bool = True
    stays: bool = False
    aside: bool = False

    @property
    def left(self) -> int:
        """How many there are after an undo."""
        return 1 if self.stays or self.aside else 0


@dataclass(frozen=True)
class Case:
    """One system, with the `strangers` that it may meet.

    `home` is the fixture of the server it runs on, and `point` gives the variables that lead there.
    """

    system: str
    sandbox: str
    creating: tuple[Creating, ...]
    line: Callable[[Refs], str]
    company: Company = ACME
    strangers: tuple[Stranger, ...] = ()
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    timeout_variable: str = ""
    home: str = "sandbox"
    point: Callable[[str], Mapping[str, str]] = sandbox_variables

    def build(self, url: str, **variables: str) -> Connector:
        """The real connector, pointed at `url` and impatient after lost answers."""
        module = modules()[self.system]
        chosen = {**self.point(url), **self.variables, **variables}
        own = {name: value for name, value in chosen.items() if name.startswith(module.PREFIXES)}
        connector = module.build(own)
        assert isinstance(connector, Connector)
        return replace(connector, read_lag_seconds=LAGS)


@dataclass(frozen=True)
class Stage:
    """A case on a running sandbox, with what was there before."""

    case: Case
    server: SandboxServer
    before: Mapping[str, int]

    def connector(self, **variables: str) -> Connector:
        return self.case.build(self.server.url, **variables)

    def count(self, made: Creating) -> int:
        """How many objects of a kind there are now that were not there at the start."""
        now = self.server.counts().get(self.case.sandbox, {}).get(made.kind, 0)
        return now - self.before.get(made.kind, 0)

    def calls(self, made: Creating) -> int:
        """How often the sandbox was called to make such an object."""
        path = f"/{self.case.sandbox}/"
        return sum(
            entry["path"].startswith(path) and _matches(made, entry)
            for entry in self.server.writes(method=made.method)
        )

    def break_it(self, made: Creating, kind: str, **values: object) -> None:
        """Arm a fault for the next call that makes such an object."""
        self.server.fault(
            system=self.case.sandbox,
            method=made.method,
            path_regex=made.path,
            kind=kind,
            **values,
        )


def _matches(made: Creating, entry: Mapping[str, object]) -> bool:
    return re.search(made.path, str(entry["path"])) is not None


async def provision(
    connector: Connector, company: Company, ledger: MemoryLedger, *, tries: int = 1
) -> dict[str, Resource]:
    """Plans and applies everything; a fault is raised when it stays after `tries`."""
    plan = await connector.plan(company, ledger)
    return await carry_out(connector, company, plan, ledger, tries=tries)


async def carry_out(
    connector: Connector,
    company: Company,
    plan: Sequence[Change],
    ledger: MemoryLedger,
    *,
    tries: int = 1,
) -> dict[str, Resource]:
    """Applies an approved plan, from its beginning as a second life of a run does."""
    refs: dict[str, Resource] = {}
    for change in plan:
        refs[change.resource] = await insist(connector, company, change, refs, ledger, tries)
    return refs


async def insist(
    connector: Connector,
    company: Company,
    change: Change,
    refs: Refs,
    ledger: MemoryLedger,
    tries: int,
) -> Resource:
    """Applies one change as a worker does: again, as long as the fault permits it."""
    for last in range(tries - 1, -1, -1):
        try:
            return await connector.apply(company, change, refs, ledger, confirmed=False)
        except SystemFault as fault:
            if not last or not fault.retryable:
                raise
    raise AssertionError("tries must be at least 1")


async def roll_back(connector: Connector, company: Company, ledger: MemoryLedger) -> list[Undone]:
    """Takes everything back, newest first."""
    entries = await ledger.entries(connector.name)
    return [await connector.undo(company, entry, ledger) for entry in reversed(entries)]
