"""A row goes out once, whatever was saved of it within a batch."""

import json
from typing import Any

import pytest

from server.store.saves import Batch, Save, row

COLUMNS = ("thread_id", "idx")


class Recorder:
    """Stands in for a connection; answers that no thread is allowed."""

    def __init__(self) -> None:
        self.tables: list[list[dict[str, Any]]] = []

    async def execute(self, _query: str, values: list[str]) -> "Recorder":
        self.tables = [json.loads(value) for value in values]
        return self

    async def fetchall(self) -> list[dict[str, Any]]:
        return []


def write(value: str, *, replace: bool, thread: str = "t", fence: int | None = 1) -> Save:
    columns = {"thread_id": thread, "idx": -3, "blob": value}
    return Save(thread, fence, writes=[row(columns, *COLUMNS)], replace=replace)


@pytest.mark.parametrize(
    ("replacing", "inserted", "replaced"),
    [
        ([False, False], ["0"], []),
        ([True, True], [], ["1"]),
        ([False, True], [], ["1"]),
        ([True, False], [], ["0"]),
        ([False, True, False, True], [], ["3"]),
    ],
)
async def test_row_goes_out_once_when_it_was_saved_several_times(
    replacing: list[bool], inserted: list[str], replaced: list[str]
) -> None:
    recorder: Any = Recorder()
    batch = Batch(*(write(str(n), replace=over) for n, over in enumerate(replacing)))
    assert await batch.store(recorder) == {"t"}
    claims, blobs, checkpoints, writes, over = recorder.tables
    assert claims == [{"run_id": "t", "fence": 1}]
    assert blobs == checkpoints == []
    assert [one["blob"] for one in writes] == inserted
    assert [one["blob"] for one in over] == replaced


def test_save_waits_when_its_thread_is_there_with_another_fence() -> None:
    batch = Batch(write("a", replace=True))
    assert batch.add(write("b", replace=True))
    assert batch.add(write("c", replace=True, thread="other", fence=None))
    assert not batch.add(write("d", replace=True, fence=2))
    assert not batch.add(write("e", replace=True, fence=None))


def test_save_cannot_be_made_when_it_is_no_json() -> None:
    with pytest.raises(TypeError):
        row({"thread_id": "t", "checkpoint": object()}, "thread_id")
