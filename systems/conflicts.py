"""Whose an object is, what that means for a plan, and what can be done where it is not ours."""

from domain.canonical import storable
from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind, Option
from systems.part import Found, Owner

MARK = "marker"
"""The field of `Change.after` that says that an object carries the company's mark."""

_ADVICE = {
    Option.ADOPT: "adopt it as it is",
    Option.SLUG: "choose another slug",
    Option.SKIP: "leave the system out",
}


def classified(change: Change, found: Found, known: frozenset[str], company: Company) -> Change:
    """The wanted change as what it is, given what stands there now."""
    if found.owner is Owner.SETTING:
        kind = ChangeKind.NO_OP if found.same else ChangeKind.UPDATE
        return change.become(kind, before=storable(found.current))
    before = storable({"id": found.resource.id, **found.current})
    ours = found.owner is Owner.COMPANY or found.resource.id in known
    if ours:
        reason = "It was made for this company earlier."
    elif found.owner is not Owner.ANOTHER and change.target in company.choices.adopt:
        reason = "It was not made by us: it is adopted by choice, and an undo leaves it there."
    else:
        options = _options(found.owner)
        fault = taken(change, found.owner)
        reason = f"{fault.message} {fault.advice}"
        return change.become(ChangeKind.CONFLICT, reason=reason, before=before, options=options)
    if found.owner is Owner.OTHER:
        after = {k: before.get(k, value) for k, value in change.after.items() if k != MARK}
        return change.become(ChangeKind.ADOPT, reason=reason, before=before, after=after)
    return change.become(ChangeKind.ADOPT, reason=reason, before=before)


def chosen(change: Change, found: Found, company: Company) -> bool:
    """Whether it is exactly the object that an operator chose, and a person approved, to adopt."""
    return (
        change.kind is ChangeKind.ADOPT
        and found.owner is not Owner.ANOTHER
        and change.target in company.choices.adopt
        and change.before is not None
        and change.before["id"] == found.resource.id
    )


def taken(change: Change, owner: Owner) -> NeedsPerson:
    """The fault for a natural key under which there is something else, with what can be done."""
    what = "was made for another company" if owner is Owner.ANOTHER else "was not made by us"
    *most, last = (_ADVICE[option] for option in _options(owner))
    advice = f"{', '.join(most)} or {last}."
    return NeedsPerson(
        ErrorCode.CONFLICT,
        f"{change.target} exists and {what}.",
        instructions=advice[0].upper() + advice[1:],
    )


def refused(change: Change) -> NeedsPerson:
    """The fault for a conflict that was approved as such: nothing is done about it."""
    return NeedsPerson(
        ErrorCode.CONFLICT,
        change.reason or f"{change.target} is taken.",
        instructions="Skip the system, and launch it again with what was chosen.",
    )


def _options(owner: Owner) -> tuple[Option, ...]:
    return tuple(Option) if owner is not Owner.ANOTHER else (Option.SLUG, Option.SKIP)
