"""The command `agentos`. Each command imports what it needs when it is called."""

import gc
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from agentos.cli import (
    approvals,
    audit,
    batch,
    chat,
    context,
    db,
    decide,
    demo,
    doctor,
    eval,
    exits,
    fork,
    keys,
    launch,
    machine,
    mcp,
    openapi,
    plan,
    runs,
    serve,
    verify,
    webhooks,
    worker,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Onboards companies into Slack, GitHub, a newsletter and grants.",
    epilog=exits.HELP,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"agentos {version('agentos')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    context.debug["on"] = debug


app.command()(demo.demo)
app.command()(serve.dev)
app.command()(serve.serve)
app.command()(worker.worker)
app.command()(serve.sandbox)
app.command()(launch.launch)
app.command()(plan.plan)
app.command()(runs.runs)
app.add_typer(runs.app, name="run")
app.add_typer(batch.app, name="batch")
app.command()(verify.verify)
app.command()(approvals.approvals)
app.command()(decide.approve)
app.command()(decide.edit)
app.command()(decide.answer)
app.command()(decide.deny)
app.command()(fork.fork)
app.command()(chat.chat)
app.command("graph")(machine.machine)
app.command()(mcp.mcp)
app.command()(doctor.doctor)
app.command()(openapi.openapi)
app.add_typer(keys.app, name="keys")
app.add_typer(db.app, name="db")
app.add_typer(eval.app, name="eval")
app.add_typer(audit.app, name="audit")
app.add_typer(webhooks.app, name="webhooks")


# What is imported stays. Looking through it as often as is usual takes a seventh of the start, and
# of a server's work a fourteenth.
_GARBAGE = (50_000, 20, 100)


def main() -> None:
    """The entry point. A terminal that lacks a character shows another instead."""
    gc.set_threshold(*_GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
