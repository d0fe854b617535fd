"""What an API key says, and what is taken for one."""

import pytest

from server.auth.keys import mint, read


def test_a_key_is_found_by_what_it_says() -> None:
    minted = mint()
    assert read(minted.text) == (minted.key_id, minted.digest)
    assert minted.text.startswith("aos_")
    assert minted.key_id.startswith("key_")


def test_what_is_kept_does_not_tell_the_key() -> None:
    minted = mint()
    secret = minted.text.split("_")[2]
    assert len(secret) == 43
    assert secret not in minted.digest + minted.key_id


def test_no_two_keys_are_alike() -> None:
    assert len({mint().digest for _ in range(100)}) == 100


def test_a_key_is_none_when_one_character_is_another() -> None:
    text = mint().text
    for place in range(len(text)):
        wrong = "x" if text[place] != "x" else "y"
        assert read(text[:place] + wrong + text[place + 1 :]) is None, place


@pytest.mark.parametrize("change", [str.upper, str.strip, lambda t: f"{t}\n", lambda t: t[:-1]])
def test_only_the_very_text_is_a_key(change: object) -> None:
    text = mint().text
    changed = change(text) if callable(change) else text
    assert (read(changed) is None) is (changed != text)


@pytest.mark.parametrize("text", ["", "aos_", "aos___", "ä" * 80, "aos_" + "٣" * 80, "x" * 10_000])
def test_anything_else_is_no_key(text: str) -> None:
    assert read(text) is None
