"""What HTTP failures mean, for every status and every way to lose an answer."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable, SystemFault
from systems.http import LONGEST_WAIT_SECONDS, new_client, retry_after, status_fault
from systems.http import transport_fault as lost

C = ErrorCode


@pytest.mark.parametrize(
    ("status", "code", "write", "read"),
    [
        (301, C.UNKNOWN, OutcomeUnknown, Refused),
        (400, C.INVALID_INPUT, Refused, Refused),
        (401, C.AUTH, Refused, Refused),
        (402, C.PERMISSION, Refused, Refused),
        (403, C.PERMISSION, Refused, Refused),
        (404, C.NOT_FOUND, Refused, Refused),
        (408, C.TIMEOUT, OutcomeUnknown, Retryable),
        (409, C.CONFLICT, AlreadyThere, Refused),
        (418, C.UNKNOWN, OutcomeUnknown, Refused),
        (422, C.INVALID_INPUT, Refused, Refused),
        (429, C.RATE_LIMITED, Retryable, Retryable),
        (500, C.UNAVAILABLE, OutcomeUnknown, Retryable),
        (502, C.UNAVAILABLE, OutcomeUnknown, Retryable),
        (599, C.UNAVAILABLE, OutcomeUnknown, Retryable),
    ],
)
def test_a_status_becomes_a_fault_by_whether_something_was_written(
    status: int, code: ErrorCode, write: type[SystemFault], read: type[SystemFault]
) -> None:
    written = status_fault("X", status, {}, writes=True)
    was_read = status_fault("X", status, {}, writes=False)
    assert (type(written), written.error_code) == (write, code)
    assert (type(was_read), was_read.error_code) == (read, code)
    assert was_read.effect is Effect.NONE
    assert (written.effect is Effect.UNKNOWN) is (write is OutcomeUnknown)


@pytest.mark.parametrize(
    ("error", "code", "effect"),
    [
        (httpx.ConnectError("x"), C.UNAVAILABLE, Effect.NONE),
        (httpx.ConnectTimeout("x"), C.TIMEOUT, Effect.NONE),
        (httpx.PoolTimeout("x"), C.TIMEOUT, Effect.NONE),
        (httpx.ReadTimeout("x"), C.TIMEOUT, Effect.UNKNOWN),
        (httpx.WriteTimeout("x"), C.TIMEOUT, Effect.UNKNOWN),
        (httpx.ReadError("x"), C.UNAVAILABLE, Effect.UNKNOWN),
        (httpx.WriteError("x"), C.UNAVAILABLE, Effect.UNKNOWN),
        (httpx.CloseError("x"), C.UNAVAILABLE, Effect.UNKNOWN),
        (httpx.RemoteProtocolError("x"), C.UNAVAILABLE, Effect.UNKNOWN),
        (httpx.DecodingError("x"), C.UNAVAILABLE, Effect.UNKNOWN),
    ],
)
def test_a_lost_write_is_unknown_unless_it_cannot_have_left(
    error: httpx.HTTPError, code: ErrorCode, effect: Effect
) -> None:
    fault = lost("X", error, writes=True)
    assert (fault.error_code, fault.effect) == (code, effect)
    assert isinstance(fault, OutcomeUnknown if effect is Effect.UNKNOWN else Retryable)
    assert fault.retryable


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
def test_a_lost_read_has_no_effect(error: httpx.HTTPError) -> None:
    fault = lost("X", error, writes=False)
    assert isinstance(fault, Retryable)
    assert fault.effect is Effect.NONE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"Retry-After": "9" * 400}, LONGEST_WAIT_SECONDS),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"X-Reset": "12"}, 12.0),
        ({"X-Reset": "12", "Retry-After": "3"}, 3.0),
        ({}, None),
    ],
)
def test_the_time_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, "x-reset") == seconds


def test_the_time_to_wait_is_read_when_it_is_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    seconds = retry_after({"Retry-After": date})
    assert seconds is not None
    assert 80 < seconds <= 90


def test_a_rate_limit_carries_the_time_to_wait() -> None:
    fault = status_fault("X", 429, {"retry-after": "7"}, writes=True)
    assert (fault.after_seconds, fault.effect) == (7.0, Effect.NONE)


async def test_the_client_follows_nothing_and_keeps_nothing() -> None:
    async with new_client(3.0, base_url="http://127.0.0.1:1") as client:
        assert (client.follow_redirects, client.trust_env) == (False, False)
        assert client.timeout == httpx.Timeout(3.0)
        with pytest.raises(httpx.ConnectError):
            await client.get("/")
