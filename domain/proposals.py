"""What becomes of a proposal of the supervisor."""

from enum import StrEnum
from typing import NamedTuple

from domain.chats import Proposal


class ProposalState(StrEnum):
    """`confirmed` is carried out to its end, whatever stops; all others but `open` are ends."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DONE = "done"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


class Outcome(NamedTuple):
    """What came of one action: a run, or why nothing was done."""

    run_id: str | None = None
    problem: str | None = None


class Settled(NamedTuple):
    """A proposal that a person has answered. While it is `open` it only has to be shown first."""

    proposal: Proposal
    state: ProposalState
