"""The supervisor on a model of Bedrock: what goes over the wire, and where every fault ends."""

import json
from typing import Any

import pytest

from domain.chats import Proposal, TextSaid, ToolAnswered, TurnAnswered, TurnPart
from domain.context import to_context
from domain.scopes import DEFAULT_TENANT
from server.lifecycle.reads import get_run, list_runs
from server.supervisor.speaking import voice
from tests.doubles.chatter import Chatter, chatter
from tests.doubles.house import House
from tests.doubles.stand_in import StandIn
from tests.sandbox_server import SandboxServer

ACME = {"tool": "launch", "arguments": {"company_name": "Acme Corp"}}
SENTENCE = "onboard Acme Corp"
RULES_SAY = "Launched the onboarding of Acme Corp (run_"


@pytest.fixture
def bedrock(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A stand-in that nobody has asked anything yet; who is refused does not wait long."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    sandbox.control("bedrock/reset", {})
    return StandIn(sandbox)


def talking(home: House, bedrock: StandIn, **keys: str) -> Chatter:
    return chatter(home, chosen=voice(bedrock.choice(**keys)))


async def names(home: House) -> list[str]:
    page = await list_runs(home.service, tenant=DEFAULT_TENANT)
    return sorted(run.company.name for run in page.items)


def texts(parts: list[TurnPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextSaid))


async def test_it_streams_calls_a_tool_and_tells_what_came_of_it(
    home: House, bedrock: StandIn
) -> None:
    bedrock.says(ACME, {"text": "It is under way: a person approves its plan."})
    parts = await talking(home, bedrock).say(SENTENCE)
    done = parts[-1]
    assert isinstance(done, TurnAnswered)
    assert (texts(parts), len(done.launched)) == (done.text, 1)
    assert len([part for part in parts if isinstance(part, TextSaid)]) > 1  # in pieces
    assert await names(home) == ["Acme Corp"]
    first, second = bedrock.asked()
    assert {each["operation"] for each in (first, second)} == {"ConverseStream"}
    offered = [tool["toolSpec"]["name"] for tool in first["body"]["toolConfig"]["tools"]]
    assert "launch" in offered and not {"approve", "confirm"} & set(offered)
    framed = json.loads(first["body"]["messages"][-1]["content"][0]["text"])
    assert (framed["message"], framed["snapshot"]["active_runs"]) == (SENTENCE, [])
    (result,) = second["body"]["messages"][-1]["content"]
    assert result["toolResult"]["toolUseId"] == "tooluse_1"


async def test_a_model_is_shown_of_a_run_what_its_context_says(
    home: House, bedrock: StandIn
) -> None:
    """What `GET /runs/{run_id}/context` answers is what goes over the wire, to the letter."""
    run = await home.launch("Globex")
    await home.settle(run.run_id)
    bedrock.says(
        {"tool": "explain_failure", "arguments": {"run": "Globex"}},
        {"tool": "status", "arguments": {"run": run.run_id}},
        {"text": "It waits for approval."},
    )
    await talking(home, bedrock).answer("why does Globex wait?")
    shown = [
        block["toolResult"]["content"][0]["text"]
        for message in bedrock.asked()[-1]["body"]["messages"]
        for block in message["content"]
        if "toolResult" in block
    ]
    context = to_context(await get_run(home.service, run.run_id, tenant=DEFAULT_TENANT))
    assert shown == [context, context]
    assert f"agentos approve {run.run_id}" in context


async def test_several_launches_of_a_model_wait_for_a_yes(home: House, bedrock: StandIn) -> None:
    globex = {"tool": "launch", "arguments": {"company_name": "Globex"}}
    bedrock.says(ACME, globex, {"text": "Both wait for your yes."}, {"text": "Well."})
    chat = talking(home, bedrock)
    proposal = await chat.propose("onboard Acme Corp and Globex")
    assert (len(proposal.actions), await names(home)) == (2, [])
    assert proposal.digest not in json.dumps(bedrock.asked())
    asked = len(bedrock.asked())
    await chat.answer("yes", shown=proposal)
    assert (len(bedrock.asked()), await names(home)) == (asked, ["Acme Corp", "Globex"])
    await chat.answer("and now?")  # what was said and done without it is in what it reads next
    turns = [message["role"] for message in bedrock.asked()[-1]["body"]["messages"]]
    assert turns == [turn for at, turn in enumerate(turns) if not at or turn != turns[at - 1]]


CUT = {"stop_reason": "max_tokens"}
FAULTS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "429": ({"fault": "ThrottlingException", "times": 9}, {}, "ThrottlingException"),
    "503": ({"fault": "ServiceUnavailableException", "times": 9}, {}, "ServiceUnavailable"),
    "expired": ({"text": "x"}, {"session_token": "expired"}, "ExpiredTokenException"),
    "cut text": ({"text": "Acme Corp is appr", **CUT}, {}, "not_finished"),
    "cut call": (
        {"tool": "launch", "arguments": {"company_name": "Acme"}, **CUT}, {}, "not_finished",
    ),
    "mid-stream": ({**ACME, "mid_stream": "throttlingException"}, {}, "throttlingException"),
    "cut stream": ({**ACME, "cut_after": 2}, {}, "ConnectionError"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "keys", "code"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_ends_with_the_rules_which_say_so_and_do_it_once(
    home: House, bedrock: StandIn, said: dict[str, Any], keys: dict[str, str], code: str
) -> None:
    bedrock.says(said)
    done = await talking(home, bedrock, **keys).answer(SENTENCE)
    assert done.text.startswith(RULES_SAY)
    assert f"The model did not answer: {code}" in done.text
    assert (len(done.launched), await names(home)) == (1, ["Acme Corp"])


@pytest.mark.parametrize("code", ["ThrottlingException", "ExpiredTokenException"])
async def test_a_fault_behind_a_call_loses_nothing_and_does_nothing_twice(
    home: House, bedrock: StandIn, code: str
) -> None:
    bedrock.says(ACME, {"fault": code, "times": 9})
    chat = talking(home, bedrock)
    done = await chat.answer(SENTENCE)
    assert f"The model did not answer: {code}" in done.text
    assert await names(home) == ["Acme Corp"]
    bedrock.server.control("bedrock/reset", {})
    bedrock.says({"text": "It is under way."})
    assert (await chat.answer("and now?")).text == "It is under way."  # the thread goes on


async def test_a_name_that_was_cut_off_is_never_launched(
    home: House, bedrock: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the look at why a model stopped, half a name is proposed."""
    half = {"tool": "launch", "arguments": {"company_name": "Acme"}, **CUT}
    bedrock.says(half, {"text": "Well."}, half, {"text": "Well."})
    parts = await talking(home, bedrock).say(SENTENCE)
    assert [p.result["company"] for p in parts if isinstance(p, ToolAnswered)] == ["Acme Corp"]
    bedrock.server.control("bedrock/reset", {})
    bedrock.says(half, {"text": "Well."})
    monkeypatch.setattr("server.supervisor.speaking._is_finished", lambda _response: True)
    *_, proposal, _ = await talking(home, bedrock).say("onboard Acme Limited")
    assert isinstance(proposal, Proposal)
