"""Pictures of batches."""

from typing import Any

from rich.table import Table
from rich.text import Text

from agentos.cli.output import safe, word


def batch_table(batches: list[dict[str, Any]]) -> Table:
    """One line for each batch."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("batch", "file", "state", "rows", "by", "uploaded"):
        table.add_column(title, justify="right" if title == "rows" else "left")
    for batch in batches:
        table.add_row(
            safe(batch["batch_id"]),
            safe(batch["name"]),
            word(batch["state"]),
            safe(batch["size"]),
            safe(batch["created_by"]),
            safe(batch["created_at"][:16].replace("T", " ")),
        )
    return table


def progress(batch: dict[str, Any]) -> Text:
    """How far a batch has come, on one line."""
    done = batch["done"] - batch["by_status"].get("faulty", 0)  # a faulty row has not even begun
    line = safe(f"{batch['batch_id']} {batch['state']}: {done} of {batch['size']} done")
    for status, count in sorted(batch["by_status"].items()):
        line.append(" · ").append_text(word(status)).append(f" {count}")
    if batch["left"] and batch["per_minute"]:
        line.append(f" · {batch['per_minute']:g} a minute")
    return line


def faults(rows: list[dict[str, Any]]) -> Table:
    """Rows that cannot be launched, and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("line", "company", "field", "what is wrong"):
        table.add_column(title, justify="right" if title == "line" else "left")
    for row in rows:
        table.add_row(
            safe(row["line"]),
            safe(row["company_name"]),
            safe(row["field"] or ""),
            safe(row["problem"] or "", "red"),
        )
    return table
