"""agentos eval planner"""

from pathlib import Path
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, command
from domain.errors import BadSetting

LABELLED = Path(__file__).parents[2] / "tests/data/evals/planner_requests.jsonl"
app = typer.Typer(no_args_is_help=True, help="Measure what reads requests, on labelled ones.")


@app.command()
@command
def planner(
    file: Annotated[
        Path, typer.Option(help="Labelled requests, one JSON object a line.", metavar="FILE")
    ] = LABELLED,
    as_json: AsJson = False,
) -> None:
    """Measure how requests in words are read.

    How many exactly, and how many would have launched what was not asked. They are read with what
    AGENT_LLM says; nothing is launched.
    """
    import asyncio
    import json

    from agentos.cli.output import show_json

    try:
        cases = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise BadSetting(
            "There are no labelled requests that can be read.",
            advice="Give --file, with one JSON object a line.",
        ) from error
    found = asyncio.run(_measure(cases))
    if as_json:
        show_json(found)
    else:
        _told(found)


async def _measure(cases: list[dict[str, Any]]) -> dict[str, Any]:
    from agentos.settings import load
    from agentos.wiring import model_choice
    from domain.model_calls import ModelCall
    from reasoning.planner import Planner
    from reasoning.scoring import by_category, score, totals
    from reasoning.structured import Budget

    settings = load()
    reader = Planner(model_choice(settings))
    gave_way: list[str] = []

    async def forget(_call: ModelCall) -> None:
        return

    async def note(code: str) -> None:
        gave_way.append(code)

    scored = []
    for case in cases:
        plan = await reader.read(
            case["text"],
            (),
            record=forget,
            gave_way=note,
            budget=Budget(settings.agent_run_tokens),
        )
        scored.append(score(case, plan))
    return {
        "totals": totals(scored) | {"gave_way": len(gave_way)},
        "categories": by_category(scored),
        "cases": scored,
    }


def _told(found: dict[str, Any]) -> None:
    from rich.table import Table

    from agentos.cli.output import safe, show

    table = Table("category", "cases", "exact", "unsafe", "overask", "ungrounded")
    rows = {**found["categories"], "all": found["totals"]}
    for name, counts in rows.items():
        table.add_row(name, *(str(counts[column.header]) for column in table.columns[1:]))
    show(table)
    totals = found["totals"]
    solved = f"{totals['rules_solvable_exact']} of {totals['rules_solvable']}"
    show(safe(f"Exact among those that rules can be expected to solve: {solved}."))
    for case in found["cases"]:
        if not case["exact"]:
            show(safe(f"{case['id']} is not exact{', and unsafe' if case['unsafe'] else ''}."))
