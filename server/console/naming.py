"""What is said of a short name, as it is typed and beside a preview."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from domain.companies import Company
from domain.plans import Plan
from server.console.words import Tone, listed, system
from server.lifecycle.names import Verdict, uses, verdict

_SAID = {
    Verdict.FREE: (Tone.GOOD, "{slug} is free in {systems}."),
    Verdict.OURS: (Tone.QUIET, "{slug} is there for {name} in {systems}: it would be adopted."),
    Verdict.TAKEN: (
        Tone.WAITS,
        "{slug} is taken in {systems}: it would be adopted or asked about.",
    ),
    Verdict.UNASKED: (
        Tone.QUIET,
        "{systems} cannot be asked so often. A preview asks anew, and so does a launch.",
    ),
    Verdict.UNREAD: (Tone.WAITS, "{systems} cannot be read now; the plan says why."),
}


class Sentence(NamedTuple):
    """One line, and how it is meant."""

    tone: Tone
    text: str


def sentences(
    company: Company, verdicts: Mapping[str, Verdict], silent_since: Mapping[str, datetime]
) -> list[Sentence]:
    """One for all systems that say the same; each that is silent has its own."""
    told = []
    for word, (tone, text) in _SAID.items():
        names = [system(name) for name, found in verdicts.items() if found is word]
        if names:
            said = text.format(slug=company.slug, name=company.name, systems=listed(names))
            told.append(Sentence(tone, said))
    silent = [name for name, found in verdicts.items() if found is Verdict.SILENT]
    return told + [_silence(name, silent_since.get(name)) for name in silent]


def _silence(name: str, since: datetime | None) -> Sentence:
    when = "now" if since is None else f"since {since.astimezone(UTC).strftime('%H:%M')} UTC"
    text = f"{system(name)} does not answer {when}. You can launch; its steps will wait."
    return Sentence(Tone.WAITS, text)


def of_plan(plan: Plan, silent_since: Mapping[str, datetime]) -> list[Sentence]:
    """The same by a plan that was just made; asks nobody."""
    verdicts = {}
    for name in plan.systems:
        named = uses(plan.for_system(name), plan.company)
        if named:
            found = verdict(named)
            silent = found is Verdict.UNREAD and name in silent_since
            verdicts[name] = Verdict.SILENT if silent else found
    return sentences(plan.company, verdicts, silent_since)
