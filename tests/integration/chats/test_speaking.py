"""A model that fails gives way to the rules, which say so; what models use is counted."""

import json
import logging
from collections.abc import Sequence

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata

from domain.scopes import DEFAULT_TENANT
from reasoning import rules_model
from server.lifecycle.reads import list_runs
from server.supervisor.desk import Desk
from server.telemetry.happenings import EVENT_LOG
from tests.doubles.chatter import calling, chatter
from tests.doubles.house import House


class Silent:
    """A model that fails, from its `after`th call on."""

    def __init__(self, after: int = 0) -> None:
        self.calls = 0
        self._after = after

    def __call__(self, messages: Sequence[BaseMessage]) -> AIMessage:
        self.calls += 1
        if self.calls > self._after:
            raise ConnectionError("bedrock.secret.example went away")
        return calling("launch", "c1", company_name="Acme Corp")


async def test_rules_answer_when_the_model_does_not_and_say_so(home: House) -> None:
    model = Silent()
    answer = await chatter(home, model).answer("onboard Acme Corp")
    assert (len(answer.launched), model.calls) == (1, 1)  # and it is not asked again in this turn
    assert "The model did not answer: ConnectionError." in answer.text
    assert "secret" not in answer.text


async def test_rules_go_on_where_the_model_stopped(home: House) -> None:
    answer = await chatter(home, Silent(after=1)).answer("onboard Acme Corp")
    assert "Launched the onboarding of Acme Corp" in answer.text
    assert len((await list_runs(home.service, tenant=DEFAULT_TENANT)).items) == 1


async def test_the_model_is_asked_anew_in_the_next_turn(home: House) -> None:
    model = Silent()
    chat = chatter(home, model)
    await chat.answer("help")
    await chat.answer("help")
    assert model.calls == 2


async def test_rules_that_fail_are_a_defect_and_nobody_stands_in_for_them(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Desk) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Desk, "snapshot", broken)
    with pytest.raises(RuntimeError):
        await chatter(home).answer("help")


async def test_a_chat_that_has_used_its_tokens_goes_on_with_rules(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = UsageMetadata(input_tokens=900, output_tokens=100, total_tokens=1_000)
    monkeypatch.setattr(rules_model, "UsageMetadata", lambda **_: used)
    asked = 0

    def model(messages: Sequence[BaseMessage]) -> AIMessage:
        nonlocal asked
        asked += 1
        return AIMessage("Well.")

    chat = chatter(home, model, max_tokens=2_900)
    assert [(await chat.answer("help")).text for _ in range(2)] == ["Well.", "Well."]
    last = (await chatter(home, model, max_tokens=2_900).answer("help")).text  # another life
    assert (asked, "did not answer: budget_exceeded" in last) == (2, True)


async def test_every_call_is_one_line_with_its_prompt_and_nothing_that_was_said(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    def model(messages: Sequence[BaseMessage]) -> AIMessage:
        done = isinstance(messages[-1], ToolMessage)
        return AIMessage("Done.") if done else calling("status", "c1", run="Acme Corp")

    with caplog.at_level(logging.INFO, EVENT_LOG.name):
        await chatter(home, model).answer("how is Acme Corp?")
    lines = [json.loads(r.message) for r in caplog.records if "model_called" in r.message]
    assert [(line["role"], line["model"], line["stop_reason"]) for line in lines] == [
        ("supervisor", "scripted", "tool_use"),
        ("supervisor", "scripted", "end_turn"),
    ]
    assert {line["prompt"].partition("@")[0] for line in lines} == {"supervisor"}
    assert "Acme" not in caplog.text
