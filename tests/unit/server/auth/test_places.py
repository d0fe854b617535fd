"""Nobody is led to somebody else's page."""

import pytest

from server.auth.places import here


@pytest.mark.parametrize(
    "address", ["/", "/runs", "/runs?state=failed&q=a%20b", "/runs/run_1#plan"]
)
def test_a_page_of_ours_is_where_one_goes(address: str) -> None:
    assert here(address) == address


@pytest.mark.parametrize(
    "address",
    [None, "", "runs", "//evil.example", "/\\evil.example", "https://evil.example", "/x\ny", "/ä"],
)
def test_any_other_place_is_not(address: str | None) -> None:
    assert here(address) == "/"
    assert here(address, "/runs") == "/runs"
