"""What is asked of several runs, in words: what it will do to each, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain import errors
from domain.runs import RunState
from domain.scopes import Scope, permits
from server.console.cards import cards
from server.console.question import question
from server.console.run import moves_of
from server.console.words import Label, Tone, counted, listed, system
from server.lifecycle.bulk import Outcome
from server.lifecycle.service import Actor, Service

COLUMNS = (
    "run_id", "company_name", "slug", "status", "systems", "failed_systems", "launched_by",
    "created_at", "updated_at", "problem",
)  # fmt: skip


class Move(NamedTuple):
    """`verb` stands on its button, `done` tells of a run to which it was done."""

    verb: str
    done: str
    scope: Scope


MOVES: Mapping[str, Move] = {
    "cancel": Move("Cancel", "cancelled", Scope.OPERATOR),
    "undo": Move("Cancel and undo", "cancelled and to be undone", Scope.OPERATOR),
    "retry": Move("Retry", "retried", Scope.APPROVER),
}
CONSEQUENCE = {
    "cancel": "Steps in flight finish first. What is done stays, unless it is undone.",
    "retry": "Each failed system of these runs is tried again. What succeeded is left alone.",
}
ENDED = "had already ended"


class Prospect(NamedTuple):
    """A chosen run, whether the move would do anything to it, and what."""

    run: RunState
    meant: bool
    text: str


def prospect(service: Service, move: str, run: RunState, actor: Actor) -> Prospect:
    """What would become of this run if it were asked for now."""
    return _retried(service, run, actor) if move == "retry" else _cancelled(run)


def _cancelled(run: RunState) -> Prospect:
    if run.ended:
        return Prospect(run, False, "Has ended already; nothing changes.")
    if run.cancel_requested is not None:
        return Prospect(run, False, "Is to be cancelled already.")
    done = sum(card.done for card in cards(run))
    text = "Ends before anything is made."
    if done or run.progress:
        text = f"{counted(done, 'action')} {'is' if done == 1 else 'are'} done."
    return Prospect(run, True, text)


def _retried(service: Service, run: RunState, actor: Actor) -> Prospect:
    if run.open_request is None or not moves_of(run, actor)["retry"]:
        return Prospect(run, False, "Has no failed system that waits for a decision.")
    asked = question(service, run, actor)
    if asked is not None and asked.barred and permits(actor.scopes, MOVES["retry"].scope):
        return Prospect(run, False, asked.barred)
    failed = listed([system(name) for name in run.open_request.systems])
    return Prospect(run, True, f"Tries {failed} again.")


class Told(NamedTuple):
    """What came of one run; `run` as it is now, None for what is not there."""

    run_id: str
    run: RunState | None
    label: Label
    why: str


def told(move: str, outcome: Outcome, run: RunState | None) -> Told:
    """The outcome in words."""
    if outcome.error is None:
        ended = outcome.run is not None and outcome.run.ended
        label = Label(ENDED, Tone.QUIET) if ended else Label(MOVES[move].done, Tone.GOOD)
        return Told(outcome.run_id, run, label, "")
    label = _refused(outcome.error, run)
    return Told(outcome.run_id, run, label, "" if label.word == ENDED else _reason(outcome.error))


def _refused(error: errors.AgentOSError, run: RunState | None) -> Label:
    match error:
        case errors.NotFound():
            return Label("not found", Tone.QUIET)
        case errors.NotAllowed():
            return Label("not allowed", Tone.BAD)
        case errors.VersionMismatch():
            return Label("changed meanwhile", Tone.WAITS)
        case errors.RequestError() if run is not None and run.ended:
            return Label(ENDED, Tone.QUIET)
        case errors.RequestError():
            return Label("left as it is", Tone.QUIET)
    return Label("not reached", Tone.BAD)


def _reason(error: errors.AgentOSError) -> str:
    if isinstance(error, errors.StoreUnavailable):
        return f"{error.message} Look at the run before you ask again."
    return f"{error.message} {error.advice}"


def summary(outcomes: Sequence[Told]) -> str:
    """`3 cancelled, 1 had already ended`: what was done first, then what was not."""
    order = sorted(outcomes, key=lambda one: one.label.tone is not Tone.GOOD)
    return ", ".join(f"{n} {word}" for word, n in Counter(o.label.word for o in order).items())


def sheet(runs: Iterable[RunState]) -> Iterable[Iterable[object]]:
    """The runs as rows, after one of names."""
    yield COLUMNS
    for run in runs:
        failed = [card.name for card in cards(run) if card.label.tone is Tone.BAD]
        yield (
            run.run_id, run.company.name, run.company.slug, run.status.value,
            ";".join(run.systems), ";".join(failed), run.launched_by,
            run.created_at.isoformat(), run.updated_at.isoformat(),
            run.failure.message if run.failure else "",
        )  # fmt: skip
