"""What a name in a sentence is: a company, a person, somebody spoken of. Told by its neighbours."""

from collections.abc import Sequence

from reasoning.rules.lexicon import SYSTEMS, Item, small_words
from reasoning.rules.names import Name

_SKIPPED = frozenset("\"“”„«»'`(*[")
_EACH = small_words("each")
_NOUN = frozenset({"onboarding", "onboarded", "rollout", "setup"})
_SPREADS = ("company", "excluded", "person")
_IS = small_words("is")
_LISTS = frozenset({",", ":", "-", "–", "—"})
_MARKS = frozenset({":", "-", "–", "—", "→", "=", "=>", ">", "|"})


def with_roles(names: Sequence[Name], sentence: Sequence[Item], bullet: bool) -> list[Name]:
    """The names in order; what stands in a list with a company is one too."""
    about = any(item.means("onboard", "all", "all_but", "rest", *SYSTEMS) for item in sentence)
    found = [_role(name, sentence, bullet, about) for name in names]
    found.sort(key=lambda name: name.at)
    places = list(range(len(found) - 1))
    for at in (*places, *reversed(places)):
        left, right = found[at], found[at + 1]
        if not _listed(sentence, left.until, right.at):
            continue
        if left.role in _SPREADS and right.role == "unknown":
            found[at + 1] = right.as_(left.role)
        elif right.role in _SPREADS and left.role == "unknown":
            found[at] = left.as_(right.role)
    return found


def _listed(sentence: Sequence[Item], start: int, end: int) -> bool:
    """Nothing but commas, `and` and small words between two names."""
    between = sentence[start:end]
    return bool(between) and all(
        item.word in (",", "/", '"', "“", "”")
        or item.means("and", "or")
        or item.kinds == {"filler"}
        for item in between
    )


def before(sentence: Sequence[Item], at: int) -> int:
    """The place of what stands before `at` and says something; -1 when nothing does."""
    at -= 1
    while at >= 0 and (sentence[at].word in _SKIPPED or sentence[at].kinds == {"filler"}):
        at -= 1
    return at


def _after(sentence: Sequence[Item], at: int) -> Item | None:
    while at < len(sentence) and (
        sentence[at].word in _SKIPPED - {"(", "["} or sentence[at].word in _EACH
    ):
        at += 1
    return sentence[at] if at < len(sentence) else None


def _role(name: Name, sentence: Sequence[Item], bullet: bool, about: bool) -> Name:
    if name.role != "unknown":
        return name
    place = before(sentence, name.at)
    left = sentence[place] if place >= 0 else None
    right = _after(sentence, name.until)
    further = sentence[name.until + 1] if name.until + 1 < len(sentence) else None
    if left is not None and left.word in _IS and place > 0:
        lead = sentence[before(sentence, place)]
        if lead.means("contact", "own") and not lead.means("kind"):
            return name.as_("own" if lead.means("own") else "person")
    if left is not None and left.word in _LISTS and place > 0:
        lead = sentence[place - 1]
        if lead.means("kind") and not lead.system:
            return name.as_("company")
    if left is not None and (role := _by_left(left, about)):
        return name.as_(role)
    if right is not None and (
        right.kind == "email"
        or (
            right.word in ("<", "(", ",", ":", "-", "–")
            and further is not None
            and further.kind == "email"
        )
    ):
        return name.as_("person")
    if right is not None and right.means("speaker") and not right.means("need"):
        return name.as_("speaker")
    if right is not None and right.means("need", "has", "has_weak", "except_after"):
        return name.as_("company")
    if right is not None and right.means("onboard") and (left is not None or right.word in _NOUN):
        return name.as_("company")
    if bullet and (left is None or place <= 1):
        return name.as_("company")
    if right is not None and right.word in _MARKS:
        return name.as_("company")
    joined = left is not None and (left.means("and", "but") or left.word == ",")
    scoped = right is not None and right.means("to", "all", "only", "except", *SYSTEMS)
    if joined and about and scoped:
        return name.as_("company")
    if left is not None and left.means("polite", "pronoun") and scoped:
        return name.as_("company")
    opens = left is None or left.word in _MARKS
    alone = right is None or (right.word in (".", "!", "…") and further is None)
    if left is None and alone and not about and not bullet:
        return name.as_("fragment")
    closes = right is None or right.word in (",", ".", "?", "!", "(", "…")
    if opens and (closes or scoped or (right is not None and right.means("pronoun", "refer"))):
        return name.as_("company")
    return name


def _by_left(left: Item, about: bool) -> str | None:
    if left.means("onboard", "kind", "deal"):
        return "company"
    if left.means("own"):
        return "own"
    if left.means("contact"):
        return "person"
    if left.means("greeting") and not left.means("and"):
        return "addressed"
    if left.means("refer"):
        return "refer"
    if left.means("except"):
        return "excluded"
    if left.means("for") or (left.means("to") and about) or left.means("only", "all", "need"):
        return "company"
    return None
