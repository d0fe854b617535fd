"""agentos demo"""

import contextlib
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, client, command, finish
from agentos.cli.exits import of_run

COMPANY = "Acme Corp"
PERSON = "demo operator"

Json = dict[str, Any]


@command
def demo(
    data: Annotated[
        Path, typer.Option(help="Where the demo keeps its data.", metavar="FOLDER")
    ] = Path("tmp/demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget earlier demos first.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running.")] = False,
    as_json: AsJson = False,
) -> None:
    """Onboard Acme Corp into four systems, from nothing to the report."""
    from agentos.cli import processes
    from agentos.cli.output import safe, show

    if fresh:
        processes.forget(data)
    began = time.monotonic()
    if not as_json:
        show(safe("Starting a server, a worker and stand-ins of the four systems …", "dim"))
        show(safe("They are of this demo alone: only this machine reaches them.", "dim"))
    with processes.started("dev", "--for-demo", "--port", "0", "--data", str(data)) as child:
        ready = processes.ready(child, "server")
        story = _quiet if as_json else _told
        run = story(ready["url"], ready["sandbox_url"])
        if not as_json:
            show(safe(f"\nDone in {time.monotonic() - began:.1f} s. {_NEXT}", "dim"))
        if keep:
            _wait(ready)
    finish(of_run(run))


_NEXT = """Next:
  make demo                       again: it finds everything there and adopts it
  .venv/bin/agentos demo --keep   leaves it running, so that the links open
  make dev                        your own server on port 7777"""


def _wait(ready: dict[str, str]) -> None:
    """Until Enter, Ctrl+C or the end of the input."""
    from agentos.cli.output import say

    with contextlib.suppress(KeyboardInterrupt):
        say(f"\nThe server:   {ready['url']}/docs\nThe systems:  {ready['sandbox_url']}/")
        say("They run until you press Enter; nobody who uses this machine has to log in there.")
        sys.stdin.readline()


def _quiet(url: str, _sandbox_url: str) -> Json:
    """The same for programs: nothing but events."""
    from agentos.cli.watch import follow

    api = client(url)
    run = follow(api, _launch(api)["run_id"], as_json=True)
    if run["status"] != "awaiting_approval":
        return run
    _approve(api, run)
    return follow(api, run["run_id"], as_json=True, after=run["version"])


def _told(url: str, sandbox_url: str) -> Json:
    from agentos.cli.output import safe, show
    from agentos.cli.pictures import made, plan_lines, report_lines
    from agentos.cli.watch import follow

    api, before = client(url), _held(sandbox_url)
    run = _launch(api)
    show(safe(f"\n1. Launched {COMPANY} as {run['run_id']}. Planning only reads.\n", "bold"))
    run = follow(api, run["run_id"], as_json=False)
    if run["status"] != "awaiting_approval":
        return run
    show(safe("\n2. The plan, before anything is made:\n", "bold"))
    show(*plan_lines(run["plan"]))
    untouched = "nothing was changed" if _held(sandbox_url) == before else "SOMETHING WAS CHANGED"
    show(safe(f"The systems' own count says: {untouched} so far."))
    show(
        safe(f"\n3. {PERSON} approves exactly this plan (in earnest a person does that).\n", "bold")
    )
    _approve(api, run)
    run = follow(api, run["run_id"], as_json=False, after=run["version"])
    show(safe("\n4. What the company has now:\n", "bold"))
    show(*made(run))
    _count(before, _held(sandbox_url))
    if run["report"]:
        show(safe("\n5. The report:\n", "bold"))
        show(*report_lines(run["report"]))
    return run


def _launch(api: Any) -> Json:
    run: Json = api.call("POST", "/api/v1/runs", {"company_name": COMPANY})
    return run


def _approve(api: Any, run: Json) -> None:
    body = {"approved": True, "responder": PERSON, "digest": run["plan"]["digest"]}
    api.call("POST", f"/api/v1/runs/{run['run_id']}/resume", body)


def _held(sandbox_url: str) -> dict[str, int]:
    """How many objects each system holds, by its own count."""
    import httpx

    state = httpx.get(f"{sandbox_url}/_sandbox/state", trust_env=False).json()["counts"]
    return {system: sum(kinds.values()) for system, kinds in state.items()}


def _count(before: dict[str, int], after: dict[str, int]) -> None:
    from agentos.cli.output import safe, show

    grown = {name: after[name] - before.get(name, 0) for name in after}
    told = ", ".join(f"{name} +{count}" for name, count in grown.items())
    show(safe(f"Counted by the systems themselves: {told}."))
    if not any(grown.values()):
        text = "Everything was there already: this run adopted it and made nothing twice."
        show(safe(text, "green"))
