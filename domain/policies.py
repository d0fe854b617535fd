"""The approval policy, as data: which plans need whose approval, and until when."""

import json
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from domain.errors import BadSetting
from domain.names import same_person
from domain.plans import ChangeKind, Plan
from domain.terms import Seconds, Terms


class When(BaseModel):
    """Which plans a rule is about: those for which all that is given here holds.

    `systems` and `kinds`: there is a change in one of these systems, of one of these kinds.
    `only`: all changes are of these kinds, and nothing of others is adopted by choice.
    `sends_mail`: whether any change sends mail.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    systems: tuple[str, ...] = ()
    kinds: tuple[ChangeKind, ...] = ()
    only: tuple[ChangeKind, ...] = ()
    sends_mail: bool | None = None

    def holds(self, plan: Plan) -> bool:
        """Whether the rule is about this plan."""
        changes = plan.changes
        if self.systems or self.kinds:
            meant = [
                change
                for change in changes
                if (not self.systems or change.system in self.systems)
                and (not self.kinds or change.kind in self.kinds)
            ]
            if not meant:
                return False
        if self.only and plan.adopts_by_choice:
            return False
        if self.only and not all(change.kind in self.only for change in changes):
            return False
        mails = any(change.sends_mail for change in changes)
        return self.sends_mail is None or self.sends_mail is mails


class Rule(Terms):
    """The terms of the plans that it is about."""

    when: When = When()


class Policy(BaseModel):
    """The first rule of `approval` that is about a plan holds; without one, one approval is needed.

    `escalation` are the terms of questions after failures, `groups` people by group, beside what
    their log-in says. `four_eyes` and `deadline_seconds` hold where a rule does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval: tuple[Rule, ...] = ()
    escalation: Terms = Terms()
    groups: dict[str, tuple[str, ...]] = {}
    four_eyes: bool | None = None
    deadline_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        if any(rule.at_expiry not in ("expire", "deny") for rule in self.approval):
            raise ValueError("a plan that nobody decides on can expire or be denied")
        if self.escalation.at_expiry == "deny":
            raise ValueError("a failure that nobody looks at can expire, be aborted or rolled back")
        if self.escalation.approvals != 1:
            raise ValueError("one answer settles a failure")
        return self

    def for_plan(self, plan: Plan, deadline_seconds: float | None = None) -> Terms:
        """The terms of the question about this plan; a launch may only shorten its deadline."""
        rule = next((rule for rule in self.approval if rule.when.holds(plan)), Rule())
        own = rule.deadline_seconds or self.deadline_seconds
        asked = [seconds for seconds in (own, deadline_seconds) if seconds is not None]
        terms = Terms.model_validate(rule.model_dump(exclude={"when"}))
        given = self.four_eyes if terms.four_eyes is None else terms.four_eyes
        return terms.model_copy(
            update={"four_eyes": given, "deadline_seconds": min(asked, default=None)}
        )

    def groups_of(self, name: str) -> frozenset[str]:
        """The groups that the policy says somebody of this name is in."""
        return frozenset(
            group
            for group, people in self.groups.items()
            if any(same_person(name, one) for one in people)
        )


ONE_APPROVAL = Policy()


def read(setting: str) -> Policy:
    """The policy that a setting holds, as JSON or as the path of a JSON file; `BadSetting`."""
    if not setting.strip():
        return ONE_APPROVAL
    try:
        inline = setting.lstrip().startswith("{")
        text = setting if inline else Path(setting).read_text(encoding="utf-8")
        return Policy.model_validate(json.loads(text))
    except (OSError, ValueError) as error:
        found = error.errors()[0] if isinstance(error, ValidationError) else None
        place = ".".join(str(part) for part in found["loc"]) if found else ""
        what = f"{place or 'the policy'}: {found['msg']}" if found else "it cannot be read as JSON"
        raise BadSetting(
            f"APPROVAL_POLICY is not a policy: {what}.", advice="See docs/approvals.md."
        ) from None
