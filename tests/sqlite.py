"""SQLite files as the first start of the service leaves them, made once and copied."""

import asyncio
import shutil
import tempfile
from functools import cache
from pathlib import Path
from threading import Thread

from server.store.checkpoints import open_saver
from server.store.sqlite import SqliteDatabase


def installed(folder: Path) -> None:
    """All tables and nothing else, where `folder` has no files yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in Path(_made().name).glob("*.db"):
        if not (folder / file.name).exists():
            shutil.copy(file, folder)


@cache
def _made() -> "tempfile.TemporaryDirectory[str]":
    """Gone with this process."""
    made = tempfile.TemporaryDirectory(prefix="installed")
    thread = Thread(target=asyncio.run, args=(_start(Path(made.name)),))  # a loop may run in ours
    thread.start()
    thread.join()
    return made


async def _start(folder: Path) -> None:
    database = SqliteDatabase(folder / "agentos.db")
    await database.open()
    await database.close()
    async with open_saver(folder / "checkpoints.db"):
        pass
