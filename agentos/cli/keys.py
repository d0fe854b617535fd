"""agentos keys create|list|revoke|rotate"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentos.cli.context import AsJson, command
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT, Scope

if TYPE_CHECKING:
    from domain.keys import ApiKey
    from server.lifecycle.keys import Given
    from server.lifecycle.service import Actor
    from server.store.database import Database

app = typer.Typer(
    no_args_is_help=True, help="API keys, straight in the database: for who runs the service."
)
Tenant = Annotated[str, typer.Option(help="Whose keys.", metavar="NAME")]
KeyId = Annotated[str, typer.Argument(help="The id of a key.", metavar="KEY")]
By = Annotated[str, typer.Option("--as", help="Who does this, for the audit log.", envvar="USER")]


@app.command()
@command
def create(
    owner: Annotated[str, typer.Option(help="The person who will use it.", metavar="NAME")],
    scopes: Annotated[
        list[Scope], typer.Option("--scope", help="What it permits; may be repeated.")
    ],
    groups: Annotated[
        list[str] | None,
        typer.Option("--group", help="One that the owner belongs to.", metavar="NAME"),
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(help="How long it is valid; 0: for ever.", min=0)] = 365,
    tenant: Tenant = DEFAULT_TENANT,
    by: By = "operator",
    as_json: AsJson = False,
) -> None:
    """Make a key and show it, once."""
    from domain.keys import Holder
    from server.lifecycle import keys

    holder = Holder(
        owner=owner, scopes=frozenset(scopes), groups=frozenset(groups or ()), label=label
    )
    lifetime = timedelta(days=days) if days else None
    made = _run(by, tenant, lambda db, who: keys.create(db, who, holder, lifetime=lifetime))
    _show_new(made, as_json)


@app.command("list")
@command
def list_keys(tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Show the keys, newest first, never what they say."""
    from datetime import UTC, datetime

    from agentos.cli.output import safe, show, show_json
    from server.lifecycle import keys

    for key in _run("operator", tenant, keys.list_keys):
        if as_json:
            show_json(_plain(key))
            continue
        state = "valid" if key.valid(datetime.now(UTC)) else "revoked" if key.revoked_at else "over"
        until = f" until {key.expires_at:%Y-%m-%d}" if key.expires_at else ""
        used = f"used {key.used_at:%Y-%m-%d}" if key.used_at else "never used"
        can = ", ".join(sorted(key.scopes))
        show(safe(f"{key.key_id}  {state}{until}  {key.owner}: {can}  {used}  {key.label}"))


@app.command()
@command
def revoke(
    key_id: KeyId, tenant: Tenant = DEFAULT_TENANT, by: By = "operator", as_json: AsJson = False
) -> None:
    """Take a key back: within seconds it opens nothing any more."""
    from agentos.cli.output import safe, show, show_json
    from server.lifecycle import keys

    key = _run(by, tenant, lambda db, who: keys.revoke(db, who, key_id))
    if as_json:
        show_json(_plain(key))
    else:
        show(safe(f"{key.key_id} of {key.owner} is revoked."))


@app.command()
@command
def rotate(
    key_id: KeyId,
    overlap: Annotated[
        int, typer.Option(help="How long the old one still opens, in hours.", min=0)
    ] = 24,
    tenant: Tenant = DEFAULT_TENANT,
    by: By = "operator",
    as_json: AsJson = False,
) -> None:
    """Make a key like another one, which ends a while later."""
    from server.lifecycle import keys

    hours = timedelta(hours=overlap)
    _show_new(
        _run(by, tenant, lambda db, who: keys.rotate(db, who, key_id, overlap=hours)), as_json
    )


def _run[T](by: str, tenant: str, verb: "Callable[[Database, Actor], Awaitable[T]]") -> T:
    from agentos.keeping import writing
    from agentos.settings import load
    from domain.keys import clean_tenant
    from domain.names import clean_name
    from server.lifecycle.service import Actor

    who = Actor(clean_name(by, "as"), "cli", clean_tenant(tenant), scopes=ALL_SCOPES)

    async def work() -> T:
        async with writing(load()) as database:
            return await verb(database, who)

    return asyncio.run(work())


def _show_new(made: "Given", as_json: bool) -> None:
    from agentos.cli.output import safe, say, show, show_json

    if as_json:
        show_json(_plain(made.key) | {"key": made.text})
        return
    show(safe(made.text))
    say(f"{made.key.key_id} is {made.key.owner}'s. It is shown this once: keep it in a safe place.")
    say("Commands use it from AGENTOS_API_KEY, other callers as: Authorization: Bearer aos_…")


def _plain(key: "ApiKey") -> dict[str, Any]:
    told = key.model_dump(mode="json")
    return told | {name: sorted(told[name]) for name in ("scopes", "groups")}
