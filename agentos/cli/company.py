"""How a company is named on the command line."""

from typing import Annotated, Any

import typer

Name = Annotated[str, typer.Argument(help="The company's name.", metavar="NAME")]
NameOrNone = Annotated[
    str | None, typer.Argument(help="The company's name.", metavar="NAME", show_default=False)
]
Systems = Annotated[
    list[str] | None, typer.Option("--system", help="Only this system; repeat it.", metavar="NAME")
]
Emails = Annotated[
    list[str] | None,
    typer.Option("--contact-email", help="A contact's address; repeat it.", metavar="ADDRESS"),
]
Logins = Annotated[
    list[str] | None,
    typer.Option("--github", help="A contact's GitHub login; repeat it.", metavar="LOGIN"),
]
Adopt = Annotated[
    list[str] | None,
    typer.Option(
        "--adopt",
        help="Adopt what stands there already, named as the plan names it; repeat it.",
        metavar="TARGET",
    ),
]
Slug = Annotated[str | None, typer.Option(help="The short name used in the systems.")]


def body(
    name: str | None,
    systems: list[str] | None,
    emails: list[str] | None,
    logins: list[str] | None,
    adopt: list[str] | None,
    **more: Any,
) -> dict[str, Any]:
    """The launch body; what was not given is left out."""
    choices = {"adopt": adopt} if adopt else None
    contacts = people(emails, logins)
    given = {"company_name": name, "systems": systems, "contacts": contacts, "choices": choices}
    given |= more
    return {field: value for field, value in given.items() if value not in (None, [])}


def people(emails: list[str] | None, logins: list[str] | None) -> list[dict[str, Any]]:
    """The contacts that are named."""
    contacts = [{"email": address} for address in emails or []]
    return contacts + [{"github": login} for login in logins or []]
