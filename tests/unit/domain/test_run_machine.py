"""Ten thousand random moves of random runs, held against the model in plain words."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.companies import Company
from domain.errors import IllegalMove
from domain.events import (
    PlanEdited,
    RecordedEvent,
    RequestRead,
    RunLaunched,
    StepFinished,
    StepStarted,
    WorkflowEvent,
)
from domain.runs import RunState, reduce
from domain.steps import StepResult, StepStatus
from tests.unit.domain import samples, strategies
from tests.unit.domain.model import DECISIONS, MOVES, WORDS, Model

BUDGET = settings(
    max_examples=120,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STARTED = datetime(2026, 3, 1, tzinfo=UTC)
SETTLED = {StepStatus.SUCCESS, StepStatus.PENDING, StepStatus.SKIPPED}
SIDE_EXITS = ("run_failed", "run_cancelled")


class RunMachine(RuleBasedStateMachine):
    """One run after another: `row` is folded event by event, `log` holds what was recorded."""

    steps: ClassVar[Counter[str]] = Counter()

    @initialize(launch=strategies.launches)
    def launches(self, launch: RunLaunched) -> None:
        first = self._recorded(1, launch)
        self.row = RunState.begin("run_1", first)
        self.log = [first]
        self.model = Model(launch.systems)
        self.decided = 0

    @precondition(lambda self: not self.model.ended)
    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        self._choose(data, [word for word in self.model.legal() if word not in SIDE_EXITS])

    @precondition(lambda self: not self.model.ended)
    @rule(data=st.data())
    def gets_further(self, data: st.DataObject) -> None:
        legal = self.model.legal()
        further = [word for word in legal if legal[word] != self.model.status]
        self._choose(data, [word for word in further if word not in (*SIDE_EXITS, "run_paused")])

    @precondition(lambda self: self.model.status == "validating")
    @rule(data=st.data())
    def is_finished(self, data: st.DataObject) -> None:
        self._settle_all(data)
        for word in ("reporting_started", "run_completed"):
            self._happen(word, data.draw(strategies.events[word]))

    @precondition(lambda self: not self.model.ended)
    @rule(word=st.sampled_from(WORDS))
    def anything_happens(self, word: str) -> None:
        self._happen(word, samples.EVENTS[word])

    @precondition(lambda self: self.model.ended)
    @rule(launch=strategies.launches)
    def stays_as_it_ended(self, launch: RunLaunched) -> None:
        for word in WORDS:
            self._happen(word, samples.EVENTS[word])
        self.launches(launch)

    def _choose(self, data: st.DataObject, words: list[str]) -> None:
        word = data.draw(st.sampled_from(words))
        if word == "reporting_started" and data.draw(st.booleans()):
            self._settle_all(data)  # else hardly a run would ever be completed
        self._happen(word, data.draw(strategies.events[word]))

    def _settle_all(self, data: st.DataObject) -> None:
        for system in sorted(self.model.open):
            status = data.draw(st.sampled_from(sorted(SETTLED)))
            result = StepResult(system=system, status=status, details="")
            self._happen("step_finished", StepFinished(result=result))

    def _recorded(self, seq: int, event: WorkflowEvent) -> RecordedEvent:
        at = STARTED + timedelta(microseconds=seq * 1_000_001)
        recorded = RecordedEvent(seq=seq, at=at, actor="worker:1", event=event)
        read = RecordedEvent.model_validate_json(recorded.model_dump_json())
        assert read == recorded
        assert read.model_dump_json() == recorded.model_dump_json()
        return read

    def _happen(self, word: str, event: WorkflowEvent) -> None:
        recorded = self._recorded(self.row.version + 1, event)
        before = self.row.model_dump_json()
        legal = word in self.model.legal()
        self.steps["accepted" if legal else "refused"] += 1
        if not legal:
            with pytest.raises(IllegalMove):
                self.row.apply(recorded)
            assert self.row.model_dump_json() == before
            return
        row = self.row.apply(recorded)
        assert self.row.model_dump_json() == before
        self.row = row
        self.log.append(recorded)
        self.model.move(word)
        match event:
            case StepFinished(result=StepResult(error_code=None, system=system, status=status)) if (
                status in SETTLED
            ):
                self.model.is_done_with(system)
            case StepFinished(result=StepResult(system=system)) | StepStarted(system=system):
                self.model.works_on(system)
            case PlanEdited(systems=systems) | RequestRead(company=Company(), systems=systems):
                self.model.begins_with(systems)
        self.decided += word in DECISIONS

    @invariant()
    def row_agrees_with_the_model(self) -> None:
        self.steps[self.model.status] += 1
        assert self.row.status == self.model.status
        assert self.row.was == self.model.was
        assert self.row.ended is self.model.ended
        assert (self.row.open_request is not None) is self.model.asks
        assert (self.row.waiting is not None) is self.model.asks
        assert self.row.pause_requested is ("pause_requested" in self.model.wishes)
        assert bool(self.row.cancel_requested) is ("cancel_requested" in self.model.wishes)
        assert len(self.row.decisions) == self.decided
        assert (self.row.report is not None) is self.model.ended
        assert set(self.row.unsettled) == self.model.open

    @invariant()
    def row_is_the_fold_of_its_log(self) -> None:
        assert self.row.version == len(self.log)
        assert self.row.updated_at == self.log[-1].at
        assert reduce("run_1", self.log) == self.row

    @invariant()
    def row_survives_its_json(self) -> None:
        stored = self.row.model_dump_json()
        assert RunState.model_validate_json(stored) == self.row
        assert RunState.model_validate(self.row.model_dump(mode="json")) == self.row
        assert RunState.model_validate_json(stored).model_dump_json() == stored


def test_every_run_obeys_the_model_when_anything_may_happen() -> None:
    RunMachine.steps.clear()
    run_state_machine_as_test(RunMachine, settings=BUDGET)
    seen = RunMachine.steps
    assert seen["accepted"] + seen["refused"] > 10_000
    assert seen["accepted"] > 3_000
    assert set(MOVES) <= set(seen)
