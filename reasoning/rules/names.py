"""Names in a sentence: which words are one name, and whether it is that of a company."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reasoning.rules.lexicon import Item, small_words

_INNER = small_words("inner")
_TIMES = small_words("times")
_WANTS = small_words("wants")
_EACH = small_words("each")
_ABSORBS = ("filler", "kind", "onboard", "all", "only", "need", "also", "contact", "rest", "refer")
_OPENING = frozenset('"“„«')
_CLOSING = frozenset('"”“»')
_NOUNS = frozenset({"kind", "family", "legal", "filler", "contact", "numbers"})


@dataclass(frozen=True)
class Name:
    """A run of items that is one name; `at` is where it begins among the sentence's items."""

    text: str
    at: int
    until: int
    doubtful: bool = False
    role: str = "unknown"
    items: tuple[Item, ...] = field(default=(), repr=False)

    def as_(self, role: str) -> "Name":
        return replace(self, role=role)


def capital_runs(sentence: Sequence[Item], source: str) -> list[Name]:
    """The names that are written with capitals."""
    shouted = _shouted(sentence)
    found: list[Name] = []
    at = 0
    while at < len(sentence):
        if (end := _quoted(sentence, at)) is not None:
            found.append(_name(sentence, at + 1, end, source, False))
            at = end + 1
            continue
        if not _begins(sentence, at, shouted):
            at += 1
            continue
        until = at + 1
        while (step := _goes_on(sentence, until, shouted)) is not None:
            until = step
        start, doubtful = _taken_before(sentence, at, until, shouted)
        found.append(
            _name(sentence, start, until, source, doubtful or _tail(sentence, until, shouted))
        )
        at = until
    return found


def apart(names: Sequence[Name], sentence: Sequence[Item]) -> list[Name]:
    """`Moor & Fen both` are two, where `Moor & Fen` alone is one."""
    found: list[Name] = []
    for name in names:
        marks = [at for at in range(name.at, name.until) if sentence[at].word == "&"]
        after = sentence[name.until] if name.until < len(sentence) else None
        if len(names) > 1 or len(marks) != 1 or after is None or after.word not in _EACH:
            found.append(name)
            continue
        left, right = name.items[: marks[0] - name.at], name.items[marks[0] - name.at + 1 :]
        cut = name.text.index("&")
        found.append(Name(name.text[:cut].strip(), name.at, marks[0], items=left))
        found.append(Name(name.text[cut + 1 :].strip(), marks[0] + 1, name.until, items=right))
    return found


def plain_runs(sentence: Sequence[Item], source: str) -> list[Name]:
    """The names that are written small: unknown words after a word that names follow."""
    found: list[Name] = []
    at = 0
    while at < len(sentence):
        item = sentence[at]
        if item.kinds or item.kind != "word" or item.word.isdigit() or not _leads(sentence, at):
            at += 1
            continue
        until = at + 1
        while until < len(sentence) and _small(sentence, until):
            until += 1
        found.append(_name(sentence, at, until, source, False))
        at = until
    return found


def _name(sentence: Sequence[Item], at: int, until: int, source: str, doubtful: bool) -> Name:
    parts = tuple(sentence[at:until])
    text = source[parts[0].start : parts[-1].end]
    if until < len(sentence) and sentence[until].word == "." and _abbreviated(parts[-1]):
        text = source[parts[0].start : sentence[until].end]
    return Name(" ".join(text.split()), at, until, doubtful, "unknown", parts)


def _abbreviated(last: Item) -> bool:
    return "." in last.tokens[-1].text


def _shouted(sentence: Sequence[Item]) -> bool:
    """Capitals say nothing where known words wear them too."""
    known = [i for i in sentence[1:] if i.kinds and i.kind == "word" and not i.system]
    plain = [i for i in known if not i.capital]
    return len(known) > 1 and len(plain) * 3 < len(known)


def _unknown_capital(item: Item) -> bool:
    return (
        item.kind == "word"
        and item.capital
        and (not item.kinds or item.kinds <= {"legal", "family"})
    )


def _quoted(sentence: Sequence[Item], at: int) -> int | None:
    """Where a short quotation ends that begins at `at` and is a name, small words and all."""
    if sentence[at].word not in _OPENING:
        return None
    for end in range(at + 1, min(at + 8, len(sentence))):
        if sentence[end].word in _CLOSING:
            inner = sentence[at + 1 : end]
            return end if inner and inner[0].capital and len(inner) > 1 else None
        if sentence[end].kind != "word":
            return None
    return None


def _begins(sentence: Sequence[Item], at: int, shouted: bool) -> bool:
    item = sentence[at]
    if item.kind != "word" or not item.capital:
        return False
    if item.means("product") and at + 2 < len(sentence) and sentence[at + 1].word == "&":
        return _unknown_capital(sentence[at + 2])
    return not item.kinds or (item.kinds <= {"family"} and not shouted)


def _goes_on(sentence: Sequence[Item], at: int, shouted: bool) -> int | None:
    """Where the name ends if it goes on at `at`."""
    if at >= len(sentence):
        return None
    item, after = sentence[at], sentence[at + 1] if at + 1 < len(sentence) else None
    if (
        item.kind == "word"
        and item.means("legal")
        and (item.capital or item.word in ("inc", "llc", "ltd", "gmbh"))
    ):
        return at + 1
    if item.word == "," and after and after.means("legal") and after.capital:
        return at + 2
    if (
        item.word == "."
        and after
        and after.kind == "word"
        and after.capital
        and len(sentence[at - 1].tokens[-1].text) <= 2
    ):
        return at + 2 if _unknown_capital(after) else None
    if item.kind != "word":
        return None
    if _unknown_capital(item) or item.tokens[0].text.isdigit():
        return at + 1
    if item.word in _INNER and after is not None:
        through = _through(sentence, at, shouted)
        if through is not None or not item.capital or shouted:
            return through
    if item.capital and not shouted and _name_like(item):
        joined = _goes_on(sentence, at + 1, shouted)
        if joined is not None:
            return joined
        if item.kinds <= _NOUNS and item.word not in _TIMES and len(item.tokens) == 1:
            return at + 1
    return None


def _through(sentence: Sequence[Item], at: int, shouted: bool) -> int | None:
    """Over a small word inside a name: `Moor & Fen`, `Bank of Ghent`, `Reed and Sons`."""
    after = sentence[at + 1]
    word = sentence[at].word
    if word in ("and", "y", "et", "e", "und", "for"):
        if after.capital and after.means("family") and word != "for":
            return at + 2
        return None
    if word in ("the", "la", "le", "les", "los", "las", "el", "der") and at + 2 < len(sentence):
        previous = sentence[at - 1].word
        return at + 2 if previous in _INNER and _unknown_capital(after) else None
    if (
        after.kind == "word"
        and after.capital
        and (not after.kinds or after.means("family") or not (after.system or shouted))
    ):
        return at + 2
    if word in ("de", "of", "van", "von", "di", "du") and at + 2 < len(sentence):
        inner = sentence[at + 2]
        if after.word in ("la", "las", "los", "der", "den", "the", "le") and _unknown_capital(
            inner
        ):
            return at + 3
    return None


def _name_like(item: Item) -> bool:
    return item.means(*_ABSORBS) or bool(item.system) or item.means("product")


def _taken_before(sentence: Sequence[Item], at: int, until: int, shouted: bool) -> tuple[int, bool]:
    """A known word with a capital that stands before: part of the name, or perhaps."""
    if at == 0 or shouted:
        return at, False
    start = at
    while start > 0 and _leading(sentence, start - 1):
        start -= 1
    if start == 0 or not sentence[start - 1].capital or sentence[start - 1].kind != "word":
        return start, False
    before = sentence[start - 1]
    if not _opens(sentence, start - 1):
        return start, False
    follows = sentence[until].word if until < len(sentence) else ""
    if before.means("all", "only") or before.system:
        return (start - 1, False) if follows in _WANTS else (start, True)
    if before.word not in _TIMES and before.means("onboard", "filler"):
        apart = before.means("kind", "speaker") or follows not in _WANTS
        return (start, False) if apart else (start - 1, False)
    return start, False


def _leading(sentence: Sequence[Item], at: int) -> bool:
    """A known word with a capital in the middle of a sentence, right before a name: part of it."""
    item = sentence[at]
    if item.kind != "word" or not item.capital or len(item.tokens) > 1 or _opens(sentence, at):
        return False
    if item.means("kind", "contact", "greeting", "own") or item.word in _TIMES:
        return False
    return _name_like(item) or item.means("except", "for", "to")


def _opens(sentence: Sequence[Item], at: int) -> bool:
    """Whether a sentence, a line or a part after a colon begins here: capitals say nothing."""
    return at == 0 or sentence[at - 1].word in (":", "-", "•", "*", "–", "—", "(", '"')


def _tail(sentence: Sequence[Item], until: int, shouted: bool) -> bool:
    """A known word with a capital behind a name may belong to it: then nobody knows the name."""
    if until >= len(sentence) or shouted:
        return False
    item = sentence[until]
    return (
        item.kind == "word"
        and item.capital
        and len(item.tokens) == 1
        and bool(item.kinds)
        and not item.system
        and not item.means("product", "and", "to", "for")
        and len(item.tokens[0].text) > 1
        and item.word not in ("onboarding", "asap", "i")
    )


def _leads(sentence: Sequence[Item], at: int) -> bool:
    """Whether what stands before leads to a name."""
    back = at - 1
    while back >= 0 and (
        sentence[back].means("filler") and not sentence[back].means("onboard", "for", "kind", "and")
    ):
        back -= 1
    if back < 0:
        return True
    before = sentence[back]
    return before.means("onboard", "for", "kind", "and", "to") or before.word in (
        ",",
        ":",
        "-",
        '"',
        "“",
        "'",
        "•",
        "*",
    )


def _small(sentence: Sequence[Item], at: int) -> bool:
    item = sentence[at]
    if item.kind != "word":
        return False
    if not item.kinds or item.means("legal", "family"):
        return True
    after = sentence[at + 1] if at + 1 < len(sentence) else None
    return (
        item.word in ("&", "of", "de")
        and after is not None
        and after.kind == "word"
        and not after.kinds
    )
