"""Which event may follow in which status, and where it leads: the only table of moves."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.decisions import DecisionKind
from domain.errors import IllegalMove
from domain.events import CancelRequested, DecisionRecorded, WorkflowEvent
from domain.status import ACTIVE, TERMINAL, RunStatus

S = RunStatus
_AT_WORK = frozenset({S.PROVISIONING, S.VALIDATING})

_ASKING = frozenset({S.AWAITING_APPROVAL, S.ESCALATED})


def _stay(statuses: frozenset[RunStatus]) -> dict[RunStatus, RunStatus]:
    return {status: status for status in statuses}


def _all_to(statuses: frozenset[RunStatus], target: RunStatus) -> dict[RunStatus, RunStatus]:
    return dict.fromkeys(statuses, target)


_PAUSABLE = ACTIVE - {S.PAUSED}
_ROLLBACK_FROM = ACTIVE - {S.QUEUED, S.PLANNING, S.NEEDS_CLARIFICATION}

MOVES: Mapping[str, Mapping[RunStatus, RunStatus]] = MappingProxyType(
    {
        "planning_started": {S.QUEUED: S.PLANNING},
        "plan_proposed": _stay(frozenset({S.PLANNING})),
        "approval_requested": {S.PLANNING: S.AWAITING_APPROVAL},
        "approval_given": _stay(frozenset({S.AWAITING_APPROVAL})),
        "request_reminded": _stay(_ASKING),
        "request_handed_over": _stay(_ASKING),
        "plan_edited": _stay(frozenset({S.PLANNING})),
        "request_read": _stay(frozenset({S.PLANNING})),
        "clarification_requested": {S.PLANNING: S.NEEDS_CLARIFICATION},
        "model_called": _stay(ACTIVE),
        "model_gave_way": _stay(ACTIVE),
        "step_started": _stay(_AT_WORK),
        "change_applied": _stay(_AT_WORK | {S.ROLLING_BACK}),  # a lost answer may be found then
        "step_finished": _stay(_AT_WORK),
        "validation_started": {S.PROVISIONING: S.VALIDATING},
        "retry_scheduled": {S.VALIDATING: S.PROVISIONING},
        "escalation_requested": {S.VALIDATING: S.ESCALATED, S.ROLLING_BACK: S.ESCALATED},
        "person_asked": _stay(ACTIVE),
        "rollback_started": _all_to(_ROLLBACK_FROM, S.ROLLING_BACK),
        "step_undone": _stay(frozenset({S.ROLLING_BACK})),
        "reporting_started": {S.VALIDATING: S.REPORTING},
        "run_completed": {S.REPORTING: S.COMPLETED},
        "run_verified": {S.COMPLETED: S.COMPLETED},  # looks again, and changes nothing
        "run_failed": _all_to(ACTIVE, S.FAILED),
        "run_rolled_back": {S.ROLLING_BACK: S.ROLLED_BACK},
        "pause_requested": _stay(_PAUSABLE),
        "run_paused": _all_to(_PAUSABLE, S.PAUSED),
        "cancel_requested": _stay(ACTIVE),
        "run_cancelled": _all_to(ACTIVE, S.CANCELLED),
    }
)

DECISIONS: Mapping[DecisionKind, Mapping[RunStatus, RunStatus]] = MappingProxyType(
    {
        DecisionKind.APPROVE: {S.AWAITING_APPROVAL: S.PROVISIONING},
        DecisionKind.DENY: {S.AWAITING_APPROVAL: S.DENIED},
        DecisionKind.EDIT: {S.AWAITING_APPROVAL: S.PLANNING},
        DecisionKind.EXPIRE: _all_to(_ASKING, S.EXPIRED),
        DecisionKind.RETRY: {S.ESCALATED: S.PROVISIONING},
        DecisionKind.SKIP: {S.ESCALATED: S.PROVISIONING},
        DecisionKind.ABORT: {S.ESCALATED: S.FAILED},
        DecisionKind.ROLLBACK: {S.ESCALATED: S.ROLLING_BACK},
        DecisionKind.ANSWER: {S.NEEDS_CLARIFICATION: S.PLANNING},
    }
)


def next_status(
    status: RunStatus | None, event: WorkflowEvent, *, was: RunStatus | None = None
) -> RunStatus:
    """The status after `event`; `IllegalMove` if it may not follow.

    `status` is None before the launch; `was` is the status that a paused run returns to.
    """
    if status is None and event.type == "run_launched":
        return S.QUEUED
    target: RunStatus | None = None
    if status is not None:
        if event.type == "run_resumed":
            target = was if status is S.PAUSED else status if status in _PAUSABLE else None
        elif isinstance(event, DecisionRecorded):
            target = DECISIONS[event.decision.kind].get(status)
        else:
            target = MOVES.get(event.type, {}).get(status)
    if target is None:
        raise IllegalMove(
            f"A run that is {status or 'not launched'} does not take '{event.type}'.",
            advice=_advice(status, event),
        )
    return target


def _advice(status: RunStatus | None, event: WorkflowEvent) -> str:
    if status in TERMINAL and isinstance(event, CancelRequested):
        return "The run has ended and never changes; its report lists what it made, with links."
    if status in TERMINAL:
        return "The run has ended and never changes; launch again if more is to be done."
    if status is S.PAUSED and not isinstance(event, CancelRequested):
        return "Resume the run first."
    return IllegalMove.advice
