"""agentos fork"""

from typing import Annotated

import typer

from agentos.cli.company import Adopt, Emails, Logins, Slug, Systems, body
from agentos.cli.context import AsJson, RunId, client, command


@command
def fork(
    run_id: RunId,
    at: Annotated[int | None, typer.Option(min=1, help="As it was after this event.")] = None,
    name: Annotated[str | None, typer.Option(help="Another company.")] = None,
    systems: Systems = None,
    emails: Emails = None,
    logins: Logins = None,
    slug: Slug = None,
    adopt: Adopt = None,
    note: Annotated[str | None, typer.Option(help="A remark that is kept with the run.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same is one run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Launch what a run was about again.

    What is given replaces what was there. The new run is planned and approved anew.
    """
    from agentos.cli.output import safe, say, show, show_json

    more = {"at": at, "slug": slug, "note": note, "idempotency_key": key}
    given = body(name, systems, emails, logins, adopt, **more)
    run = client().call("POST", f"/api/v1/runs/{run_id}/fork", given)
    if as_json:
        show_json(run)
        return
    show(safe(run["run_id"]))
    say(f"Forked from {run_id}. Follow it with:\n  agentos run watch {run['run_id']}")
