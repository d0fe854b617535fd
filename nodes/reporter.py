"""reporter: ends the run with a checklist rendered by code from facts."""

from langgraph.runtime import Runtime

from domain.events import ReportingStarted, RunCompleted
from domain.ports import Facts, NodeContext
from domain.reports import render_report
from domain.state import Json, OnboardingState
from domain.steps import StepResult


async def reporter(state: OnboardingState, runtime: Runtime[NodeContext]) -> Json:
    """Reached only when every system is settled: made, waiting for an outsider, or waived.

    A model may put it into words; the checklist, and whether the run is done, are never its own.
    """
    context, company = runtime.context, state["company"]["name"]
    results = {name: StepResult.model_validate(r) for name, r in state["results"].items()}
    report = render_report(company, state["systems"], results)
    started = ReportingStarted()
    if context.writer is not None:
        await context.journal.emit(started, key="reporting")
        facts = Facts(state["run_id"], company, results, context.tokens_used)
        report = await context.writer.write(report, facts, context.journal)
    await context.journal.emit_all({"reporting": started, "completed": RunCompleted(report=report)})
    return {"outcome": "completed"}
