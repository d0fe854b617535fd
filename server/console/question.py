"""The open question of a run, as it stands to whoever looks at it."""

from datetime import datetime
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from domain.choices import Permission
from domain.decisions import DecisionKind
from domain.dialects import edit_of
from domain.edits import PlanEdit, PlanInput
from domain.errors import Invalid, NotAllowed
from domain.plans import Option
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.console import people
from server.lifecycle import approvals
from server.lifecycle.service import Actor, Service


class Question(NamedTuple):
    """`barred` says why who looks may not approve or retry, and whom to ask; None: they may.

    Some who may not approve may `answer` otherwise: deny or edit what is their own. `given` have
    approved already, of `needed`. `fields` are what can be edited, as it is now, and `conflicts`
    the targets that can be adopted.
    """

    barred: str | None
    answer: bool
    needed: int
    given: tuple[str, ...]
    approvers: str
    expires_at: datetime | None
    fields: dict[str, Any]
    conflicts: tuple[str, ...]
    known: tuple[str, ...]
    permissions: tuple[str, ...] = tuple(Permission)


def question(service: Service, run: RunState, actor: Actor) -> Question | None:
    """None when nothing is asked now."""
    request = run.open_request
    if request is None or run.status is RunStatus.PAUSED:
        return None
    fields = PlanInput(run.company, run.systems).shown()
    fields["people"] = people.rows(fields["contacts"])
    adopted = fields["choices"]["adopt"]
    options = [c.target for c in run.plan.changes if Option.ADOPT in c.options] if run.plan else []
    first = DecisionKind.APPROVE if DecisionKind.APPROVE in request.allowed else request.allowed[0]
    given = tuple(d.responder for d in run.waiting.approvals) if run.waiting else ()
    stands = "Your approval stands; others must approve too." if actor.name in given else None
    return Question(
        barred=stands or _barred(service, run, first, actor),
        answer=_barred(service, run, request.allowed[-1], actor) is None,
        needed=request.terms.approvals,
        given=given,
        approvers="" if request.terms.approvers.anybody else str(request.terms.approvers),
        expires_at=run.expires_at,
        fields=fields,
        conflicts=tuple(dict.fromkeys((*options, *adopted))),
        known=tuple(service.systems),
    )


def _barred(service: Service, run: RunState, kind: DecisionKind, actor: Actor) -> str | None:
    try:
        actor.require(Scope.APPROVER)
        if run.open_request is not None:
            approvals.permit(service, run, run.open_request, kind, actor)
    except NotAllowed as refused:
        return f"{refused.message} {refused.advice}"
    return None


def edited(form: FormData) -> PlanEdit:
    """What the edit form asks for; `Invalid` when it cannot be."""
    systems = [str(name) for name in form.getlist("systems")]
    if not systems:
        raise Invalid("No system is chosen.", field="systems", advice="Choose one, or deny.")
    choices: dict[str, Any] = {"adopt": [str(name) for name in form.getlist("adopt")]}
    for name in ("channel_name", "github_permission"):
        choices[name] = str(form.get(name, "")).strip() or None
    said: dict[str, Any] = {
        "systems": systems,
        "contacts": people.given(form),
        "choices": choices,
    }
    slug = str(form.get("slug", "")).strip()
    return edit_of(said | ({"slug": slug} if slug else {}))
