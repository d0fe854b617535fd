"""Canonical JSON and its digest."""

import hashlib
import json
import math

import pytest
from hypothesis import given

from domain.canonical import canonical_json, digest
from tests.unit.domain.strategies import json_objects, json_values


def test_json_is_written_one_way_when_keys_come_in_any_order() -> None:
    assert canonical_json({"b": [1, {"d": None, "c": "é"}], "a": True}) == (
        '{"a":true,"b":[1,{"c":"é","d":null}]}'
    )


def test_digest_is_the_hash_of_utf8_when_text_is_not_ascii() -> None:
    assert digest({"name": "Café"}) == hashlib.sha256('{"name":"Café"}'.encode()).hexdigest()


@given(json_objects)
def test_digest_is_equal_when_only_the_order_of_keys_differs(value: dict[str, object]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


@given(json_values)
def test_json_reads_back_when_the_value_is_json(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": None}, {}),
        (1, "1"),
        (True, 1),
        (None, "null"),
        ([1, 2], [2, 1]),
        (["a,b"], ["a", "b"]),
    ],
)
def test_digest_differs_when_the_values_differ(one: object, other: object) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_number_is_refused_when_json_has_no_word_for_it(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": value})
