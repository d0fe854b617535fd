"""What a completed run's systems hold when they are read again."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from domain.steps import Resource, StepResult, StepStatus


class SystemCheck(BaseModel):
    """One system, field by field. `unread` says why it could not be read.

    `resources` are what the step's objects are now: one that waited for somebody may not any more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    differences: tuple[str, ...] = ()
    unread: str | None = None
    resources: tuple[Resource, ...] = ()

    @property
    def ok(self) -> bool:
        """Read, and as it was approved."""
        return not self.differences and self.unread is None


class Verification(BaseModel):
    """All systems of a run that were made in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checks: tuple[SystemCheck, ...]

    @property
    def ok(self) -> bool:
        """Nothing has drifted, and everything could be read."""
        return all(check.ok for check in self.checks)

    def settling(self, steps: Mapping[str, StepResult]) -> dict[str, StepResult]:
        """The steps after it: what waited for somebody outside has succeeded once nothing waits."""
        after = dict(steps)
        for check in self.checks:
            step = steps.get(check.system)
            waits = any(resource.pending for resource in check.resources)
            if step and step.status is StepStatus.PENDING and check.ok and not waits:
                done = {"status": StepStatus.SUCCESS, "resources": check.resources, "hint": None}
                after[check.system] = step.model_copy(update=done)
        return after
