"""Reads sentences such as "onboard Globex and Initech in Slack and GitHub"."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

SYSTEMS = ("slack", "github", "newsletter", "grants")
_NAMES = {
    "git hub": "github",
    "newsletters": "newsletter",
    "mailing list": "newsletter",
    "grant": "grants",
}
_AND = r"(?:\s*,\s*(?:(?:and|und|y|et)\s+)?|\s+(?:and|und|y|et|or|oder|nor)\s+)"
_ARTICLE = r"(?:(?:the|den|die|das|dem|der|el|la|le)\s+)?"
SYSTEM = r"(?:slack|git\s?hub|newsletters?|mailing list|grants?)"
_LIST = rf"{_ARTICLE}{SYSTEM}(?:{_AND}{_ARTICLE}{SYSTEM})*"
_ONLY = (
    r"(?:(?:only|just|nur|solo|seulement)\s+)?"
    r"(?:in|into|to|on|for|with|auf|für|bei|mit|en|con|dans|sur)"
)
_NOT = (
    r"(?:except(?:\s+for)?|excluding|without|but\s+not|not|minus|ohne|außer|ausser|aber\s+nicht"
    r"|sin|excepto|sauf|sans)(?:\s+(?:in|on|to|for|auf|en|dans))?"
)
_VERB = re.compile(
    r"^(?:onboard\w*|launch|start|set\s+up|add|provision|begin|richte|nimm|starte|lege|incorpora"
    r"|intègre)\s+(?:(?:the\s+)?onboarding\s+(?:of|for)\s+|das\s+onboarding\s+(?:von|für)\s+)?"
    r"(?:(?:the|our|a|die|das|den)\s+)?(?:(?:new\s+)?(?:company|companies|customers?|firma|kunden?)\s+)?",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"\s+(?:ein|auf|an)$", re.IGNORECASE)
_WHERE = re.compile(
    rf"[\s,]+(?:(?P<no>{_NOT})|(?P<yes>(?:only\s+)?{_ONLY}|only|just|nur))\s+(?P<systems>{_LIST})$",
    re.IGNORECASE,
)
_LAST_ONLY = re.compile(rf"\s({_ONLY}\s+{_LIST})\s+only$", re.IGNORECASE)
_PEOPLE = re.compile(
    r"[\s,]+(?:with|mit|con|avec)?\s*(?:(?:the\s+)?contacts?|kontakte?n?)?:?\s*"
    r"(?P<people>[\w.+-]+@[\w.-]+\.\w+(?:(?:\s*,\s*|\s+and\s+|\s+und\s+)[\w.+-]+@[\w.-]+\.\w+)*)$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«](.+?)[\"”“»]")
_NO_NAME = re.compile(
    rf"\b(?:in|on|to|for|auf|für)\s+{SYSTEM}\b|"
    r"\b(?:approv\w+|deny|skip|retry|ignore|yourself|it|them|then|also|please|everything|nothing"
    r"|someone|somebody|except|without|only|not|because|when|if|who|what|why|tomorrow|today|run"
    r"|launch|onboard|genehmig\w+|danach|dann|ohne|nur|nicht|bitte)\b|[@:;<>{}]|https?",
    re.IGNORECASE,
)
_MOST = 10


class Launch(NamedTuple):
    """One company that is to be launched; no `systems` means all of them."""

    company: str
    systems: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """As the tool takes it."""
        given: dict[str, Any] = {"company_name": self.company}
        if self.systems:
            given["systems"] = list(self.systems)
        if self.emails:
            given["contacts"] = [{"email": address} for address in self.emails]
        return given


class Misread(NamedTuple):
    """What has to be asked before anything is launched."""

    question: str


def read_launch(
    sentence: str, systems_here: Sequence[str] = SYSTEMS
) -> list[Launch] | Misread | None:
    """The companies that a sentence wants launched; None when it is about something else.

    `systems_here` are all that there are. Words that are neither names nor understood are asked
    about.
    """
    verb = _VERB.match(sentence)
    if verb is None:
        return None
    rest = _LAST_ONLY.sub(r" only \1", _PARTICLE.sub("", sentence[verb.end() :].strip()))
    rest, emails = _people(rest)
    rest, systems = _where(rest, systems_here)
    if not systems:
        return Misread("No system is left by that. Which of them do you mean?")
    names = _names(_PARTICLE.sub("", rest))
    if not names:
        return Misread("Which company is to be onboarded?")
    if any(_NO_NAME.search(name) or len(name.split()) > 6 for name in names):
        return Misread(
            "I do not understand all of that. Which company is to be onboarded, and in which of "
            f"{', '.join(systems_here)}?"
        )
    if len(names) > _MOST:
        return Misread(f"Those are {len(names)} companies; name up to {_MOST} at a time.")
    if emails and len(names) > 1:
        return Misread("Whose contact is that? Launch the companies one by one.")
    chosen = () if set(systems) == set(systems_here) else systems
    return [Launch(name, chosen, emails) for name in names]


def system_name(word: str) -> str:
    """The system that a word means."""
    plain = " ".join(word.lower().split())
    return _NAMES.get(plain, plain)


def _people(text: str) -> tuple[str, tuple[str, ...]]:
    found = _PEOPLE.search(text)
    if found is None:
        return text, ()
    return text[: found.start()], tuple(re.findall(r"[\w.+-]+@[\w.-]+\.\w+", found["people"]))


def _where(text: str, systems_here: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The text before the systems, and which are meant: several clauses narrow them down."""
    chosen = set(systems_here)
    while found := _WHERE.search(text):
        named = {system_name(word) for word in re.findall(SYSTEM, found["systems"], re.IGNORECASE)}
        # One that is named and not here is left for the launch to refuse.
        chosen = chosen - named if found["no"] else named - (set(systems_here) - chosen)
        text = text[: found.start()]
    return text, tuple(name for name in dict.fromkeys([*systems_here, *SYSTEMS]) if name in chosen)


def _names(text: str) -> list[str]:
    quoted = _QUOTED.findall(text)
    left = _QUOTED.sub(" , ", text) if quoted else text
    names = [*quoted, *re.split(_AND, left, flags=re.IGNORECASE)]
    return list(dict.fromkeys(name.strip(" ,.!?") for name in names if name.strip(" ,.!?")))
