"""Whether the words of a report say nothing but its facts. Words that cannot be held against the
facts are not used: a plain report is better than one that may be wrong."""

import json
import re
from collections.abc import Iterator
from typing import Any

from domain.errors import Invalid
from domain.names import clean_text
from reasoning.guards import Doubt
from reasoning.rules.lexicon import items, small_words
from reasoning.rules.masks import commands
from reasoning.rules.tokens import tokens
from reasoning.wire import ReportReply

Json = dict[str, Any]

MAX_LENGTH = 240
MAX_ACTIONS = 3
_LINK = re.compile(r"https?://\S+|www\.\S+|\b[\w.+-]+@[\w.-]+\.\w+|(?<!\w)[@#][\w-]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_CLAUSE = re.compile(r",\s*|\s+(?:but|while|whereas|although|though)\s+")
_NAME = re.compile(r"\b[A-Z][\w&'’-]*")
_NUMBER = re.compile(r"\d+|\b[a-z]+\b")
_ALL = frozenset({"all", "every", "both", "each", "everything"})
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "none": 0, "nothing": 0}
_WORDS = {
    "success": r"done|ready|complete[ds]?|succeed\w*|success\w*|live|onboarded|provisioned|created"
    r"|set up|works?|working|available|finished",
    "pending": r"wait\w*|pending|invit\w*|accept\w*|confirm\w*|outstanding",
    "skipped": r"skip\w*|waived?|left out|omitted|excluded|missing",
    "failed": r"fail\w*|errors?|broken|blocked|unavailable|down|refused|rejected|missing|unable"
    r"|could not|cannot",
}
_KINDS = {"success": "success", "pending": "pending", "skipped": "skipped"}
_PLAIN = small_words("report")


def held_to(facts: Json, reply: ReportReply) -> ReportReply:
    """The reply, or `Doubt` about the first thing that is not in the facts."""
    if len(reply.next_actions) > MAX_ACTIONS:
        raise Doubt("too_many_actions")
    for text in (reply.headline, *reply.next_actions):
        _check_form(text)
        _check_origin(text, facts)
        for sentence in _SENTENCE.split(text):
            _check_numbers(sentence, facts)
    for sentence in _SENTENCE.split(reply.headline):
        for clause in _CLAUSE.split(sentence):
            _check_statuses(clause, facts)
    for action in reply.next_actions:
        _check_action(action, facts)
    return reply


def _check_form(text: str) -> None:
    try:
        cleaned = clean_text(text, "text", limit=MAX_LENGTH, lines=False)
    except Invalid as invalid:
        raise Doubt("not_a_line", invalid.message) from None
    if not cleaned:
        raise Doubt("empty")


def _check_origin(text: str, facts: Json) -> None:
    """Links, addresses and names are those of the facts."""
    known = json.dumps(facts, ensure_ascii=False)
    for link in _LINK.findall(text):
        if link.rstrip(".,;:!?)") not in known:
            raise Doubt("not_in_facts", link)
    said = text.replace(facts["company"], " ")
    if commands(said):
        raise Doubt("not_in_facts", "approvals, keys or rules")
    systems = {one["system"] for one in facts["systems"]}
    for item in items(tokens(said), "en"):
        if item.means("product") or (item.system and item.system not in systems):
            raise Doubt("not_in_facts", item.word)
    for name in _NAME.findall(said):
        if name.lower() not in _PLAIN and name not in known:
            raise Doubt("not_in_facts", name)


def _kind(status: str) -> str:
    return _KINDS.get(status, "failed")


def _check_numbers(sentence: str, facts: Json) -> None:
    """How many is how many there are."""
    kinds = [_kind(one["status"]) for one in facts["systems"]]
    counts = {kinds.count(kind) for kind in (*_KINDS, "failed")} | {len(kinds)}
    counts |= {len(kinds) - kinds.count("skipped"), len(kinds) - kinds.count("success")}
    counts |= {one["attempts"] for one in facts["systems"]}
    lowered = sentence.replace(facts["company"], " ").lower()
    for word in _NUMBER.findall(lowered):
        if word in _ALL:
            said = _said(lowered)
            if said and set(kinds) - said:
                raise Doubt("not_all", word)
        number = int(word) if word.isdigit() else _COUNTS.get(word)
        if number is not None and number not in counts:
            raise Doubt("wrong_number", word)


def _said(text: str) -> set[str]:
    """The statuses that are spoken of; what is not done is not done."""
    found = {kind for kind, words in _WORDS.items() if re.search(rf"\b(?:{words})\b", text)}
    if re.search(r"\bnot\b|n't\b|\bnever\b|\bwithout\b", text):
        found = (found - {"success"}) | {"failed", "skipped", "pending"}
    return found


def _check_statuses(clause: str, facts: Json) -> None:
    """What is said of a system is its status; done includes what only waits for somebody."""
    lowered = clause.lower()
    said = _said(lowered)
    for one in _mentioned(lowered, facts):
        kind = _kind(one["status"])
        fits = {kind, "success"} if kind == "pending" else {kind}
        if said and not said & fits:
            raise Doubt("other_status", f"{one['system']} is {one['status']}")
        if said - fits - ({"failed", "skipped"} if kind in ("failed", "skipped") else set()):
            raise Doubt("other_status", f"{one['system']} is {one['status']}")


def _check_action(action: str, facts: Json) -> None:
    """Nothing is to be done about a system that is done."""
    lowered = action.lower()
    for one in _mentioned(lowered, facts):
        if _kind(one["status"]) == "success":
            raise Doubt("nothing_to_do", one["system"])


def _mentioned(text: str, facts: Json) -> Iterator[Json]:
    for one in facts["systems"]:
        if re.search(rf"\b{re.escape(one['system'])}\b", text):
            yield one
