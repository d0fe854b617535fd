"""The page of one run."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from domain.decisions import DecisionKind
from domain.errors import AlreadyDecided, NotFound, StalePlan
from domain.plans import ChangeKind, Plan, Undo
from domain.runs import RunState
from domain.scopes import Scope, permits
from domain.status import PARKED, RunStatus
from server.console import people
from server.console.cards import cards, planned
from server.console.differences import since_last
from server.console.picture import draw
from server.console.question import question
from server.console.route import PageRoute
from server.console.shell import Console, ConsoleHere
from server.console.telling import told
from server.console.waterfall import rows
from server.console.words import DECIDED, counted, listed, system
from server.lifecycle import audit, reads
from server.lifecycle.service import Actor

router = APIRouter(route_class=PageRoute, include_in_schema=False)
TABS = {
    "overview": "Overview",
    "plan": "Plan",
    "report": "Report",
    "events": "Events",
    "audit": "Audit",
}

RunId = Annotated[str, Path(max_length=40)]


@router.get("/runs/{run_id}")
async def show(request: Request, console: ConsoleHere, run_id: RunId) -> Response:
    """Everything about a run that one looks for first."""
    return await run_page(request, console, await found(request, console, run_id))


@router.get("/runs/{run_id}/{tab}")
async def show_tab(request: Request, console: ConsoleHere, run_id: RunId, tab: str) -> Response:
    """One side of a run: its plan, its report or its events."""
    run = await found(request, console, run_id)
    if tab not in TABS:
        raise NotFound("There is no such page.", advice="Go back to the run.")
    return await run_page(request, console, run, tab=tab)


async def found(request: Request, console: Console, run_id: str) -> RunState:
    """The run, if whoever looks may see it."""
    tenant = console.reader(request).tenant
    try:
        return await reads.get_run(console.service, run_id, tenant=tenant)
    except NotFound as missing:
        raise NotFound(
            "No run with this id.", advice="It may be in another environment."
        ) from missing


async def run_page(
    request: Request,
    console: Console,
    run: RunState,
    *,
    tab: str = "overview",
    status: int = 200,
    problem: Any = None,
    typed: str = "",
) -> Response:
    """A run's page; `problem` says why what was asked of it was not done."""
    now = datetime.now(UTC)
    actor = console.actor(request)
    log = await _log(console, run, actor.tenant)
    shown = cards(run)
    return await console.page(
        request,
        "run.html",
        status=status,
        topic=run.run_id,
        tab=tab,
        tabs=TABS,
        run=run,
        cards=shown,
        picture=draw(console.edges, run, shown),
        rows=rows(log, now),
        links=await audit.about(console.service, run.run_id, actor) if tab == "audit" else [],
        log=[(recorded, told(recorded)) for recorded in reversed(log)],
        done=sum(card.done for card in shown),
        length=(run.updated_at if run.ended else now) - run.created_at,
        problem=problem,
        typed=typed,
        notes=notes(run),
        planned=planned,
        decided=DECIDED,
        can=moves_of(run, actor),
        since=await since_last(console.service, run, actor.tenant),
        question=question(console.service, run, actor),
        person=people.FIELDS,
    )


async def _log(console: Console, run: RunState, tenant: str) -> list[Any]:
    log: list[Any] = []
    while len(log) < run.version:
        after = log[-1].seq if log else 0
        more = await reads.list_events(console.service, run.run_id, tenant=tenant, after=after)
        if not more:
            break
        log += more
    return log


def moves_of(run: RunState, actor: Actor) -> dict[str, bool]:
    """What this person may ask of a run in its state."""
    moves = permits(actor.scopes, Scope.OPERATOR)
    asked = run.open_request.allowed if run.open_request else ()
    open_now = run.status is not RunStatus.PAUSED
    begun = bool(run.progress) or run.status in (RunStatus.PROVISIONING, RunStatus.VALIDATING)
    return {
        "approve": open_now and DecisionKind.APPROVE in asked,
        "answer": open_now and DecisionKind.ANSWER in asked,
        "retry": open_now and DecisionKind.RETRY in asked,
        "roll_back": open_now and DecisionKind.ROLLBACK in asked,
        "cancel": moves and not run.ended and run.cancel_requested is None,
        "undo": begun and not run.ended and run.status is not RunStatus.ROLLING_BACK,
        "pause": moves and not run.ended and run.status not in PARKED and not run.pause_requested,
        "resume": moves and run.status is RunStatus.PAUSED,
        "verify": moves and run.status is RunStatus.COMPLETED,
    }


def notes(run: RunState) -> list[str]:
    """What whoever decides on a run must not miss."""
    return [*(run.reading.notes if run.reading else ()), *(risks(run.plan) if run.plan else ())]


def risks(plan: Plan) -> list[str]:
    """What an approver must not miss, each in one sentence."""
    found = []
    for kind, word in ((ChangeKind.CONFLICT, "in conflict"), (ChangeKind.BLOCKED, "blocked")):
        names = [system(c.system) for c in plan.changes if c.kind is kind]
        if names:
            where = listed(list(dict.fromkeys(names)))
            found.append(f"{counted(len(names), 'action')} {word} in {where}")
    mails = sum(change.sends_mail for change in plan.changes)
    if mails:
        found.append(
            f"{counted(mails, 'action')} send mail" if mails > 1 else "1 action sends mail"
        )
    for undo, word in ((Undo.NONE, "cannot be undone"), (Undo.PARTIAL, "can be undone in part")):
        number = sum(change.undo is undo for change in plan.changes)
        if number:
            found.append(f"{counted(number, 'action')} {word}")
    return found


def lost(error: AlreadyDecided | StalePlan) -> dict[str, Any]:
    """What somebody is told whose choice was not used."""
    if isinstance(error, StalePlan):
        return {"title": "The plan changed while you read.", "text": "Review again.", "at": None}
    winner = error.winner
    kind = DecisionKind(winner["decision"] or "approve")
    return {
        "title": f"{winner['responder']} {DECIDED[kind]}",
        "at": datetime.fromisoformat(winner["decided_at"] or ""),
        "text": "Your choice was not used.",
    }
