"""A turn that ends in the middle of a call: the next message is answered, nothing is done twice."""

from collections.abc import Sequence

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT
from server.lifecycle.reads import list_runs
from server.supervisor.desk import Desk
from server.supervisor.tidying import Tidying
from tests.doubles.chatter import calling, chatter, cut_off
from tests.doubles.house import House

SENTENCE = "onboard Acme Corp"


async def launched(home: House) -> list[RunState]:
    return (await list_runs(home.service, tenant=DEFAULT_TENANT)).items


async def test_the_same_message_again_launches_nothing_twice(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_off(chatter(home), SENTENCE, monkeypatch, after_launch=True)
    (run,) = await launched(home)
    done = await chatter(home).answer(SENTENCE)
    assert [each.run_id for each in await launched(home)] == [run.run_id]
    assert "under way already" in done.text and run.run_id in done.text


async def test_a_launch_that_never_began_is_not_made_up(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_off(chatter(home), SENTENCE, monkeypatch, after_launch=False)
    assert "There are no such runs" in (await chatter(home).answer("list runs")).text
    assert len((await chatter(home).answer(SENTENCE)).launched) == 1
    assert len(await launched(home)) == 1


async def test_a_model_is_told_what_became_of_the_call(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Sequence[BaseMessage]] = []

    def look(messages: Sequence[BaseMessage]) -> AIMessage:
        seen.append(messages)
        return AIMessage("Well.")

    await cut_off(chatter(home), SENTENCE, monkeypatch, after_launch=True)
    (run,) = await launched(home)
    await chatter(home, look).answer("go on")
    _, asked, call, result, newest = seen[0]
    assert isinstance(asked, HumanMessage)
    assert isinstance(call, AIMessage)
    assert isinstance(result, ToolMessage)
    assert isinstance(newest, HumanMessage)
    assert (result.tool_call_id, run.run_id in result.text) == (call.tool_calls[0]["id"], True)


async def test_a_second_launch_would_follow_without_the_look_for_the_same(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the guard against models, and rules, that ask again."""
    await cut_off(chatter(home), SENTENCE, monkeypatch, after_launch=True)

    async def nothing(self: Desk, asked: object) -> None:
        return None

    monkeypatch.setattr(Desk, "_same", nothing)
    await chatter(home).answer(SENTENCE)
    assert len(await launched(home)) == 2


async def test_a_call_would_stay_open_without_the_tidying(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the mending; a real model refuses such messages, each time anew."""
    seen: list[Sequence[BaseMessage]] = []

    def look(messages: Sequence[BaseMessage]) -> AIMessage:
        seen.append(messages)
        return AIMessage("Well.")

    async def nothing(self: Tidying, state: object, runtime: object) -> None:
        return None

    await cut_off(chatter(home), SENTENCE, monkeypatch, after_launch=True)
    monkeypatch.setattr(Tidying, "abefore_agent", nothing)
    await chatter(home, look).answer("go on")
    assert not [message for message in seen[0] if isinstance(message, ToolMessage)]


async def test_one_launch_that_is_called_twice_is_proposed_once(home: House) -> None:
    def both(messages: Sequence[BaseMessage]) -> AIMessage:
        if isinstance(messages[-1], ToolMessage):
            return AIMessage("Done.")
        first = calling("launch", "c1", company_name="Acme")
        second = calling("launch", "c2", company_name="Globex")
        third = calling("launch", "c3", company_name="Acme")
        return AIMessage("", tool_calls=[c.tool_calls[0] for c in (first, second, third)])

    proposal = await chatter(home, both).propose("onboard Acme and Globex")
    assert len(proposal.actions) == 2
    await chatter(home, both).answer("yes", shown=proposal)
    assert sorted(run.company.name for run in await launched(home)) == ["Acme", "Globex"]
