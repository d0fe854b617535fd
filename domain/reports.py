"""The report of a run: every line is a fact, rendered by code."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from domain.steps import StepResult, StepStatus

_MARKS = {
    StepStatus.SUCCESS: "done",
    StepStatus.PENDING: "waiting for somebody outside",
    StepStatus.SKIPPED: "skipped",
    StepStatus.FAIL: "failed",
    StepStatus.ERROR: "failed",
}


class ReportLine(BaseModel):
    """One system in the checklist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    status: StepStatus | None
    text: str
    links: tuple[str, ...] = ()


class Report(BaseModel):
    """`missing` names the systems that the company does not have at the end.

    `headline` and `next_actions` may be a model's words, which were held against the checklist.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    headline: str
    checklist: tuple[ReportLine, ...]
    missing: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    next_actions: tuple[str, ...] = ()


def _actions(
    company: str, systems: Sequence[str], results: Mapping[str, StepResult]
) -> Iterator[str]:
    """What follows from the facts, most urgent first."""
    waits = [s for s in systems if (r := results.get(s)) and r.status is StepStatus.PENDING]
    left = [s for s in systems if (r := results.get(s)) and r.status is StepStatus.SKIPPED]
    if left:
        yield f"Launch {company} again for {', '.join(left)} when the reason for skipping is gone."
    if waits:
        yield f"See that the people invited in {', '.join(waits)} accept, then verify the run."


def _line(system: str, result: StepResult | None) -> ReportLine:
    if result is None:
        return ReportLine(system=system, status=None, text=f"{system}: not started.")
    text = f"{system}: {_MARKS[result.status]}. {result.details}"
    if result.hint and result.status is not StepStatus.SUCCESS:
        text = f"{text} {result.hint}"
    links = tuple(resource.url for resource in result.resources if resource.url)
    return ReportLine(system=system, status=result.status, text=text, links=links)


def render_report(
    company: str, systems: Sequence[str], results: Mapping[str, StepResult]
) -> Report:
    """The checklist of what each system holds now."""
    made = [s for s in systems if (r := results.get(s)) and r.settled]
    done = [s for s in made if results[s].status is not StepStatus.SKIPPED]
    missing = tuple(s for s in systems if s not in done)
    headline = f"{company} is onboarded into {len(done)} of {len(systems)} systems."
    if missing:
        headline += f" Missing: {', '.join(missing)}."
    return Report(
        headline=headline,
        checklist=tuple(_line(system, results.get(system)) for system in systems),
        missing=missing,
        next_actions=tuple(_actions(company, systems, results)),
    )


def render_rollback(company: str, undone: Sequence[str], left: Sequence[str]) -> Report:
    """What a rollback took back and what it had to leave."""
    headline = f"The onboarding of {company} was rolled back: {len(undone)} objects undone"
    headline += f", {len(left)} left." if left else ", none left."
    return Report(
        headline=headline,
        checklist=tuple(ReportLine(system="", status=None, text=text) for text in undone),
        leftovers=tuple(left),
    )
