"""Requests in Japanese, Chinese and Korean, which put no blanks between words."""

import re

from reasoning.rules import lexicon
from reasoning.rules.lexicon import SYSTEMS, named_patterns
from reasoning.rules.tokens import tokens
from reasoning.wire import CompanyReply, PlanReply

_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORDS = named_patterns("east_asian")
_SYSTEM = "|".join(_WORDS[name] for name in SYSTEMS)
_FILLER = re.compile(_WORDS["filler"])
_NAME = re.compile(_WORDS["name"])
_GRAMMAR = re.compile("|".join(each for kind, each in _WORDS.items() if kind != "name"), re.I)
_LEAD = re.compile(
    r"^(?:請|请)?(?:将|把|给|為|为)?|^新規顧客の|^新しい(?:お客様|顧客|クライアント)の?"
)
_OBJECT = re.compile(r"^(.+?)(?:を|は|을|를|은|는)(?!\w{0,2}社)")


def written(text: str) -> bool:
    """Whether a good part of the letters are of these scripts, and not in names alone."""
    many = len(_SCRIPT.findall(text)) * 4 >= len(re.findall(r"\w", text)) > 0
    return many and not _only_names(text)


def _only_names(text: str) -> bool:
    """Whether the sentence is of another language, by its verb, and only names somebody so.

    Without a legal form a word is a name when it holds nothing that sentences are built with.
    """
    rest = tokens(_NAME.sub(" ", f"{text} "))
    if any(_SCRIPT.search(each.text) and _GRAMMAR.search(each.text) for each in rest):
        return False
    said = lexicon.items(rest, lexicon.language_of(rest))
    return any(item.means("onboard", "need") for item in said)


def read(text: str) -> PlanReply:
    """One company, by its legal form or as the object, and systems; anything else is asked."""
    if re.search(_WORDS["asks"], text) or re.search(_WORDS["against"], text):
        return _ask("intent", "What shall be done? Only onboarding can be started here.")
    names = {re.sub(_LEAD, "", found.group()).strip() for found in _NAME.finditer(text)}
    if not names and (marked := _OBJECT.match(re.sub(_LEAD, "", text.strip()))):
        names = {marked.group(1).strip()}
    names = {
        n for n in names if not re.fullmatch(f"(?:{_SYSTEM}|{_WORDS['all']})", n, re.I) and _says(n)
    }
    if len(names) != 1:
        return _ask("company_name", "Which company shall be onboarded?")
    (name,) = names
    rest = text.replace(name, " ")
    named = [s for s in SYSTEMS if re.search(_WORDS[s], rest, re.I)]
    everything = bool(re.search(_WORDS["all"], rest))
    out = bool(re.search(_WORDS["except"], rest)) or bool(re.search(_WORDS["already"], rest))
    left = re.sub(
        f"{_SYSTEM}|{_WORDS['all']}|{_WORDS['only']}|{_WORDS['except']}|{_WORDS['already']}",
        "",
        rest,
        flags=re.I,
    )
    left = _FILLER.sub("", left)
    if (
        left.strip()
        or (out and (not named or re.search(_WORDS["only"], rest)))
        or (everything and named and not out)
    ):
        return _ask("systems", "Which systems are meant: slack, github, newsletter, grants?", name)
    systems = [s for s in SYSTEMS if s not in named] if out else named or list(SYSTEMS)
    if not systems:
        return _ask("systems", "Which systems are meant: slack, github, newsletter, grants?", name)
    return PlanReply(
        needs_clarification=False, companies=[CompanyReply(name=name, systems=systems)]
    )


def _says(name: str) -> bool:
    """More than words that any request has."""
    return bool(_FILLER.sub("", name))


def _ask(about: str, question: str, *names: str) -> PlanReply:
    return PlanReply.model_validate(
        {
            "needs_clarification": True,
            "question": question,
            "clarify_about": about,
            "companies": [{"name": name, "systems": []} for name in names],
        }
    )
