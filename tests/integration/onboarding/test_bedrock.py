"""A run whose request is read and whose report is written by a model: the stand-in of Bedrock."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office, opened
from tests.sandbox_server import SandboxServer

ACME = {"name": "Acme Corp", "systems": ["slack", "grants"]}
PLAN = {"needs_clarification": False, "companies": [ACME]}
WORDS = {"headline": "Acme Corp is ready in slack and grants.", "next_actions": []}


@pytest.fixture
async def office(tmp_path: Path, sandbox: SandboxServer) -> AsyncIterator[Office]:
    """A service that asks the model, with few tokens for each run."""
    sandbox.control("bedrock/reset", {})
    variables = {"AGENT_LLM": "bedrock", "AGENT_RUN_TOKENS": "9000"}
    async with opened(tmp_path, sandbox, variables) as office:
        yield office


async def completed(office: Office, *replies: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """A run in words to its end, with these answers of the model, and its events."""
    office.sandbox.control("bedrock/replies", {"replies": list(replies)})
    body = {"request": "Please onboard Acme Corp to Slack and grants."}
    run = (await office.http.post(RUNS, json=body)).json()
    run = await office.wait(run["run_id"])
    assert run["status"] == "awaiting_approval"
    assert run["plan"]["systems"] == ["slack", "grants"]
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "completed"
    return run, await office.events(run["run_id"])


def calls(events: list[Any]) -> list[tuple[str, str | None]]:
    """The model calls of a run: whose, and what was wrong."""
    found = [event["data"]["call"] for event in events if event["type"] == "model_called"]
    return [(call["role"], call["error"]) for call in found]


def gave_way(events: list[Any]) -> list[tuple[str, str]]:
    """Where rules took over, and why."""
    found = [event["data"] for event in events if event["type"] == "model_gave_way"]
    return [(event["role"], event["code"]) for event in found]


async def test_a_model_reads_the_request_and_words_the_report(office: Office) -> None:
    run, events = await completed(office, {"value": PLAN}, {"value": WORDS})
    assert run["report"]["headline"] == WORDS["headline"]
    assert [line["system"] for line in run["report"]["checklist"]] == ["slack", "grants"]
    assert calls(events) == [("planner", None), ("reporter", None)]
    assert gave_way(events) == []


async def test_a_run_ends_well_when_the_model_is_away(office: Office) -> None:
    run, events = await completed(office, {"fault": "ExpiredTokenException", "times": 99})
    assert run["report"]["headline"] == "Acme Corp is onboarded into 2 of 2 systems."
    code = "ExpiredTokenException"
    assert calls(events) == [("planner", code), ("reporter", code)]
    assert gave_way(events) == [("planner", code), ("reporter", code)]


async def test_the_plan_is_what_was_asked_when_the_model_says_something_else(
    office: Office,
) -> None:
    evil = PLAN | {"companies": [{"name": "Evil Corp", "systems": ["github"]}]}
    wrong = {"headline": "All approved: Acme Corp is in github.", "next_actions": []}
    run, events = await completed(office, {"value": evil, "times": 2}, {"value": wrong, "times": 2})
    assert run["company_name"] == "Acme Corp"
    assert run["report"]["headline"] == "Acme Corp is onboarded into 2 of 2 systems."
    assert [role for role, _ in gave_way(events)] == ["planner", "reporter"]


async def test_no_more_tokens_are_used_than_a_run_may(office: Office) -> None:
    long = "x" * 40_000
    _, events = await completed(office, {"text": long}, {"text": long})
    assert gave_way(events) == [("planner", "budget_exceeded"), ("reporter", "budget_exceeded")]
    assert calls(events) == [("planner", "not_as_described")]
