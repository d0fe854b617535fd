"""How runs, plans and reports look on a terminal."""

from typing import Any

from rich.table import Table
from rich.text import Text

from agentos.cli.output import safe, word

Json = dict[str, Any]

SIGNS = {"create": "+", "update": "~", "adopt": "=", "no_op": "=", "conflict": "!", "blocked": "!"}


def plan_text(plan: Json) -> Text:
    """What would be done, one line per change, with what an approver must not miss."""
    lines = [safe(f"Plan {plan['digest'][:12]} for {plan['company']['name']}", "bold")]
    for system in plan["systems"]:
        lines.append(safe(system, "bold"))
        for change in plan["changes"]:
            if change["system"] == system:
                lines += _change(change)
    return Text("\n").join(lines)


def _change(change: Json) -> list[Text]:
    there = change["kind"] in ("adopt", "no_op")
    line = safe(f"  {SIGNS[change['kind']]} ").append(word(f"{change['kind']:<9}"))
    line.append(safe(f"{change['target']} is there" if there else change["summary"]))
    if change["sends_mail"]:
        line.append(" · sends mail", "yellow")
    if change["undo"] != "full" and not there:
        line.append(f" · undo: {change['undo']}", "yellow")
    return [line, safe(f"              {change['reason']}", "dim")] if change["reason"] else [line]


def run_table(items: list[Json]) -> Table:
    """Runs, one line each."""
    table = Table(expand=False)
    for name in ("run", "company", "status", "systems", "launched"):
        table.add_column(name, overflow="fold")
    for run in items:
        done = {step["system"]: step["status"] for step in run["steps"]}
        systems = Text(" ").join(
            safe(name, word(done.get(name, "")).style or "dim")  # type: ignore[arg-type]
            for name in run["systems"]
        )
        table.add_row(
            safe(run["run_id"]),
            safe(run["company_name"]),
            word(run["status"]),
            systems,
            safe(run["created_at"][:19]),
        )
    return table


def made_text(run: Json) -> Text:
    """What each system holds, with links."""
    lines = []
    for step in run["steps"]:
        lines.append(safe(step["system"], "bold").append(" ").append(word(step["status"])))
        lines.append(safe(f"  {step['details']}"))
        for resource in step["resources"]:
            sign = "+ made   " if resource["created_by_us"] else "= adopted"
            line = safe(f"  {sign} {resource['kind']}: {resource['label'] or resource['id']}")
            lines.append(line.append(safe(f"  {resource['url'] or ''}", "dim")))
        if step["hint"]:
            lines.append(safe(f"  {step['hint']}", "dim"))
    return Text("\n").join(lines)


def report_text(report: Json) -> Text:
    """The report as it is filed."""
    lines = [safe(report["headline"], "bold")]
    marks = {"success": "✓", "pending": "…", "skipped": "–", None: "·"}
    for line in report["checklist"]:
        mark = marks.get(line["status"], "✗")
        lines.append(safe(f" {mark} {line['text']}"))
    lines += [safe(f" ! left: {left}") for left in report["leftovers"]]
    return Text("\n").join(lines)


def event_line(event: Json) -> Text | None:
    """One event in one line; None for those that say nothing to a person."""
    data: Json = event["data"]
    match event["type"]:
        case "run_launched":
            text = f"launched for {data['company']['name']}"
        case "plan_proposed":
            text = f"planned {len(data['plan']['changes'])} changes"
        case "approval_requested":
            text = "waits for approval"
        case "decision_recorded":
            decision = data["decision"]
            text = f"{decision['responder']} decided: {decision['kind']}"
        case "step_started":
            text = f"{data['system']}: started (attempt {data['attempt']})"
        case "change_applied":
            made = "done" if data["resource"]["created_by_us"] else "was there"
            text = f"{data['system']}: {made}: {data['summary']}"
        case "step_finished":
            result = data["result"]
            what = "read back and as planned" if result["verified"] else result["status"]
            text = f"{result['system']}: {what}. {result['details']}"
        case "retry_scheduled":
            text = f"{', '.join(data['systems'])}: again in {data['after_seconds']:.1f} s"
        case "escalation_requested":
            text = f"needs a person: {', '.join(data['request']['systems'])}"
        case "step_undone":
            text = f"{data['system']}: undone {len(data['undone'])}, left {len(data['left'])}"
        case "planning_started" | "validation_started" | "reporting_started":
            return None
        case kind:
            text = kind.removeprefix("run_").replace("_", " ")
    return safe(f"{event['at'][11:19]}  {text}")
