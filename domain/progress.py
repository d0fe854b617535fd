"""How far a run has come in a system, and why it went no further."""

from pydantic import BaseModel, ConfigDict

from domain.steps import Resource


class Progress(BaseModel):
    """A system that is being worked on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempt: int = 0
    applied: dict[str, Resource] = {}


class Failure(BaseModel):
    """Why a run failed or was cancelled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    message: str
