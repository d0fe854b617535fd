"""The state machine as a picture, drawn from its own topology and coloured by a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.decisions import ANSWERS, DecisionKind, RequestKind
from domain.runs import RunState
from domain.status import RunStatus
from server.console.cards import Card
from server.console.layout import Box, Edge, Layout, Line, place
from server.console.words import Label, Tone

START, END, FAN_OUT = "__start__", "__end__", "provisioner"
TITLES = {
    "planner": "Plan",
    "approval": "Approval",
    "clarification": "Ask",
    "validator": "Check",
    "reporter": "Report",
    "escalation": "Help",
    "rollback": "Roll back",
    START: "Launch",
    END: "End",
}
HELPS = frozenset(ANSWERS[RequestKind.ESCALATION])
_IDLE = Label("not reached", Tone.QUIET)
_DONE = Label("done", Tone.GOOD)


@dataclass(frozen=True)
class Node:
    """A box with its state; `reached` is false while the run has not been there."""

    box: Box
    title: str
    label: Label
    reached: bool
    href: str | None


@dataclass(frozen=True)
class Arrow:
    """A line; `taken` when the run went there."""

    line: Line
    taken: bool
    busy: bool


@dataclass(frozen=True)
class Picture:
    """All that the template needs; `said` is the same in words."""

    layout: Layout
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    said: str


def draw(edges: Sequence[Edge], run: RunState, shown: Sequence[Card]) -> Picture:
    """The machine with one box for each system of this run."""
    layout = place(edges, START, END, {FAN_OUT: [card.name for card in shown]})
    labels = _labels(run) | {card.name: card.label for card in shown}
    begun = run.progress.keys() | run.steps.keys()
    titles = TITLES | {card.name: card.title for card in shown}
    nodes = tuple(
        Node(
            box,
            titles.get(box.name, box.name),
            labels.get(box.name, _IDLE),
            box.name in begun or (box.group != FAN_OUT and labels.get(box.name, _IDLE) != _IDLE),
            f"#system-{box.name}" if box.group == FAN_OUT else None,
        )
        for box in layout.boxes
    )
    by_name = {node.box.name: node for node in nodes}
    arrows = tuple(_arrow(line, by_name, run) for line in layout.lines)
    said = ". ".join(
        f"{node.title}: {node.label.word.lower()}"
        for node in nodes
        if node.box.name not in (START,)
    )
    return Picture(layout, nodes, arrows, f"{said}.")


def _labels(run: RunState) -> dict[str, Label]:
    """What the nodes that are no system are at."""
    status = run.was if run.status is RunStatus.PAUSED and run.was else run.status
    kinds = {decision.kind for decision in run.decisions}
    labels = {START: _DONE}
    if run.plan:
        labels["planner"] = _DONE
    if DecisionKind.APPROVE in kinds:
        labels["approval"] = Label("approved", Tone.GOOD)
    if DecisionKind.DENY in kinds:
        labels["approval"] = Label("denied", Tone.BAD)
    if DecisionKind.ANSWER in kinds:
        labels["clarification"] = Label("answered", Tone.GOOD)
    if kinds & HELPS:
        labels["escalation"] = Label("answered", Tone.GOOD)
    if DecisionKind.ROLLBACK in kinds or run.undone:
        labels["rollback"] = _DONE if run.ended else Label("rolling back", Tone.BUSY)
    if run.verification or status in (RunStatus.REPORTING, RunStatus.COMPLETED):
        labels["validator"] = _DONE
    if status is RunStatus.COMPLETED:
        labels["reporter"] = _DONE
    labels |= _now(status)
    if run.ended:
        tone = Tone.GOOD if status is RunStatus.COMPLETED else Tone.QUIET
        labels[END] = Label(status.replace("_", " "), Tone.BAD if run.failure else tone)
    return labels


def _now(status: RunStatus) -> dict[str, Label]:
    match status:
        case RunStatus.PLANNING:
            return {"planner": Label("planning", Tone.BUSY)}
        case RunStatus.NEEDS_CLARIFICATION:
            return {"clarification": Label("waits for an answer", Tone.WAITS)}
        case RunStatus.AWAITING_APPROVAL:
            return {"approval": Label("waits for approval", Tone.WAITS)}
        case RunStatus.VALIDATING:
            return {"validator": Label("checking", Tone.BUSY)}
        case RunStatus.ESCALATED:
            return {
                "validator": Label("found failures", Tone.WAITS),
                "escalation": Label("needs a person", Tone.WAITS),
            }
        case RunStatus.ROLLING_BACK:
            return {"rollback": Label("rolling back", Tone.BUSY)}
        case RunStatus.REPORTING:
            return {"reporter": Label("reporting", Tone.BUSY)}
    return {}


def _arrow(line: Line, nodes: dict[str, Node], run: RunState) -> Arrow:
    """Lines aside are taken only where the run says so; it keeps no trace of a second try."""
    if line.aside:
        denied = run.status is RunStatus.DENIED
        return Arrow(line, denied and (line.source, line.target) == ("approval", END), busy=False)
    source, target = nodes[line.source], nodes[line.target]
    taken = source.reached and target.reached
    return Arrow(line, taken, busy=taken and target.label.tone is Tone.BUSY)
