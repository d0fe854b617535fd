"""One thread's puts, spelled short."""

from dataclasses import dataclass, field
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint

from server.store.group_saver import FENCE


@dataclass
class Thread:
    """A thread of a saver, written under `fence` if there is one."""

    saver: BaseCheckpointSaver[str]
    name: str
    fence: int | None = None
    config: RunnableConfig = field(init=False)

    def __post_init__(self) -> None:
        token = {} if self.fence is None else {FENCE: self.fence}
        self.config = {"configurable": {"thread_id": self.name, "checkpoint_ns": "", **token}}

    async def put(self, value: Any = "x", channel: str = "c") -> str:
        """Store a checkpoint with one channel; its id."""
        checkpoint = empty_checkpoint()
        version = f"{channel}/{checkpoint['id']}"
        checkpoint["channel_values"] = {channel: value}
        checkpoint["channel_versions"] = {channel: version}
        answer = await self.saver.aput(self.config, checkpoint, {"step": 1}, {channel: version})
        self.config = answer
        return checkpoint["id"]

    async def write(self, value: Any = "y", channel: str = "c", task: str = "task") -> None:
        """Store a task's write; before any checkpoint it belongs to one that is not there."""
        own = {"checkpoint_id": "none", **self.config["configurable"]}
        await self.saver.aput_writes({"configurable": own}, [(channel, value)], task)

    async def values(self) -> dict[str, Any]:
        """What the newest checkpoint holds."""
        found = await self.saver.aget_tuple({"configurable": {"thread_id": self.name}})
        return found.checkpoint["channel_values"] if found else {}
