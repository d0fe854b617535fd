"""How a run ends in each of its systems, in one word: what is counted over many runs."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import StepStatus


class Outcome(StrEnum):
    """`waiting`: it is not decided yet. `stopped`: left out, undone, or the run ended before it."""

    DONE = "done"
    FAILED = "failed"
    WAITING = "waiting"
    STOPPED = "stopped"


def outcomes(run: RunState) -> dict[str, Outcome]:
    """The word for each system, in the run's order."""
    return {name: _outcome(run, name) for name in run.systems}


def _outcome(run: RunState, name: str) -> Outcome:
    step = run.steps.get(name)
    if run.status is RunStatus.ROLLED_BACK or (step and step.status is StepStatus.SKIPPED):
        return Outcome.STOPPED
    if step is None:
        return Outcome.STOPPED if run.ended else Outcome.WAITING
    if step.settled:
        return Outcome.DONE
    given_up = run.ended or run.status is RunStatus.ESCALATED or not step.retryable
    return Outcome.FAILED if given_up else Outcome.WAITING


def written(found: Mapping[str, Outcome]) -> str:
    """The words in one text, equal for equal runs, so that a store can count by it."""
    return " ".join(f"{name}={word}" for name, word in found.items())


def counted(texts: Iterable[tuple[str, int]]) -> dict[str, dict[Outcome, int]]:
    """From `written` texts and how often each occurs: how many runs have which word by system."""
    found: dict[str, dict[Outcome, int]] = {}
    for text, number in texts:
        for pair in text.split():
            name, _, word = pair.partition("=")
            counts = found.setdefault(name, dict.fromkeys(Outcome, 0))
            counts[Outcome(word)] += number
    return found
