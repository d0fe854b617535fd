"""The library's own suite: ours pass whatever the savers they stand in for pass."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate

from server.store.checkpoints import open_saver
from server.store.group_saver import open_group_saver
from tests.contract.checkpointers.conftest import open_stock

BASE = {"put", "put_writes", "get_tuple", "list", "delete_thread"}


async def passed(name: str, opener: Any) -> set[str]:
    """The capabilities that the suite found; all of their tests have passed."""

    @checkpointer_test(name=name)
    async def fresh() -> AsyncGenerator[BaseCheckpointSaver[str], None]:
        async with opener() as saver:
            yield saver

    report = await validate(fresh)
    found = {name: result for name, result in report.results.items() if result.detected}
    assert [failure for result in found.values() for failure in result.failures] == []
    assert all(result.tests_passed for result in found.values())
    return set(found)


async def test_ours_passes_what_the_librarys_passes_when_on_postgres(tables: str) -> None:
    ours = await passed("ours", lambda: open_group_saver(tables))
    assert ours == BASE | {"prune"}
    assert ours == await passed("stock", lambda: open_stock(tables))


async def test_saver_passes_the_base_and_prunes_when_on_sqlite(tmp_path: Path) -> None:
    ours = await passed("sqlite", lambda: open_saver(tmp_path / "checkpoints.db"))
    assert ours == BASE | {"prune"}
