"""The state of the graph: JSON types only, since its keys and values are a wire format."""

from typing import Annotated, Any, TypedDict

Json = dict[str, Any]


def merge(left: dict[str, Json], right: dict[str, Json]) -> dict[str, Json]:
    """The reducer of the fan-in: one entry per system, the newer one wins."""
    return {**left, **right}


class OnboardingState(TypedDict):
    """What the checkpoint carries of a run.

    `systems` are names; `plan` is a `Plan`; `results` hold a `StepResult` per system; `attempts`
    counts the tries of each; `escalations` counts the questions asked after failures; `outcome`
    is the last word of the graph.
    """

    run_id: str
    company: Json
    systems: list[str]
    plan: Json
    results: Annotated[dict[str, Json], merge]
    escalations: int
    outcome: str


class Branch(TypedDict):
    """What one provisioner branch is sent: one system, one try."""

    run_id: str
    system: str
    plan: Json
    attempt: int
    wait_seconds: float
    confirmed: bool
