"""What words mean, by language, from the lists in `words/`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from reasoning.rules.tokens import Token, fold

SYSTEMS = ("slack", "github", "newsletter", "grants")
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")
_CONTRACTED = re.compile(r"(\w+)'(?:d|ll|re|ve)$")
_LONGEST = 7
_FUZZY = frozenset({"onboard", "all", "only", "except", *SYSTEMS})
_NEVER_FUZZY = 4


@dataclass(frozen=True)
class Item:
    """One thing that was said: a phrase and what it may mean; nothing when it is not known."""

    kinds: frozenset[str]
    tokens: tuple[Token, ...]

    @property
    def kind(self) -> str:
        return self.tokens[0].kind

    @property
    def word(self) -> str:
        return " ".join(token.word for token in self.tokens)

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def capital(self) -> bool:
        return self.tokens[0].capital

    @property
    def system(self) -> str | None:
        return next((name for name in SYSTEMS if name in self.kinds), None)

    def means(self, *kinds: str) -> bool:
        """Whether it may mean one of these."""
        return not self.kinds.isdisjoint(kinds)


Meanings = Mapping[str, frozenset[str]]


@cache
def meanings(language: str) -> Meanings:
    """What each phrase may mean in this language; products and systems are in every one."""
    found: dict[str, set[str]] = {}
    for name in ("shared", language):
        for kind, phrases in _read(name).items():
            words = phrases.split() if isinstance(phrases, str) else phrases
            for phrase in words:
                found.setdefault(fold(str(phrase)), set()).add(_KINDS.get(kind, kind))
    return {phrase: frozenset(kinds) for phrase, kinds in found.items()}


_KINDS = {"phrases": "filler"}


def _read(name: str) -> Any:
    path = resources.files("reasoning.rules").joinpath(f"words/{name}.yaml")
    text = path.read_text(encoding="utf-8")
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - nothing but texts; `no` is one


@cache
def small_words(kind: str) -> frozenset[str]:
    """Words that are looked at one by one, whatever the language."""
    found: dict[str, str] = _read("small")
    return frozenset(found[kind].split())


def patterns(name: str) -> list[str]:
    """A list of regular expressions."""
    found: list[str] = _read(name)
    return found


def named_patterns(name: str) -> dict[str, str]:
    """Regular expressions by what they find; of each line of a list one has to match."""
    return {
        kind: lines if isinstance(lines, str) else "|".join(lines)
        for kind, lines in _read(name).items()
    }


def language_of(words: Iterable[Token]) -> str:
    """The language that knows most of these words; English when none knows more."""
    said = [token.word for token in words if token.kind == "word"]
    counts = {name: sum(word in _single_words(name) for word in said) for name in LANGUAGES}
    return max(LANGUAGES, key=lambda name: counts[name])


@cache
def _single_words(language: str) -> frozenset[str]:
    own: set[str] = set()
    for phrases in _read(language).values():
        listed = phrases.split() if isinstance(phrases, str) else phrases
        for phrase in listed:
            own.update(fold(str(phrase)).split())
    return frozenset(own)


def items(words: Sequence[Token], language: str) -> list[Item]:
    """The tokens as phrases, the longest first; letters that were hit twice count once."""
    known = meanings(language)
    words = [_once(word, language) for word in words]
    found: list[Item] = []
    at = 0
    while at < len(words):
        length, kinds = _longest(words, at, known)
        said = tuple(words[at : at + length])
        found.append(Item(kinds, said))
        at += length
    return found


def _once(token: Token, language: str) -> Token:
    known = _single_words(language) | _single_words("shared")
    if token.kind != "word" or token.word in known:
        return token
    if short := _CONTRACTED.match(token.word):
        return replace(token, word=short.group(1)) if short.group(1) in known else token
    if token.capital:
        return token
    single = re.sub(r"(.)\1", r"\1", token.word)
    return replace(token, word=single) if single in known else token


def _longest(words: Sequence[Token], at: int, known: Meanings) -> tuple[int, frozenset[str]]:
    if words[at].kind != "word":
        return 1, frozenset()
    run = 0
    while run < _LONGEST and at + run < len(words) and words[at + run].kind == "word":
        run += 1
    for length in range(run, 0, -1):
        kinds = known.get(" ".join(token.word for token in words[at : at + length]))
        if kinds:
            return length, kinds
    return 1, frozenset()


def guess(word: str, language: str, *more: str) -> frozenset[str]:
    """What a misspelt word may have been meant to be: one slip, two in a long word, the first
    letter right. `more` are kinds to look among besides those that say what is to be done."""
    wanted = _FUZZY.union(more)
    if len(word) < _NEVER_FUZZY or not word.isalpha():
        return frozenset()
    most = 1 if len(word) < 8 else 2
    for phrase, kinds in meanings(language).items():
        if (
            kinds & wanted
            and len(phrase) >= _NEVER_FUZZY
            and phrase[0] == word[0]
            and abs(len(phrase) - len(word)) <= most
            and " " not in phrase
            and _slips(word, phrase) <= most
        ):
            return kinds
    return frozenset()


def _slips(a: str, b: str) -> int:
    """Letters that are missing, too many, wrong or swapped with their neighbour."""
    before, row = list[int](), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row, older = row, [i], before
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
