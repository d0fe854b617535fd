"""The graph in a host's hands: its threads are runs like all others, by the rules of every door."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agentos import hosted
from agentos.house import House, opened
from agentos.settings import load
from domain.decisions import Answer, DecisionKind
from domain.errors import AlreadyDecided, BadSetting, IllegalMove, Invalid
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, DEFAULT_TENANT
from server.lifecycle.decisions import decide
from server.lifecycle.reads import get_run, list_runs, wait_until_parked
from server.lifecycle.service import Actor
from tests.integration import leaks
from tests.integration.caller import PATIENCE_SECONDS
from tests.integration.onboarding.conftest import FIRST_CALLS, STAND_IN, grown
from tests.sandbox_server import MADE, SandboxServer

ACME = {"company_name": "Acme Corp"}
APPROVE = {"decisions": [{"type": "approve"}]}


@dataclass(frozen=True)
class Thread:
    """One thread of a host, which keeps the checkpoints."""

    house: House
    onboarding: hosted.Hosted
    sandbox: SandboxServer
    before: dict[str, dict[str, int]]
    config: RunnableConfig

    async def go(self, step: Any, **where: str) -> dict[str, Any]:
        """What the host shows at the end of one of its runs."""
        config: RunnableConfig = {"configurable": {**self.config["configurable"], **where}}
        found: dict[str, Any] = await self.onboarding.ainvoke(step, config)
        return found

    async def answer(self, said: Any) -> dict[str, Any]:
        """Resume with it."""
        return await self.go(Command(resume=said))

    def made(self) -> dict[str, int]:
        """How many objects of each kind the systems hold that were not there at the start."""
        return grown(self.before, self.sandbox.counts())

    async def run(self) -> RunState:
        """The run that is recorded."""
        state = await self.onboarding.aget_state(self.config)
        return await get_run(self.house.service, state.values["run_id"], tenant=None)


@pytest.fixture
async def thread(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Thread]:
    settings = load({}, sandbox_url=sandbox.url, sqlite_db_path=tmp_path / "agentos.db")
    async with opened(settings) as house:

        async def here() -> House:
            return house

        monkeypatch.setattr(hosted, "house", here)
        graphs = hosted.hosted().copy({"checkpointer": InMemorySaver()})
        config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}
        yield Thread(house, graphs, sandbox, sandbox.counts(), config)
    assert list(tmp_path.glob("studio.db"))
    assert leaks.of_store(tmp_path / "studio.db") == []


async def test_thread_is_a_recorded_run_when_it_is_approved(
    thread: Thread, sandbox: SandboxServer
) -> None:
    shown = await thread.go(ACME)
    assert sandbox.writes() == []
    assert shown["__interrupt__"][0].value["action_requests"][0]["name"] == "approval"
    assert (await thread.run()).status == "awaiting_approval"
    assert (await thread.answer(APPROVE))["outcome"] == "completed"
    run = await thread.run()
    assert (run.status, run.decisions[0].door, run.decisions[0].responder) == (
        "completed",
        "studio",
        "studio",
    )
    assert thread.made() == MADE


async def test_nothing_is_made_when_it_is_denied(thread: Thread, sandbox: SandboxServer) -> None:
    await thread.go(ACME)
    await thread.answer({"approved": False, "responder": "dana"})
    run = await thread.run()
    assert (run.status, run.decisions[0].responder) == ("denied", "dana")
    assert sandbox.writes() == []


async def test_question_stays_open_when_the_answer_is_none(
    thread: Thread, sandbox: SandboxServer
) -> None:
    await thread.go(ACME)
    for said in ({"approved": "yes"}, {"decision": "retry"}, "approve", {"a": 1, "b": 2}):
        with pytest.raises(Invalid):
            await thread.answer(said)
    assert sandbox.writes() == []
    assert (await thread.answer(APPROVE))["outcome"] == "completed"


async def test_answer_counts_when_it_is_given_by_the_id_of_the_interrupt(thread: Thread) -> None:
    shown = await thread.go(ACME)
    question = shown["__interrupt__"][0]
    assert (await thread.answer({question.id: {"approved": True}}))["outcome"] == "completed"


async def test_nothing_is_made_twice_when_the_host_goes_back(
    thread: Thread, sandbox: SandboxServer
) -> None:
    await thread.go(ACME)
    parked = await thread.onboarding.aget_state(thread.config)
    await thread.answer(APPROVE)
    made = sandbox.writes()
    earlier = parked.config["configurable"]["checkpoint_id"]
    await thread.go(None, checkpoint_id=earlier)
    assert (await thread.answer(APPROVE))["outcome"] == "completed"
    assert sandbox.writes() == made
    await thread.go(None, checkpoint_id=earlier)
    with pytest.raises(AlreadyDecided):
        await thread.answer({"approved": False})


async def test_thread_is_refused_a_second_launch_and_an_answer_to_nothing(thread: Thread) -> None:
    wrong: tuple[Any, ...] = (Command(resume=APPROVE), {"company": "Acme Corp"})
    for step in wrong:
        with pytest.raises(Invalid):
            await thread.go(step)
    await thread.go(ACME)
    with pytest.raises(IllegalMove):
        await thread.go({"company_name": "Globex"})
    await thread.answer(APPROVE)
    with pytest.raises(IllegalMove):
        await thread.answer(APPROVE)


async def test_failed_system_is_tried_again_when_a_person_says_so(
    thread: Thread, sandbox: SandboxServer
) -> None:
    path = FIRST_CALLS["grants"]
    sandbox.fault(
        system=STAND_IN["grants"], method="POST", path_regex=path, kind="status", status=403
    )
    await thread.go(ACME)
    shown = await thread.answer(APPROVE)
    assert shown["__interrupt__"][0].value["action_requests"][0]["name"] == "escalation"
    assert (await thread.run()).status == "escalated"
    sandbox.heal()
    assert (await thread.answer({"decision": "retry"}))["outcome"] == "completed"
    assert thread.made() == MADE


async def test_plan_is_made_anew_when_it_is_edited(thread: Thread) -> None:
    await thread.go(ACME)
    args = {"systems": ["slack"], "contacts": [{"email": "ben@example.com"}]}
    change = {"name": "approval", "args": args}
    await thread.answer({"decisions": [{"type": "edit", "edited_action": change}]})
    run = await thread.run()
    assert (run.status, run.systems) == ("awaiting_approval", ("slack",))
    assert run.plan is not None
    assert [contact.email for contact in run.plan.company.contacts] == ["ben@example.com"]
    await thread.answer(APPROVE)
    assert thread.made() == {"slack channel": 1, "slack message": 1}


async def test_launch_is_one_run_when_its_first_step_was_lost(thread: Thread) -> None:
    async with aclosing(thread.onboarding.astream(ACME, thread.config)) as parts:
        async for _ in parts:
            break
    again = replace(thread, onboarding=thread.onboarding.copy({"checkpointer": InMemorySaver()}))
    await again.go(ACME)
    assert (await again.answer(APPROVE))["outcome"] == "completed"
    assert len((await list_runs(thread.house.service, tenant=DEFAULT_TENANT)).items) == 1
    assert thread.made() == MADE


async def test_chat_launches_a_run_and_sees_those_of_other_threads(
    thread: Thread, sandbox: SandboxServer
) -> None:
    supervisor = hosted.hosted_supervisor(load({})).copy({"checkpointer": InMemorySaver()})

    async def said(words: str) -> str:
        config: RunnableConfig = {"configurable": {"thread_id": "a chat"}}
        found = await supervisor.ainvoke({"messages": [("user", words)]}, config)
        return str(found["messages"][-1].text)

    await thread.go({"company_name": "Globex"})
    await said("Onboard Acme Corp except GitHub.")
    service = thread.house.service
    (acme,) = (await list_runs(service, tenant=DEFAULT_TENANT, company="Acme Corp")).items
    run = await wait_until_parked(
        service, acme.run_id, tenant=DEFAULT_TENANT, timeout_seconds=PATIENCE_SECONDS
    )
    assert (run.status, run.systems) == ("awaiting_approval", ("slack", "newsletter", "grants"))
    told = await said("What is waiting for me?")
    assert "Acme Corp" in told
    assert "Globex" in told
    assert sandbox.writes() == []


async def test_retry_through_another_door_is_heeded_when_the_host_goes_on(
    thread: Thread, sandbox: SandboxServer
) -> None:
    path = FIRST_CALLS["grants"]
    sandbox.fault(
        system=STAND_IN["grants"], method="POST", path_regex=path, kind="status", status=403
    )
    await thread.go(ACME)
    await thread.answer(APPROVE)
    run = await thread.run()
    assert run.status == "escalated"
    anybody = Actor("dana", "chat", scopes=ALL_SCOPES)
    await decide(thread.house.chats, run.run_id, Answer(kind=DecisionKind.RETRY), anybody)
    assert (await thread.go(None))["outcome"] == "completed"
    assert thread.made() == MADE


async def test_real_systems_are_refused(tmp_path: Path) -> None:
    settings = load({"SANDBOX": "0"}, sqlite_db_path=tmp_path / "agentos.db")
    with pytest.raises(BadSetting):
        async with opened(settings):
            pass
