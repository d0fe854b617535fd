"""Names of companies and people: what is accepted, and how it is kept."""

import unicodedata

from domain.errors import Invalid

MAX_NAME = 200
MAX_TEXT = 4_000
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def readable(value: str, field: str, *, allowed: str = "") -> str:
    """`value` as it is.

    Refuses (`Invalid`) control characters, lone surrogates and bidirectional overrides: a database,
    a system or an approver's eye would each read them differently.
    """
    for character in value:
        if character in allowed:
            continue
        if character in _BIDI or unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise Invalid(
                f"{field} holds the character U+{ord(character):04X}, which is not accepted.",
                field=field,
                advice="Remove control, direction and unassigned characters.",
            )
    return value


def clean_text(value: str, field: str, *, limit: int = MAX_TEXT, lines: bool = True) -> str:
    """`readable` NFC text without outer blanks. `lines` allows line breaks and tabs."""
    text = readable(value, field, allowed="\n\t" if lines else "")
    return _within(limit, unicodedata.normalize("NFC", text).strip(), field)


def clean_name(value: str, field: str = "company_name") -> str:
    """A `readable` display name: NFC, 1 to 200 characters on one line, not only invisible ones."""
    name = " ".join(unicodedata.normalize("NFC", readable(value, field)).split())
    if not name_key(name):
        raise Invalid(f"{field} is empty.", field=field, advice="Give a name.")
    return _within(MAX_NAME, name, field)


def name_key(name: str) -> str:
    """Equal for spellings of one name: NFKC, case folded, single blanks, nothing invisible."""
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def same_person(one: str, other: str) -> bool:
    """Whether two spellings name one person, as they do one company."""
    return name_key(one) == name_key(other)


def _within(limit: int, text: str, field: str) -> str:
    if len(text) > limit:
        raise Invalid(
            f"{field} has {len(text)} characters; {limit} is the limit.",
            field=field,
            advice="Shorten it.",
        )
    return text


def visible(text: str) -> str:
    """The text with invisible and direction characters spelt out, so that nothing hides."""
    return "".join(
        f"‹U+{ord(c):04X}›" if unicodedata.category(c)[0] == "C" and c != "\n" else c for c in text
    )
