"""Following a run while it happens."""

from typing import Any

from agentos.cli.client import Client
from agentos.cli.output import out, say, show_json
from agentos.cli.pictures import event_line, made_text, plan_text, report_text

Json = dict[str, Any]
_PARKED = ("approval_requested", "escalation_requested", "run_paused")


def follow(client: Client, run_id: str, *, as_json: bool, after: int = 0) -> Json:
    """Print events until the run is parked or ended, then return it.

    Interrupting leaves the run going and says how to come back.
    """
    try:
        for event in client.events(run_id, after):
            if as_json:
                show_json(event)
            elif line := event_line(event):
                out().print(line)
            if event["type"] in _PARKED and client.run(run_id)["version"] == event["seq"]:
                break
    except KeyboardInterrupt:
        say(f"\nThe run goes on. Come back with: agentos run watch {run_id}")
        raise
    return client.run(run_id)


def conclude(run: Json, *, as_json: bool) -> None:
    """Show where the run stands, and what can be done next."""
    if as_json:
        return
    console = out()
    if run["status"] == "awaiting_approval":
        console.print(plan_text(run["plan"]))
        say(f"Nothing is made before somebody decides: agentos approve {run['run_id']}")
        return
    if run["steps"]:
        console.print(made_text(run))
    if run["report"]:
        console.print(report_text(run["report"]))
    if run["status"] == "escalated":
        names = ", ".join(run["open_request"]["systems"])
        say(f"{names}: agentos run retry|skip {run['run_id']} SYSTEM, or cancel --rollback")
    if run["failure"]:
        say(run["failure"]["message"])
