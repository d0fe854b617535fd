"""The life of a run in plain words, written from the contract and not from the code.

A line is a status and what may happen in it; `word>status` leads elsewhere, a bare word stays.
Beyond that, a run in which a system failed and nobody waived it is never completed.
"""

from collections.abc import Iterable

_LAWS = """
queued              planning_started>planning
planning            plan_proposed plan_edited approval_requested>awaiting_approval
planning            request_read clarification_requested>needs_clarification
needs_clarification answer>planning
awaiting_approval   approve>provisioning deny>denied edit>planning
awaiting_approval   expire>expired rollback_started>rolling_back
awaiting_approval   approval_given request_reminded request_handed_over
provisioning        step_started change_applied step_finished validation_started>validating
provisioning        rollback_started>rolling_back
validating          step_started change_applied step_finished retry_scheduled>provisioning
validating          escalation_requested>escalated reporting_started>reporting
validating          rollback_started>rolling_back
escalated           retry>provisioning skip>provisioning abort>failed rollback>rolling_back
escalated           expire>expired rollback_started>rolling_back
escalated           request_reminded request_handed_over
rolling_back        step_undone escalation_requested>escalated run_rolled_back>rolled_back
rolling_back        rollback_started change_applied
reporting           run_completed>completed rollback_started>rolling_back
completed           run_verified
paused              run_resumed>was rollback_started>rolling_back
"""
_WHILE_ALIVE = "run_failed>failed run_cancelled>cancelled cancel_requested person_asked"
_WHILE_ALIVE += " model_called model_gave_way"
_WHILE_NOT_PAUSED = "pause_requested run_paused>paused run_resumed"

_ASKING = ("awaiting_approval", "escalated", "needs_clarification")
ENDS = ("completed", "denied", "expired", "cancelled", "rolled_back", "failed")
DECISIONS = ("approve", "deny", "edit", "expire", "retry", "skip", "abort", "rollback", "answer")


def _read(laws: str) -> dict[str, dict[str, str]]:
    moves: dict[str, dict[str, str]] = {end: {} for end in ENDS}
    for line in laws.strip().splitlines():
        status, *words = line.split()
        everywhere = _WHILE_ALIVE if status == "paused" else f"{_WHILE_ALIVE} {_WHILE_NOT_PAUSED}"
        if status in ENDS:
            everywhere = ""
        for word in (*words, *everywhere.split()):
            name, _, target = word.partition(">")
            moves.setdefault(status, {})[name] = target or status
    return moves


MOVES = _read(_LAWS)
WORDS = tuple(sorted({"run_launched"}.union(*MOVES.values())))


class Model:
    """A run that knows its status, what it was while paused, which wishes are open, and which
    systems are neither done nor waived."""

    def __init__(self, systems: Iterable[str]) -> None:
        self.begins_with(systems)
        self.status = "queued"
        self.was: str | None = None
        self.wishes: set[str] = set()

    def legal(self) -> dict[str, str]:
        """What may happen now, and where it leads."""
        return {
            word: (self.was or "") if target == "was" else target
            for word, target in MOVES[self.status].items()
            if word != "run_completed" or not self.open
        }

    def begins_with(self, systems: Iterable[str]) -> None:
        """From now on it is about these systems; nothing has been done in them."""
        self.systems = frozenset(systems)
        self.open = set(systems)

    def works_on(self, system: str) -> None:
        """The system is being worked on, or its work went wrong."""
        self.open |= {system} & self.systems

    def is_done_with(self, system: str) -> None:
        """The system has what was wanted, waits for somebody outside, or was waived."""
        self.open.discard(system)

    def move(self, word: str) -> None:
        """Let it happen; it must be legal."""
        target = self.legal()[word]
        self.was = self.status if word == "run_paused" else None if target != "paused" else self.was
        self.status = target
        if word in ("pause_requested", "cancel_requested"):
            self.wishes.add(word)
        if word == "rollback_started":
            self.wishes.discard("cancel_requested")
        if word in ("run_paused", "run_resumed"):
            self.wishes.discard("pause_requested")
        if self.ended:
            self.wishes.clear()

    @property
    def ended(self) -> bool:
        return self.status in ENDS

    @property
    def asks(self) -> bool:
        """True while a question is open, be the run paused or not."""
        return (self.was or self.status) in _ASKING
