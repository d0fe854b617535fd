"""The supervisor's tools, as a model sees them. None grants, approves, denies or skips anything.

Of a run a model is shown what `to_context` says, as `GET /runs/{run_id}/context` does; beside it go
the few facts that callers and the rules read.
"""

import json
from typing import Any, Literal

from langchain.tools import BaseTool, ToolRuntime, tool
from langchain_core.messages import AnyMessage, HumanMessage
from pydantic import BaseModel, ConfigDict, Field

from domain.context import to_context
from domain.errors import AgentOSError, Invalid
from domain.names import name_key
from server.supervisor import facts
from server.supervisor.desk import Desk, Which
from server.supervisor.facts import Json

Call = ToolRuntime[Any, Any]
"""Its types are left open: the library would build a validator for whatever they are."""

System = Literal["slack", "github", "newsletter", "grants"]


class Person(BaseModel):
    """Somebody at the company; each value as the user wrote it."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, description="As the user wrote it.")
    email: str | None = None
    github: str | None = Field(default=None, description="A GitHub login.")
    newsletter_only: bool = Field(default=False, description="If the email is for nothing else.")


@tool
async def launch(
    company_name: str,
    runtime: Call,
    systems: list[str] | None = None,
    contacts: list[Person] | None = None,
    channel_name: str | None = None,
) -> str:
    """Launch the onboarding of one company. Nothing is made before a person approves its plan.

    Several in one message, or one that the user did not name in so many words, are only proposed:
    the user is shown what would be done and confirms it.

    Args:
        company_name: The company's name, letter by letter as the user wrote it.
        systems: Only these systems; leave it out for all of them.
        contacts: People of the company whom the user named.
        channel_name: The Slack channel, if the user named one.
        runtime: Given by the service.
    """
    people = [person.model_dump(exclude_defaults=True) for person in contacts or []]
    named = [channel_name] if channel_name else []
    _said_by_the_user(runtime.state["messages"], company_name, *named, *_values(people))
    given: Json = {"company_name": company_name, "contacts": people}
    given |= {"systems": systems, "channel_name": channel_name}
    newest = _by_the_user(runtime.state["messages"])[-1]
    return told(await _desk(runtime).launch(runtime.tool_call_id or "", newest, **given))


@tool
async def list_runs(which: Which, runtime: Call) -> str:
    """List runs, newest first: those that wait for a person, are active, have ended, or all.

    Args:
        which: Which runs.
        runtime: Given by the service.
    """
    return told(await _desk(runtime).list_runs(which))


@tool(response_format="content_and_artifact")
async def status(run: str, runtime: Call) -> tuple[str, Json]:
    """Tell where one run stands in each system, and what a person can do now.

    Args:
        run: The id of the run, or the company's name for its newest run.
        runtime: Given by the service.
    """
    found = await _desk(runtime).status(run)
    return to_context(found), facts.full(found)


@tool(response_format="content_and_artifact")
async def explain_failure(run: str, runtime: Call) -> tuple[str, Json]:
    """Tell why a run failed, waits or goes on without a system, and what would help.

    Args:
        run: The id of the run, or the company's name for its newest run.
        runtime: Given by the service.
    """
    found = await _desk(runtime).status(run)
    return to_context(found), facts.reasons(found)


@tool
async def retry(run: str, system: str, runtime: Call) -> str:
    """Propose to try one failed system of an escalated run again; the user confirms it.

    Args:
        run: The id of the run, or the company's name for its newest run.
        system: The system that failed.
        runtime: Given by the service.
    """
    return told(await _desk(runtime).retry(run, system))


@tool
async def request_approval(run: str, reason: str, runtime: Call) -> str:
    """Note that somebody is to look at the plan of a run. Only a person can approve; this cannot.

    Args:
        run: The id of the run, or the company's name for its newest run.
        reason: Why, in one sentence.
        runtime: Given by the service.
    """
    return await _ask(runtime, run, "approval", reason)


@tool
async def escalate_to_human(run: str, reason: str, runtime: Call) -> str:
    """Note that a person is wanted for a run, whatever it is about. The run itself goes on.

    Args:
        run: The id of the run, or the company's name for its newest run.
        reason: What is wrong, in one sentence.
        runtime: Given by the service.
    """
    return await _ask(runtime, run, "help", reason)


TOOLS: tuple[BaseTool, ...] = (
    launch, list_runs, status, explain_failure, retry, request_approval, escalate_to_human,
)  # fmt: skip


def told_error(error: Exception) -> str:
    """What a model is told of a failed call: code, sentence and advice of ours, else no detail."""
    if not isinstance(error, AgentOSError):
        return told({"error": "internal", "message": "The call failed.", "advice": "Say so."})
    return told({"error": error.code, "message": error.message, "advice": error.advice})


async def _ask(runtime: Call, run: str, about: Literal["approval", "help"], reason: str) -> str:
    call_id = runtime.tool_call_id or ""
    return told(await _desk(runtime).ask_person(call_id, run, about, reason))


def _desk(runtime: Call) -> Desk:
    desk: Desk = runtime.context
    return desk


def told(found: Json) -> str:
    """Facts as a model reads them."""
    return json.dumps(found, ensure_ascii=False)


def _values(people: list[dict[str, Any]]) -> list[str]:
    return [value for person in people for value in person.values() if isinstance(value, str)]


def _said_by_the_user(messages: list[AnyMessage], *values: str) -> None:
    """`Invalid` for a name or address that no message of the user holds: a model, or a text that
    it has read, made it up."""
    text = name_key(" ".join(_by_the_user(messages)))
    if any(name_key(value.lstrip("@#")) not in text for value in values):
        raise Invalid(
            "A name or address in this call was never said by the user.",
            field="company_name",
            advice="Use the user's own words, or ask.",
        )


def _by_the_user(messages: list[AnyMessage]) -> list[str]:
    return [message.text for message in messages if isinstance(message, HumanMessage)]
