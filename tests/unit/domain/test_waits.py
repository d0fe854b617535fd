"""What is due while nobody answers."""

from datetime import datetime, timedelta

import pytest

from domain.events import RequestHandedOver
from domain.terms import Approvers, Handover, Terms
from domain.waits import Due, Timer, Waiting
from tests.unit.domain import samples
from tests.unit.domain.samples import NOW, TO_APPROVAL, record, run_after

MANAGERS = Approvers(groups=("managers",))
TERMS = Terms(
    remind_after_seconds=(20, 10),
    escalate=(Handover(after_seconds=20, to=MANAGERS),),
    deadline_seconds=30,
)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("reminders", "handovers", "timer"),
    [
        (0, 0, Timer(at(10), Due.REMINDER)),
        (1, 0, Timer(at(20), Due.REMINDER)),
        (2, 0, Timer(at(20), Due.HANDOVER)),
        (2, 1, Timer(at(30), Due.EXPIRY)),
    ],
)
def test_times_come_one_after_the_other(reminders: int, handovers: int, timer: Timer) -> None:
    waiting = Waiting(since=NOW, reminders=reminders, handovers=handovers)
    assert waiting.next(TERMS) == timer


def test_nothing_is_due_when_no_times_are_set() -> None:
    assert Waiting(since=NOW).next(Terms()) is None
    assert Waiting(since=NOW).expires_at(Terms()) is None


def test_time_stands_still_while_the_run_is_paused() -> None:
    paused = Waiting(since=NOW).paused(at(5))
    assert paused.next(TERMS) is None
    resumed = paused.resumed(at(65))
    assert resumed.next(TERMS) == Timer(at(70), Due.REMINDER)
    assert resumed.expires_at(TERMS) == at(90)
    assert resumed.resumed(at(100)) == resumed


def test_question_is_answered_by_more_people_when_it_is_handed_over() -> None:
    asked = samples.APPROVAL.model_copy(update={"terms": Terms(approvers=Approvers(people=("a",)))})
    request = samples.EVENTS["approval_requested"].model_copy(update={"request": asked})
    handed = RequestHandedOver(request_id="approval/1", number=1, to=MANAGERS)
    run = run_after(*TO_APPROVAL[:-1], request, handed)
    assert run.open_request and run.waiting
    assert run.open_request.terms.approvers == Approvers(people=("a",), groups=("managers",))
    assert run.waiting.handovers == 1


@pytest.mark.parametrize("word", ["approve", "edit", "rollback_started", "run_cancelled", "expire"])
def test_nothing_waits_any_more_when_the_question_is_closed(word: str) -> None:
    assert run_after(*TO_APPROVAL).waiting == Waiting(since=record()[0].at)
    assert run_after(*TO_APPROVAL, word).waiting is None
