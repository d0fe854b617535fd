"""agentos db upgrade|check"""

import asyncio
from typing import Any

import typer

from agentos.cli.context import AsJson, command, finish
from agentos.cli.exits import Exit

app = typer.Typer(no_args_is_help=True, help="The tables of the database.")


@app.command()
@command
def upgrade(as_json: AsJson = False) -> None:
    """Bring the tables up to date.

    The service does so too when it starts.
    """
    from agentos.keeping import tables
    from agentos.settings import load

    _tell(asyncio.run(tables(load(), upgrade=True)), as_json)


@app.command()
@command
def check(as_json: AsJson = False) -> None:
    """Tell whether the tables are those of this release.

    The exit code is 1 if they are not.
    """
    from agentos.keeping import tables
    from agentos.settings import load

    found = asyncio.run(tables(load(), upgrade=False))
    _tell(found, as_json)
    if found["present"] != found["wanted"]:
        finish(Exit.FAILED)


def _tell(found: dict[str, Any], as_json: bool) -> None:
    from agentos.cli.output import out, safe, show_json

    if as_json:
        show_json(found)
        return
    present = found["present"] or "none"
    if present == found["wanted"]:
        line = f"The tables of {found['database']} are at version {present}, as they should be."
    else:
        line = f"The tables of {found['database']} are at version {present}, not {found['wanted']}."
        line += " Bring them up to date with: agentos db upgrade"
    out().print(safe(line))
