"""The state of the graph: JSON types only, since its keys and values are a wire format."""

from typing import Annotated, Any, NotRequired, TypedDict

Json = dict[str, Any]


def merge(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """The reducer of the fan-in: one entry per system, the newer one wins."""
    return {**left, **right}


class OnboardingState(TypedDict):
    """What the checkpoint carries of a run.

    `edits` counts how often a person changed the plan, `questions` how often one was asked about a
    request in words; runs of earlier releases lack them.

    `company`, `plan` and each of the `results` are the JSON of the models of those names, without
    the company's contacts: no address is kept in a checkpoint.
    `budget_from` is the attempt from which a system's retries are counted; `rounds` counts
    validations and `escalations` questions after failures. `outcome` is the graph's last word.
    """

    run_id: str
    company: Json
    systems: list[str]
    plan: Json
    results: Annotated[dict[str, Json], merge]
    budget_from: Annotated[dict[str, int], merge]
    rounds: int
    escalations: int
    outcome: str
    edits: NotRequired[int]
    questions: NotRequired[int]


class Branch(TypedDict):
    """What one provisioner branch is sent: one system, one try.

    `confirmed`: a person said that an outcome which nobody can look up may be tried again.
    """

    run_id: str
    system: str
    plan: Json
    attempt: int
    wait_seconds: float
    confirmed: bool


def initial(run_id: str, company: Json, systems: list[str]) -> OnboardingState:
    """The input of a new run."""
    return {
        "run_id": run_id,
        "company": company,
        "systems": systems,
        "plan": {},
        "results": {},
        "budget_from": {},
        "rounds": 0,
        "escalations": 0,
        "outcome": "",
        "edits": 0,
        "questions": 0,
    }
