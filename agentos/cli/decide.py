"""agentos approve, agentos edit, agentos answer, agentos deny"""

from typing import Annotated, Any

import typer

from agentos.cli.company import Adopt, Emails, Logins, Slug, Systems, people
from agentos.cli.context import As, AsJson, RunId, client, command


def _decide(run_id: str, body: dict[str, Any], as_json: bool) -> None:
    from agentos.cli.output import safe, say, show, show_json
    from agentos.settings import load

    if load().agentos_api_key:
        del body["responder"]  # it is the key's owner
    run = client().call("POST", f"/api/v1/runs/{run_id}/resume", body)
    if as_json:
        show_json(run)
        return
    show(safe(f"{run['run_id']} is {run['status']}."))
    if body.get("approved", True):
        say(f"Follow it with: agentos run watch {run_id}")


Digest = Annotated[str | None, typer.Option(help="Only if the plan is still this one.")]
Several = list[str] | None


@command
def approve(
    run_id: RunId,
    name: As = "operator",
    digest: Digest = None,
    systems: Systems = None,
    reason: Annotated[str | None, typer.Option(help="Kept in the log.")] = None,
    as_json: AsJson = False,
) -> None:
    """Approve the plan of a run: from then on it is carried out.

    With --system the other systems are skipped, for the reason that is given.
    """
    body = {"approved": True, "digest": digest, "systems": systems or None, "reason": reason}
    said = {word: value for word, value in body.items() if value is not None}
    _decide(run_id, {**said, "responder": name}, as_json)


@command
def edit(
    run_id: RunId,
    name: As = "operator",
    add: Annotated[Several, typer.Option(help="A system more.", metavar="SYSTEM")] = None,
    drop: Annotated[Several, typer.Option(help="A system less.", metavar="SYSTEM")] = None,
    emails: Emails = None,
    logins: Logins = None,
    slug: Slug = None,
    channel: Annotated[str | None, typer.Option(help="The name of the Slack channel.")] = None,
    permission: Annotated[
        str | None, typer.Option(help="What they may do in the repository.", metavar="WORD")
    ] = None,
    adopt: Adopt = None,
    digest: Digest = None,
    as_json: AsJson = False,
) -> None:
    """Change a plan that waits for approval.

    It is made anew and asked about anew. Contacts and what is adopted are added to what is there.
    """
    run = client().run(run_id)
    company, plan = run["company"], run["plan"] or {}
    there: dict[str, Any] = {
        "systems": run["systems"],
        "contacts": company["contacts"],
        "slug": company["slug"],
        "adopt": company.get("choices", {}).get("adopt", []),
    }
    choices = {
        "channel_name": channel,
        "github_permission": permission,
        "adopt": there["adopt"] + adopt if adopt else None,
    }
    wanted = {
        "systems": [each for each in there["systems"] if each not in (drop or [])] + (add or []),
        "contacts": there["contacts"] + people(emails, logins),
        "slug": slug or there["slug"],
        "choices": {word: value for word, value in choices.items() if value},
    }
    new = {word: value for word, value in wanted.items() if value != there.get(word, {})}
    seen = digest or plan.get("digest")
    body = {"decision": "edit", "edit": new, "digest": seen, "responder": name}
    _decide(run_id, body, as_json)


@command
def answer(
    run_id: RunId,
    text: Annotated[str, typer.Argument(help="A few words.", metavar="TEXT")],
    name: As = "operator",
    as_json: AsJson = False,
) -> None:
    """Answer the question that a request in words has left open. This approves nothing."""
    _decide(run_id, {"answer": text, "responder": name}, as_json)


@command
def deny(
    run_id: RunId,
    reason: Annotated[str, typer.Option(help="Kept in the log.")],
    name: As = "operator",
    as_json: AsJson = False,
) -> None:
    """Deny the plan of a run: it ends, and nothing is made."""
    _decide(run_id, {"approved": False, "responder": name, "reason": reason}, as_json)
