"""Every answer of GitHub and every failure of its client becomes one of our faults."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from githubkit.exception import (
    AuthCredentialError,
    PrimaryRateLimitExceeded,
    RequestError,
    RequestFailed,
    RequestTimeout,
    SecondaryRateLimitExceeded,
)
from githubkit.response import Response

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable, SystemFault
from systems.github.faults import translate, whole_seconds
from tests.unit.systems.answers import REQUEST
from tests.unit.systems.answers import github_response as answer

C = ErrorCode
TOKEN_REQUEST = httpx.Request("POST", "https://api.github.com/app/installations/1/access_tokens")


def said(message: str, *errors: Any) -> dict[str, Any]:
    return {"message": message, "errors": list(errors)} if errors else {"message": message}


TAKEN_TEAM = said("Validation Failed", {"code": "x", "message": "Name must be unique for this org"})
TAKEN_TEXT = said("Could not clone", "Could not clone: Name already exists on this account")
TAKEN_REPOSITORY = said(
    "Repository creation failed.",
    {"resource": "Repository", "code": "custom", "message": "name already exists on this account"},
)
TAKEN_CODE = said("Validation Failed", {"resource": "Team", "code": "already_exists"})
MEMBER = said(
    "Validation Failed",
    {"message": "A user with this email addresss is already a part of this organization"},
)


@pytest.mark.parametrize(
    ("status", "body", "code", "kind"),
    [
        (400, said("Problems parsing JSON"), C.INVALID_INPUT, Refused),
        (401, said("Bad credentials"), C.AUTH, Refused),
        (403, said("Resource not accessible by integration"), C.PERMISSION, Refused),
        (403, said("You have exceeded a secondary rate limit."), C.RATE_LIMITED, Retryable),
        (403, said("API rate limit exceeded for installation"), C.RATE_LIMITED, Retryable),
        (403, said("You have triggered an abuse detection mechanism"), C.RATE_LIMITED, Retryable),
        (404, said("Not Found"), C.PERMISSION, Refused),
        (409, said("Git Repository is empty."), C.NOT_READY, Retryable),
        (409, said("Conflict"), C.CONFLICT, AlreadyThere),
        (422, TAKEN_TEAM, C.CONFLICT, AlreadyThere),
        (422, TAKEN_TEXT, C.CONFLICT, AlreadyThere),
        (422, TAKEN_REPOSITORY, C.CONFLICT, AlreadyThere),
        (422, TAKEN_CODE, C.CONFLICT, AlreadyThere),
        (422, MEMBER, C.CONFLICT, AlreadyThere),
        (422, said("Validation Failed", {"code": "missing_field"}), C.INVALID_INPUT, Refused),
        (422, said("Validation Failed", None, 5), C.INVALID_INPUT, Refused),
        (422, {"message": None, "errors": "already_exists"}, C.CONFLICT, AlreadyThere),
        (422, ["odd"], C.INVALID_INPUT, Refused),
        (429, said("Too many requests"), C.RATE_LIMITED, Retryable),
        (500, TAKEN_CODE, C.UNAVAILABLE, OutcomeUnknown),
        (502, said("Bad Gateway"), C.UNAVAILABLE, OutcomeUnknown),
        (307, said("Moved"), C.NOT_FOUND, Refused),
        (418, said("teapot"), C.UNKNOWN, OutcomeUnknown),
    ],
)
def test_an_answer_to_a_write_is_translated(
    status: int, body: Any, code: ErrorCode, kind: type[SystemFault]
) -> None:
    fault = translate(RequestFailed(answer(status, body)), "GitHub (POST /x)", writes=True)
    assert (type(fault), fault.error_code) == (kind, code)
    assert (fault.effect is Effect.UNKNOWN) is (kind is OutcomeUnknown)
    assert fault.message.startswith("GitHub (POST /x) ")


def test_an_absent_thing_is_not_found_when_it_was_only_read() -> None:
    fault = translate(RequestFailed(answer(404, said("Not Found"))), "GitHub (x)", writes=False)
    assert (type(fault), fault.error_code) == (Refused, C.NOT_FOUND)


def test_a_call_may_say_what_an_absent_thing_means() -> None:
    error = RequestFailed(answer(404, said("Not Found")))
    fault = translate(error, "GitHub (x)", writes=True, missing=C.NOT_FOUND)
    assert fault.error_code is C.NOT_FOUND


def test_a_page_of_something_between_does_not_say_that_a_thing_is_absent() -> None:
    raw = httpx.Response(404, html="<h1>404</h1>", request=REQUEST)
    fault = translate(RequestFailed(Response(raw, Any)), "GitHub (x)", writes=False)
    assert (type(fault), fault.error_code) == (Retryable, C.UNAVAILABLE)


@pytest.mark.parametrize("kind", [PrimaryRateLimitExceeded, SecondaryRateLimitExceeded])
def test_a_limit_tells_how_long_to_wait(
    kind: type[PrimaryRateLimitExceeded | SecondaryRateLimitExceeded],
) -> None:
    error = kind(answer(403), timedelta(seconds=42))
    fault = translate(error, "GitHub (x)", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Retryable, C.RATE_LIMITED, Effect.NONE)
    assert fault.after_seconds == 42.0


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_without_a_time_is_waited_out_for_a_minute(status: int) -> None:
    error = RequestFailed(answer(status, said("You have exceeded a secondary rate limit")))
    fault = translate(error, "GitHub (x)", writes=True)
    assert fault.after_seconds == 60.0


def test_a_limit_whose_time_the_client_cannot_read_is_a_limit() -> None:
    error = ValueError("invalid literal for int() with base 10: 'Mon, 23 Nov 2026'")
    fault = translate(error, "GitHub (x)", writes=True)
    assert (type(fault), fault.error_code, fault.after_seconds) == (Retryable, C.RATE_LIMITED, 60.0)


async def test_a_date_to_wait_for_is_rewritten_as_seconds() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    response = httpx.Response(403, headers={"retry-after": until})
    await whole_seconds(response)
    assert 85 <= int(response.headers["retry-after"]) <= 91


@pytest.mark.parametrize(("value", "seconds"), [("30", "30"), ("soon", "60"), ("9" * 400, "86400")])
async def test_a_number_of_seconds_stays_and_nonsense_is_a_minute(value: str, seconds: str) -> None:
    response = httpx.Response(403, headers={"retry-after": value})
    await whole_seconds(response)
    assert response.headers["retry-after"] == seconds


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RequestTimeout(httpx.ReadTimeout("x", request=REQUEST)), C.TIMEOUT),
        (RequestError(httpx.RemoteProtocolError("x", request=REQUEST)), C.UNAVAILABLE),
        (RequestError(httpx.ReadError("x", request=REQUEST)), C.UNAVAILABLE),
        (RequestError(httpx.ReadError("without a request")), C.UNAVAILABLE),
        (RequestError(KeyError("x")), C.UNAVAILABLE),
        (KeyError("x"), C.UNAVAILABLE),
    ],
)
@pytest.mark.parametrize(
    ("writes", "kind", "effect"),
    [(True, OutcomeUnknown, Effect.UNKNOWN), (False, Retryable, Effect.NONE)],
)
def test_a_lost_answer_is_unknown_only_when_something_was_written(
    error: Exception, code: ErrorCode, writes: bool, kind: type[SystemFault], effect: Effect
) -> None:
    fault = translate(error, "GitHub (x)", writes=writes)
    assert (type(fault), fault.error_code, fault.effect) == (kind, code, effect)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RequestError(httpx.ConnectError("x", request=REQUEST)), C.UNAVAILABLE),
        (RequestTimeout(httpx.ConnectTimeout("x", request=REQUEST)), C.TIMEOUT),
        (RequestError(httpx.ReadError("x", request=TOKEN_REQUEST)), C.UNAVAILABLE),
        (RequestTimeout(httpx.ReadTimeout("x", request=TOKEN_REQUEST)), C.TIMEOUT),
        (RequestError(RequestFailed(answer(500))), C.UNAVAILABLE),
        (RequestError(AuthCredentialError("x")), C.UNAVAILABLE),
    ],
)
def test_a_write_has_no_effect_when_it_was_never_sent(error: Exception, code: ErrorCode) -> None:
    fault = translate(error, "GitHub (x)", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Retryable, code, Effect.NONE)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (RequestFailed(answer(401, said("A JSON web token could not be decoded"))), C.AUTH),
        (RequestFailed(answer(404, said("Not Found"))), C.NOT_FOUND),
    ],
)
def test_an_app_that_gets_no_token_is_told_as_such(cause: Exception, code: ErrorCode) -> None:
    fault = translate(RequestError(cause), "GitHub (POST /x)", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Refused, code, Effect.NONE)
    assert fault.message.startswith("GitHub (the App's token) ")


def test_no_text_of_the_vendor_is_shown() -> None:
    body = said("dana@example.com is odd", {"message": "ghp_secret"})
    fault = translate(RequestFailed(answer(422, body)), "GitHub (x)", writes=True)
    assert fault.message == "GitHub (x) does not accept the data."
