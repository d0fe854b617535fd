"""reporter: ends the run with a checklist rendered by code from facts."""

from langgraph.runtime import Runtime

from domain.events import ReportingStarted, RunCompleted
from domain.ports import NodeContext
from domain.reports import render_report
from domain.state import Json, OnboardingState
from domain.steps import StepResult


async def reporter(state: OnboardingState, runtime: Runtime[NodeContext]) -> Json:
    """Reached only when every system is settled: made, waiting for an outsider, or waived."""
    journal = runtime.context.journal
    await journal.emit(ReportingStarted(), key="reporting")
    results = {name: StepResult.model_validate(r) for name, r in state["results"].items()}
    report = render_report(state["company"]["name"], state["systems"], results)
    await journal.emit(RunCompleted(report=report), key="completed")
    return {"outcome": "completed"}
