"""agentos runs, and agentos run show|watch|pause|resume|cancel|undo|retry|skip"""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, RunId, client, command, confirmed, finish
from agentos.cli.exits import of_run, of_undoing

app = typer.Typer(no_args_is_help=True, help="Look at one run, or move it.")
_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


def _moved(run: dict[str, Any], as_json: bool) -> None:
    from agentos.cli.output import safe, show, show_json

    if as_json:
        show_json(run)
    else:
        show(safe(f"{run['run_id']} is {run['status']}."))


@command
def runs(
    state: Annotated[
        list[str] | None, typer.Option(help="Only this status; repeat it.", metavar="STATUS")
    ] = None,
    company: Annotated[str | None, typer.Option(help="Only this company.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Only what this person launched.", metavar="NAME")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Only runs of this system.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only later launches; in UTC without a zone.", formats=_TIMES),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    from agentos.cli.output import say, show, show_json
    from agentos.cli.pictures import run_table

    at = since.replace(tzinfo=since.tzinfo or UTC).isoformat() if since else None
    query = {"status": state, "company": company, "limit": limit, "cursor": cursor}
    query |= {"launched_by": by, "system": system, "created_after": at}
    page = client().call("GET", "/api/v1/runs", **query)
    if as_json:
        show_json(page)
        return
    if not page["items"]:
        say("No runs. Launch one with: agentos launch NAME")
        return
    show(run_table(page["items"]))
    if page["next_cursor"]:
        say(f"More with: agentos runs --cursor {page['next_cursor']}")


@app.command()
@command
def show(run_id: RunId, as_json: AsJson = False) -> None:
    """Show one run; the exit code tells how it stands."""
    from agentos.cli.output import safe, show, show_json
    from agentos.cli.watch import conclude

    run = client().run(run_id)
    if as_json:
        show_json(run)
    else:
        show(safe(f"{run['run_id']} · {run['company_name']} · {run['status']}", "bold"))
        conclude(run, as_json=False)
    finish(of_run(run))


@app.command()
@command
def watch(run_id: RunId, as_json: AsJson = False) -> None:
    """Follow one run until it ends or waits for somebody."""
    from agentos.cli.watch import conclude, follow, leavable

    with leavable(run_id):
        run = follow(client(), run_id, as_json=as_json)
    conclude(run, as_json=as_json)
    finish(of_run(run))


@app.command()
@command
def pause(run_id: RunId, as_json: AsJson = False) -> None:
    """Park a run before its next effect."""
    _moved(client().call("POST", f"/api/v1/runs/{run_id}/pause"), as_json)


@app.command()
@command
def resume(run_id: RunId, as_json: AsJson = False) -> None:
    """Go on with a paused run; an open question stays open."""
    _moved(client().call("POST", f"/api/v1/runs/{run_id}/resume"), as_json)


@app.command()
@command
def cancel(
    run_id: RunId,
    rollback: Annotated[bool, typer.Option(help="Undo what the run created.")] = False,
    reason: Annotated[str | None, typer.Option(help="Kept in the log.")] = None,
    as_json: AsJson = False,
) -> None:
    """End a run; what it made stays unless --rollback is given."""
    from agentos.cli.watch import settled

    body = {"rollback": rollback} | ({"reason": reason} if reason else {})
    api = client()
    run = api.call("POST", f"/api/v1/runs/{run_id}/cancel", body)
    _moved(settled(api, run), as_json)


@app.command()
@command
def undo(
    run_id: RunId,
    reason: Annotated[str | None, typer.Option(help="Kept in the log.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take back what an unfinished run made, and end it.

    What cannot be undone is listed with how to do it by hand. A run that has ended never changes.
    """
    from agentos.cli.output import safe, show, show_json
    from agentos.cli.pictures import report_lines
    from agentos.cli.watch import settled
    from domain.status import TERMINAL

    api = client()
    run = api.run(run_id)
    if run["status"] not in TERMINAL:
        confirmed(f"Undo what {run_id} ({run['company_name']}) has made, and end it?", yes)
    body = {"rollback": True} | ({"reason": reason} if reason else {})
    run = settled(api, api.call("POST", f"/api/v1/runs/{run_id}/cancel", body))
    if as_json:
        show_json(run)
    else:
        show(safe(f"{run['run_id']} is {run['status']}."))
        show(*report_lines(run["report"]) if run["status"] == "rolled_back" else ())
    finish(of_undoing(run))


@app.command()
@command
def retry(run_id: RunId, system: str, as_json: AsJson = False) -> None:
    """Try one failed system of an escalated run again."""
    _moved(client().call("POST", f"/api/v1/runs/{run_id}/steps/{system}/retry"), as_json)


@app.command()
@command
def skip(
    run_id: RunId,
    system: str,
    reason: Annotated[str, typer.Option(help="It is reported.")],
    as_json: AsJson = False,
) -> None:
    """Go on without one failed system of an escalated run."""
    path = f"/api/v1/runs/{run_id}/steps/{system}/skip"
    _moved(client().call("POST", path, {"reason": reason}), as_json)
