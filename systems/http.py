"""The one HTTP client of the connectors, and what its failures mean."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext

import httpx

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable, SystemFault
from systems.deadline import TimedTransport
from systems.sight import hear_response

# At INFO it writes the address of every request, and some of these hold an e-mail address.
logging.getLogger("httpx").setLevel(logging.WARNING)

LONGEST_WAIT_SECONDS = 86_400.0
"""A system that names a longer time is taken to mean this one."""

CODES: Mapping[int, ErrorCode] = {
    400: ErrorCode.INVALID_INPUT,
    401: ErrorCode.AUTH,
    402: ErrorCode.PERMISSION,
    403: ErrorCode.PERMISSION,
    404: ErrorCode.NOT_FOUND,
    408: ErrorCode.TIMEOUT,
    409: ErrorCode.CONFLICT,
    422: ErrorCode.INVALID_INPUT,
    429: ErrorCode.RATE_LIMITED,
}
"""What an HTTP status means in every system; 5xx is UNAVAILABLE, anything else UNKNOWN."""

_SENTENCES: Mapping[ErrorCode, str] = {
    ErrorCode.RATE_LIMITED: "{name} limits the rate of requests.",
    ErrorCode.UNAVAILABLE: "{name} is out of order.",
    ErrorCode.TIMEOUT: "{name} did not answer in time.",
    ErrorCode.AUTH: "{name} does not accept the credential.",
    ErrorCode.PERMISSION: "{name} does not permit it.",
    ErrorCode.CONFLICT: "{name} says that it exists already.",
    ErrorCode.INVALID_INPUT: "{name} does not accept the data.",
    ErrorCode.NOT_FOUND: "{name} does not have it.",
    ErrorCode.UNKNOWN: "{name} gave an answer that is not understood.",
}


def new_client(
    timeout_seconds: float, *, base_url: str = "", headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    """A client without retries, redirects, proxies from the environment or kept connections.

    A connection that was kept may be closed by the server unseen; the next write on it would then
    look like a lost answer.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers or {}),
        timeout=httpx.Timeout(timeout_seconds),
        transport=TimedTransport(timeout_seconds, verify=_certificates(), limits=limits),
        follow_redirects=False,
        trust_env=False,
        event_hooks={"response": [hear_response]},
    )


@cache
def _certificates() -> SSLContext:
    """Read once for all clients, since reading takes longer than a call on loopback."""
    return httpx.create_ssl_context(trust_env=False)


def retry_after(headers: Mapping[str, str], *relative: str) -> float | None:
    """Seconds to wait, or None where the answer tells none.

    Reads `Retry-After` (seconds or an HTTP date), then the headers named in `relative`, which hold
    seconds from now. Names are matched without regard to case.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    for name in ("retry-after", *(name.lower() for name in relative)):
        seconds = _seconds(lowered.get(name, ""))
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
    return None


def _seconds(value: str) -> float | None:
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def status_fault(
    name: str,
    status: int,
    headers: Mapping[str, str],
    *,
    writes: bool,
    code: ErrorCode | None = None,
    relative: tuple[str, ...] = (),
) -> SystemFault:
    """The fault for an answer that is not a success; `code` overrules what the status says."""
    known = CODES.get(status, ErrorCode.UNAVAILABLE if status >= 500 else ErrorCode.UNKNOWN)
    return fault_of(name, code or known, writes=writes, after=retry_after(headers, *relative))


def fault_of(
    name: str, code: ErrorCode, *, writes: bool, after: float | None = None
) -> SystemFault:
    """A read has no effect whatever happens; a write that was not understood may have had one."""
    message = _SENTENCES[code].format(name=name)
    if code is ErrorCode.RATE_LIMITED:
        return Retryable(code, message, after_seconds=after)
    if code in (ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT):
        if writes:
            return OutcomeUnknown(code, message, after_seconds=after)
        return Retryable(code, message, effect=Effect.NONE, after_seconds=after)
    if code is ErrorCode.UNKNOWN:
        if writes:
            return OutcomeUnknown(code, message)
        return Refused(code, message, effect=Effect.NONE)
    if code is ErrorCode.CONFLICT and writes:
        return AlreadyThere(code, message)
    return Refused(code, message)


def transport_fault(name: str, error: httpx.HTTPError, *, writes: bool) -> SystemFault:
    """The fault for a request that got no answer, by whether it can have left this machine."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        message = _SENTENCES[ErrorCode.TIMEOUT].format(name=name)
        return Retryable(ErrorCode.TIMEOUT, message, effect=Effect.NONE)
    if isinstance(error, httpx.ConnectError):
        message = f"{name} cannot be reached."
        return Retryable(ErrorCode.UNAVAILABLE, message, effect=Effect.NONE)
    if isinstance(error, httpx.TimeoutException):
        return fault_of(name, ErrorCode.TIMEOUT, writes=writes)
    return fault_of(name, ErrorCode.UNAVAILABLE, writes=writes)
