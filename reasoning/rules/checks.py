"""When to ask: what is open, contradicts itself, is something else, or was not understood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reasoning.rules.lexicon import SYSTEMS, Item, guess, small_words
from reasoning.rules.sentences import Sentence
from reasoning.rules.wishes import Wish, nothing_said
from reasoning.wire import About

_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "couple": 2, "zwei": 2, "drei": 3, "dos": 2, "tres": 3, "deux": 2, "trois": 3,
    "due": 2, "tre": 3, "dois": 2, "duas": 2, "twee": 2, "drie": 3, "both": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Question(Exception):
    """What has to be asked, and about what; `companies` are those that are certain."""

    about: About
    words: str = ""
    companies: tuple[str, ...] = ()


def check_intent(found: Sequence[Sentence]) -> None:
    for sentence in found:
        first = next((item for item in sentence.items if item.kind == "word"), None)
        polite = sentence.means("polite")
        if sentence.means("withdraw", "offboard") or _takes_off(sentence):
            raise Question("intent")
        if first is None:
            continue
        if first.means("status_word") or (
            sentence.asks
            and not polite
            and (first.means("question") or sentence.means("status_word", "has"))
        ):
            raise Question("intent")


def _takes_off(sentence: Sentence) -> bool:
    """`off the newsletter`: out of a system, not into it."""
    for at, item in enumerate(sentence.items):
        after = next((i for i in sentence.items[at + 1 :] if i.kinds != {"filler"}), None)
        if item.word in ("off", "out of", "off of") and after is not None and after.system:
            return True
    return False


def check_asked(found: Sequence[Sentence], companies: Sequence[str]) -> None:
    """Something is to be done: a name alone, whatever is said of it, asks for nothing."""
    signs = ("onboard", "all", "all_but", "rest", "deal", "need", *SYSTEMS)
    if not any(sentence.means(*signs) for sentence in found):
        about: About = "systems" if any(s.means("refer") for s in found) else "intent"
        raise Question(about, companies=tuple(companies))


def check_choice(found: Sequence[Sentence]) -> None:
    """Either, or, whichever: nobody but the writer can choose."""
    for sentence in found:
        if not sentence.about_request:
            continue
        names = sentence.names
        for left, right in pairwise(names):
            between = sentence.items[left.until : right.at]
            if any(i.means("or") for i in between) and len(between) <= 3:
                raise Question("which_company")
        if sentence.means("unsure") and not sentence.means("except"):
            about: About = "systems" if sentence.means(*SYSTEMS) or not names else "which_company"
            companies = tuple(name.text for name in sentence.companies)
            raise Question(about, companies=companies if about == "systems" else ())
        if sentence.means("condition") and not sentence.means("except", "except_after", "has"):
            raise Question("intent")


def check_count(found: Sequence[Sentence], companies: Sequence[str]) -> None:
    """A number of companies that is told is the number that is found."""
    for sentence in found:
        for at, item in enumerate(sentence.items):
            told = _NUMBERS.get(item.word)
            if told is None and item.word not in small_words("both"):
                continue
            rest = [i for i in sentence.items[at + 1 :] if i.kinds != {"filler"} or i.means("kind")]
            counts = bool(rest) and rest[0].means("kind") and not rest[0].system
            if told and counts and companies and told != len(companies):
                raise Question("which_company")
            both = item.word in small_words("both") and not any(i.system for i in rest[:3])
            if both and len(companies) not in (0, 2):
                raise Question("which_company")


def check_names(found: Sequence[Sentence], companies: Sequence[str]) -> None:
    """No name is doubtful, spoken of only, or in a place where nobody can tell what it is."""
    known = {name.casefold() for name in companies}
    for sentence in found:
        for name in sentence.names:
            if name.text.casefold() in known and not name.doubtful:
                continue
            if name.role == "refer":
                raise Question("systems", companies=tuple(companies))
            vague = name.role in ("unknown", "speaker") and sentence.about_request
            vague = vague or name.role == "fragment"
            if name.doubtful and name.role in ("company", "unknown"):
                raise Question("which_company", name.text)
            if vague and not (name.role == "speaker" and sentence.companies):
                raise Question("intent", name.text, tuple(companies))


def check_systems(
    found: Sequence[Sentence], wishes: Sequence[Wish], companies: Sequence[str]
) -> None:
    """A choice between systems, or a reference to what is not in the text."""
    for sentence in found:
        for at, item in enumerate(sentence.items):
            after = next((i for i in sentence.items[at + 1 :] if i.kinds != {"filler"}), None)
            choice = item.means("or") and after is not None and after.system
            if choice and not sentence.means("except", "has", "except_after"):
                raise Question("systems", companies=tuple(companies))
        if sentence.means("refer") and any(nothing_said(wishes, n) for n in companies):
            raise Question("systems", companies=tuple(companies))


def left_over(found: Sequence[Sentence]) -> Iterator[str]:
    """Words that were not understood, in parts that say what is to be done."""
    for sentence in found:
        for clause in _clauses(sentence):
            if not _says_what(clause, sentence):
                continue
            aside = False
            for at, item in clause:
                if sentence.name_at(at) is not None:
                    aside = False
                elif item.means("sub"):
                    aside = True
                elif not aside and _not_understood(item):
                    yield item.tokens[0].text


def _not_understood(item: Item) -> bool:
    unknown = item.kind == "word" and not item.kinds and not item.word[0].isdigit()
    return unknown and not _slip(item)


def _slip(item: Item) -> bool:
    """A small word that was misspelt."""
    return not item.capital and bool(guess(item.word, "en", "filler"))


def _clauses(sentence: Sentence) -> Iterator[list[tuple[int, Item]]]:
    clause: list[tuple[int, Item]] = []
    for at, item in enumerate(sentence.items):
        if item.word in (",", "(", ")", "—", "–", ":") and sentence.name_at(at) is None:
            yield clause
            clause = []
        else:
            clause.append((at, item))
    yield clause


def _says_what(clause: Sequence[tuple[int, Item]], sentence: Sentence) -> bool:
    for at, item in clause:
        name = sentence.name_at(at)
        if name is not None:
            if name.role == "company":
                return True
        elif item.system or item.means("all", "all_but", "rest", "only"):
            return True
    return False
