"""A system is a folder: found, ordered and built without touching any other file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import systems
from systems import registry
from tests.unit.systems.shelf import COMPANY

FIFTH = '''
"""A system that was added."""

from systems.connector import Connector

RANK = 25
PREFIXES = ("FIFTH_",)


def build(options):
    async def ready():
        return options["FIFTH_WORD"]

    def said(company, refs):
        return " ".join(sorted(options))

    return Connector(name="fifth", parts=(), ready=ready, said=said)
'''


@pytest.fixture
def fifth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder beside the checkout that holds one more system, and one that is none."""
    (tmp_path / "fifth").mkdir()
    (tmp_path / "fifth" / "__init__.py").write_text("")
    (tmp_path / "fifth" / "system.py").write_text(FIFTH)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "__init__.py").write_text("")
    monkeypatch.setattr(systems, "__path__", [*systems.__path__, str(tmp_path)])
    yield
    for name in ("systems.fifth.system", "systems.fifth"):
        sys.modules.pop(name, None)


def test_a_system_is_found_by_its_folder_in_the_order_of_its_rank(fifth: None) -> None:
    names = list(registry.modules())
    assert names.index("fifth") < names.index("newsletter") < names.index("grants")


def test_a_folder_is_no_system_when_it_has_no_system_file(fifth: None) -> None:
    assert "notes" not in registry.modules()


def test_nothing_is_found_when_the_folder_is_not_there() -> None:
    assert "fifth" not in registry.modules()


async def test_a_system_is_built_with_its_own_variables_only(
    fifth: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_fifth = {"fifth": registry.modules()["fifth"]}
    monkeypatch.setattr(registry, "modules", lambda: only_fifth)
    built = registry.build({"FIFTH_WORD": "here", "FIFTH_OTHER": "1", "GRANTS_TOKEN": "secret"})
    health = await built["fifth"].check()
    assert (health.ok, health.detail) == (True, "here")
    assert built["fifth"].describe(COMPANY, {}) == "FIFTH_OTHER FIFTH_WORD"
