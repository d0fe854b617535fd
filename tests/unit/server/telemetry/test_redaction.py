"""What a redactor takes out, and what it leaves."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.telemetry.redaction import redactor

TOKEN = "plain-canary-0815"


def cleaned(data: object) -> str:
    return json.dumps(redactor([TOKEN])(data), ensure_ascii=False)


@pytest.mark.parametrize(
    "address",
    ["dana@example.com", "d.o'neil+x@mail.example.co.uk", "müller@exämple.de", "a@b.c"],
)
def test_address_is_taken_out_wherever_it_stands(address: str) -> None:
    for data in (address, f"write to <{address}>,\nplease", {address: [{"to": (address)}]}):
        text = cleaned(data)
        assert "@" not in text
        assert "[address]" in text


def test_known_secret_is_taken_out_at_any_depth() -> None:
    deep: object = f"token={TOKEN};"
    for _ in range(60):
        deep = {"in": [deep]}
    assert TOKEN not in cleaned({"deep": deep, TOKEN: 1, "url": f"https://x:{TOKEN}@example"})


def test_secret_is_known_by_its_form() -> None:
    text = cleaned({"said": "ghp_" + "a1B2" * 10, "key": "AKIA" + "ABCD2345" * 2})
    assert "ghp_" not in text
    assert "AKIA" not in text


def test_secret_that_nobody_knows_stays() -> None:
    assert redactor([])({"said": TOKEN}) == {"said": TOKEN}


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Acme Corp", "#a", "run_1", "@"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
)


@given(plain)
def test_nothing_else_is_changed(data: object) -> None:
    assert redactor([TOKEN, "abc", ""])(data) == data
