"""agentos batch submit|list|show|start|approve|pause|cancel|retry|results"""

from pathlib import Path
from typing import Annotated, Any

import typer

from agentos.cli import completion
from agentos.cli.context import AsJson, client, command, finish
from agentos.cli.exits import Exit

PATH = "/api/v1/batches"
POLL_SECONDS = 1.0
BatchId = Annotated[
    str,
    typer.Argument(help="The id of a batch.", metavar="BATCH", autocompletion=completion.batch_ids),
]
Watch = Annotated[bool, typer.Option("--watch", help="Follow the batch until nothing moves.")]
app = typer.Typer(no_args_is_help=True, help="Launch many companies from a CSV file.")
_UNDER_WAY = ("ready", "queued", "planning", "provisioning", "validating", "reporting")
_WAITING = ("awaiting_approval", "escalated", "needs_clarification", "paused")
_WRONG = ("failed", "faulty")


@app.command()
@command
def submit(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8; the first line names columns.")],
    check: Annotated[bool, typer.Option("--check", help="Launch nothing yet.")] = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Launch a run for every row of a file.

    The same file again is the same batch.
    """
    query = {"name": file.name[:200], "launch": not check}
    batch = client().upload(PATH, _read(file), "text/csv", **query)
    _concluded(batch, watch=watch, as_json=as_json)


@app.command("list")
@command
def list_batches(as_json: AsJson = False) -> None:
    """List the latest batches."""
    from agentos.cli.output import say, show, show_json
    from agentos.cli.sheets import batch_table

    found = client().call("GET", PATH)
    if as_json:
        show_json(found)
    elif found["items"]:
        show(batch_table(found["items"]))
    else:
        say("No batches. Upload one with: agentos batch submit FILE")


@app.command()
@command
def show(batch_id: BatchId, watch: Watch = False, as_json: AsJson = False) -> None:
    """Show how far a batch has come, and its faulty rows."""
    _concluded(client().call("GET", f"{PATH}/{batch_id}"), watch=watch, as_json=as_json)


@app.command()
@command
def start(batch_id: BatchId, watch: Watch = False, as_json: AsJson = False) -> None:
    """Launch the rows that are ready, or go on with that."""
    _concluded(client().call("POST", f"{PATH}/{batch_id}/start"), watch=watch, as_json=as_json)


@app.command()
@command
def approve(batch_id: BatchId, watch: Watch = False, as_json: AsJson = False) -> None:
    """Approve every plan of a batch that waits now."""
    from agentos.cli.output import say

    api = client()
    batch = api.call("GET", f"{PATH}/{batch_id}")
    if batch["approvable"] is None:
        say("No plan of this batch waits for approval.")
    else:
        _marked(api, batch_id, "approve", {"approvable": batch["approvable"]})
    _concluded(api.call("GET", f"{PATH}/{batch_id}"), watch=watch, as_json=as_json)


@app.command()
@command
def retry(batch_id: BatchId, watch: Watch = False, as_json: AsJson = False) -> None:
    """Try again what failed in every escalated run of a batch."""
    api = client()
    _marked(api, batch_id, "retry", None)
    _concluded(api.call("GET", f"{PATH}/{batch_id}"), watch=watch, as_json=as_json)


@app.command()
@command
def pause(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Launch no more rows; runs that are launched go on."""
    _concluded(client().call("POST", f"{PATH}/{batch_id}/pause"), as_json=as_json)


@app.command()
@command
def cancel(batch_id: BatchId, watch: Watch = False, as_json: AsJson = False) -> None:
    """Launch no more rows, and cancel what has made nothing yet."""
    _concluded(client().call("POST", f"{PATH}/{batch_id}/cancel"), watch=watch, as_json=as_json)


@app.command()
@command
def results(batch_id: BatchId) -> None:
    """Print what has become of each row, as CSV."""
    import sys

    sys.stdout.write(client().text(f"{PATH}/{batch_id}/results"))


def _read(file: Path) -> bytes:
    from domain.errors import Invalid

    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file} cannot be read.", advice="Check the path.") from error


def _marked(api: Any, batch_id: str, verb: str, body: dict[str, Any] | None) -> None:
    from agentos.cli.output import say

    count = api.call("POST", f"{PATH}/{batch_id}/{verb}", body)["runs"]
    say(f"{verb.capitalize()}: {count} {'run' if count == 1 else 'runs'}.")


def _concluded(batch: dict[str, Any], *, watch: bool = False, as_json: bool) -> None:
    """Show the batch where it stands and what can be done next; end with the code for that."""
    from agentos.cli.output import say, show, show_json
    from agentos.cli.sheets import faults, progress

    api = client()
    if watch:
        batch = _followed(api, batch, as_json=as_json)
    if as_json:
        show_json(batch)
    else:
        show(progress(batch))
        faulty = api.call("GET", f"{PATH}/{batch['batch_id']}/rows", status=["faulty"], limit=200)
        if faulty["items"]:
            show(faults(faulty["items"]))
        for line in next_steps(batch):
            say(line)
    finish(_code(batch))


def next_steps(batch: dict[str, Any]) -> list[str]:
    """What a person can do for a batch as it stands, with the command for it."""
    has, batch_id = batch["by_status"].get, batch["batch_id"]
    stands = batch["state"] in ("checked", "paused")
    steps = []
    if has("faulty"):
        steps.append("Correct the faulty rows and submit the file again; no row is launched twice.")
    if has("ready") and stands:
        steps.append(f"Launch what is ready with:\n  agentos batch start {batch_id}")
    asked = bool(batch["marked"])  # what was asked for a moment ago is still being done
    if batch["approvable"] is not None and not asked:
        count = has("awaiting_approval")
        steps.append(
            f"Approve the plans that wait ({count}) with:\n  agentos batch approve {batch_id}"
        )
    if has("escalated") and not asked:
        steps.append(f"Try again what failed with:\n  agentos batch retry {batch_id}")
    if _moves(batch):
        steps.append(f"Follow it with:\n  agentos batch show {batch_id} --watch")
    elif batch["done"] == batch["size"]:
        steps.append(f"What has become of each row:\n  agentos batch results {batch_id}")
    return steps


def _followed(api: Any, batch: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
    """The batch once none of its rows moves by itself."""
    import time

    from agentos.cli.output import show, show_json
    from agentos.cli.sheets import progress

    told = None
    while _moves(batch):
        if batch["by_status"] != told:
            told = batch["by_status"]
            if as_json:
                show_json(batch)
            else:
                show(progress(batch))
        time.sleep(POLL_SECONDS)
        batch = api.call("GET", f"{PATH}/{batch['batch_id']}")
    return batch


def _moves(batch: dict[str, Any]) -> bool:
    waits_for_start = batch["state"] in ("checked", "paused")
    words = _UNDER_WAY[1:] if waits_for_start else _UNDER_WAY
    return bool(batch["marked"]) or any(batch["by_status"].get(word) for word in words)


def _code(batch: dict[str, Any]) -> Exit:
    has = batch["by_status"].get
    if any(has(word) for word in _WAITING) or batch["state"] == "checked":
        return Exit.WAITS
    return Exit.INCOMPLETE if any(has(word) for word in _WRONG) else Exit.SUCCEEDED
