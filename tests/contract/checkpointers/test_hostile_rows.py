"""Whoever can write the tables runs nothing: a planted row is refused, other threads go on."""

from pathlib import Path
from typing import Any

import ormsgpack
import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from domain.errors import CheckpointCorrupt
from server.store.checkpoints import open_saver
from server.store.group_saver import GroupSaver
from tests.contract.checkpointers.thread import Thread

CONSTRUCT = 0


def calls_mkdir(folder: Path) -> bytes:
    """A stored value whose revival makes a folder, if it is allowed to call anything."""
    return ormsgpack.packb(ormsgpack.Ext(CONSTRUCT, ormsgpack.packb(("os", "mkdir", str(folder)))))


def plant(database: psycopg.Connection, table: str, content: bytes, tag: str = "msgpack") -> None:
    query = f"UPDATE {table} SET type = %s, blob = %s WHERE thread_id = 'victim'"
    assert database.execute(query.encode(), (tag, content)).rowcount == 1


@pytest.fixture
async def threads(saver: GroupSaver) -> dict[str, Thread]:
    there = {name: Thread(saver, name) for name in ("victim", "other")}
    for thread in there.values():
        await thread.put({"a": 1})
        await thread.write({"b": 2})
    return there


@pytest.mark.parametrize("table", ["checkpoint_blobs", "checkpoint_writes"])
async def test_nothing_is_called_when_a_row_names_code(
    threads: dict[str, Thread], database: psycopg.Connection, tmp_path: Path, table: str
) -> None:
    plant(database, table, calls_mkdir(tmp_path / "made"))
    with pytest.raises(CheckpointCorrupt):
        await threads["victim"].values()
    assert not (tmp_path / "made").exists()
    assert await threads["other"].values() == {"c": {"a": 1}}


@pytest.mark.parametrize("table", ["checkpoint_blobs", "checkpoint_writes"])
async def test_code_is_called_when_the_serializer_is_the_librarys_default(
    threads: dict[str, Thread],
    stock: AsyncPostgresSaver,
    database: psycopg.Connection,
    tmp_path: Path,
    table: str,
) -> None:
    """The control: outside of strict mode, which these tests set, every module is allowed."""
    plant(database, table, calls_mkdir(tmp_path / "made"))
    stock.serde = JsonPlusSerializer(allowed_msgpack_modules=True)
    await Thread(stock, "victim").values()
    assert (tmp_path / "made").is_dir()


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        ("msgpack", b"\x82\xa1a"),
        ("msgpack", b""),
        ("pickle", b"cos\nmkdir\n."),
        ("json", b'{"lc": 2, "type": "constructor", "id": ["os", "getcwd"]}'),
        ("msgpack+aes", b"\x80"),
    ],
    ids=["truncated", "empty", "pickle", "json", "unknown"],
)
async def test_run_is_refused_alone_when_its_row_is_unreadable(
    threads: dict[str, Thread], database: psycopg.Connection, tag: str, content: bytes
) -> None:
    plant(database, "checkpoint_blobs", content, tag)
    with pytest.raises(CheckpointCorrupt):
        await threads["victim"].values()
    assert await threads["other"].values() == {"c": {"a": 1}}


async def test_nothing_is_called_when_the_row_is_in_sqlite(tmp_path: Path) -> None:
    made = tmp_path / "made"
    async with open_saver(tmp_path / "checkpoints.db") as saver:
        thread = Thread(saver, "victim")
        await thread.put({"a": 1})
        planted: tuple[Any, ...] = (calls_mkdir(made),)
        await saver.conn.execute("UPDATE checkpoints SET checkpoint = ?", planted)
        with pytest.raises(CheckpointCorrupt):
            await thread.values()
        assert not made.exists()
        saver.serde = JsonPlusSerializer(allowed_msgpack_modules=True)
        with pytest.raises(TypeError):  # what mkdir returns is no checkpoint
            await thread.values()
        assert made.is_dir()
