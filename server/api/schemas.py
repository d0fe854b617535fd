"""What callers may send besides a launch. Unknown fields are refused, types are not guessed."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain import patterns
from domain.decisions import Answer
from domain.dialects import normalise_decision
from domain.edits import PlanEdit
from domain.errors import Invalid, NotFound
from domain.launches import MAX_SYSTEMS
from domain.names import MAX_NAME, clean_name, clean_text
from server.api.answers import resuming

MAX_REASON = 2_000
RUN_ID_PATTERN = r"^run_[0-9a-z]{22}$"
_RUN_ID = re.compile(RUN_ID_PATTERN.strip("^$"))


def known_form(run_id: str) -> str:
    """`NotFound` for what cannot be the id of a run: it is looked up nowhere."""
    if not _RUN_ID.fullmatch(run_id):
        raise NotFound("There is no run with this id.")
    return run_id


def _reason(value: str) -> str:
    words = clean_text(value, "reason", limit=MAX_REASON)
    if not words:
        raise Invalid("reason is empty.", field="reason", advice="Say why; it is reported.")
    return words


Responder = Annotated[
    str,
    AfterValidator(lambda value: clean_name(value, "responder")),
    Field(
        description="Who acts, for the record; 1 to 200 characters.",
        examples=["dana"],
        json_schema_extra=patterns.name(MAX_NAME),
    ),
]
Reason = Annotated[
    str,
    AfterValidator(_reason),
    Field(
        description="Why; 1 to 2000 characters.",
        json_schema_extra=patterns.text(MAX_REASON, some=True),
    ),
]


class MoveBody(BaseModel):
    """Who asks for a move; the body may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    responder: Responder | None = None


class CancelBody(MoveBody):
    """`rollback` undoes what this run created."""

    rollback: bool = False
    reason: Reason | None = None


class SkipBody(MoveBody):
    """Why the company goes without this system."""

    reason: Reason


class HumanAnswer(BaseModel):
    """One answer in LangChain's human-in-the-loop form, or in that of Agent Inbox (`args`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: str
    message: str | None = None
    args: Any = None
    edited_action: dict[str, Any] | None = None


class ResumeBody(MoveBody):
    """Nothing but perhaps a responder goes on with a paused run; anything else is an answer.

    Exactly one of `approved`, `decision`, `decisions` and `answer` gives it; `answer` is for a run
    that needs clarification. `digest` says which plan was
    looked at: an answer to another one than the open one is refused. `systems` approves, retries
    or skips these only; `edit` goes with the decision `edit`. A list is taken as `decisions`.
    """

    model_config = ConfigDict(json_schema_extra=resuming)

    approved: bool | None = None
    decision: str | None = None
    decisions: Annotated[list[HumanAnswer], Field(max_length=20)] | None = None
    reason: Reason | None = None
    digest: str | None = None
    systems: Annotated[list[str], Field(max_length=MAX_SYSTEMS)] | None = None
    edit: PlanEdit | None = None
    answer_text: Annotated[str | None, Field(alias="answer", max_length=MAX_REASON)] = None

    @model_validator(mode="before")
    @classmethod
    def _inbox(cls, data: Any) -> Any:
        """Agent Inbox answers with a bare list."""
        return {"decisions": data} if isinstance(data, list) else data

    def answer(self) -> Answer | None:
        """The decision, or None when none was sent; `Invalid` when it is not one."""
        said = self.model_dump(by_alias=True, exclude_unset=True, exclude={"responder"})
        if not said:
            return None
        # The dialect of `decisions` has no place for these, but whoever sends them means them.
        beside: dict[str, Any] = {k: v for k in ("reason", "digest") if (v := said.get(k))}
        if said.get("systems"):
            beside["systems"] = tuple(said["systems"])
        return normalise_decision(said).model_copy(update=beside)


class ApprovalWebhook(BaseModel):
    """The answer of a person to the plan of a run. Only JSON `true` and `false` decide.

    `digest` says which plan was looked at: an answer to another one is refused.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"run_id": "run_01jd0c3v8k5m2n7p9q4r6t", "approved": True, "responder": "dana"}
            ]
        },
    )

    approved: bool
    responder: Responder
    reason: Reason | None = None
    digest: str | None = None
    run_id: Annotated[str, AfterValidator(known_form), Field(description="The run to decide on.")]
