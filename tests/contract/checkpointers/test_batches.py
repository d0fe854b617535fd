"""Whatever is settled within a flush ends as if each save had been stored by itself."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from server.store.group_saver import GroupSaver

CHANNELS = ("a", "b", "__error__", "__interrupt__", "__resume__")
DUMP = """
SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata,
    NULL, NULL, NULL, NULL, NULL FROM checkpoints WHERE thread_id LIKE %(name)s
UNION ALL
SELECT checkpoint_ns, NULL, NULL, NULL, NULL, NULL, NULL, channel, version, blob
FROM checkpoint_blobs WHERE thread_id LIKE %(name)s
UNION ALL
SELECT checkpoint_ns, checkpoint_id, NULL, NULL, NULL, task_id, idx::text, channel, task_path, blob
FROM checkpoint_writes WHERE thread_id LIKE %(name)s
"""


def calls(seed: int) -> Iterator[tuple[Any, ...]]:
    """Puts and writes that meet again and again on the same few keys."""
    dice = random.Random(seed)
    for number in range(60):
        namespace, checkpoint = dice.choice(["", "sub:1"]), dice.choice("12")
        if dice.random() < 0.4:
            values = {name: dice.choice([{"n": number}, number, None, ""]) for name in "ab"}
            versions = {name: dice.choice("12") for name in "ab"}
            yield "put", namespace, checkpoint, values, versions
        else:
            kinds = CHANNELS[2:] if dice.random() < 0.5 else CHANNELS
            writes = [(dice.choice(kinds), dice.choice([number, None])) for _ in range(3)]
            yield "write", namespace, checkpoint, writes, dice.choice("xy")


async def carry_out(saver: AsyncPostgresSaver, thread: str, call: tuple[Any, ...]) -> None:
    kind, namespace, checkpoint, *rest = call
    own = {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint}
    if kind == "put":
        values, versions = rest
        document: Any = {"v": 4, "id": checkpoint, "channel_values": values}
        await saver.aput({"configurable": own}, document, {"step": 1}, versions)
    else:
        writes, task = rest
        await saver.aput_writes({"configurable": own}, writes, task, f"path of {task}")


@pytest.mark.parametrize("seed", range(6))
async def test_rows_are_the_same_when_saves_share_a_flush(
    saver: GroupSaver, stock: AsyncPostgresSaver, database: psycopg.Connection, seed: int
) -> None:
    await asyncio.gather(*(carry_out(saver, "grouped", call) for call in calls(seed)))
    for call in calls(seed):
        await carry_out(saver, "single", call)
        await carry_out(stock, "stock", call)
    grouped, single, library = (
        sorted(database.execute(DUMP, {"name": name}).fetchall(), key=repr)
        for name in ("grouped", "single", "stock")
    )
    assert len(grouped) > 10
    assert grouped == single == library
    marks = database.execute(
        "SELECT count(DISTINCT xmin::text) FROM checkpoint_writes WHERE thread_id = 'grouped'"
    ).fetchone()
    assert marks == (1,)
