"""Which names are accepted, and how they are kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.names import MAX_NAME, MAX_TEXT, clean_name, clean_text, name_key

REFUSED = {
    "nul": "\x00",
    "escape": "\x1b",
    "delete": "\x7f",
    "next line": "\x85",
    "carriage return": "\r",
    "high surrogate": "\ud800",
    "low surrogate": "\udfff",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "private use": "\ue000",
    "unassigned": "\u0378",
    "noncharacter": "\uffff",
    "arabic letter mark": "\u061c",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "left-to-right embedding": "\u202a",
    "right-to-left embedding": "\u202b",
    "pop direction": "\u202c",
    "left-to-right override": "\u202d",
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "right-to-left isolate": "\u2067",
    "first strong isolate": "\u2068",
    "pop isolate": "\u2069",
}
refused = pytest.mark.parametrize("character", REFUSED.values(), ids=REFUSED.keys())


@refused
def test_name_is_refused_when_it_holds_a_hidden_character(character: str) -> None:
    with pytest.raises(Invalid) as error:
        clean_name(f"Ac{character}me", "contacts.name")
    assert error.value.field == "contacts.name"
    assert f"U+{ord(character):04X}" in error.value.message
    assert character not in error.value.message


@refused
def test_name_is_refused_when_a_hidden_character_is_at_its_edge(character: str) -> None:
    with pytest.raises(Invalid):
        clean_name(f"Acme{character}")


@refused
def test_text_is_refused_when_it_holds_a_hidden_character(character: str) -> None:
    with pytest.raises(Invalid) as error:
        clean_text(f"a\n{character}b", "note")
    assert error.value.field == "note"


@pytest.mark.parametrize("character", ["\n", "\t"])
def test_name_is_refused_when_it_has_several_lines_or_tabs(character: str) -> None:
    with pytest.raises(Invalid):
        clean_name(f"Acme{character}Corp")


def test_text_keeps_its_lines_and_tabs_when_lines_are_allowed() -> None:
    assert clean_text(" one\n\ttwo \n", "note") == "one\n\ttwo"


def test_text_is_refused_when_lines_are_not_allowed() -> None:
    with pytest.raises(Invalid):
        clean_text("one\ntwo", "note", lines=False)


@pytest.mark.parametrize("clean", [clean_name, lambda v: clean_text(v, "note")])
def test_letters_are_composed_when_they_come_decomposed(clean: object) -> None:
    assert callable(clean)
    assert clean("Cafe\u0301 A\u030a") == "Caf\u00e9 \u00c5"


@pytest.mark.parametrize(
    "name",
    [
        "O'Neil & Söhne",
        "株式会社サンプル",
        "می\u200cخواهم",
        "👩\u200d🔬 Labs",
        "<b>",
        "C++ Labs",
        "-",
        "0",
    ],
)
def test_name_is_kept_when_it_is_unusual_but_harmless(name: str) -> None:
    assert clean_name(name) == name


def test_name_has_single_blanks_when_it_comes_with_any() -> None:
    assert clean_name(" \u3000Acme \u00a0  Corp\u2003") == "Acme Corp"


@pytest.mark.parametrize("name", ["", " ", "\u00a0\u3000", "\u200b", "\ufeff \u00ad"])
def test_name_is_refused_when_nothing_of_it_is_visible(name: str) -> None:
    with pytest.raises(Invalid, match="is empty"):
        clean_name(name)


@pytest.mark.parametrize("name", ["x" * MAX_NAME, "e\u0301" * MAX_NAME, f"x{' ' * 5000}x"])
def test_name_is_accepted_when_at_most_two_hundred_characters_remain(name: str) -> None:
    assert len(clean_name(name)) <= 200


@pytest.mark.parametrize("length", [201, 2_001, 70_000])
def test_name_is_refused_when_it_is_longer_than_two_hundred(length: int) -> None:
    with pytest.raises(Invalid) as error:
        clean_name("x" * length)
    assert error.value.message == f"company_name has {length} characters; 200 is the limit."


def test_text_is_limited_when_it_is_long() -> None:
    assert clean_text(f" {'x' * MAX_TEXT} ", "note") == "x" * 4_000
    with pytest.raises(Invalid, match="note has 4001 characters; 4000 is the limit"):
        clean_text("x" * 4_001, "note")


def test_text_is_limited_otherwise_when_told_so() -> None:
    assert clean_text("xx", "note", limit=2) == "xx"
    with pytest.raises(Invalid):
        clean_text("xxx", "note", limit=2)


@given(st.text(max_size=30))
def test_cleaning_changes_nothing_when_the_name_is_clean(value: str) -> None:
    try:
        name = clean_name(value)
    except Invalid:
        return
    assert clean_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip()
    assert "  " not in name
    name.encode()


SPELLINGS = {
    "case": ("Acme Corp", "ACME corp"),
    "blanks": ("Acme Corp", " Acme\u00a0 Corp "),
    "decomposed": ("Caf\u00e9", "Cafe\u0301"),
    "full width": ("Acme", "\uff21\uff43\uff4d\uff45"),
    "sharp s": ("Straße", "STRASSE"),
    "ligature": ("Office", "O\ufb03ce"),
    "final sigma": ("Νίκος", "ΝΊΚΟΣ"),
    "accents that only small letters compose": ("\u0390x", "\u0390x".upper()),
    "zero width space": ("Acme", "Ac\u200bme"),
    "soft hyphen": ("Acme", "Ac\u00adme"),
}


@pytest.mark.parametrize(("one", "other"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_key_is_equal_when_the_spelling_differs(one: str, other: str) -> None:
    assert one != other
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++ Labs", "C# Labs"), ("C Labs", "C++ Labs"), ("Acme", "Acmé"), ("AB", "A B"), ("1", "2")],
)
def test_key_differs_when_the_names_differ(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=20), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_key_is_stable_when_the_name_is_normalised_otherwise(name: str, form: str) -> None:
    key = name_key(name)
    assert name_key(key) == key
    assert name_key(unicodedata.normalize(form, name)) == key  # type: ignore[arg-type]
