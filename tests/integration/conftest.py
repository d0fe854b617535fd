"""No test of the service leaves anything behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration import leaks


@pytest.fixture(autouse=True)
async def nothing_leaks(tmp_path: Path) -> AsyncIterator[None]:
    """Looks when everything else of the test has been taken down."""
    yield
    found = leaks.of_tasks()
    for store in tmp_path.rglob("agentos.db"):
        found += leaks.of_store(store)
    assert found == []
