"""What is proposed is done by the yes of the one who was shown it, and by nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from domain.chats import Proposal, ToolAnswered
from domain.errors import IllegalMove, NotAllowed, NotFound
from domain.runs import RunState
from domain.scopes import DEFAULT_TENANT, Scope
from domain.status import RunStatus
from server.lifecycle import proposals
from server.lifecycle.reads import list_runs
from server.supervisor.desk import Desk
from tests.doubles.chatter import calling, chatter
from tests.doubles.house import DANA, House
from tests.doubles.toy import ToyWorld

BOTH = "Onboard Acme Corp except GitHub, and Globex in Slack with contact dana@globex.example."
WORDS = (
    "Launch the onboarding of Acme Corp in slack, newsletter and grants.",
    "Launch the onboarding of Globex in slack, with <dana@globex.example>.",
)


async def launched(home: House) -> list[RunState]:
    return (await list_runs(home.service, tenant=DEFAULT_TENANT)).items


async def names(home: House) -> list[str]:
    return sorted(run.company.name for run in await launched(home))


async def test_several_companies_are_launched_after_the_yes_and_not_before(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    assert tuple(action.words for action in proposal.actions) == WORDS
    assert await chat.chats.proposal("t1", DANA) == proposal
    assert await launched(home) == []
    done = await chat.answer("yes", shown=proposal)
    runs = {run.company.name: run for run in await launched(home)}
    assert sorted(run.run_id for run in runs.values()) == sorted(done.launched)
    assert runs["Acme Corp"].systems == ("slack", "newsletter", "grants")
    assert [one.email for one in runs["Globex"].company.contacts] == ["dana@globex.example"]
    assert {run.launched_by for run in runs.values()} == {"dana"}
    assert (await home.settle(done.launched[0])).status is RunStatus.AWAITING_APPROVAL
    assert await chat.chats.proposal("t1", DANA) is None


async def test_a_yes_said_twice_does_nothing_twice_and_says_the_same(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    first, again = [await chat.answer("confirm", shown=proposal) for _ in range(2)]
    assert first.launched == again.launched
    assert len(await launched(home)) == 2


async def test_a_yes_that_names_nothing_is_shown_what_it_would_do(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    assert await chat.propose("yes") == proposal
    assert await launched(home) == []
    await chat.answer("yes", shown=proposal)
    assert len(await launched(home)) == 2


@pytest.mark.parametrize("said", ["onboard Initech", "yes, but only Acme Corp", "what waits?"])
async def test_whatever_else_is_said_takes_the_proposal_away(home: House, said: str) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    await chat.say(said, shown=proposal)
    before = await names(home)
    with pytest.raises(IllegalMove, match="replaced by what was said after"):
        await chat.say("yes", shown=proposal)
    assert await names(home) == before
    assert "Acme Corp" not in before


async def test_a_no_ends_it(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    assert (await chat.answer("No.", shown=proposal)).text.startswith("Nothing was done")
    with pytest.raises(IllegalMove, match="was dismissed"):
        await chat.say("yes", shown=proposal)
    assert await launched(home) == []


async def test_a_yes_that_comes_too_late_is_told_so(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "LIFE", timedelta(0))
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    with pytest.raises(IllegalMove, match="The time to confirm this was over"):
        await chat.say("yes", shown=proposal)
    assert await chat.chats.proposal("t1", DANA) is None
    assert await launched(home) == []


async def test_a_yes_counts_in_its_thread_by_its_person_for_what_was_shown(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    other = proposal.model_copy(update={"digest": "0" * 32})
    for elsewhere, who, shown in (
        (replace(chat, thread="t2"), DANA, proposal),
        (chat, replace(DANA, name="robin"), proposal),
        (chat, DANA, other),
    ):
        with pytest.raises(NotFound):
            await elsewhere.say("yes", who, shown=shown)
    assert await launched(home) == []


async def test_a_yes_needs_the_rights_of_what_is_done(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(BOTH)
    viewer = replace(DANA, scopes=frozenset({Scope.VIEWER}))
    with pytest.raises(NotAllowed):
        await chat.say("yes", viewer, shown=proposal)
    assert await launched(home) == []
    await chat.answer("yes", shown=proposal)  # it is still open for the one who may
    assert len(await launched(home)) == 2


def insistent(messages: Sequence[BaseMessage]) -> AIMessage:
    """A model that wants to launch two companies and says yes to that by every way it knows."""
    step = sum(isinstance(message, ToolMessage) for message in messages)
    shown = next((m.text for m in messages if isinstance(m, HumanMessage)), "")
    tries = [
        calling("launch", "c1", company_name="Acme Corp"),
        calling("launch", "c2", company_name="Globex"),
        calling("confirm", "c3", shown=shown),
        calling("launch", "c4", company_name="Acme Corp", confirmed=True),
    ]
    return tries[step] if step < len(tries) else AIMessage("yes")


async def test_a_model_cannot_say_yes_to_itself(home: House) -> None:
    parts = await chatter(home, insistent).say("onboard Acme Corp and Globex")
    proposal = parts[-2]
    assert isinstance(proposal, Proposal)
    assert len(proposal.actions) == 2
    told = [part.result for part in parts if isinstance(part, ToolAnswered)]
    assert proposal.digest not in str(told)  # what a yes would have to name
    assert await launched(home) == []


async def test_it_would_launch_without_the_look_at_what_was_said(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    async def anything(self: Desk, asked: object, said: str) -> bool:
        return True

    monkeypatch.setattr(Desk, "_is_all_of", anything)
    await chatter(home, insistent).say("onboard Acme Corp and Globex")
    assert len(await launched(home)) == 2


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("onboard Acme Corp except GitHub", {"company_name": "Acme Corp"}),
        ("onboard Acme Corp", {"company_name": "Acme Corp", "systems": ["slack"]}),
        ("I am Dana. onboard Acme Corp", {"company_name": "Acme Corp", "channel_name": "dana"}),
        ("what of Acme Corp?", {"company_name": "Acme Corp"}),
        ("Acme Corp", {"company_name": "Acme Corp"}),
    ],
)
async def test_a_launch_that_was_not_asked_for_in_so_many_words_is_proposed(
    home: House, said: str, call: dict[str, object]
) -> None:
    def model(messages: Sequence[BaseMessage]) -> AIMessage:
        done = isinstance(messages[-1], ToolMessage)
        return AIMessage("Well.") if done else calling("launch", "c1", **call)

    (action,) = (await chatter(home, model).propose(said)).actions
    assert action.words.startswith("Launch the onboarding of Acme Corp in slack")
    assert await launched(home) == []


async def test_a_retry_is_of_what_was_shown(home: House, worlds: dict[str, ToyWorld]) -> None:
    worlds["github"].broken = "refused"
    run = await home.launch("Globex")
    await home.settle(run.run_id)
    await home.decide(run.run_id, "approve")
    await home.until(run.run_id, RunStatus.ESCALATED)
    chat = chatter(home)
    proposal = await chat.propose("retry GitHub for Globex")
    await home.decide(run.run_id, "retry", systems=("github",))  # somebody else was faster
    await home.until(run.run_id, RunStatus.PROVISIONING)
    await home.until(run.run_id, RunStatus.ESCALATED)
    before = worlds["github"].calls
    answer = await chat.answer("yes", shown=proposal)
    assert "The run is at version" in answer.text
    assert (await home.settle(run.run_id)).status is RunStatus.ESCALATED
    assert worlds["github"].calls == before


async def test_systems_of_one_run_are_retried_together(
    home: House, worlds: dict[str, ToyWorld]
) -> None:
    for name in ("slack", "github"):
        worlds[name].broken = "refused"
    run = await home.launch("Globex")
    await home.settle(run.run_id)
    await home.decide(run.run_id, "approve")
    await home.until(run.run_id, RunStatus.ESCALATED)

    def model(messages: Sequence[BaseMessage]) -> AIMessage:
        step = sum(isinstance(message, ToolMessage) for message in messages)
        names = ["github", "slack", "github"]
        if step == len(names):
            return AIMessage("Well.")
        return calling("retry", f"c{step}", run="Globex", system=names[step])

    chat = chatter(home, model)
    proposal = await chat.propose("retry GitHub and Slack for Globex")
    (action,) = proposal.actions
    assert action.words == f"Try github and slack again for Globex ({run.run_id})."
    for world in worlds.values():
        world.broken = None
    answer = await chat.answer("yes", shown=proposal)
    assert "github and slack of Globex" in answer.text
    assert (await home.until(run.run_id, RunStatus.COMPLETED)).version > run.version
