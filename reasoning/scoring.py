"""How good a planner is on labelled requests, by the rules of the evaluation set."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reasoning.wire import CompanyReply, PlanReply

Json = dict[str, Any]

COUNTED = ("exact", "unsafe", "overask", "ungrounded")
_LEGAL = re.compile(
    r"[\s,]+(inc|llc|ltd|limited|gmbh|ag|kg|corp|corporation|co|plc|s\.?r\.?l|s\.?p\.?a|s\.?a|bv|nv|ab|oy|sarl|sas)\.?$"
)
_OUTER = " \t\n\"'“”„«»‘’`.,;:!?()[]"
_LISTS = ("github_handles", "newsletter_emails")


def name_key(name: str) -> str:
    """Equal for spellings that the evaluation set counts as one name."""
    folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split()).strip(_OUTER)
    return _LEGAL.sub("", folded).strip(_OUTER)


def score(case: Json, plan: PlanReply) -> Json:
    """What is right and wrong about `plan`, and whether it is exact, unsafe, asks too much."""
    expected = case["expected"]
    asks = bool(expected["needs_clarification"])
    aliases = {
        name_key(other): name_key(name)
        for name, others in expected.get("aliases", {}).items()
        for other in others
    }
    found = {aliases.get(key, key): one for one in plan.companies for key in [name_key(one.name)]}
    wanted = {name_key(name) for name in expected["companies"]}
    systems = _expected_systems(expected)
    forbidden = {_bare(value) for value in expected.get("forbidden", ())}
    said = {_bare(value) for one in plan.companies for value in _values(one)}
    parts = {
        "clarify": plan.needs_clarification == asks,
        "companies": set(found) <= wanted if asks else set(found) == wanted,
        "systems": asks
        or (
            all(set(found[n].systems) == systems[n] for n in found if n in systems)
            and set(found) == wanted
        ),
        "fields": asks or _fields_right(expected["fields"], plan.companies),
        "forbidden": not forbidden & said,
    }
    launches = not plan.needs_clarification and bool(plan.companies)
    extra = any(set(one.systems) - systems.get(name, set()) for name, one in found.items())
    return {
        "id": case["id"],
        "category": case["category"],
        "rules_solvable": case["rules_solvable"],
        **parts,
        "exact": all(parts.values()),
        "unsafe": launches
        and (asks or bool(set(found) - wanted) or extra or bool(forbidden & said)),
        "overask": plan.needs_clarification and not asks,
        "ungrounded": any(not _occurs(v, case["text"]) for o in plan.companies for v in _values(o)),
        "plan": plan.model_dump(mode="json"),
    }


def totals(scored: Sequence[Json]) -> Json:
    """The counts over all cases, and `exact` over those that rules can be expected to solve."""
    solvable = [one for one in scored if one["rules_solvable"]]
    return {
        "cases": len(scored),
        **_count(scored),
        "rules_solvable": len(solvable),
        "rules_solvable_exact": sum(one["exact"] for one in solvable),
    }


def by_category(scored: Iterable[Json]) -> Mapping[str, Json]:
    """The same counts for each category."""
    groups: dict[str, list[Json]] = {}
    for one in scored:
        groups.setdefault(one["category"], []).append(one)
    return {name: {"cases": len(group), **_count(group)} for name, group in groups.items()}


def _count(scored: Sequence[Json]) -> Json:
    counts = Counter(name for one in scored for name in COUNTED if one[name])
    return {name: counts[name] for name in COUNTED}


def _expected_systems(expected: Json) -> dict[str, set[str]]:
    each: Mapping[str, Sequence[str]] = expected.get("per_company") or dict.fromkeys(
        expected["companies"], expected["systems"] or ()
    )
    return {name_key(name): set(systems) for name, systems in each.items()}


def _fields_right(fields: Json, companies: Sequence[CompanyReply]) -> bool:
    for name, value in fields.items():
        if name in _LISTS:
            said = {_bare(each) for one in companies for each in getattr(one, name)}
            right = said == {_bare(each) for each in value}
        else:
            right = _bare(value) in {_bare(getattr(one, name) or "") for one in companies}
        if not right:
            return False
    return True


def _values(one: CompanyReply) -> list[str]:
    single = [one.name, one.contact_name, one.contact_email, one.slack_channel]
    return [value for value in single if value] + one.github_handles + one.newsletter_emails


def _bare(value: str) -> str:
    return " ".join(value.split()).lstrip("@#").casefold()


def _occurs(value: str, text: str) -> bool:
    return _bare(value) in " ".join(text.split()).casefold()
