"""The labelled requests, and the planner as it is configured by default."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from domain.model_calls import ModelCall
from reasoning.structured import Budget

FOLDER = Path(__file__).parents[2] / "data/evals"
PLENTY = 10_000_000


@cache
def cases(name: str) -> tuple[dict[str, Any], ...]:
    """The cases of one file."""
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


class Notes:
    """What a planner tells on its way."""

    def __init__(self, limit: int = PLENTY) -> None:
        self.calls: list[ModelCall] = []
        self.gave_way: list[str] = []
        self.budget = Budget(limit)

    async def record(self, call: ModelCall) -> None:
        self.calls.append(call)

    async def give_way(self, code: str) -> None:
        self.gave_way.append(code)

    @property
    def told(self) -> dict[str, Any]:
        """What a planner's `read` is given."""
        return {"record": self.record, "gave_way": self.give_way, "budget": self.budget}
