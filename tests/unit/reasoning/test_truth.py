"""Words of a report are held against its facts; what is not in them is not used."""

from typing import Any

import pytest

from domain.model_calls import ModelCall
from domain.ports import Facts
from domain.reports import Report, render_report
from domain.steps import Resource, StepResult, StepStatus
from reasoning.guards import Doubt
from reasoning.models import ModelChoice, chat_model
from reasoning.reporter_rules import reporter_rules
from reasoning.truth import held_to
from reasoning.wire import ReportReply
from reasoning.writer import ReportWriter, shown
from tests.doubles.stand_in import StandIn

LINK = "https://slack.example/archives/C1"
SYSTEMS = ("slack", "github", "newsletter", "grants")
STATUSES = (StepStatus.SUCCESS, StepStatus.PENDING, StepStatus.SKIPPED, StepStatus.SUCCESS)


def _result(system: str, status: StepStatus) -> StepResult:
    channel = Resource(kind="channel", id="C1", url=LINK, created_by_us=True)
    return StepResult(system=system, status=status, details="As wished.", resources=(channel,))


RESULTS = {name: _result(name, status) for name, status in zip(SYSTEMS, STATUSES, strict=True)}
REPORT = render_report("Acme Corp", SYSTEMS, RESULTS)
FACTS = Facts("run_1", "Acme Corp", RESULTS)
TOLD = shown(REPORT, FACTS)

TRUE = {
    "the template": (REPORT.headline, list(REPORT.next_actions)),
    "in other words": ("Acme Corp is ready in slack and grants; github waits for people.", []),
    "what is missing": ("3 of 4 systems are done for Acme Corp, newsletter was skipped.", []),
    "a link that is there": (f"Acme Corp has its channel at {LINK}.", []),
    "an action": ("Acme Corp has 3 systems.", ["Remind the people invited to github."]),
}
FALSE = {
    "a skipped system is done": ("Acme Corp is onboarded into newsletter.", []),
    "a done system failed": ("Acme Corp is done, but slack failed.", []),
    "a done system is not": ("Acme Corp is done; grants is not set up.", []),
    "all of them": ("All systems are done for Acme Corp.", []),
    "everything": ("Everything is ready for Acme Corp!", []),
    "another number": ("7 of 9 systems are done for Acme Corp.", []),
    "a number in words": ("Acme Corp is done in three systems, none failed and five wait.", []),
    "a system that was not asked for": ("Acme Corp is in jira.", []),
    "an approval": ("Acme Corp has 3 systems, all approved.", []),
    "a link": ("Acme Corp is done, see https://evil.example/login.", []),
    "an address": ("Acme Corp has 3 systems.", ["Write to boss@evil.example."]),
    "a handle": ("Acme Corp has 3 systems.", ["Tell @root-admin-9."]),
    "another company": ("Globex has 3 systems.", []),
    "another system": ("Acme Corp has 3 systems.", ["Check Salesforce."]),
    "nothing": ("", []),
    "a second line": ("Acme Corp has 3 systems.\nAll approved.", []),
    "hidden characters": ("Acme Corp has 3 systems.\u202e", []),
    "too long": ("Acme Corp " + "is here " * 60, []),
    "too many actions": ("Acme Corp has 3 systems.", ["Wait."] * 4),
    "an action for what is done": ("Acme Corp has 3 systems.", ["Retry slack."]),
}


@pytest.mark.parametrize(("headline", "actions"), TRUE.values(), ids=TRUE)
def test_words_are_used_when_they_say_the_facts(headline: str, actions: list[str]) -> None:
    reply = ReportReply(headline=headline, next_actions=actions)
    assert held_to(TOLD, reply) is reply


@pytest.mark.parametrize(("headline", "actions"), FALSE.values(), ids=FALSE)
def test_words_are_dropped_when_they_say_anything_else(headline: str, actions: list[str]) -> None:
    with pytest.raises(Doubt):
        held_to(TOLD, ReportReply(headline=headline, next_actions=actions))


class Log:
    """Events in order."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    async def emit(self, event: Any, *, key: str) -> Any:
        self.events.append(event)
        return event

    async def emit_all(self, events: Any) -> Any:
        raise NotImplementedError

    @property
    def calls(self) -> list[ModelCall]:
        return [event.call for event in self.events if event.type == "model_called"]

    @property
    def gave_way(self) -> list[str]:
        return [event.code for event in self.events if event.type == "model_gave_way"]


async def _written(choice: ModelChoice, log: Log, tokens: int = 10_000) -> Report:
    return await ReportWriter(choice, tokens).write(REPORT, FACTS, log)


async def test_the_model_s_words_stand_over_the_checklist_of_code(bedrock: StandIn) -> None:
    bedrock.says({"value": {"headline": TRUE["in other words"][0], "next_actions": []}})
    log = Log()
    report = await _written(bedrock.choice(), log)
    assert report.headline == TRUE["in other words"][0]
    assert (report.checklist, report.missing) == (REPORT.checklist, REPORT.missing)
    (call,) = log.calls
    assert (call.role, call.prompt.split("@")[0], call.error) == ("reporter", "reporter", None)


async def test_the_template_stands_when_the_words_are_wrong_twice(bedrock: StandIn) -> None:
    wrong = {"headline": "All systems are done for Acme Corp.", "next_actions": []}
    bedrock.says({"value": wrong, "times": 2})
    log = Log()
    assert await _written(bedrock.choice(), log) == REPORT
    assert [call.error for call in log.calls] == ["not_all", "not_all"]
    assert log.gave_way == ["not_all"]


async def test_the_template_stands_when_the_model_cannot_be_asked(bedrock: StandIn) -> None:
    bedrock.says({"fault": "ExpiredTokenException", "times": 9})
    log = Log()
    assert await _written(bedrock.choice(), log) == REPORT
    assert log.gave_way == ["ExpiredTokenException"]


async def test_the_template_stands_when_the_tokens_are_used(bedrock: StandIn) -> None:
    log = Log()
    assert await _written(bedrock.choice(), log, tokens=10) == REPORT
    assert (log.gave_way, bedrock.asked()) == (["budget_exceeded"], [])


async def test_rules_say_the_template_by_the_same_way() -> None:
    chat_model(ModelChoice(), reporter_rules)
    assert await _written(ModelChoice(), Log()) == REPORT
