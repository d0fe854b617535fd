"""Who watches over a run's lease ends with its execution, however that ends."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from server.store import claims
from server.store.claims import Claim
from server.worker.drive import Driver
from server.worker.execute import Executor
from tests.doubles.house import house


class _Drives:
    """A run with nothing to do."""

    async def drive(self, *_: object) -> None:
        await asyncio.sleep(0.01)  # the watcher looks meanwhile


async def test_execution_waits_for_its_watcher_when_the_run_cannot_be_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, seen = asyncio.Event(), asyncio.Event()

    async def wanted(*_: object) -> bool:
        looking.set()
        await seen.wait()
        return False

    async def release(*_: object, **__: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(claims, "wanted", wanted)
    monkeypatch.setattr(claims, "release", release)
    async with house(tmp_path, {}, served=False) as home:
        executor = Executor(home.service.database, home.service.bell, cast(Any, None))
        claim = Claim("run_1", fence=1, failures=0, graph_version="1")
        execution = asyncio.create_task(executor.execute(cast(Driver, _Drives()), claim))
        await looking.wait()
        done, _ = await asyncio.wait({execution}, timeout=0.3)
        assert not done
        seen.set()
        with pytest.raises(ValueError, match="a defect"):
            await execution
