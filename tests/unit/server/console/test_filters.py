"""What an address narrows the page of runs to."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from domain.errors import Invalid
from domain.status import RunStatus
from server.console.filters import GROUPS, Filters

SYSTEMS = ("slack", "github")


def test_what_is_given_narrows_and_comes_back_in_the_address() -> None:
    given = {"state": "failed", "q": " acme ", "org": "Acme", "by": "Dana", "system": "slack"}
    filters = Filters.read(given | {"since": "2026-11-02"}, SYSTEMS)
    assert filters.wanted == {
        "status": (RunStatus.FAILED,),
        "search": "acme",
        "company": "Acme",
        "launched_by": "Dana",
        "system": "slack",
        "created_after": datetime(2026, 11, 2, tzinfo=UTC),
    }
    again = {name: values[0] for name, values in parse_qs(filters.query()).items()}
    assert Filters.read(again, SYSTEMS) == filters
    assert filters.address(state="").count("state") == 0
    assert filters.address(cursor="1-x").endswith("cursor=1-x")


def test_what_means_nothing_narrows_nothing() -> None:
    nothing = {"state": "nope", "system": "sla", "since": "yesterday", "cursor": "1-x", "q": "  "}
    filters = Filters.read(nothing, SYSTEMS)
    assert filters == Filters() == Filters.read({"state": "all"}, SYSTEMS)
    assert not any(filters.wanted.values()) and filters.address() == "/runs"


def test_signs_that_are_not_seen_are_dropped_as_names_do() -> None:
    assert Filters.read({"q": "Ac\u200dme"}, SYSTEMS).q == "Acme"


@pytest.mark.parametrize("name", ["q", "org", "by"])
@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "x" * 201])
def test_a_text_that_can_be_no_name_is_refused(name: str, text: str) -> None:
    with pytest.raises(Invalid):
        Filters.read({name: text}, SYSTEMS)


def test_every_state_is_in_one_group() -> None:
    found = [status for _, statuses in GROUPS.values() for status in statuses]
    assert sorted(found) == sorted(RunStatus)
