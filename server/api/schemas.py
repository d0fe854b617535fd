"""Request bodies other than the launch, which is `domain.launches.LaunchRequest`."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr

from domain.decisions import Answer, normalise_decision
from server.lifecycle.service import Actor

Name = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Reason = Annotated[StrictStr, Field(min_length=1, max_length=2_000)]
DEFAULT_ACTOR = "operator"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ResumeBody(_Body):
    """Nothing to go on with a paused run, or an answer to the open question in any dialect."""

    approved: StrictBool | None = None
    decision: StrictStr | None = None
    decisions: list[dict[str, Any]] | None = None
    responder: Name | None = None
    reason: Reason | None = None
    systems: list[StrictStr] | None = None
    digest: Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")] | None = None

    def answer(self) -> Answer | None:
        """The answer, or None when there is none; `Invalid` when it is no decision."""
        given = self.model_dump(exclude_none=True, exclude={"responder"})
        return normalise_decision(given) if given else None

    def actor(self, door: str) -> Actor:
        """Who answers."""
        return Actor(self.responder or DEFAULT_ACTOR, door)


class ApprovalWebhook(_Body):
    """A person's approval or denial, sent by another service."""

    run_id: StrictStr
    approved: StrictBool
    responder: Name
    reason: Reason | None = None
    digest: Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")] | None = None


class CancelBody(_Body):
    """`rollback` undoes what the run created."""

    rollback: StrictBool = False
    reason: Reason | None = None
    responder: Name | None = None


class ActorBody(_Body):
    """Who asks, when it is not the default operator."""

    responder: Name | None = None


class SkipBody(ActorBody):
    """Why the company goes without this system."""

    reason: Reason
