"""Names of companies and people: what is accepted, and how it is kept."""

import unicodedata

from domain.errors import Invalid

MAX_NAME = 200
MAX_TEXT = 4_000
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def clean_text(value: str, field: str, *, limit: int = MAX_TEXT, lines: bool = True) -> str:
    """NFC text without outer blanks.

    Refuses (`Invalid`) control characters, lone surrogates and bidirectional overrides: a database,
    a system or an approver's eye would each read them differently. `lines` allows line breaks.
    """
    allowed = "\n\t" if lines else ""
    for character in value:
        if character in allowed:
            continue
        if character in _BIDI or unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise Invalid(
                f"{field} holds the character U+{ord(character):04X}, which is not accepted.",
                field=field,
                advice="Remove control, direction and unassigned characters.",
            )
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > limit:
        raise Invalid(
            f"{field} has {len(text)} characters; {limit} is the limit.",
            field=field,
            advice="Shorten it.",
        )
    return text


def clean_name(value: str, field: str = "company_name") -> str:
    """A display name: 1 to 200 characters on one line, as `clean_text`."""
    name = " ".join(clean_text(value, field, limit=10 * MAX_NAME, lines=False).split())
    if not name:
        raise Invalid(f"{field} is empty.", field=field, advice="Give a name.")
    if len(name) > MAX_NAME:
        raise Invalid(
            f"{field} has {len(name)} characters; {MAX_NAME} is the limit.",
            field=field,
            advice="Shorten it.",
        )
    return name


def name_key(name: str) -> str:
    """Equal for spellings of one name: NFKC, case folded, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
