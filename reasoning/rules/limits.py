"""The bounds within which another reader may understand more of a request than the rules do."""

from dataclasses import dataclass

from reasoning.rules.checks import Question, check_choice, check_intent
from reasoning.rules.lexicon import SYSTEMS
from reasoning.rules.masks import mask
from reasoning.rules.sentences import sentences
from reasoning.rules.wishes import all_wishes


@dataclass(frozen=True)
class Limits:
    """What a request rules out in any case. Without `named` it names no systems to choose from."""

    must_ask: str
    named: frozenset[str]
    excluded: frozenset[str]


def limits(request: str) -> Limits:
    """The bounds within which another reader may understand more than the rules do."""
    found = sentences(mask(request).own)
    must_ask = ""
    try:
        check_intent(found)
        check_choice(found)
    except Question as question:
        must_ask = question.about
    said = all_wishes(found)
    every = any(wish.every or wish.rest for wish in said)
    named = {system for wish in said for system in (*wish.include, *wish.mentioned)}
    shared = [wish for wish in said if not wish.names]
    return Limits(
        must_ask=must_ask,
        named=frozenset() if every else frozenset(named),
        excluded=frozenset(system for wish in shared for system in wish.exclude),
    )


def is_vocabulary(name: str) -> bool:
    """Whether a supposed name is nothing but words that requests are made of."""
    said = [item for sentence in sentences(name) for item in sentence.items]
    words = [item for item in said if item.kind == "word"]
    if not words:
        return True
    small = ("filler", "onboard", "all", "except", "only", "pronoun", "polite", "product", *SYSTEMS)
    return all(item.means(*small) for item in words) and not any(c.isupper() for c in name[1:])
