"""The lifecycle verbs as tools for other agents, by the Model Context Protocol.

Each tool is one call of the API with the key of whoever calls, so it may do what that key may. No
tool approves, denies or skips: that is a person's, with a key or the console in a person's hand.
"""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from agentos.cli.client import Client
from domain.errors import AgentOSError
from domain.status import RunStatus

Json = dict[str, Any]
RunId = Annotated[str, Field(description="The id of a run: run_ and 22 characters.")]
System = Annotated[str, Field(description="slack, github, newsletter or grants.")]
Reason = Annotated[str, Field(description="Why; it is kept in the log.")]
_RUNS = "/api/v1/runs"
_BRIEF = ("run_id", "company_name", "status", "systems", "launched_by", "created_at", "updated_at")
_INSTRUCTIONS = """\
Onboards companies into Slack, GitHub, a newsletter and grants. `launch` makes a run; it is planned
and then waits for a person, who approves or denies its plan elsewhere (`agentos approve RUN`, or
the console): there is no tool for that. `wait` returns when a run waits for a person or has ended.\
"""
_READS = ToolAnnotations(read_only_hint=True)
_MOVES = ToolAnnotations(destructive_hint=False, idempotent_hint=True)
_ENDS = ToolAnnotations(destructive_hint=True, idempotent_hint=True)


class Person(BaseModel):
    """Somebody at the company, with at least one way to reach them."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    email: str | None = None
    github: str | None = None
    slack: str | None = None


class Tools:
    """The tools over the API at `url`.

    `key` is that of this process, which only its parent can speak to. Over HTTP anybody might, so
    there the key of each caller is handed on and no other is lent.
    """

    def __init__(self, url: str, key: str, *, lend_key: bool) -> None:
        self._url = url
        self._key = key if lend_key else ""

    def launch(
        self,
        ctx: Context,
        company_name: str,
        systems: list[str] | None = None,
        contacts: list[Person] | None = None,
        note: str | None = None,
        idempotency_key: Annotated[
            str | None,
            Field(description="The same key is the same run for ever: give one, and repeat it."),
        ] = None,
    ) -> Json:
        """Launch the onboarding of a company; without systems, in all of them."""
        body = {
            "company_name": company_name,
            "systems": systems,
            "contacts": [person.model_dump(exclude_none=True) for person in contacts or ()],
            "note": note,
            "idempotency_key": idempotency_key,
        }
        return self._run(ctx, "POST", "", {k: v for k, v in body.items() if v is not None})

    def preview(self, ctx: Context, company_name: str, systems: list[str] | None = None) -> Json:
        """Show what a launch would propose now; nothing is written anywhere."""
        body: Json = {"company_name": company_name} | ({"systems": systems} if systems else {})
        found: Json = self._call(ctx, "POST", f"{_RUNS}:preview", body)
        return found

    def list_runs(
        self,
        ctx: Context,
        status: list[RunStatus] | None = None,
        company: str | None = None,
        limit: Annotated[int, Field(ge=1, le=200)] = 20,
        cursor: str | None = None,
    ) -> Json:
        """List runs, newest first; next_cursor leads to the next page."""
        query: Json = {"status": status, "company": company, "limit": limit, "cursor": cursor}
        page = self._call(ctx, "GET", _RUNS, **query)
        items = [{name: run[name] for name in _BRIEF} for run in page["items"]]
        return {"items": items, "next_cursor": page["next_cursor"]}

    def status(self, ctx: Context, run_id: RunId) -> Json:
        """Show one run: its plan, each system's result, and the question that it waits for."""
        return self._run(ctx, "GET", f"/{_part(run_id)}")

    def wait(
        self, ctx: Context, run_id: RunId, seconds: Annotated[float, Field(ge=0, le=60)] = 30
    ) -> Json:
        """Wait until a run has ended or waits for a person, and show it."""
        return self._run(ctx, "GET", f"/{_part(run_id)}/wait", timeout=seconds)

    def events(self, ctx: Context, run_id: RunId, after: int = 0) -> Json:
        """Read what has happened to a run, in order; next_after leads on."""
        found: Json = self._call(ctx, "GET", f"{_RUNS}/{_part(run_id)}/events", after=after)
        return found

    def pause(self, ctx: Context, run_id: RunId) -> Json:
        """Stop a run before any further effect."""
        return self._run(ctx, "POST", f"/{_part(run_id)}/pause")

    def resume(self, ctx: Context, run_id: RunId) -> Json:
        """Go on with a paused run; a question that it waits for stays open."""
        return self._run(ctx, "POST", f"/{_part(run_id)}/resume")

    def retry(self, ctx: Context, run_id: RunId, system: System) -> Json:
        """Try one failed system of an escalated run again."""
        return self._run(ctx, "POST", f"/{_part(run_id)}/steps/{_part(system)}/retry")

    def cancel(self, ctx: Context, run_id: RunId, reason: Reason, rollback: bool = False) -> Json:
        """End a run; with rollback, undo first what it created."""
        body = {"rollback": rollback, "reason": reason}
        return self._run(ctx, "POST", f"/{_part(run_id)}/cancel", body)

    def _run(
        self, ctx: Context, method: str, path: str, body: Json | None = None, **query: Any
    ) -> Json:
        """A run as the API shows it, without what is not there."""
        run: Json = self._call(ctx, method, _RUNS + path, body, **query)
        return {name: value for name, value in run.items() if value not in (None, [], {})}

    def _call(
        self, ctx: Context, method: str, path: str, body: Json | None = None, **query: Any
    ) -> Any:
        try:
            with Client(self._url, self._key or _given(ctx)) as api:
                return api.call(method, path, body, **query)
        except AgentOSError as error:
            raise ToolError(f"{error.message} {error.advice} ({error.code})") from error


def _part(text: str) -> str:
    """One part of an address, whatever it holds: an id cannot lead elsewhere."""
    return quote(text, safe="") if text.strip(".") else "-"


def _given(ctx: Context) -> str:
    """The caller's own key, as the API takes it."""
    scheme, _, key = (ctx.headers or {}).get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def server(url: str, key: str = "", *, lend_key: bool) -> MCPServer[Any]:
    """The tools of `Tools`, to be run on any transport."""
    made = MCPServer("agentos", instructions=_INSTRUCTIONS, log_level="WARNING")
    tools = Tools(url, key, lend_key=lend_key)
    offered: tuple[tuple[Callable[..., Json], ToolAnnotations], ...] = (
        (tools.launch, _MOVES),
        (tools.preview, _READS),
        (tools.list_runs, _READS),
        (tools.status, _READS),
        (tools.wait, _READS),
        (tools.events, _READS),
        (tools.pause, _MOVES),
        (tools.resume, _MOVES),
        (tools.retry, _MOVES),
        (tools.cancel, _ENDS),
    )
    for tool, hints in offered:
        made.add_tool(tool, annotations=hints)
    return made
