"""Every answer of Brevo and every failure of its client becomes one of our faults."""

import httpx
import pytest
from brevo.core.api_error import ApiError
from brevo.core.parse_error import ParsingError

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable, SystemFault
from systems.newsletter.brevo.faults import CODES, translate

C = ErrorCode


@pytest.mark.parametrize(
    ("status", "name", "code", "kind"),
    [
        (400, "duplicate_parameter", C.CONFLICT, AlreadyThere),
        (400, "invalid_parameter", C.INVALID_INPUT, Refused),
        (400, "missing_parameter", C.INVALID_INPUT, Refused),
        (400, "out_of_range", C.INVALID_INPUT, Refused),
        (400, "bad_request", C.INVALID_INPUT, Refused),
        (404, "document_not_found", C.NOT_FOUND, Refused),
        (400, "document_not_found", C.NOT_FOUND, Refused),
        (401, "unauthorized", C.AUTH, Refused),
        (402, "not_enough_credits", C.PERMISSION, Refused),
        (403, "permission_denied", C.PERMISSION, Refused),
        (403, "reseller_permission_denied", C.PERMISSION, Refused),
        (403, "account_under_validation", C.PERMISSION, Refused),
        (400, "too_many_requests", C.RATE_LIMITED, Retryable),
        (429, "too_many_requests", C.RATE_LIMITED, Retryable),
        (400, "a new name", C.INVALID_INPUT, Refused),
        (409, "", C.CONFLICT, AlreadyThere),
        (500, "duplicate_parameter", C.UNAVAILABLE, OutcomeUnknown),
        (503, "", C.UNAVAILABLE, OutcomeUnknown),
        (302, "", C.UNKNOWN, OutcomeUnknown),
    ],
)
def test_an_answer_to_a_write_is_translated(
    status: int, name: str, code: ErrorCode, kind: type[SystemFault]
) -> None:
    fault = translate(ApiError(status_code=status, body={"code": name}), "list 5", writes=True)
    assert (type(fault), fault.error_code) == (kind, code)


def test_the_table_of_names_is_covered_by_the_cases_above() -> None:
    mark = test_an_answer_to_a_write_is_translated.pytestmark[0]  # type: ignore[attr-defined]
    assert {case[1] for case in mark.args[1]} >= set(CODES)


@pytest.mark.parametrize(
    "error",
    [
        ApiError(status_code=200, body="<html>"),
        ParsingError(status_code=201, body={}),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        AttributeError("x"),
    ],
)
@pytest.mark.parametrize(
    ("writes", "kind", "effect"),
    [(True, OutcomeUnknown, Effect.UNKNOWN), (False, Retryable, Effect.NONE)],
)
def test_a_success_that_cannot_be_read_is_unknown_only_when_something_was_written(
    error: Exception, writes: bool, kind: type[SystemFault], effect: Effect
) -> None:
    fault = translate(error, "list 5", writes=writes)
    assert (type(fault), fault.error_code, fault.effect) == (kind, C.UNAVAILABLE, effect)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-sib-ratelimit-reset": "42"}, 42.0),
        ({"retry-after": "5", "x-sib-ratelimit-reset": "42"}, 5.0),
        ({}, None),
    ],
)
def test_the_time_to_wait_comes_from_brevos_own_header(
    headers: dict[str, str], seconds: float | None
) -> None:
    fault = translate(ApiError(status_code=429, headers=headers, body={}), "list 5", writes=True)
    assert (type(fault), fault.after_seconds) == (Retryable, seconds)


def test_a_refused_connection_has_no_effect() -> None:
    fault = translate(httpx.ConnectError("dana@example.com"), "list 5", writes=True)
    assert (type(fault), fault.effect) == (Retryable, Effect.NONE)


def test_no_text_of_the_vendor_is_shown() -> None:
    body = {"code": "invalid_parameter", "message": "dana@example.com is not valid"}
    fault = translate(ApiError(status_code=400, body=body), "list 5", writes=True)
    assert fault.message == "Brevo (list 5) does not accept the data."
