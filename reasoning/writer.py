"""Puts a report into words; words that say anything but the facts give way to the template."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.events import ModelCalled, ModelGaveWay
from domain.ids import new_id
from domain.model_calls import ModelCall
from domain.ports import Facts, Journal
from domain.reports import Report
from prompts import loader
from reasoning.models import ModelChoice, chat_model
from reasoning.reporter_rules import reporter_rules
from reasoning.structured import Asking, Budget, GaveUp
from reasoning.truth import held_to
from reasoning.wire import ReportReply


@dataclass(frozen=True)
class ReportWriter:
    """See `domain.ports.Writer`. A run may use `run_tokens` for all its model calls."""

    choice: ModelChoice
    run_tokens: int

    async def write(self, report: Report, facts: Facts, journal: Journal) -> Report:
        """The checklist stays as code has rendered it, whatever the model says."""
        prompt = loader.load("reporter")

        async def record(call: ModelCall) -> None:
            await journal.emit(ModelCalled(call=call), key=f"model/{new_id('call')}")

        asking = Asking(
            role="reporter",
            model=chat_model(self.choice, reporter_rules, max_tokens=prompt.max_tokens),
            model_name=self.choice.name,
            prompt=prompt,
            record=record,
            budget=Budget(self.run_tokens, facts.tokens_used),
            max_tokens=prompt.max_tokens,
            tags={"run_id": facts.run_id},
        )
        told = shown(report, facts)
        try:
            reply = await asking.ask({"facts": told}, ReportReply, partial(held_to, told))
        except GaveUp as reason:
            event = ModelGaveWay(role="reporter", code=reason.code)
            await journal.emit(event, key=f"gave-way/{new_id('call')}")
            return report
        words = {"headline": reply.headline, "next_actions": tuple(reply.next_actions)}
        return report.model_copy(update=words)


def shown(report: Report, facts: Facts) -> dict[str, Any]:
    """What the model is told: statuses and links, and what the template would say."""
    return {
        "company": facts.company,
        "systems": [
            {
                "system": line.system,
                "status": line.status.value if line.status else "not started",
                "attempts": result.attempt if (result := facts.results.get(line.system)) else 0,
                "error_code": result.error_code.value if result and result.error_code else None,
                "hint": result.hint if result else None,
                "links": list(line.links),
            }
            for line in report.checklist
        ],
        "template": {"headline": report.headline, "next_actions": list(report.next_actions)},
    }
