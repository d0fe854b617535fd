"""reporter: ends the run with a checklist rendered by code from facts."""

from langgraph.runtime import Runtime

from domain.events import ReportingStarted, RunCompleted, WorkflowEvent
from domain.ports import NodeContext
from domain.reports import render_report
from domain.state import Json, OnboardingState
from domain.steps import StepResult


async def reporter(state: OnboardingState, runtime: Runtime[NodeContext]) -> Json:
    """Reached only when every system is settled: made, waiting for an outsider, or waived."""
    results = {name: StepResult.model_validate(r) for name, r in state["results"].items()}
    report = render_report(state["company"]["name"], state["systems"], results)
    events: dict[str, WorkflowEvent] = {
        "reporting": ReportingStarted(),
        "completed": RunCompleted(report=report),
    }
    await runtime.context.journal.emit_all(events)
    return {"outcome": "completed"}
