"""agentos approve, agentos deny"""

from typing import Annotated, Any

import typer

from agentos.cli.context import As, AsJson, RunId, client, command


def _decide(run_id: str, body: dict[str, Any], as_json: bool) -> None:
    from agentos.cli.output import safe, say, show, show_json

    run = client().call("POST", f"/api/v1/runs/{run_id}/resume", body)
    if as_json:
        show_json(run)
        return
    show(safe(f"{run['run_id']} is {run['status']}."))
    if body["approved"]:
        say(f"Follow it with: agentos run watch {run_id}")


@command
def approve(
    run_id: RunId,
    name: As = "operator",
    digest: Annotated[str | None, typer.Option(help="Only if the plan is still this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Approve the plan of a run: from then on it is carried out."""
    body = {"approved": True, "responder": name} | ({"digest": digest} if digest else {})
    _decide(run_id, body, as_json)


@command
def deny(
    run_id: RunId,
    reason: Annotated[str, typer.Option(help="Kept in the log.")],
    name: As = "operator",
    as_json: AsJson = False,
) -> None:
    """Deny the plan of a run: it ends, and nothing is made."""
    _decide(run_id, {"approved": False, "responder": name, "reason": reason}, as_json)
