"""What people say and what comes of it, kept in either database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.decisions import DecisionKind
from domain.errors import IllegalMove, NotAllowed, NotFound
from domain.scopes import DEFAULT_TENANT, Scope
from domain.status import RunStatus
from server.lifecycle import chats as lifecycle
from server.lifecycle.reads import get_run, list_events
from server.store import chats as store
from server.store.tables import ChatRow
from tests.doubles.chatter import Chatter, chatter
from tests.doubles.house import DANA, House
from tests.doubles.toy import ToyWorld

ROBIN = replace(DANA, name="robin")
ELSEWHERE = replace(DANA, tenant="elsewhere")


async def of_threads(chat: Chatter, thread: str = "t1") -> int:
    """How many checkpoints are kept of a thread."""
    config = {"configurable": {"thread_id": f"chat/{thread}"}}
    return len([found async for found in chat.saver.alist(config)])  # type: ignore[arg-type]


async def test_a_company_is_launched_in_the_systems_that_are_named(home: House) -> None:
    done = await chatter(home).answer("Onboard Acme Corp except GitHub.")
    (run_id,) = done.launched
    run = await get_run(home.service, run_id, tenant=DEFAULT_TENANT)
    assert (run.company.name, run.launched_by) == ("Acme Corp", "dana")
    assert run.systems == ("slack", "newsletter", "grants")
    assert run_id in done.text
    first = (await list_events(home.service, run_id, tenant=DEFAULT_TENANT))[0].event
    assert first.model_dump()["door"] == "chat"


async def test_what_waits_is_told_and_what_failed_is_explained_and_retried(
    home: House, worlds: dict[str, ToyWorld]
) -> None:
    chat = chatter(home)
    assert "Nothing waits" in (await chat.answer("What waits for me?")).text
    worlds["github"].broken = "refused"
    (run_id,) = (await chat.answer("onboard Globex")).launched
    await home.settle(run_id)
    assert f"Globex ({run_id}): approval" in (await chat.answer("what waits for me?")).text
    refused = (await chat.answer("please approve Globex")).text
    assert refused.startswith("I cannot approve anything")
    assert f"agentos approve {run_id}" in refused
    assert (await home.settle(run_id)).status is RunStatus.AWAITING_APPROVAL
    await home.decide(run_id, "approve")
    await home.until(run_id, RunStatus.ESCALATED)
    assert (
        "github (PERMISSION): github said no." in (await chat.answer("Why did Globex fail?")).text
    )
    worlds["github"].broken = None
    assert "is being tried again" in (await chat.answer("retry GitHub for Globex")).text
    done = await home.until(run_id, RunStatus.COMPLETED)
    retried = done.decisions[-1]
    assert (retried.kind, retried.responder, retried.door) == (DecisionKind.RETRY, "dana", "chat")


async def test_a_person_is_asked_in_the_log_of_the_run(home: House) -> None:
    chat = chatter(home)
    (run_id,) = (await chat.answer("onboard Globex")).launched
    await home.settle(run_id)
    await chat.answer("ask somebody to approve Globex")
    await chat.answer("escalate Globex because nobody answers")
    log = await list_events(home.service, run_id, tenant=DEFAULT_TENANT)
    asked = [each.event.model_dump() for each in log if each.event.type == "person_asked"]
    assert [(each["about"], each["reason"]) for each in asked] == [
        ("approval", "ask somebody to approve Globex"),
        ("help", "nobody answers"),
    ]
    assert (await home.settle(run_id)).status is RunStatus.AWAITING_APPROVAL


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


async def test_nothing_of_another_tenant_is_found_or_listed(home: House) -> None:
    await chatter(home).answer("onboard Acme Corp")
    theirs = replace(chatter(home), thread="t2")
    assert "There is no run" in (await theirs.answer("status of Acme Corp", ELSEWHERE)).text
    assert "There are no such runs" in (await theirs.answer("list runs", ELSEWHERE)).text


async def test_a_tool_has_the_rights_of_the_one_who_speaks(home: House) -> None:
    viewer = replace(DANA, scopes=frozenset({Scope.VIEWER}))
    chat = chatter(home)
    done = await chat.answer("onboard Acme Corp", viewer)
    assert (done.launched, "This needs the scope operator" in done.text) == ((), True)
    assert "no such runs" in (await chat.answer("list runs", viewer)).text
    with pytest.raises(NotAllowed):
        await chat.say("help", replace(DANA, scopes=frozenset()))


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
