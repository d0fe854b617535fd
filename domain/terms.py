"""What a question asks of those who may answer it: who, how many of them, and until when."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.names import same_person

Seconds = Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)]
Expiry = Literal["expire", "deny", "abort", "rollback"]


class Approvers(BaseModel):
    """These people and whoever is in these groups; anybody where nobody is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        return not (self.people or self.groups)

    def include(self, name: str, groups: Collection[str]) -> bool:
        """Whether somebody of this name and in these groups may answer."""
        named = any(same_person(name, one) for one in self.people)
        return self.anybody or named or any(one in self.groups for one in groups)

    def joined_by(self, others: "Approvers") -> "Approvers":
        """These and the others; where anybody may answer, anybody still may."""
        if self.anybody:
            return self
        return Approvers(
            people=tuple(dict.fromkeys((*self.people, *others.people))),
            groups=tuple(dict.fromkeys((*self.groups, *others.groups))),
        )

    def __str__(self) -> str:
        return ", ".join((*self.people, *(f"group {name}" for name in self.groups))) or "anybody"


class Handover(BaseModel):
    """Who may answer too once this time has passed without an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_seconds: Seconds
    to: Approvers


class Terms(BaseModel):
    """`approvals` is how many people must approve, 0 that the policy itself does.

    Under `four_eyes` neither who launched the run nor who edited its plan can approve; None leaves
    that to the service. Times count from when the question was asked, without those when the run
    was paused. `at_expiry` is the decision that stands when nobody has decided before the deadline.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Annotated[str, Field(max_length=100)] = ""
    approvals: Annotated[int, Field(ge=0, le=10)] = 1
    approvers: Approvers = Approvers()
    four_eyes: bool | None = None
    remind_after_seconds: Annotated[tuple[Seconds, ...], Field(max_length=20)] = ()
    escalate: Annotated[tuple[Handover, ...], Field(max_length=10)] = ()
    deadline_seconds: Seconds | None = None
    at_expiry: Expiry = "expire"
