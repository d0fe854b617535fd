"""The packages have plain names, so it is shown that they are ours and nobody else's."""

import tomllib
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[3]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
APART = {"tests", "benchmarks", "notebooks"}
PACKAGES = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def strangers(names: Iterable[str], root: Path) -> list[str]:
    """The packages that are imported from somewhere else than `root`."""
    found = {name: import_module(name).__file__ for name in names}
    return [name for name, file in found.items() if file is None or root not in Path(file).parents]


def test_every_package_is_imported_from_this_checkout() -> None:
    assert "graph" in PACKAGES
    assert strangers(PACKAGES, ROOT) == []


def test_package_is_a_stranger_when_it_comes_from_elsewhere(tmp_path: Path) -> None:
    assert strangers(["graph"], tmp_path) == ["graph"]


def test_every_package_with_code_is_built_and_checked() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - APART == set(PACKAGES)
    assert set(PACKAGES) == set(SETTINGS["tool"]["importlinter"]["root_packages"])
    assert set(PACKAGES) <= set(SETTINGS["tool"]["mypy"]["packages"])
