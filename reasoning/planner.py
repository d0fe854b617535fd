"""Reads a request: whatever the model says, the guards and the rules stand behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from prompts import loader
from reasoning.guards import checked
from reasoning.models import ModelChoice, chat_model
from reasoning.planner_rules import planner_rules
from reasoning.rules import planning
from reasoning.rules_model import Rules
from reasoning.structured import Asking, Budget, GaveUp, Record
from reasoning.wire import PlanReply

GaveWay = Callable[[str], Awaitable[None]]
"""Told the code of what made the rules take over from the model."""


@dataclass(frozen=True)
class Planner:
    """The same way for rules and models: prompt, structured answer, guards, one repair, or ask."""

    choice: ModelChoice
    rules: Rules = planner_rules

    async def read(
        self,
        request: str,
        answers: Sequence[str],
        *,
        record: Record,
        gave_way: GaveWay,
        budget: Budget,
        **tags: str,
    ) -> PlanReply:
        """The plan, or a question. Rules take over from a model that fails, and say so."""
        prompt = loader.load("planner")
        asking = Asking(
            role="planner",
            model=chat_model(self.choice, self.rules, max_tokens=prompt.max_tokens),
            model_name=self.choice.name,
            prompt=prompt,
            record=record,
            budget=budget,
            max_tokens=prompt.max_tokens,
            tags=tags,
        )
        data: dict[str, Any] = {"request": request}
        if answers:
            data["answers"] = list(answers)
        try:
            return await asking.ask(
                data, PlanReply, partial(checked, request=request, answers=answers)
            )
        except GaveUp as reason:
            await gave_way(reason.code)
            return await asyncio.to_thread(planning.read, request, answers)
