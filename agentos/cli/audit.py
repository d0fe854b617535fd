"""agentos audit verify|export"""

import asyncio
from typing import Annotated

import typer

from agentos.cli.context import AsJson, command, finish
from agentos.cli.exits import Exit
from domain.errors import BadSetting

app = typer.Typer(no_args_is_help=True, help="The audit log: who did what, in a chain of hashes.")
Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head", help="One that was kept elsewhere, as the log has it.", metavar="N:HASH"
    ),
]


@app.command()
@command
def verify(heads: Heads = None, as_json: AsJson = False) -> None:
    """Find what was changed, taken out or cut off.

    The exit code is 1 if anything was.
    """
    from agentos.cli.output import out, safe, show_json
    from agentos.keeping import reading
    from agentos.settings import load
    from server.lifecycle import audit
    from server.store.audit import Head

    anchors = []
    for given in heads or ():
        number, _, digest = given.partition(":")
        if not (number.isdecimal() and len(digest) == 64):
            raise BadSetting("--head is no head of the log.", advice="Give one like 17:5f0c…")
        anchors.append(Head(int(number), digest))

    async def walk() -> audit.Verdict:
        async with reading(load()) as database:
            return await audit.verify(database, anchors)

    found = asyncio.run(walk())
    if as_json:
        told = {"ok": found.ok, "entries": found.entries, "head": str(found.head)}
        show_json(told | {"faults": list(found.faults)})
    else:
        for fault in found.faults:
            out().print(safe(fault, "red"))
        said = f"{found.entries} entries; the head is {found.head}"
        out().print(safe(f"The log is whole: {said}" if found.ok else f"Not whole: {said}"))
    if not found.ok:
        finish(Exit.FAILED)


@app.command()
@command
def export() -> None:
    """Print every entry as one line of JSON, oldest first."""
    from dataclasses import asdict

    from agentos.cli.output import show_json
    from agentos.keeping import reading
    from agentos.settings import load
    from server.lifecycle import audit

    async def tell() -> None:
        async with reading(load()) as database:
            async for link in audit.read(database):
                entry = asdict(link.entry) | {"at": link.entry.at.isoformat()}
                show_json({"seq": link.seq, **entry, "prev": link.prev, "hash": link.hash})

    asyncio.run(tell())
