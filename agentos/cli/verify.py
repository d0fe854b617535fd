"""agentos verify"""

from typing import Any

from agentos.cli.context import AsJson, RunId, client, command, finish
from agentos.cli.exits import Exit


@command
def verify(run_id: RunId, as_json: AsJson = False) -> None:
    """Read back what a completed run has made; nothing is repaired.

    The exit code is 1 when something differs from the plan or cannot be read.
    """
    from agentos.cli.output import hung, safe, show, show_json

    run = client().call("POST", f"/api/v1/runs/{run_id}/verify")
    checks = run["verification"]["checks"]
    if as_json:
        show_json(run)
    else:
        for check in checks:
            found = _said(check)
            mark = safe("differs", "red") if found else safe("ok     ", "green")
            show(hung(mark, safe(f"{check['system']}: {found or 'as it was approved'}")))
    finish(Exit.FAILED if any(map(_said, checks)) else Exit.SUCCEEDED)


def _said(check: dict[str, Any]) -> str:
    """What is wrong with one system, in words; empty when nothing is."""
    return check["unread"] or "; ".join(check["differences"])
