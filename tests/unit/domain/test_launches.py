"""What a launch may ask for."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import Invalid
from domain.launches import MAX_CONTACTS, MAX_SYSTEMS, LaunchRequest

FULL: dict[str, Any] = {
    "company_name": "Acme Corp",
    "idempotency_key": "k-1",
    "request": "Onboard them.",
    "systems": ["slack", "github"],
    "contacts": [{"name": "Dana", "email": "dana@example.com"}],
    "slug": "acme",
    "note": "Soon.",
    "choices": {"adopt": ["#welcome-acme"]},
}


def _request(**update: Any) -> LaunchRequest:
    return LaunchRequest.model_validate(FULL | update)


def test_launch_is_accepted_when_only_the_company_is_named() -> None:
    request = LaunchRequest(company_name="Acme Corp")
    assert request.systems is None
    assert request.contacts == []


def test_launch_survives_its_json_when_it_has_every_field() -> None:
    assert LaunchRequest.model_validate_json(_request().model_dump_json()) == _request()


@pytest.mark.parametrize(
    "update",
    [
        {"company_name": " Acme\u00a0 Corp "},
        {"idempotency_key": "k-2"},
        {"idempotency_key": None},
        {"request": " Onboard them.\n"},
        {"contacts": [{"email": "dana@EXAMPLE.com", "name": "Dana ", "slack": None}]},
        {"note": "Soon. "},
    ],
    ids=repr,
)
def test_fingerprint_is_equal_when_the_requests_mean_the_same(update: dict[str, Any]) -> None:
    assert _request(**update).fingerprint() == _request().fingerprint()


def test_fingerprint_is_equal_when_a_default_is_spelt_out() -> None:
    spelt = LaunchRequest.model_validate(
        {"company_name": "Acme", "systems": None, "contacts": [], "slug": None, "note": None}
    )
    assert spelt.fingerprint() == LaunchRequest(company_name="Acme").fingerprint()


OTHERWISE: dict[str, Any] = {
    "company_name": "Acme Corp.",
    "request": "Onboard them!",
    "systems": ["slack"],
    "contacts": [],
    "slug": None,
    "note": None,
    "choices": {"adopt": []},
    "deadline_seconds": 60,
}


@pytest.mark.parametrize("field", OTHERWISE)
def test_fingerprint_differs_when_a_field_differs(field: str) -> None:
    assert set(OTHERWISE) == set(LaunchRequest.model_fields) - {"idempotency_key"}
    assert _request(**{field: OTHERWISE[field]}).fingerprint() != _request().fingerprint()


@pytest.mark.parametrize("field", ["company", "run_id", "Company_name", "force", "digest"])
def test_launch_is_refused_when_a_field_is_unknown(field: str) -> None:
    with pytest.raises(ValidationError) as error:
        _request(**{field: "x"})
    assert [e["type"] for e in error.value.errors()] == ["extra_forbidden"]


@pytest.mark.parametrize(
    "update",
    [
        {"company_name": 1},
        {"company_name": b"Acme"},
        {"company_name": ["Acme"]},
        {"idempotency_key": 1},
        {"idempotency_key": ""},
        {"idempotency_key": "x" * 256},
        {"request": True},
        {"systems": "slack"},
        {"systems": []},
        {"systems": [1]},
        {"systems": {"slack"}},
        {"systems": ["x"] * (MAX_SYSTEMS + 1)},
        {"contacts": {"email": "dana@example.com"}},
        {"contacts": None},
        {"contacts": ["dana@example.com"]},
        {"contacts": [{"email": "dana@example.com"}] * (MAX_CONTACTS + 1)},
        {"contacts": [{"email": "dana@example.com", "admin": True}]},
        {"slug": 1},
        {"note": {}},
    ],
    ids=lambda update: repr(update)[:40],
)
def test_launch_is_refused_when_a_value_has_the_wrong_type_or_size(update: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _request(**update)


def test_launch_is_refused_when_the_company_is_missing() -> None:
    with pytest.raises(Invalid) as error:
        LaunchRequest.model_validate({"note": "x"})
    assert error.value.field == "company_name"


def test_launch_needs_no_company_when_its_request_may_name_one() -> None:
    assert LaunchRequest.model_validate({"request": "Onboard Acme."}).company_name is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company_name", "\x00"),
        ("company_name", "Acme\ud800"),
        ("company_name", "x" * 201),
        ("idempotency_key", "a\x00b"),
        ("idempotency_key", "a\nb"),
        ("request", "a\x1b[2J"),
        ("note", "\u202egpj.exe"),
        ("note", "x" * 4_001),
        ("slug", "Acme"),
    ],
)
def test_launch_names_the_field_when_a_text_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid) as error:
        _request(**{field: value})
    assert error.value.field == field


@pytest.mark.parametrize("key", [" k ", "K", "ｋ", "e\u0301", "x" * 255])
def test_key_is_kept_to_the_letter_when_it_is_accepted(key: str) -> None:
    assert _request(idempotency_key=key).idempotency_key == key
