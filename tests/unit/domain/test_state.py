"""The state of the graph."""

from typing import get_type_hints

from domain.state import OnboardingState, initial, merge
from tests.unit.domain import samples


def test_newer_entry_wins_when_branches_come_together() -> None:
    left, right = {"slack": {"attempt": 1}, "github": {}}, {"slack": {"attempt": 2}}
    assert merge(left, right) == {"slack": {"attempt": 2}, "github": {}}
    assert left == {"slack": {"attempt": 1}, "github": {}}


def test_state_has_every_key_when_a_run_begins() -> None:
    state = initial("run_1", samples.COMPANY.model_dump(mode="json"), ["slack"])
    assert set(state) == set(get_type_hints(OnboardingState))
    assert (state["run_id"], state["systems"]) == ("run_1", ["slack"])
