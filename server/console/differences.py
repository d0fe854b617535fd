"""In what a plan differs from the last launch of the same organisation, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.plans import Change, ChangeKind, Plan
from domain.runs import RunState
from domain.status import RunStatus
from domain.steps import StepStatus
from server.console.cards import planned, sentence
from server.console.words import Label, Tone, system
from server.lifecycle import reads
from server.lifecycle.service import Service

NEW, GONE, CHANGED = Label("New", Tone.GOOD), Label("Gone", Tone.BAD), Label("Changed", Tone.WAITS)
_SHORT = 60
_TROUBLE = {ChangeKind.CONFLICT: "is in conflict now", ChangeKind.BLOCKED: "is blocked now"}


class Difference(NamedTuple):
    """One of them, in one system."""

    label: Label
    system: str
    text: str


class Since(NamedTuple):
    """The last launch, and what differs from it; nothing does when there are no `differences`."""

    run: RunState
    differences: tuple[Difference, ...]


async def since_last(service: Service, run: RunState, tenant: str) -> Since | None:
    """For a plan that waits for approval; None for what is not to be compared."""
    if run.status is not RunStatus.AWAITING_APPROVAL:
        return None
    return since(await reads.last_launch(service, run, tenant=tenant), run.plan)


def since(last: RunState | None, plan: Plan | None) -> Since | None:
    """None when there is nothing to compare with."""
    if last is None or last.plan is None or plan is None:
        return None
    return Since(last, tuple(_compared(_made(last, last.plan), plan)))


def _made(last: RunState, plan: Plan) -> dict[str, Change]:
    """The changes of the systems that the last launch did not go without."""
    left_out = {s.system for s in last.steps.values() if s.status is StepStatus.SKIPPED}
    systems = set(last.systems) - left_out
    return {change.key: change for change in plan.changes if change.system in systems}


def _compared(before: Mapping[str, Change], plan: Plan) -> Iterator[Difference]:
    kept = {change.key for change in plan.changes}
    gone = [change for key, change in before.items() if key not in kept]
    for change in plan.changes:
        earlier = before.get(change.key)
        if earlier is not None:
            if text := "; ".join(_changed(earlier, change)):
                yield Difference(CHANGED, system(change.system), f"{change.target} {text}")
        elif twin := next((one for one in gone if _alike(one, change)), None):
            gone.remove(twin)
            text = f"{sentence(change)}, for somebody else"
            yield Difference(CHANGED, system(change.system), text)
        else:
            yield Difference(NEW, system(change.system), planned(change))
    for change in gone:
        yield Difference(GONE, system(change.system), sentence(change))


def _alike(one: Change, other: Change) -> bool:
    """Whether they read the same: of people only a part of their address is told."""
    return (one.system, one.summary) == (other.system, other.summary)


def _changed(before: Change, now: Change) -> Iterator[str]:
    """What is there already is no difference: it is what the last launch has made."""
    if now.kind in _TROUBLE and now.kind is not before.kind:
        yield _TROUBLE[now.kind]
    if now.target != before.target:
        yield f"was {before.target}"
    for name in dict.fromkeys((*now.after, *before.after)):
        was, becomes = before.after.get(name), now.after.get(name)
        if was != becomes:
            yield _said(name.replace("_", " "), was, becomes)


def _said(name: str, was: Any, becomes: Any) -> str:
    texts = [_word(value) for value in (was, becomes)]
    if None in texts:
        return f"has another {name}"
    return f"{name}: was {texts[0]}, becomes {texts[1]}"


def _word(value: Any) -> str | None:
    """A value that fits into a sentence."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case str() if len(value) <= _SHORT and "\n" not in value:
            return value
    return None
