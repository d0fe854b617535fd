"""A run as text for a model: compact, ordered, nothing that is not a fact of the run."""

from domain.canonical import canonical_json
from domain.decisions import RequestKind
from domain.runs import RunState
from domain.status import RunStatus


def to_context(run: RunState) -> str:
    """What a model is shown of a run: one tag per subject, JSON inside.

    Everything that a caller or a system supplied stays inside JSON strings with `<` escaped, so it
    cannot close a tag and pose as an instruction.
    """
    parts: list[tuple[str, object]] = [
        ("run", {"run_id": run.run_id, "status": run.status, "version": run.version}),
        ("company", run.company.model_dump(mode="json")),
        ("request", run.request.model_dump(mode="json", exclude_none=True)),
    ]
    if run.plan:
        changes = [
            {"system": c.system, "kind": c.kind, "summary": c.summary, "reason": c.reason}
            for c in run.plan.changes
        ]
        parts.append(("plan", {"digest": run.plan.digest, "changes": changes}))
    if run.decisions:
        parts.append(("decisions", [d.model_dump(mode="json") for d in run.decisions]))
    if run.steps:
        parts.append(("steps", [s.model_dump(mode="json") for s in run.steps.values()]))
    if commands := person_can(run):
        parts.append(("person_can", commands))
    if run.open_request:
        parts.append(("waiting_for", run.open_request.model_dump(mode="json")))
    if run.failure:
        parts.append(("failure", run.failure.model_dump(mode="json")))
    if run.report:
        parts.append(("report", run.report.model_dump(mode="json")))
    return "\n".join(
        f"<{tag}>{canonical_json(body).replace('<', '\\u003c')}</{tag}>" for tag, body in parts
    )


def person_can(run: RunState) -> list[str]:
    """The commands by which a person moves this run on; the API and the console take the same."""
    me = run.run_id
    if run.status is RunStatus.PAUSED:
        return [f"agentos run resume {me}"]
    match run.open_request and run.open_request.kind:
        case RequestKind.APPROVAL:
            return [f"agentos approve {me}", f"agentos deny {me} --reason WHY"]
        case RequestKind.ESCALATION:
            return [
                f"agentos run retry {me} SYSTEM",
                f"agentos run skip {me} SYSTEM --reason WHY",
                f"agentos run cancel {me} --rollback",
            ]
    return []
