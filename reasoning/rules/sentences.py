"""A text as sentences of known and unknown phrases, with its names found and their roles told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reasoning.rules import lexicon
from reasoning.rules.lexicon import Item
from reasoning.rules.names import Name, apart, capital_runs, plain_runs
from reasoning.rules.roles import with_roles
from reasoning.rules.tokens import Token, tokens

_BULLETS = frozenset("-*•–—·")
_NEVER_ENDS = lexicon.small_words("never_ends")
_OPEN_ENDS = lexicon.small_words("may_end")
_CANDIDATES = ("company", "fragment", "unknown", "speaker", "refer")
_REQUEST = ("onboard", "all", "all_but", "rest", "need", *lexicon.SYSTEMS)


@dataclass(frozen=True)
class Sentence:
    """`names` point into `items`. `asks`: it ends with a question mark."""

    items: tuple[Item, ...]
    names: tuple[Name, ...]
    asks: bool
    bullet: bool

    def means(self, *kinds: str) -> bool:
        """Whether anything in it may mean one of these."""
        return any(item.means(*kinds) for item in self.items)

    @property
    def companies(self) -> tuple[Name, ...]:
        return tuple(name for name in self.names if name.role == "company")

    @property
    def about_request(self) -> bool:
        """Whether it says what is to be done, and for whom."""
        return bool(self.companies) or self.means(
            "onboard", "all", "all_but", "rest", *lexicon.SYSTEMS
        )

    def name_at(self, at: int) -> Name | None:
        return self._names.get(at)

    @cached_property
    def _names(self) -> dict[int, Name]:
        return {at: name for name in self.names for at in range(name.at, name.until)}


def sentences(text: str) -> list[Sentence]:
    """The sentences of `text`; names written small are looked for only where none has a capital."""
    pieces = tokens(text)
    language = lexicon.language_of(pieces)
    split = [list(_items(part, language)) for part in _split(pieces)]
    found = [_sentence(part, text) for part in split if part]
    if any(name.role in _CANDIDATES for sentence in found for name in sentence.names):
        return found
    return [_with_plain_names(sentence, text) for sentence in found]


def _items(part: Sequence[Token], language: str) -> Iterator[Item]:
    items = lexicon.items(part, language)
    for at, item in enumerate(items):
        before = items[at - 1] if at else None
        yield _corrected(item, before, language) if _may_be_misspelt(item, before) else item


def _may_be_misspelt(item: Item, before: Item | None) -> bool:
    if item.kinds or item.kind != "word":
        return False
    return not item.capital or before is None or before.means("to", "filler", "except")


def _corrected(item: Item, before: Item | None, language: str) -> Item:
    """A slip in a system's name is mended only where a system may stand, not where a name does."""
    small = ("filler", "polite") if before is None or before.means("all") else ()
    kinds = lexicon.guess(item.tokens[0].word, language, *small)
    if kinds.isdisjoint(lexicon.SYSTEMS):
        return item if item.capital and before is not None else replace(item, kinds=kinds)
    leads = before is not None and (
        before.means("to", "and", "or", "except", "only", *lexicon.SYSTEMS)
        or before.word in (",", "the")
    )
    return replace(item, kinds=kinds) if leads else item


def _split(pieces: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for at, token in enumerate(pieces):
        if token.kind == "line":
            yield part
            part = []
            continue
        part.append(token)
        if token.text in ("!", "?", ";", "。", "！", "？", "；") or (
            token.text == "." and _ends(pieces, at)
        ):
            yield part
            part = []
    yield part


def _ends(pieces: Sequence[Token], at: int) -> bool:
    before = pieces[at - 1] if at else None
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    if before is None or after is None or after.kind == "line":
        return True
    opens = at < 2 or pieces[at - 2].kind == "line"
    if before.word in _NEVER_ENDS or (len(before.text) == 1 and before.capital):
        return False
    if before.text.isdigit() and opens:
        return False
    if before.word in _OPEN_ENDS or "." in before.text:
        return after.capital and after.start > pieces[at].end
    return True


def _sentence(items: Sequence[Item], source: str) -> Sentence:
    asks = items[-1].word in ("?", "？")
    bullet = items[0].word in _BULLETS or (
        len(items) > 2 and items[0].tokens[0].text.isdigit() and items[1].word in (".", ")")
    )
    names = with_roles(apart(capital_runs(items, source), items), items, bullet)
    return Sentence(tuple(items), tuple(names), asks, bullet)


def _with_plain_names(sentence: Sentence, source: str) -> Sentence:
    if not sentence.means(*_REQUEST) and not sentence.bullet:
        return sentence
    taken = {at for name in sentence.names for at in range(name.at, name.until)}
    small = [run for run in plain_runs(sentence.items, source) if run.at not in taken]
    names = with_roles([*sentence.names, *small], sentence.items, sentence.bullet)
    return replace(sentence, names=tuple(names))
