"""Which systems a sentence asks for, and for which of its companies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reasoning.rules.lexicon import SYSTEMS, Item, small_words
from reasoning.rules.names import Name
from reasoning.rules.sentences import Sentence

_HAVE = small_words("have")
_LOGINS = small_words("logins")


@dataclass
class Wish:
    """What one part of the text asks for. Without `names` it is meant for every company."""

    names: tuple[str, ...] = ()
    include: set[str] = field(default_factory=set)
    exclude: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    every: bool = False
    only: bool = False
    rest: bool = False
    also: bool = False
    unclear: bool = False

    @property
    def says_something(self) -> bool:
        return bool(
            self.include
            or self.exclude
            or self.mentioned
            or self.every
            or self.only
            or self.rest
            or self.unclear
        )


@dataclass(frozen=True)
class _Group:
    names: tuple[str, ...]
    by_preposition: bool


def wishes(sentence: Sentence) -> list[Wish]:
    """Each part of the sentence goes to the company it stands with: behind it, or before one that
    follows a `for`."""
    found: list[Wish] = []
    parts = list(_parts(sentence))
    for at, part in enumerate(parts):
        if isinstance(part, _Group):
            continue
        previous = parts[at - 1] if at else None
        following = parts[at + 1] if at + 1 < len(parts) else None
        own, next_ones = part, list[Item]()
        if isinstance(following, _Group) and isinstance(previous, _Group):
            if following.by_preposition:
                own, next_ones = _cut(part)
        elif isinstance(following, _Group):
            own, next_ones = [], part
        for items, group in ((own, previous), (next_ones, following)):
            wish = _read(items, labels=not sentence.companies)
            if wish.says_something:
                wish.names = group.names if isinstance(group, _Group) else ()
                found.append(wish)
    return found


def _parts(sentence: Sentence) -> Iterator[list[Item] | _Group]:
    """Groups of companies, and the items before, between and behind them, in turn."""
    items: list[Item] = []
    group: list[Name] = []
    at = 0
    while at < len(sentence.items):
        name = sentence.name_at(at)
        if name is None or name.role != "company":
            items.append(sentence.items[at])
            at += 1
            continue
        group = [name]
        at = name.until
        while (following := _next_in_list(sentence, at)) is not None:
            group.append(following)
            at = following.until
        yield items
        by = _preposition(sentence, group[0])
        yield _Group(tuple(each.text for each in group), by)
        items = []
    yield items


def _next_in_list(sentence: Sentence, at: int) -> Name | None:
    end = at
    while end < len(sentence.items) and (
        sentence.items[end].word in (",", "/", '"', "“", "”")
        or sentence.items[end].means("and")
        or sentence.items[end].kinds == {"filler"}
    ):
        end += 1
    name = sentence.name_at(end) if end > at else None
    return name if name is not None and name.role == "company" and name.at == end else None


def _preposition(sentence: Sentence, name: Name) -> bool:
    at = name.at - 1
    while at >= 0 and (sentence.items[at].kinds == {"filler"} or sentence.items[at].word in '"“'):
        at -= 1
    return at >= 0 and sentence.items[at].means("for") and sentence.items[at].word != "is"


def _cut(part: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """What belongs to the company before, and what to the one behind: cut at the last comma."""
    places = [
        at for at, item in enumerate(part) if item.word in (",", "—", "–") or item.means("but")
    ]
    if not places and any(item.means("and") for item in part):
        places = [max(at for at, item in enumerate(part) if item.means("and"))]
    cut = places[-1] if places else 0
    while cut > 0 and part[cut - 1].word == ",":
        cut -= 1
    return list(part[:cut]), list(part[cut:])


def _read(items: Sequence[Item], *, labels: bool) -> Wish:
    wish = Wish()
    mode = "include"
    run: list[str] = []
    for at, item in enumerate(items):
        following = _next_meaning(items, at)
        if item.system and mode == "include" and _labels(items, at, strict=not labels):
            wish.mentioned.add(item.system)
        elif item.system:
            mode = _named(wish, item, mode, run)
        elif item.means("all_but"):
            wish.every, mode, run = True, "exclude", []
        elif item.means("except_after") and run:
            wish.exclude.update(run)
            wish.include.difference_update(run)
            mode, run = "include", []
        elif item.means("only") and not (item.word == "just" and _idle(following)):
            wish.only = True
            listed = following is not None and following.system is not None
            mode = "include" if listed != bool(run) or mode == "include" else mode
        elif item.means("except"):
            mode, run = "exclude", []
        elif item.means("has", "has_weak") and not item.means("need"):
            mode, run = "exclude" if item.means("has") or _already(items) else "has", []
        elif item.means("rest"):
            wish.rest, mode, run = True, "include", []
        elif item.means("all"):
            wish.unclear = wish.unclear or mode == "exclude"
            wish.every, run = True, []
        elif item.means("but") or item.word == "but":
            mode = (
                "exclude"
                if wish.every and following is not None and following.system
                else "include"
            )
            run = []
        elif mode == "exclude" and item.word in _HAVE and at and items[at - 1].means("and"):
            run = []  # `is already on Slack and gets the newsletter`
        elif (item.means("onboard") and not item.means("filler")) or (
            item.means("need") and item.word not in ("is", "are", "to")
        ):
            mode, run = "include", []
        elif item.means("also") and not item.means("and"):
            wish.also = True
        elif item.word in (",", "—", "–", "(", ")", ":"):
            if following is None or not following.system:
                mode = "include"
                run = run if following is not None and following.means("except_after") else []
        elif not item.means("and", "or", "filler", "to", "for"):
            run = run if item.kind != "word" or item.kinds else []
    return wish


def _labels(items: Sequence[Item], at: int, *, strict: bool) -> bool:
    """Whether the system only says what an address, a handle or a channel is for."""
    before = [item for item in items[:at] if item.kinds != {"filler"}]
    if strict and before and before[-1].means("to", "and", "onboard", "need", "only", "for"):
        return False
    details = ("email", "handle", "channel")
    for item in items[at + 1 :]:
        if item.kind in details or item.word in _LOGINS:
            return True
        if item.kind == "word" and not item.means("filler", "to", "need", "contact", "for", "kind"):
            break
        if item.word in (",", ".", ";"):
            break
    before = [item for item in before if not item.means("to")]
    return bool(before) and before[-1].kind in details


def _named(wish: Wish, item: Item, mode: str, run: list[str]) -> str:
    system = item.system
    assert system is not None  # noqa: S101 - for the type checker
    (wish.include if mode == "include" else wish.exclude).add(system)
    run.append(system)
    return mode


def _next_meaning(items: Sequence[Item], at: int) -> Item | None:
    """The next item that is more than a small word."""
    for item in items[at + 1 :]:
        if item.kinds != {"filler"} and not (item.means("to") and item.means("filler")):
            return item
    return None


def _idle(following: Item | None) -> bool:
    """`just` before anything but a system means nothing."""
    return following is None or not following.system


def _already(items: Sequence[Item]) -> bool:
    return any("already" in item.word.split() for item in items)


def settle(found: Sequence[Wish], name: str, count: int) -> tuple[list[str], str | None]:
    """The systems of one company of `count`, and what is unclear about them."""
    general = [w for w in found if not w.names or (len(w.names) > 1 and name in w.names)]
    own = [w for w in found if w.names == (name,)]
    if count == 1:
        general, own = [], [*general, *own]
    chosen = [w for w in own if w.include or w.every or w.rest]
    base = own if chosen and not any(w.also for w in own) else [*general, *own]
    include = {system for w in base for system in w.include}
    exclude = {system for w in [*general, *own] for system in w.exclude}
    every, only = any(w.every for w in base), any(w.only for w in base)
    rest = any(w.rest for w in base)
    if any(w.unclear for w in base) or include & exclude:
        return [], "contradiction"
    if only and ((every and include) or rest):
        return [], "contradiction"
    if rest and (not exclude or include):
        return [], "rest"
    mentioned = {system for w in base for system in w.mentioned}
    wanted = include | mentioned if include and not every else set(SYSTEMS)
    left = [system for system in SYSTEMS if system in wanted - exclude]
    return left, None if left else "nothing"


def nothing_said(found: Sequence[Wish], name: str) -> bool:
    """Whether all systems are meant only because none was named."""
    mine = [w for w in found if not w.names or name in w.names]
    return not any(w.include or w.exclude or w.every for w in mine)


def all_wishes(found: Sequence[Sentence]) -> list[Wish]:
    """The wishes of a text, in order."""
    return [wish for sentence in found if not _small_talk(sentence) for wish in wishes(sentence)]


def _small_talk(sentence: Sentence) -> bool:
    """It names no company and no system, and says things that are not understood."""
    if sentence.companies or sentence.means(*SYSTEMS):
        return False
    return any(not item.kinds and item.kind == "word" for item in sentence.items)
