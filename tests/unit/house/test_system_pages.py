"""The pages of the systems say what each error means, and which rights are needed."""

import re
from pathlib import Path

import pytest

from domain.codes import ErrorCode
from systems.github import rights
from systems.registry import modules
from systems.slack.client import SlackClient
from tests.unit.systems.github.conftest import options as github_options
from tests.unit.systems.slack.conftest import options

C = ErrorCode
PAGES = Path(__file__).parents[3] / "docs" / "systems"
OF_ALL = {
    C.AUTH, C.PERMISSION, C.CONFLICT, C.NOT_FOUND, C.INVALID_INPUT, C.RATE_LIMITED, C.UNAVAILABLE,
    C.TIMEOUT, C.UNKNOWN, C.VERIFY_FAILED,
}  # fmt: skip
BESIDES = {"github": {C.NOT_READY}, "newsletter": {C.CONSENT}}
OF_NO_SYSTEM = {C.PLAN_CHANGED, C.PAUSED, C.INTERNAL}
"""What can happen to a run whatever the system is."""


def _page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text()


def test_each_system_has_a_page_and_no_other_has() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(modules())
    assert OF_ALL.union(OF_NO_SYSTEM, *BESIDES.values()) == set(C)


@pytest.mark.parametrize("system", modules())
def test_each_code_has_a_row_that_says_what_to_do(system: str) -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|(.+)\|$", _page(system), re.MULTILINE)
    assert {code for code, _ in rows} == OF_ALL | BESIDES.get(system, set())
    assert all(cell.strip() for _, row in rows for cell in row.split("|"))


@pytest.mark.parametrize("private", ["true", "false"])
def test_slacks_page_names_each_scope(private: str) -> None:
    needed = SlackClient(options(SLACK_PRIVATE=private))._needed()
    assert {scope for scope in needed if f"`{scope}`" not in _page("slack")} == set()


def test_githubs_page_names_each_permission() -> None:
    page, every = _page("github"), github_options(GITHUB_PROPERTY="company")
    for name, level in rights.needed(every).items():
        words = "read and write" if level == "write" else "(read|always)"
        title = name.split("_", 1)[-1].replace("_", " ").capitalize()
        assert re.search(rf": {title} \| {words} \|", page), name
    assert all(f"`{scope}`" in page for some in rights.scopes(every) for scope in some)
