"""Claude on Bedrock, on the wire: sync, async and streamed; every fault ends in a known way."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage

from domain.errors import BadSetting
from reasoning.bedrock import PooledBedrock
from reasoning.faults import ModelFault, Trouble, classify
from reasoning.models import ModelChoice, chat_model
from reasoning.planner import Planner
from reasoning.planner_rules import planner_rules
from reasoning.prices import cost
from tests.doubles.stand_in import MODEL, StandIn
from tests.unit.reasoning.evals import Notes

ACME = {"name": "Acme Corp", "systems": ["slack"]}
PLAN = {"needs_clarification": False, "companies": [ACME]}
TEXT = "Onboard Acme Corp to Slack."
CALLS = 24


def model(bedrock: StandIn, **keys: str) -> BaseChatModel:
    return chat_model(bedrock.choice(**keys), planner_rules)


async def read(bedrock: StandIn, text: str = TEXT, notes: Notes | None = None, **keys: str) -> Any:
    """What the planner makes of a request, as JSON."""
    told = (notes or Notes()).told
    plan = await Planner(bedrock.choice(**keys)).read(text, (), **told, run_id="run_1")
    return plan.model_dump(mode="json", exclude_defaults=True)


async def test_it_answers_sync_async_and_streamed(bedrock: StandIn) -> None:
    bedrock.says({"text": "Gladly, today.", "times": 4})
    chat, asked = model(bedrock), [HumanMessage("Will you?")]
    assert chat.invoke(asked).text == "Gladly, today."
    assert (await chat.ainvoke(asked)).text == "Gladly, today."
    assert "".join(part.text for part in chat.stream(asked)) == "Gladly, today."
    assert "".join([part.text async for part in chat.astream(asked)]) == "Gladly, today."
    operations = [each["operation"] for each in bedrock.asked()]
    assert operations == ["Converse", "Converse", "ConverseStream", "ConverseStream"]
    assert {each["error"] for each in bedrock.asked()} == {None}


async def test_a_tool_is_called_in_one_piece_and_in_pieces(bedrock: StandIn) -> None:
    bedrock.says({"tool": "launch", "arguments": {"company": "Acme"}, "times": 2})
    tool = {"name": "launch", "description": "d", "parameters": {"type": "object"}}
    chat = model(bedrock).bind_tools([tool])
    whole = await chat.ainvoke([HumanMessage("x")])
    pieces: Any = None
    async for part in chat.astream([HumanMessage("x")]):
        pieces = part if pieces is None else pieces + part
    for message in (whole, pieces):
        assert isinstance(message, AIMessage)
        (call,) = message.tool_calls
        assert (call["name"], call["args"]) == ("launch", {"company": "Acme"})


async def test_a_plan_is_asked_for_by_schema_with_the_prompt_s_mark(bedrock: StandIn) -> None:
    bedrock.says({"value": PLAN})
    notes = Notes()
    assert await read(bedrock, notes=notes) == {**PLAN, "companies": [ACME]}
    (sent,) = bedrock.asked()
    schema = sent["body"]["outputConfig"]["textFormat"]["structure"]["jsonSchema"]
    assert schema["name"] == "PlanReply"
    assert "approv" not in schema["schema"]
    assert json.loads(sent["body"]["messages"][0]["content"][0]["text"]) == {"request": TEXT}
    assert sent["body"]["requestMetadata"]["prompt"].startswith("planner@")
    (call,) = notes.calls
    assert (call.model, call.stop_reason, call.attempts, call.error) == (MODEL, "end_turn", 1, None)
    assert call.input_tokens and call.output_tokens
    usage = {"input_tokens": call.input_tokens, "output_tokens": call.output_tokens}
    assert call.cost_usd == str(cost(MODEL, usage))
    assert call.request_id
    assert notes.budget.used == call.tokens


async def test_half_an_answer_is_never_a_plan(bedrock: StandIn) -> None:
    whole = json.dumps(PLAN | {"companies": [ACME, {"name": "Globex", "systems": ["slack"]}]})
    half = whole[: whole.index("Globex") + 3]
    bedrock.says({"text": half, "stop_reason": "max_tokens", "times": 2})
    notes = Notes()
    plan = await read(bedrock, "Onboard Acme Corp and Globex to Slack.", notes)
    assert [company["name"] for company in plan["companies"]] == ["Acme Corp", "Globex"]
    assert [call.error for call in notes.calls] == ["not_finished", "not_finished"]
    assert notes.gave_way == ["not_finished"]


async def test_an_answer_is_mended_once_when_it_is_told_what_is_wrong(bedrock: StandIn) -> None:
    bedrock.says({"value": PLAN | {"companies": [ACME | {"name": "Acne"}]}}, {"value": PLAN})
    notes = Notes()
    assert (await read(bedrock, notes=notes))["companies"] == [ACME]
    again = bedrock.asked()[1]["body"]["messages"]
    assert [turn["role"] for turn in again] == ["user", "assistant", "user"]
    assert json.loads(again[2]["content"][0]["text"]) == {
        "error": "not_in_request",
        "about": "Acne",
    }
    assert [call.error for call in notes.calls] == ["not_in_request", None]
    assert notes.gave_way == []


RETRIED = ("ThrottlingException", "ServiceUnavailableException", "InternalServerException")
ENDS = {
    **dict.fromkeys(RETRIED, (Trouble.RETRY, 2)),
    "ModelNotReadyException": (Trouble.RETRY, 2),
    "ModelTimeoutException": (Trouble.RETRY, 1),
    "ModelErrorException": (Trouble.RETRY, 1),
    "ExpiredTokenException": (Trouble.CONFIGURATION, 1),
    "AccessDeniedException": (Trouble.CONFIGURATION, 1),
    "ResourceNotFoundException": (Trouble.CONFIGURATION, 1),
    "ValidationException": (Trouble.DEFECT, 1),
}


@pytest.mark.parametrize(("fault", "end"), ENDS.items(), ids=ENDS)
async def test_a_fault_is_classified_and_ends_with_the_rules(
    fault: str, end: tuple[Trouble, int], bedrock: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    trouble, requests = end
    bedrock.says({"fault": fault, "times": 9})
    with pytest.raises(Exception, match=fault) as raised:
        await model(bedrock).ainvoke([HumanMessage("x")])
    assert classify(raised.value) == ModelFault(trouble, fault)
    assert len(bedrock.asked()) == requests
    notes = Notes()
    assert (await read(bedrock, notes=notes))["companies"] == [ACME]
    assert notes.gave_way == [fault]
    assert len(notes.calls) == (3 if trouble is Trouble.RETRY else 1)
    assert {call.error for call in notes.calls} == {fault}


async def test_the_model_is_heard_when_it_answers_after_errors(bedrock: StandIn) -> None:
    bedrock.says({"fault": "ModelTimeoutException", "times": 2}, {"value": PLAN})
    notes = Notes()
    assert (await read(bedrock, notes=notes))["companies"] == [ACME]
    assert [call.error for call in notes.calls] == ["ModelTimeoutException"] * 2 + [None]
    assert notes.gave_way == []


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"secret": "wrong"}, "InvalidSignatureException"),
        ({"key_id": "AKIASOMEBODYELSE0000"}, "UnrecognizedClientException"),
        ({"session_token": "expired"}, "ExpiredTokenException"),
    ],
    ids=["secret", "key", "token"],
)
async def test_wrong_credentials_are_noticed_and_told(
    keys: dict[str, str], code: str, bedrock: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notes()
    assert (await read(bedrock, notes=notes, **keys))["companies"] == [ACME]
    assert notes.gave_way == [code]
    assert code in caplog.text
    assert "wrong" not in caplog.text


@pytest.mark.parametrize(
    "broken",
    [{"mid_stream": "throttlingException"}, {"cut_after": 2}],
    ids=["error", "cut"],
)
async def test_a_stream_that_breaks_off_is_worth_another_try(
    broken: dict[str, Any], bedrock: StandIn
) -> None:
    bedrock.says({"text": "Gladly, today.", **broken})
    with pytest.raises(Exception) as raised:
        [part async for part in model(bedrock).astream([HumanMessage("x")])]
    assert classify(raised.value).trouble is Trouble.RETRY


async def _all_at_once(
    chat: BaseChatModel, bedrock: StandIn, calls: int, patience: float = 30
) -> list[str]:
    """The answers to calls that are answered when all of them wait, and a name looked up
    meanwhile; in a loop that has two threads of its own."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(2))
    bedrock.says({"text": "At last.", "together": calls, "patience": patience, "times": 2 * calls})
    most = [asyncio.ensure_future(chat.ainvoke([HumanMessage("x")])) for _ in range(calls - 1)]
    await loop.getaddrinfo("localhost", 80)
    answers = await asyncio.gather(*most, chat.ainvoke([HumanMessage("x")]))
    return [answer.text for answer in answers]


async def test_calls_wait_side_by_side_and_hold_up_no_look_up(bedrock: StandIn) -> None:
    assert await _all_at_once(model(bedrock), bedrock, CALLS) == ["At last."] * CALLS


async def test_calls_wait_in_line_when_they_are_made_as_the_library_makes_them(
    bedrock: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.delattr(PooledBedrock, "_agenerate")
    with pytest.raises(Exception, match="ModelNotReady"):
        await _all_at_once(model(bedrock), bedrock, 4, patience=1)


async def test_no_more_tokens_are_used_than_the_run_may(bedrock: StandIn) -> None:
    notes = Notes(limit=100)
    assert (await read(bedrock, notes=notes))["companies"] == [ACME]
    assert notes.gave_way == ["budget_exceeded"]
    assert bedrock.asked() == []


def test_no_region_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(BadSetting) as refused:
        chat_model(ModelChoice(llm="bedrock", model=MODEL), planner_rules)
    assert "AWS_DEFAULT_REGION" in refused.value.advice
