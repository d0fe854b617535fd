"""Entity tags of runs."""

import pytest

from server.api.errors import Malformed
from server.api.etag import etag, required_version, unchanged


def test_tag_is_the_version_in_quotes() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize("header", ['"7"', ' "7" ', '"6", "7"', 'W/"7"', '"x",W/"7"', "*"])
def test_run_is_unchanged_when_the_caller_has_its_version(header: str) -> None:
    assert unchanged(header, 7)


@pytest.mark.parametrize("header", [None, "", '"6"', "7", '"77"', '"7', "nonsense"])
def test_run_is_sent_when_the_caller_has_another_version(header: str | None) -> None:
    assert not unchanged(header, 7)


def test_version_is_required_when_if_match_names_it() -> None:
    assert required_version(' "12" ') == 12


@pytest.mark.parametrize("header", ["", " "])
def test_no_version_fits_when_if_match_names_none(header: str) -> None:
    assert required_version(header) == 0


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_no_version_is_required_when_any_will_do(header: str | None) -> None:
    assert required_version(header) is None


@pytest.mark.parametrize(
    "header", ["7", 'W/"7"', '"7", "8"', '"0"', '"07"', '"-1"', '"x"', '"7"x', '"' + "9" * 99]
)
def test_if_match_is_refused_when_it_is_no_tag_of_ours(header: str) -> None:
    with pytest.raises(Malformed):
        required_version(header)
