"""The question that the graph is parked on, and the recorded answer to it."""

from typing import Any

from langgraph.types import Command, StateSnapshot

from domain.decisions import Answer, Decision, DecisionKind, OpenRequest
from domain.runs import RunState
from domain.state import Json, OnboardingState, initial


def open_question(snapshot: StateSnapshot) -> OpenRequest | None:
    """What a person is asked there, if anything."""
    for interrupt in snapshot.interrupts:
        return OpenRequest.model_validate(interrupt.value["request"])
    return None


def answer_to(question: OpenRequest, run: RunState) -> Decision | None:
    """The recorded decision on this question: the row is the truth, not a resume payload."""
    return next((d for d in run.decisions if d.request_id == question.request_id), None)


def beginning(run: RunState, *, people: bool = False) -> OnboardingState:
    """What the graph begins with; without `people`, since all that it is told is kept."""
    return initial(run.run_id, _company(run, people), list(run.systems))


def resumption(decision: Decision, run: RunState, *, people: bool = False) -> Command[Any]:
    """What the graph is told; of an edit or an answer also what the run is about.

    Not who decided: that is in the row, and people have addresses.
    """
    said = Answer(**{name: getattr(decision, name) for name in Answer.model_fields})
    answer = said.model_dump(mode="json", exclude=None if people else {"edit": {"contacts"}})
    if not people:
        del answer["text"]
    if decision.kind in (DecisionKind.EDIT, DecisionKind.ANSWER):
        answer["input"] = {"company": _company(run, people), "systems": list(run.systems)}
    return Command(resume=answer)


def _company(run: RunState, people: bool) -> Json:
    return run.company.model_dump(mode="json", exclude=None if people else {"contacts"})
