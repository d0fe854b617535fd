"""agentos webhooks dead|again"""

import asyncio

import typer

from agentos.cli.context import AsJson, command

app = typer.Typer(no_args_is_help=True, help="Events that could not be told to a receiver.")


@app.command()
@command
def dead(as_json: AsJson = False) -> None:
    """List what was given up, the oldest first."""
    from agentos.cli.output import out, safe, show_json
    from agentos.keeping import reading
    from agentos.settings import load
    from server.store import outbox

    async def look() -> None:
        async with reading(load()) as database, database.read() as tx:
            found = await outbox.dead(tx)
        if as_json:
            show_json(
                [
                    {"message_id": each.message_id, "run_id": each.run_id, "seq": each.seq,
                     "receiver": each.destination, "fault": each.fault}
                    for each in found
                ]
            )  # fmt: skip
            return
        for each in found:
            line = f"{each.message_id}  {each.run_id}#{each.seq}  {each.destination}  {each.fault}"
            out().print(safe(line))
        out().print(safe(f"{len(found)} given up"))

    asyncio.run(look())


@app.command()
@command
def again() -> None:
    """Send everything again that was given up.

    On SQLite only while no server runs.
    """
    from agentos.cli.output import out, safe
    from agentos.keeping import Keeping
    from agentos.settings import load
    from server.store import outbox

    async def revive() -> int:
        database = Keeping(load()).database
        await database.open()
        try:
            async with database.write() as tx:
                found = await outbox.dead(tx)
                await outbox.revive(tx)
        finally:
            await database.close()
        return len(found)

    out().print(safe(f"{asyncio.run(revive())} are sent again."))
