"""What a completed run's systems hold when they are read again."""

from pydantic import BaseModel, ConfigDict

from domain.steps import Resource


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
