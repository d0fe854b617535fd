"""Whoever can write the checkpoints' tables cannot run code here; that run alone fails."""

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import ormsgpack
import psycopg
import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from domain.runs import RunState
from domain.status import RunStatus
from server.store import checkpoints, group_saver
from tests.doubles.house import House, house
from tests.doubles.toy import ToyWorld, toy

Stored = tuple[str, bytes]


class Shell:
    """When this is unpickled a command is run."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return eval, (f"__import__('os').system({self.command!r})",)


def _called(command: str) -> Stored:
    call = ormsgpack.Ext(0, ormsgpack.packb(("os", "system", command)))
    return "msgpack", ormsgpack.packb(call)


HOSTILE: dict[str, Callable[[str], Stored]] = {
    "a call": _called,
    "a pickle": lambda command: ("pickle", pickle.dumps(Shell(command))),
    "half of it": lambda command: ("msgpack", ormsgpack.packb({"plan": command})[:-2]),
    "another cipher": lambda command: ("msgpack+aes", command.encode()),
}


def _plant(folder: Path, address: str | None, run_id: str, stored: Stored) -> None:
    """Put it where the run's plan is stored, or all of its state."""
    if address is None:
        query = "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = ?"
        with closing(sqlite3.connect(folder / "checkpoints.db")) as file, file:
            assert file.execute(query, (*stored, run_id)).rowcount
        return
    query = "UPDATE checkpoint_blobs SET type = %s, blob = %s WHERE thread_id = %s"
    with psycopg.connect(address) as database:
        planted = database.execute(f"{query} AND channel = 'plan'".encode(), (*stored, run_id))
        assert planted.rowcount


async def _two_parked(folder: Path, address: str | None) -> list[str]:
    async with house(folder, {"slack": toy("slack", ToyWorld())}, address=address) as home:
        runs = [await home.launch(name) for name in ("Acme Corp", "Globex")]
        for run in runs:
            await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    return [run.run_id for run in runs]


async def _approved(home: House, *run_ids: str) -> list[RunState]:
    """The runs as they end."""
    for run_id in run_ids:
        await home.decide(run_id, "approve")
    return [await home.settle(run_id) for run_id in run_ids]


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_planted_row_runs_nothing_and_fails_its_run_alone(
    tmp_path: Path, address: str | None, kind: str
) -> None:
    victim, other = await _two_parked(tmp_path, address)
    ran = tmp_path / "ran"
    _plant(tmp_path, address, victim, HOSTILE[kind](f"touch {ran}"))
    world = ToyWorld()
    async with house(tmp_path, {"slack": toy("slack", world)}, address=address) as home:
        failed, ended = await _approved(home, victim, other)
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == (RunStatus.FAILED, "checkpoint_corrupt")
    assert ended.status is RunStatus.COMPLETED
    assert not ran.exists()
    assert [mark for _, mark in world.objects] == [ended.company.marker]


async def test_a_planted_row_runs_when_the_serializer_is_the_librarys(
    tmp_path: Path, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what was planted is a call indeed."""
    victim, _ = await _two_parked(tmp_path, address)
    ran = tmp_path / "ran"
    _plant(tmp_path, address, victim, HOSTILE["a call"](f"touch {ran}"))
    for module in (checkpoints, group_saver):
        lenient = JsonPlusSerializer(allowed_msgpack_modules=True)
        monkeypatch.setattr(module, "plain_serializer", lambda found=lenient: found)
    async with house(tmp_path, {"slack": toy("slack", ToyWorld())}, address=address) as home:
        await home.decide(victim, "approve")
        await home.settle(victim, seconds=2)
    assert ran.exists()
