"""Threads of chats: whose they are, who answers them, how long they are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.errors import IllegalMove, NotFound
from domain.scopes import DEFAULT_TENANT
from server.lifecycle import chats as lifecycle
from server.lifecycle.reads import list_runs
from server.store import chats as store
from server.store.chat_tables import ChatRow
from tests.doubles.chatter import Chatter, chatter, cut_off
from tests.doubles.house import DANA, House

ROBIN = replace(DANA, name="robin")
ELSEWHERE = replace(DANA, tenant="elsewhere")


async def of_threads(chat: Chatter, thread: str = "t1") -> int:
    """How many checkpoints are kept of a thread."""
    config = {"configurable": {"thread_id": f"chat/{thread}"}}
    return len([found async for found in chat.saver.alist(config)])  # type: ignore[arg-type]


async def test_a_thread_goes_on_in_another_life_and_keeps_one_checkpoint(home: House) -> None:
    await chatter(home).answer("onboard Acme Corp")
    chat = chatter(home)
    await chat.answer("status of Acme Corp")
    said = await chat.chats.read("t1", DANA)
    assert [message.role for message in said] == ["user", "assistant"] * 2
    assert said[2].text == "status of Acme Corp"
    assert await of_threads(chat) == 1


@pytest.mark.parametrize("other", [ROBIN, ELSEWHERE])
async def test_a_thread_of_somebody_else_is_not_found(home: House, other: object) -> None:
    chat = chatter(home)
    await chat.answer("help")
    with pytest.raises(NotFound):
        await chat.say("help", other)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await chat.chats.read("t1", other)  # type: ignore[arg-type]
    assert len(await chat.chats.read("t1", DANA)) == 2


async def test_the_next_message_waits_while_a_thread_is_answered(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = chatter(home)
    monkeypatch.setattr(lifecycle, "_LOOKS", 1)
    turn = chat.chats.talk("t1", "help", DANA)
    await anext(turn)
    with pytest.raises(IllegalMove, match="still being answered"):
        await chat.say("help")
    await turn.aclose()
    assert (await chat.answer("help")).text


async def test_a_turn_of_a_dead_process_holds_nobody_up_for_longer_than_its_lease(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = chatter(home)
    monkeypatch.setattr(lifecycle, "_LOOKS", 1)
    await chat.answer("help")
    async with home.service.database.write() as tx:
        held = {"holder": "a life that is over", "held_until": tx.now + timedelta(seconds=60)}
        await tx.session.execute(update(ChatRow).values(held))
        on_postgres = tx.on_postgres
    if on_postgres:  # there another process may well be alive
        with pytest.raises(IllegalMove):
            await chat.say("help")
        async with home.service.database.write() as tx:
            await tx.session.execute(update(ChatRow).values(held_until=tx.now))
    assert (await chat.answer("help")).text


async def test_a_thread_is_held_until_the_turn_is_over_and_by_its_holder_only(home: House) -> None:
    async with home.service.database.write() as tx:
        who = {"tenant": "default", "person": "dana", "life": "one"}
        assert await store.begin_turn(tx, "t9", holder="one/1", **who) == (1, 0)
        assert await store.keep_turn(tx, "t9", "one/1")
        assert not await store.keep_turn(tx, "t9", "one/2")
        assert not await store.end_turn(tx, "t9", "one/2", tokens=9)
        assert await store.end_turn(tx, "t9", "one/1", tokens=7)
        assert await store.begin_turn(tx, "t9", holder="one/3", **who) == (2, 7)


async def test_old_threads_are_forgotten_with_all_that_was_said(home: House) -> None:
    chat = chatter(home, keep_days=30)
    await chat.answer("help")
    await replace(chat, thread="young").answer("help")
    async with home.service.database.write() as tx:
        long_ago = tx.now - timedelta(days=31)
        old = update(ChatRow).where(ChatRow.thread_id == "t1").values(last_at=long_ago)
        await tx.session.execute(old)
    await replace(chat, thread="new").answer("help")
    assert [await of_threads(chat, name) for name in ("t1", "young", "new")] == [0, 1, 1]
    with pytest.raises(NotFound):
        await chat.chats.read("t1", DANA)


async def test_a_turn_that_was_cut_off_is_mended_in_either_database(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that there is to say of it stands in `tests/integration/chats`."""
    await cut_off(chatter(home), "onboard Acme Corp", monkeypatch, after_launch=True)
    done = await chatter(home).answer("onboard Acme Corp")
    assert "is under way already" in done.text
    assert len((await list_runs(home.service, tenant=DEFAULT_TENANT)).items) == 1
