"""agentos plan"""

from typing import Annotated

import typer

from agentos.cli.company import Adopt, Emails, Logins, NameOrNone, Slug, Systems, body
from agentos.cli.context import AsJson, client, command


@command
def plan(
    name: NameOrNone = None,
    request: Annotated[
        str | None, typer.Option(help="What is wanted, in words.", metavar="TEXT")
    ] = None,
    systems: Systems = None,
    emails: Emails = None,
    logins: Logins = None,
    slug: Slug = None,
    adopt: Adopt = None,
    as_json: AsJson = False,
) -> None:
    """Show what a launch would do now; nothing is started or written."""
    from agentos.cli.output import safe, show, show_json
    from agentos.cli.pictures import change_lines

    if name is None and request is None:
        raise typer.BadParameter("Give the company's name, or --request with what is wanted.")
    wanted = body(name, systems, emails, logins, adopt, slug=slug, request=request)
    found = client().call("POST", "/api/v1/runs:preview", wanted)
    if as_json:
        show_json(found)
        return
    for line in (found["question"], *found["notes"]):
        if line:
            show(safe(line, "yellow"))
    for each in (found, *found["others"]) if found["company"] else ():
        show(safe(f"For {each['company']['name']}", "bold"), *change_lines(each))
