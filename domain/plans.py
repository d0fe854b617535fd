"""What will be done, as a person approves it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from domain import canonical
from domain.companies import Company


class ChangeKind(StrEnum):
    """What a change is; `conflict` and `blocked` need a person's eye before approval."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    NO_OP = "no_op"
    CONFLICT = "conflict"
    BLOCKED = "blocked"


class Option(StrEnum):
    """What an operator can do about a conflict: adopt what is there, take another slug, or leave
    the system out."""

    ADOPT = "adopt"
    SLUG = "slug"
    SKIP = "skip"


class Undo(StrEnum):
    """How much of a change can be taken back."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Change(BaseModel):
    """One change to one remote object.

    `key` is stable across runs (`company_id/system/resource`), `target` is the natural key in the
    system, `before` and `after` are what is there and what shall be, `summary` is one line for
    people and `reason` says why it is of this kind. A conflict has `options`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    system: str
    resource: str
    kind: ChangeKind
    target: str
    summary: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] = Field(default_factory=dict)
    undo: Undo = Undo.FULL
    sends_mail: bool = False
    reason: str | None = None
    options: tuple[Option, ...] = Field(default=(), exclude_if=lambda given: not given)

    def become(self, kind: ChangeKind, *, reason: str | None = None, **values: Any) -> Self:
        """The same change as another kind."""
        return self.model_copy(update={"kind": kind, "reason": reason, **values})


class Plan(BaseModel):
    """All changes of one run. `digest` binds an approval to exactly this plan of this run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    company: Company
    systems: tuple[str, ...]
    changes: tuple[Change, ...]

    @model_validator(mode="before")
    @classmethod
    def _without_digest(cls, data: Any) -> Any:
        """A plan reads its own JSON, in an event or a row too; the digest is computed anew."""
        return {k: v for k, v in data.items() if k != "digest"} if isinstance(data, dict) else data

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digest(self) -> str:
        """SHA-256 of the plan's canonical JSON."""
        return canonical.digest(self.model_dump(mode="json", exclude={"digest"}))

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Self:
        """The plan from its JSON; a stored digest is ignored, since it is computed."""
        return cls.model_validate(data)

    def for_system(self, system: str) -> tuple[Change, ...]:
        """The changes of one system, in the order in which they are made."""
        return tuple(change for change in self.changes if change.system == system)

    @property
    def adopts_by_choice(self) -> bool:
        """Whether something is adopted that was not made for this company."""
        chosen = self.company.choices.adopt
        return any(c.kind is ChangeKind.ADOPT and c.target in chosen for c in self.changes)

    def needing_attention(self) -> Iterable[Change]:
        """What an approver must look at: conflicts, blocked items, mails, what cannot be undone."""
        return (
            change
            for change in self.changes
            if change.kind in (ChangeKind.CONFLICT, ChangeKind.BLOCKED)
            or change.sends_mail
            or change.undo is Undo.NONE
        )
