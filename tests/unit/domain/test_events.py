"""Events as the log holds them."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.events import RecordedEvent, WorkflowEvent
from tests.unit.domain import samples, strategies
from tests.unit.domain.model import WORDS

EVENT: TypeAdapter[WorkflowEvent] = TypeAdapter(WorkflowEvent)


def _recorded(event: WorkflowEvent) -> RecordedEvent:
    return RecordedEvent(seq=1, at=samples.NOW, actor="api:robin", event=event)


@pytest.mark.parametrize("word", WORDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_event_survives_its_json_when_it_holds_anything(word: str, data: st.DataObject) -> None:
    recorded = _recorded(data.draw(strategies.events[word]))
    stored = recorded.model_dump_json()
    assert RecordedEvent.model_validate_json(stored) == recorded
    assert RecordedEvent.model_validate_json(stored).model_dump_json() == stored
    assert RecordedEvent.model_validate(recorded.model_dump(mode="json")) == recorded
    assert EVENT.validate_python(json.loads(stored)["event"]) == recorded.event


@pytest.mark.parametrize("word", WORDS)
def test_event_is_refused_when_it_has_an_unknown_field(word: str) -> None:
    body = samples.EVENTS[word].model_dump(mode="json")
    with pytest.raises(ValidationError):
        EVENT.validate_python(body | {"surprise": 1})


@pytest.mark.parametrize("kind", ["", "launched", "RunLaunched", None])
def test_event_is_refused_when_its_type_is_unknown(kind: str | None) -> None:
    with pytest.raises(ValidationError):
        EVENT.validate_python({"type": kind})


def test_event_cannot_be_changed_when_it_is_recorded() -> None:
    recorded = _recorded(samples.EVENTS["run_failed"])
    with pytest.raises(ValidationError):
        recorded.seq = 2  # type: ignore[misc]


def test_plan_of_an_event_is_bound_when_it_was_altered_in_the_log() -> None:
    body = samples.EVENTS["plan_proposed"].model_dump(mode="json")
    body["plan"]["changes"][0]["target"] = "somewhere-else"
    read = EVENT.validate_python(body)
    assert read.type == "plan_proposed"
    assert read.plan.digest != samples.PLAN.digest
