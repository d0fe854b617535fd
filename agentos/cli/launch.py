"""agentos launch"""

import sys
from typing import Annotated, Any

import typer

from agentos.cli.company import Adopt, Emails, Logins, NameOrNone, Slug, Systems, body
from agentos.cli.context import AsJson, client, command, finish
from agentos.cli.exits import of_run


@command
def launch(
    name: NameOrNone = None,
    request: Annotated[
        str | None, typer.Option(help="What is wanted, in words.", metavar="TEXT")
    ] = None,
    systems: Systems = None,
    emails: Emails = None,
    logins: Logins = None,
    slug: Slug = None,
    adopt: Adopt = None,
    note: Annotated[str | None, typer.Option(help="A remark that is kept with the run.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same is one run.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Approve the plan that is shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Launch the onboarding of a company, by name or in words.

    Nothing is made before somebody approves the plan.
    """
    from agentos.cli.output import safe, say, show, show_json
    from agentos.cli.watch import leavable

    if name is None and request is None:
        raise typer.BadParameter("Give the company's name, or --request with what is wanted.")
    api = client()
    more = {"request": request, "slug": slug, "note": note, "idempotency_key": key}
    run = api.call("POST", "/api/v1/runs", body(name, systems, emails, logins, adopt, **more))
    if not watch and not yes:
        if as_json:
            show_json(run)
        else:
            show(safe(run["run_id"]))
            say(f"Launched. Follow it with:\n  agentos run watch {run['run_id']}")
        return
    with leavable(run["run_id"]):
        finish(of_run(_followed(api, run["run_id"], yes, as_json)))


def _followed(api: Any, run_id: str, yes: bool, as_json: bool) -> dict[str, Any]:
    """The run where it stands when there is nothing more to watch."""
    from agentos.cli.watch import conclude, follow

    run = follow(api, run_id, as_json=as_json)
    conclude(run, as_json=as_json)
    if run["status"] != "awaiting_approval":
        return run
    answer = {"approved": True} if yes else _ask(as_json)
    if answer is None:
        return run
    decision = {**answer, "digest": run["plan"]["digest"]}
    api.call("POST", f"/api/v1/runs/{run_id}/resume", decision)
    run = follow(api, run_id, as_json=as_json, after=run["version"])
    conclude(run, as_json=as_json)
    return run


def _ask(as_json: bool) -> dict[str, Any] | None:
    """Approve or deny in place, when a person is at the terminal."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    answer = typer.prompt("Approve this plan? [approve/deny/later]", default="later")
    if answer == "approve":
        return {"approved": True}
    if answer == "deny":
        return {"approved": False, "reason": typer.prompt("Why?")}
    return None
