"""A service on either database, which nobody executes runs of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy


@pytest.fixture
async def home(tmp_path: Path, address: str | None) -> AsyncIterator[House]:
    async with house(
        tmp_path, {"slack": toy("slack", ToyWorld())}, served=False, address=address
    ) as home:
        yield home
