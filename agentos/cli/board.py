"""How far each system is: a few lines that stay below the log while a run is followed."""

from dataclasses import dataclass, field
from typing import Any

from rich.progress_bar import ProgressBar
from rich.table import Table

from agentos.cli.events import told
from agentos.cli.output import safe

Json = dict[str, Any]


@dataclass
class _Row:
    wanted: int = 0
    done: set[str] = field(default_factory=set)
    said: str = ""


class Board:
    """A row for each system, which changes with every event."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def plan(self, plan: Json | None) -> None:
        """Learn what there is to do."""
        for change in plan["changes"] if plan else ():
            self._row(change["system"]).wanted += 1

    def note(self, event: Json) -> None:
        """Learn what has happened."""
        data = event["data"]
        if event["type"] == "plan_proposed":
            self._rows.clear()
            self.plan(data["plan"])
        if event["type"] == "change_applied":
            self._row(data["system"]).done.add(data["key"])
        said = told(event)
        for system in said.systems if said else ():
            self._row(system).said = said.text if said else ""

    def _row(self, system: str) -> _Row:
        return self._rows.setdefault(system, _Row())

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in ("system", "bar", "count"):
            table.add_column(no_wrap=True)
        table.add_column()  # the one that gives way
        for system, row in self._rows.items():
            if row.said:
                bar = ProgressBar(total=row.wanted, completed=len(row.done), width=16)
                count = safe(f"{len(row.done)} of {row.wanted}")
                said = safe(row.said, "dim")
                said.no_wrap, said.overflow = True, "ellipsis"
                table.add_row(safe(system, "bold"), bar, count, said)
        return table
