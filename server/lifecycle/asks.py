"""Asking a person to look at a run: a note in its log, which those hear who are told of events."""

from typing import Literal

from domain.decisions import RequestKind
from domain.errors import IllegalMove
from domain.events import PersonAsked
from domain.names import clean_text
from domain.runs import RunState
from domain.scopes import Scope
from server.lifecycle.service import Actor, Service
from server.store import log


async def ask_person(
    service: Service,
    run_id: str,
    actor: Actor,
    *,
    about: Literal["approval", "help"],
    reason: str,
    key: str,
) -> RunState:
    """Note that a person is wanted; the same `key` notes it once. Nothing is decided by this.

    `IllegalMove` when approval is asked for and no plan waits for it, or when the run has ended.
    """
    actor.require(Scope.OPERATOR)
    words = clean_text(reason, "reason", limit=2_000) or "No reason was given."
    async with service.database.write() as tx:
        run = await log.load(tx, run_id, tenant=actor.tenant, for_update=True)
        waits = run.open_request and run.open_request.kind is RequestKind.APPROVAL
        if about == "approval" and not waits:
            raise IllegalMove(
                f"The run is {run.status}; no plan of it waits for approval.",
                advice="Read the run to see what it waits for.",
            )
        event = PersonAsked(about=about, reason=words)
        run, _ = await log.append(tx, run_id, event, key=f"person/{key}", actor=actor.name)
        service.changed(tx, run_id)
    return run
