"""agentos demo"""

import shutil
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, command, finish
from agentos.cli.exits import of_run

COMPANY = "Acme Corp"
PERSON = "demo operator"


@command
def demo(
    data: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("tmp/demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget earlier demos first.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running.")] = False,
    as_json: AsJson = False,
) -> None:
    """Onboard Acme Corp into four systems, from nothing to the report, on this machine."""
    from agentos.cli import processes
    from agentos.cli.output import say

    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    began = time.monotonic()
    say("Starting a server, a worker and stand-ins of the four systems …", "dim")
    child = processes.start("dev", "--port", "0", "--data", str(data))
    try:
        ready = processes.ready(child, "server")
        run = _onboard(ready["url"], ready["sandbox_url"], as_json)
        if not as_json:
            say(f"\nDone in {time.monotonic() - began:.1f} s. {_NEXT}", "dim")
        if keep:
            say(f"Running: {ready['url']} and {ready['sandbox_url']}. Enter ends it.")
            typer.prompt("", default="", show_default=False, prompt_suffix="")
    finally:
        processes.stop(child)
    finish(of_run(run))


_NEXT = """Next:
  make demo again                 the second run finds everything there and adopts it
  .venv/bin/agentos demo --keep   leaves it running, so that the links can be opened
  make dev                        your own server on port 7777; it prints two curl lines to try"""


def _onboard(url: str, sandbox_url: str, as_json: bool) -> dict[str, Any]:
    import httpx

    from agentos.cli.client import Client
    from agentos.cli.output import out, say
    from agentos.cli.pictures import made_text, plan_text, report_text
    from agentos.cli.watch import follow

    def held() -> dict[str, int]:
        state = httpx.get(f"{sandbox_url}/_sandbox/state", trust_env=False).json()["counts"]
        return {system: sum(kinds.values()) for system, kinds in state.items()}

    api = Client(url)
    before = held()
    run = api.call("POST", "/api/v1/runs", {"company_name": COMPANY})
    say(f"\n1. Launched {COMPANY} as {run['run_id']}. Planning only reads the systems.\n", "bold")
    run = follow(api, run["run_id"], as_json=as_json)
    if run["status"] != "awaiting_approval":
        return run
    say("\n2. The plan, before anything is made:\n", "bold")
    if not as_json:
        out().print(plan_text(run["plan"]))
    untouched = "nothing was changed" if held() == before else "SOMETHING WAS CHANGED"
    say(f"The systems' own count says: {untouched} so far.")
    say(f"\n3. {PERSON} approves exactly this plan (in earnest a person does that).\n", "bold")
    body = {"approved": True, "responder": PERSON, "digest": run["plan"]["digest"]}
    api.call("POST", f"/api/v1/runs/{run['run_id']}/resume", body)
    run = follow(api, run["run_id"], as_json=as_json, after=run["version"])
    after = held()
    if as_json:
        return run
    say("\n4. What the company has now:\n", "bold")
    out().print(made_text(run))
    grown = {name: after[name] - before.get(name, 0) for name in after}
    told = ", ".join(f"{name} +{count}" for name, count in grown.items())
    say(f"Counted by the systems themselves: {told}.")
    if not any(grown.values()):
        say("Everything was there already: this run adopted it and made nothing twice.", "green")
    say("\n5. The report:\n", "bold")
    if run["report"]:
        out().print(report_text(run["report"]))
    return run
