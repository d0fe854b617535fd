"""Agent Inbox and Agent Chat UI: what each shows of an interrupt, and what each answers.

Both speak to the graph itself, on a host that knows nothing of our service.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from domain.companies import Company, company_id_for
from domain.events import WorkflowEvent
from domain.ports import NodeContext
from domain.state import initial
from graph.build import Onboarding, build
from tests.doubles.toy import ToyWorld, toy
from tests.memory_ledger import MemoryLedger

ACME = Company(company_id=company_id_for("Acme Corp"), name="Acme Corp", slug="acme-corp")
NAMES = ("slack", "github", "grants")
Json = dict[str, Any]


class Journal:
    """Keeps events in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, WorkflowEvent] = {}

    async def emit(self, event: WorkflowEvent, *, key: str) -> WorkflowEvent:
        return self.kept.setdefault(key, event)

    async def emit_all(self, events: Mapping[str, WorkflowEvent]) -> list[WorkflowEvent]:
        return [await self.emit(event, key=key) for key, event in events.items()]


class Host:
    """One thread of the graph, as a UI sees it."""

    def __init__(self) -> None:
        self.worlds = {name: ToyWorld() for name in NAMES}
        self._config: RunnableConfig = {"configurable": {"thread_id": "run_1"}}
        self._graph: Onboarding = build(InMemorySaver())
        self._context = NodeContext(
            systems={name: toy(name, world) for name, world in self.worlds.items()},
            ledger=MemoryLedger("run_1"),
            gate=self,
            journal=Journal(),
        )

    async def approved_digest(self, system: str) -> str | None:
        """What runs is what the graph has."""
        state = await self._graph.aget_state(self._config)
        digest: str = state.values["plan"]["digest"]
        return digest

    async def run(self, step: Any) -> Json:
        """The state after this step."""
        output = await self._graph.ainvoke(
            step, self._config, context=self._context, version="v2", durability="sync"
        )
        found: Json = dict(output.value)
        return found

    async def shown(self) -> Json:
        """The value of the only interrupt."""
        (interrupt,) = (await self._graph.aget_state(self._config)).interrupts
        found: Json = json.loads(json.dumps(interrupt.value))
        return found

    async def answer(self, resume: Any) -> Json:
        return await self.run(Command(resume=resume))

    @property
    def counts(self) -> list[int]:
        return [len(world.objects) for world in self.worlds.values()]


@pytest.fixture
async def host() -> Host:
    host = Host()
    await host.run(initial("run_1", ACME.model_dump(mode="json"), list(NAMES)))
    return host


def inbox(shown: Json, kind: str, typed: Json | str | None = None) -> Any:
    """Agent Inbox answers with the action that it shows; what was typed comes as text."""
    (action,) = shown["action_requests"]
    if isinstance(typed, str) or kind == "ignore":
        return [{"type": kind, "args": typed}]
    args = {**action["arguments"], **(typed or {})}
    return [{"type": kind, "args": {"action": action["name"], "args": args}}]


def chat(shown: Json, kind: str, typed: Json | str | None = None) -> Any:
    """Agent Chat UI answers as LangChain's middleware expects it."""
    (action,) = shown["action_requests"]
    if isinstance(typed, dict):
        args = {**action["args"], **typed}
        decision: Json = {"type": kind, "edited_action": {"name": action["name"], "args": args}}
    else:
        decision = {"type": kind, **({"message": typed} if typed else {})}
    return {"decisions": [decision]}


async def test_interrupt_is_what_both_show(host: Host) -> None:
    shown = await host.shown()
    (action,), (review,) = shown["action_requests"], shown["review_configs"]
    assert action["args"] == action["arguments"] != {}
    assert action["name"] == review["action_name"]
    assert review["allowed_decisions"] == ["approve", "reject", "edit"]
    editable = {name: value for name, value in action["args"].items() if name != "digest"}
    Draft202012Validator.check_schema(review["args_schema"])
    Draft202012Validator(review["args_schema"]).validate(editable)


@pytest.mark.parametrize("dialect", ["inbox", "chat"])
async def test_plan_is_carried_out_when_it_is_approved(host: Host, dialect: str) -> None:
    shown = await host.shown()
    sent = inbox(shown, "accept") if dialect == "inbox" else chat(shown, "approve")
    assert (await host.answer(sent))["outcome"] == "completed"
    assert host.counts == [1, 1, 1]


@pytest.mark.parametrize("dialect", ["inbox", "chat"])
async def test_run_ends_when_it_is_rejected(host: Host, dialect: str) -> None:
    shown = await host.shown()
    say, word = (inbox, "response") if dialect == "inbox" else (chat, "reject")
    sent = say(shown, word, "No.")
    assert (await host.answer(sent))["outcome"] == "denied"
    assert host.counts == [0, 0, 0]


@pytest.mark.parametrize("dialect", ["inbox", "chat"])
async def test_edited_plan_is_shown_anew_and_carried_out_when_approved(
    host: Host, dialect: str
) -> None:
    first = await host.shown()
    typed = {"systems": '["slack"]', "slug": "acme-eu", "contacts": '[{"github": "octocat"}]'}
    say = inbox if dialect == "inbox" else chat
    await host.answer(say(first, "edit", typed))
    second = await host.shown()
    args = second["action_requests"][0]["args"]
    assert (args["systems"], args["slug"]) == (["slack"], "acme-eu")
    assert args["digest"] != first["action_requests"][0]["args"]["digest"]
    assert host.counts == [0, 0, 0]
    approve = inbox(second, "accept") if dialect == "inbox" else chat(second, "approve")
    assert (await host.answer(approve))["outcome"] == "completed"
    assert host.counts == [1, 0, 0]
    assert host.worlds["slack"].objects == [
        ("thing-acme-eu", f"agentos:{company_id_for('Acme Corp', 'acme-eu')}")
    ]
