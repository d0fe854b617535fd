"""How runs, plans and reports look on a terminal."""

from collections.abc import Iterator
from shlex import quote
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agentos.cli.events import thing
from agentos.cli.output import hung, safe, word

Json = dict[str, Any]

SIGNS = {"create": "+", "update": "~", "adopt": "=", "no_op": "=", "conflict": "!", "blocked": "!"}


def plan_lines(plan: Json) -> Iterator[RenderableType]:
    """What would be done, one line per change, with what an approver must not miss."""
    yield safe(f"Plan {plan['digest'][:12]} for {plan['company']['name']}", "bold")
    yield from change_lines(plan)


def change_lines(plan: Json) -> Iterator[RenderableType]:
    """The changes of a plan or of a preview, by system."""
    for system in plan["systems"]:
        yield safe(system, "bold")
        for change in plan["changes"]:
            if change["system"] == system:
                yield hung(safe(f"  {SIGNS[change['kind']]}"), _change(change))


def _change(change: Json) -> Text:
    match change["kind"]:
        case "adopt":
            return safe(f"adopt {change['target']}. {change['reason'] or ''}")
        case "no_op":
            return safe(f"leave {change['target']} as it is")
        case "conflict" | "blocked" as kind:
            line = word(kind).append(safe(f": {change['summary']}. {change['reason'] or ''}"))
            adoptable = "adopt" in change.get("options", [])
            return (
                line.append(safe(f" --adopt {quote(change['target'])}", "dim"))
                if adoptable
                else line
            )
    line = safe(change["summary"])
    if change["sends_mail"]:
        line.append(" · sends mail", "yellow")
    if change["undo"] != "full":
        line.append(f" · undo: {change['undo']}", "yellow")
    return line


def terms_lines(run: Json) -> Iterator[str]:
    """What an open question asks beside one answer by anybody, at any time."""
    terms, given = run["open_request"]["terms"], run["waiting"]["approvals"]
    if terms["approvals"] > 1:
        names = ", ".join(one["responder"] for one in given) or "nobody"
        yield f"{terms['approvals']} people must approve; so far {names} did."
    who = (*terms["approvers"]["people"], *terms["approvers"]["groups"])
    if who:
        yield f"It is for these to answer: {', '.join(who)}."
    if run["expires_at"]:
        yield f"It is closed at {run['expires_at'][:19].replace('T', ' ')} UTC."


def run_table(items: list[Json]) -> Table:
    """Runs, one line each."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("run", "status", "systems", "launched"):
        table.add_column(name, no_wrap=True)
    table.add_column("company", overflow="fold")
    for run in items:
        settled = sum(step["status"] in ("success", "pending") for step in run["steps"])
        table.add_row(
            safe(run["run_id"]),
            word(run["status"]),
            safe(f"{settled} of {len(run['systems'])}"),
            safe(run["created_at"][5:16].replace("T", " ")),
            safe(run["company_name"]),
        )
    return table


def question_table(items: list[Json]) -> Table:
    """Runs that wait for a person, one line each."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("run", "waits for", "systems", "since"):
        table.add_column(name, no_wrap=True)
    table.add_column("company", overflow="fold")
    for run in items:
        asked = run["open_request"] or {}
        table.add_row(
            safe(run["run_id"]),
            word(run["status"]),
            safe(", ".join(asked.get("systems") or run["systems"])),
            safe(run["updated_at"][5:16].replace("T", " ")),
            safe(run["company_name"]),
        )
    return table


def made(run: Json) -> Iterator[RenderableType]:
    """What each system holds, with links."""
    for step in run["steps"]:
        yield safe(f"{step['system']} ", "bold").append(word(step["status"]))
        if step["status"] != "success":
            yield hung(Text(" "), safe(step["details"]))
        shown = None
        for resource in step["resources"]:
            yield hung(safe(f"  {_state(resource)}"), safe(thing(resource)))
            if resource["url"] not in (None, shown):
                yield safe(f"    {resource['url']}", "dim")
                shown = resource["url"]
        if step["hint"] and step["status"] != "success":
            yield hung(Text(" "), safe(step["hint"], "dim"))


def _state(resource: Json) -> str:
    if resource["pending"]:
        return "… pending"
    return "+ made   " if resource["created_by_us"] else "= adopted"


def report_lines(report: Json) -> Iterator[RenderableType]:
    """The report as it is filed."""
    yield safe(report["headline"], "bold")
    marks = {"success": "✓", "pending": "…", "skipped": "–", None: "·"}
    for line in report["checklist"]:
        yield hung(safe(f" {marks.get(line['status'], '✗')}"), safe(line["text"]))
    for left in report["leftovers"]:
        yield hung(safe(" !"), safe(f"left: {left}"))
