"""What a person is shown at an interrupt, and how their answer is read."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from domain.companies import Company
from domain.decisions import (
    ANSWERS,
    Answer,
    DecisionKind,
    OpenRequest,
    RequestKind,
    check_answer,
)
from domain.dialects import normalise_decision
from domain.edits import PlanEdit, PlanInput
from domain.names import visible
from domain.plans import Plan
from domain.state import Json
from domain.steps import StepResult
from prompts import loader

_HITL_WORDS = {
    DecisionKind.APPROVE: "approve",
    DecisionKind.DENY: "reject",
    DecisionKind.EDIT: "edit",
}


def approval_request(plan: Plan, edits: int, notes: Sequence[str] = ()) -> OpenRequest:
    """The question whether this plan may be carried out, asked anew after each of the edits."""
    remarks = ["", *notes] if notes else []
    lines = [
        f"- {change.system}: {change.kind} · {change.summary}"
        + (f" ({change.reason})" if change.reason else "")
        + (" · sends mail" if change.sends_mail else "")
        + (f" · undo: {change.undo}" if change.undo != "full" else "")
        for change in plan.changes
    ]
    title = f"Onboard {plan.company.name} into {', '.join(plan.systems)}?"
    return OpenRequest(
        request_id=f"{plan.run_id}:approval:{plan.digest[:12]}" + (f":{edits}" if edits else ""),
        kind=RequestKind.APPROVAL,
        allowed=ANSWERS[RequestKind.APPROVAL],
        description=visible(
            "\n".join([title, "", loader.load("approval").body, "", *lines, *remarks])
        ),
        digest=plan.digest,
        systems=plan.systems,
    )


def approval_args(plan: Plan, *, people: bool) -> Json:
    """What of a plan can be edited, and its digest, so that an answer says what was looked at.

    Without `people`, who are not shown, an edit leaves them as they are unless it names others.
    """
    shown = PlanInput(plan.company, plan.systems).shown()
    if not people:
        del shown["contacts"]
    return {**shown, "digest": plan.digest}


def escalation_request(
    run_id: str, number: int, company: str, failed: list[StepResult], *, rolling_back: bool
) -> OpenRequest:
    """The question what to do about the systems that failed."""
    lines = [f"- {r.system}: {r.details} {r.hint or ''}".rstrip() for r in failed]
    title = f"The onboarding of {company} needs a person."
    allowed = ANSWERS[RequestKind.ESCALATION]
    if rolling_back:
        title = f"Rolling back the onboarding of {company} needs a person."
        allowed = (DecisionKind.ROLLBACK, DecisionKind.ABORT)
    return OpenRequest(
        request_id=f"{run_id}:{'rollback' if rolling_back else 'escalation'}:{number}",
        kind=RequestKind.ESCALATION,
        allowed=allowed,
        description=visible("\n".join([title, "", loader.load("escalation").body, "", *lines])),
        systems=tuple(result.system for result in failed),
    )


def payload(request: OpenRequest, args: Json) -> dict[str, Any]:
    """LangChain's human-in-the-loop form, one action.

    `args` stands twice because Agent Inbox reads it as `arguments`.
    """
    action = {
        "name": request.kind.value,
        "args": args,
        "arguments": args,
        "description": request.description,
    }
    review: Json = {
        "action_name": request.kind.value,
        "allowed_decisions": [_HITL_WORDS.get(kind, kind.value) for kind in request.allowed],
    }
    if DecisionKind.EDIT in request.allowed:
        review["args_schema"] = _edit_schema()
    return {
        "request": request.model_dump(mode="json"),
        "action_requests": [action],
        "review_configs": [review],
    }


def read_answer(raw: Any, request: OpenRequest) -> Answer:
    """The answer in whichever dialect it was given; `Invalid` if it answers something else."""
    if isinstance(raw, dict) and "kind" in raw:
        return check_answer(Answer.model_validate(_answer_fields(raw)), request)
    return check_answer(normalise_decision(raw), request)


def read_input(raw: Any, answer: Answer, plan: Plan, known: Collection[str]) -> PlanInput:
    """What the edited plan is made from: as the service has settled it, or worked out here."""
    if isinstance(raw, dict) and "input" in raw:
        settled = raw["input"]
        return PlanInput(Company.model_validate(settled["company"]), tuple(settled["systems"]))
    return PlanInput(plan.company, plan.systems).edited(answer.edit or PlanEdit(), known)


def _answer_fields(decision: Json) -> Json:
    return {name: decision[name] for name in Answer.model_fields if name in decision}


@cache
def _edit_schema() -> Any:
    """What an edit may say: made once, and only ever written down from here."""
    return _without_patterns(PlanEdit.model_json_schema())


def _without_patterns(schema: Any) -> Any:
    """Inboxes check in languages whose patterns differ; what does not fit is refused here."""
    if isinstance(schema, dict):
        return {key: _without_patterns(part) for key, part in schema.items() if key != "pattern"}
    if isinstance(schema, list):
        return [_without_patterns(part) for part in schema]
    return schema
