"""Every answer of Mailman becomes one of our faults."""

import httpx
import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import (
    AlreadyThere,
    NeedsPerson,
    OutcomeUnknown,
    Refused,
    Retryable,
    SystemFault,
)
from systems.newsletter.mailman.faults import CODES, translate

C = ErrorCode
TOLD = [
    (400, "Mailing list exists", C.CONFLICT, AlreadyThere),
    (409, "Member already subscribed", C.CONFLICT, AlreadyThere),
    (409, "Subscription request already pending", C.CONFLICT, AlreadyThere),
    (400, "Domain does not exist: lists.example.com", C.NOT_FOUND, Refused),
    (400, "No such list", C.NOT_FOUND, Refused),
    (400, "Membership is banned", C.CONSENT, NeedsPerson),
    (400, "Invalid list name: a b", C.INVALID_INPUT, Refused),
    (400, "Invalid list posting address: a@b@c", C.INVALID_INPUT, Refused),
    (400, "List posting address cannot subscribe", C.INVALID_INPUT, Refused),
    (400, 'Invalid Parameter "subscriber": .', C.INVALID_INPUT, Refused),
    (400, "Missing Parameter: list_id", C.INVALID_INPUT, Refused),
    (400, "Unexpected parameters: x", C.INVALID_INPUT, Refused),
    (400, "Unknown attribute: x", C.INVALID_INPUT, Refused),
    (400, "Read-only attribute: x", C.INVALID_INPUT, Refused),
    (409, "Already subscribed", C.CONFLICT, AlreadyThere),
    (401, "REST API authorization failed", C.AUTH, Refused),
    (403, "", C.PERMISSION, Refused),
    (404, "404 Not Found", C.NOT_FOUND, Refused),
    (429, "", C.RATE_LIMITED, Retryable),
    (302, "Mailing list exists", C.UNKNOWN, OutcomeUnknown),
    (500, "Mailing list exists", C.UNAVAILABLE, OutcomeUnknown),
    (502, "", C.UNAVAILABLE, OutcomeUnknown),
]


def answer(status: int, said: str, **headers: str) -> httpx.Response:
    body = {"title": f"{status} x", "description": said}
    return httpx.Response(status, json=body, headers=headers)


@pytest.mark.parametrize(("status", "said", "code", "kind"), TOLD)
def test_an_answer_to_a_write_is_translated(
    status: int, said: str, code: ErrorCode, kind: type[SystemFault]
) -> None:
    fault = translate(answer(status, said), "list x", writes=True)
    assert (type(fault), fault.error_code) == (kind, code)


def test_the_table_of_descriptions_is_covered_by_the_cases_above() -> None:
    assert all(any(said.startswith(start) for _, said, _, _ in TOLD) for start in CODES)


def test_a_write_that_failed_in_other_words_may_have_been_done_by_half() -> None:
    fault = translate(answer(400, "HTTPConnectionPool(dana@example.com)"), "x", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Refused, C.UNKNOWN, Effect.UNKNOWN)
    assert not fault.retryable
    assert "log" in fault.advice


@pytest.mark.parametrize("body", [b"<html>Bad Request</html>", b"[]", b"", b'{"title": "x"}'])
def test_a_400_that_is_not_mailmans_had_no_effect(body: bytes) -> None:
    fault = translate(httpx.Response(400, content=body), "x", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Refused, C.INVALID_INPUT, Effect.NONE)


def test_a_read_that_failed_in_other_words_had_no_effect() -> None:
    fault = translate(answer(400, "some words"), "x", writes=False)
    assert (fault.error_code, fault.effect) == (C.INVALID_INPUT, Effect.NONE)


@pytest.mark.parametrize("body", [b"<html>Not Found</html>", b'{"title": "404 No', b"", b"{}"])
@pytest.mark.parametrize(
    ("writes", "kind", "effect"),
    [(True, OutcomeUnknown, Effect.UNKNOWN), (False, Retryable, Effect.NONE)],
)
def test_nothing_is_absent_when_somebody_else_says_404(
    body: bytes, writes: bool, kind: type[SystemFault], effect: Effect
) -> None:
    fault = translate(httpx.Response(404, content=body), "x", writes=writes)
    assert (type(fault), fault.error_code, fault.effect) == (kind, C.UNAVAILABLE, effect)


def test_the_time_to_wait_is_read_when_a_proxy_limits_the_rate() -> None:
    headers = {"retry-after": "7"}
    fault = translate(answer(429, "slow down", **headers), "x", writes=True)
    assert (type(fault), fault.after_seconds) == (Retryable, 7.0)


@pytest.mark.parametrize("status", [400, 409, 500])
def test_no_text_of_mailman_is_shown(status: int) -> None:
    fault = translate(answer(status, "dana@example.com"), "list x", writes=True)
    assert "dana" not in f"{fault.message} {fault.advice}"
