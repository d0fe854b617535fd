"""What an operator may choose of a company's onboarding, beside who and where."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain import patterns
from domain.errors import Invalid
from domain.names import readable

MAX_ADOPTED = 20
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")

Target = Annotated[
    str,
    Field(min_length=1, max_length=400, json_schema_extra=patterns.line(400)),
    AfterValidator(lambda v: readable(v, "adopt")),
]


class Permission(StrEnum):
    """What people may do in the company's repository, from the most to the least."""

    ADMIN = "admin"
    MAINTAIN = "maintain"
    PUSH = "push"
    TRIAGE = "triage"
    PULL = "pull"


def _channel_name(value: str) -> str:
    name = value.removeprefix("#")
    if not _CHANNEL.fullmatch(name):
        raise Invalid(
            "channel_name is not a name that Slack takes.",
            field="channel_name",
            advice="Use 1 to 80 of a-z, 0-9, - and _, beginning with a letter or digit.",
        )
    return name


def _once(targets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(targets)))


class Choices(BaseModel):
    """What planning heeds; without a choice the settings hold.

    `adopt` holds targets of conflicts, exactly as the plan names them: what stands there is taken
    as it is, although it was not made for this company, and an undo leaves it in its place.
    `channel_name` is the whole name of the Slack channel, `github_permission` what the company may
    do in its repository.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    adopt: Annotated[
        tuple[Target, ...], Field(strict=False, max_length=MAX_ADOPTED), AfterValidator(_once)
    ] = ()
    channel_name: (
        Annotated[str, AfterValidator(_channel_name), Field(json_schema_extra=patterns.CHANNEL)]
        | None
    ) = None
    github_permission: Annotated[Permission, Field(strict=False)] | None = None

    def __bool__(self) -> bool:
        """Whether anything was chosen."""
        return self != NOTHING_CHOSEN


NOTHING_CHOSEN = Choices()
