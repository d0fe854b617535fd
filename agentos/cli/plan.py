"""agentos plan"""

from agentos.cli.company import Adopt, Emails, Logins, Name, Slug, Systems, body
from agentos.cli.context import AsJson, client, command


@command
def plan(
    name: Name,
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

    found = client().call(
        "POST", "/api/v1/runs:preview", body(name, systems, emails, logins, adopt, slug=slug)
    )
    if as_json:
        show_json(found)
    else:
        show(safe(f"For {found['company']['name']}", "bold"), *change_lines(found))
