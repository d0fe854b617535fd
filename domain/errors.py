"""Everything that can go wrong, in one tree; the type says what to do next.

AgentOSError
├── RequestError            a caller asked for what cannot be done
│   ├── NotFound
│   ├── NotAllowed
│   ├── Replayed
│   ├── Invalid
│   ├── IllegalMove
│   │   ├── AlreadyDecided  names the decision that won
│   │   └── StalePlan       names the digest of the plan that is open now
│   ├── KeyReused
│   └── VersionMismatch
├── SystemFault             a remote system did not do what was asked
│   ├── Retryable           certainly no effect; try again after `after_seconds`
│   ├── OutcomeUnknown      it may have happened: look it up before anything else
│   ├── AlreadyThere        something has that natural key: look it up
│   └── Refused             no; trying again changes nothing
│       └── NeedsPerson     no; `instructions` say what a person must do
├── Halted                  somebody wants the run to pause or end: no further effect
├── Overloaded              too much at once: come back after `after_seconds`
├── StoreUnavailable        the database does not answer: the work is taken up again later
├── LeaseLost               this worker no longer owns the run: stop writing
├── CheckpointCorrupt       what is stored about a run's progress cannot be trusted
└── BadSetting              a setting stops the start
"""

import math

from domain.codes import CODE_FACTS, Effect, ErrorCode


class AgentOSError(Exception):
    """One sentence for people (`message`), one advice, one stable `code`."""

    code = "internal"
    advice = "Try again; if it stays, report it with the request id."

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if advice is not None:
            self.advice = advice


class RequestError(AgentOSError):
    """The request cannot be carried out; nothing was changed."""


class NotFound(RequestError):
    """No such thing, or not one that the caller may see."""

    code = "not_found"
    advice = "Check the id; `GET /api/v1/runs` lists what exists."


class NotAllowed(RequestError):
    """The caller may not do this."""

    code = "not_allowed"
    advice = "Ask somebody who holds the role."


class Replayed(RequestError):
    """A signed message that was acted on before, or another one under its id."""

    code = "unauthenticated"
    advice = "Give each message an id of its own, and sign it anew when it is sent again."


class Invalid(RequestError):
    """A value is wrong; `field` names it when it is known."""

    code = "invalid"
    advice = "Correct the value and send the request again."

    def __init__(self, message: str, *, field: str = "", advice: str | None = None) -> None:
        super().__init__(message, advice=advice)
        self.field = field


class IllegalMove(RequestError):
    """The run's status does not permit this."""

    code = "illegal_move"
    advice = "Read the run and choose a move that its status permits."


class AlreadyDecided(IllegalMove):
    """Another decision won; `winner` is its kind, responder, door and time."""

    code = "already_decided"
    advice = "Read the run to see what follows from the decision that won."

    def __init__(self, message: str, *, winner: dict[str, str | None]) -> None:
        super().__init__(message)
        self.winner = winner


class StalePlan(IllegalMove):
    """The decision names a plan other than the open one, whose digest is `current_digest`."""

    code = "stale_plan"
    advice = "Read the run, review the plan it shows now and decide on that."

    def __init__(self, message: str, *, current_digest: str) -> None:
        super().__init__(message)
        self.current_digest = current_digest


class KeyReused(RequestError):
    """The idempotency key already stands for another request."""

    code = "key_reused"
    advice = "Use a new key for a new request, or send the first request unchanged."


class VersionMismatch(RequestError):
    """If-Match names an older version of the run."""

    code = "version_mismatch"
    advice = "Read the run again and decide on what it shows now."


class SystemFault(AgentOSError):
    """A system's failure in our words: code, possible effect, may it be retried.

    `effect` is that of the code unless given; `after_seconds` is kept only if it is finite.
    """

    usual_effect: Effect | None = None

    def __init__(
        self,
        error_code: ErrorCode,
        message: str,
        *,
        effect: Effect | None = None,
        retryable: bool | None = None,
        after_seconds: float | None = None,
        instructions: str | None = None,
    ) -> None:
        facts = CODE_FACTS[error_code]
        super().__init__(message, advice=instructions or facts.hint)
        self.code = error_code.value
        self.error_code = error_code
        self.effect = effect or self.usual_effect or facts.effect
        self.retryable = facts.retryable if retryable is None else retryable
        finite = after_seconds is not None and math.isfinite(after_seconds)
        self.after_seconds = after_seconds if finite else None


class Retryable(SystemFault):
    """Certainly without effect; worth another try, not before `after_seconds` if given."""

    usual_effect = Effect.NONE


class OutcomeUnknown(SystemFault):
    """The call may have taken effect: read back before anything else."""


class AlreadyThere(SystemFault):
    """The system says that the natural key is taken; whose object it is must be looked up."""


class Refused(SystemFault):
    """The system said no, without effect."""

    usual_effect = Effect.NONE


class NeedsPerson(Refused):
    """Only a person can clear this; the advice says how."""


class Halted(AgentOSError):
    """Somebody wants this run to pause or to be cancelled; nothing was begun."""

    code = "halted"
    advice = "Resume the run to go on."


class Overloaded(AgentOSError):
    """The service takes no more of this for now; nothing was changed."""

    code = "overloaded"
    advice = "Send it again after the time in Retry-After, with the same idempotency key."

    def __init__(self, message: str, *, after_seconds: float) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class StoreUnavailable(AgentOSError):
    """The database does not answer; nothing that was acknowledged is lost."""

    code = "store_unavailable"
    advice = "Try again in a moment."


class LeaseLost(AgentOSError):
    """The fencing token is no longer current: another worker owns the run."""

    code = "lease_lost"
    advice = "Nothing: the present owner goes on with the run."


class CheckpointCorrupt(AgentOSError):
    """The stored progress of a run is not what this service writes; none of it was carried out."""

    code = "checkpoint_corrupt"
    advice = "Find out who can write to the database; launch the company again."


class BadSetting(AgentOSError):
    """A setting is wrong; the message names the variable, the advice the cure."""

    code = "bad_setting"
