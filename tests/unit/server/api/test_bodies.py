"""JSON that everybody reads in the same way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from server.api.bodies import check_json
from server.api.errors import Malformed


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"a": 1.5}', '"é\U0001f600"'.encode()])
def test_body_is_accepted_when_it_is_json(body: bytes) -> None:
    check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "a": 1}}]',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-32-le"),
        b'"\x00"',
        b"1" * 5_000,
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"[" * 30_000 + b"]" * 30_000,
    ],
)
def test_body_is_malformed_when_readers_could_differ(body: bytes) -> None:
    with pytest.raises(Malformed):
        check_json(body)


@pytest.mark.parametrize(
    "body", [rb'"\ud800"', rb'{"a": ["\udfff"]}', rb'{"\ud800": 1}', rb'"\udc00\ud800"']
)
def test_body_is_invalid_when_it_holds_half_a_surrogate_pair(body: bytes) -> None:
    with pytest.raises(Invalid):
        check_json(body)


def test_body_is_accepted_when_its_surrogates_are_a_pair() -> None:
    check_json(rb'"\ud83d\ude00"')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_body_is_accepted_when_any_writer_wrote_it(value: object) -> None:
    check_json(json.dumps(value).encode())
    check_json(json.dumps(value, ensure_ascii=False).encode())


@given(st.binary(max_size=60))
def test_only_refusals_are_raised_when_bytes_are_random(body: bytes) -> None:
    try:
        check_json(body)
    except (Malformed, Invalid):
        return
    json.loads(body)
