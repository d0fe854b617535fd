"""Somebody who can write the database, and changes a plan behind the backs of its approvers."""

import json
from pathlib import Path

from domain.state import Json
from server.store.checkpoints import open_saver


async def forge(checkpoints: Path, run_id: str, old: str, new: str) -> Json:
    """The plan of a parked run with `new` for `old` everywhere, as its checkpoint has it now."""
    async with open_saver(checkpoints) as saver:
        found = await saver.aget_tuple({"configurable": {"thread_id": run_id}})
        assert found is not None
        text = json.dumps(found.checkpoint["channel_values"]["plan"])
        assert old in text
        forged: Json = json.loads(text.replace(old, new))
        found.checkpoint["channel_values"]["plan"] = forged
        parent = found.parent_config or {"configurable": {"thread_id": run_id, "checkpoint_ns": ""}}
        await saver.aput(parent, found.checkpoint, found.metadata, {})
    return forged
