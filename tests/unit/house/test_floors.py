"""No package is older than the release that closed the last hole known in it."""

import re
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.version import Version

LOCK = Path(__file__).parents[3] / "requirements.lock"

FLOORS = {
    "langgraph": "1.0.10",
    "langgraph-checkpoint": "4.1.1",
    "langgraph-checkpoint-sqlite": "3.0.1",
    "langchain-core": "1.3.3",
    "langsmith": "0.8.0",
    "starlette": "1.3.1",
    "fastapi": "0.109.1",
    "h11": "0.16.0",
    "pyjwt": "2.13.0",
    "jinja2": "3.1.6",
    "cryptography": "50.0.0",
}
FLOORS_IF_THERE = {"langgraph-sdk": "0.3.15", "authlib": "1.6.12"}
UNWANTED = {"python-multipart": "The API takes JSON only, and a parser of forms has holes."}


def installed() -> dict[str, str]:
    """Versions by name, as this interpreter would import them."""
    return {_plain(found.metadata["Name"]): found.version for found in distributions()}


def locked() -> dict[str, str]:
    """Versions by name, as `make install` would install them."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", LOCK.read_text(), re.M)
    return {_plain(name): version for name, version in found}


def unsafe(versions: Mapping[str, str]) -> list[str]:
    """What is older than its floor, missing, or should not be there."""
    floors = FLOORS | {name: floor for name, floor in FLOORS_IF_THERE.items() if name in versions}
    low = [
        name
        for name, floor in floors.items()
        if name not in versions or Version(versions[name]) < Version(floor)
    ]
    return low + [name for name in UNWANTED if name in versions]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nothing_unsafe_is_installed() -> None:
    assert unsafe(installed()) == []


def test_nothing_unsafe_is_locked() -> None:
    assert unsafe(locked()) == []


@pytest.mark.parametrize("name", FLOORS | FLOORS_IF_THERE)
def test_package_is_unsafe_when_it_is_below_its_floor(name: str) -> None:
    assert unsafe(FLOORS | {name: "0.0.1"}) == [name]


def test_package_is_unsafe_when_it_is_missing_or_unwanted() -> None:
    without = {name: floor for name, floor in FLOORS.items() if name != "langsmith"}
    assert unsafe(without) == ["langsmith"]
    assert unsafe(FLOORS | {"python-multipart": "99"}) == ["python-multipart"]
