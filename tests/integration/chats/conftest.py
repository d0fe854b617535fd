"""Chats over toy systems on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy


@pytest.fixture
def worlds() -> dict[str, ToyWorld]:
    return {name: ToyWorld() for name in ("slack", "github", "newsletter", "grants")}


@pytest.fixture
async def home(tmp_path: Path, worlds: dict[str, ToyWorld]) -> AsyncIterator[House]:
    async with house(tmp_path, {name: toy(name, world) for name, world in worlds.items()}) as home:
        yield home
