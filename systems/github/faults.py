"""What GitHub's answers, and the failures of its client, mean."""

import math
import re
from collections.abc import Mapping
from typing import Any

import httpx
from githubkit.exception import GitHubException, RateLimitExceeded, RequestError, RequestFailed

from domain.codes import Effect, ErrorCode
from domain.errors import Refused, Retryable, SystemFault
from systems.http import (
    LONGEST_WAIT_SECONDS,
    fault_of,
    retry_after,
    status_fault,
    transport_fault,
)

UNTOLD_WAIT_SECONDS = 60.0
"""GitHub's advice for a limit that names no time."""

LIMITS = ("rate limit", "abuse detection")
"""Words in the message of a 403 that is a limit and no refusal."""

TAKEN = (
    "already_exists",
    "must be unique",
    "already exists on this account",
    "already a part of this organization",
)
"""Words in a 422 that says that the name, or the person, is there already."""

EMPTY = "repository is empty"
"""Words in the 409 of a repository whose template is still being copied."""

READINESS_SECONDS = 2.0

_MOMENT = re.compile(r"[0-9]{1,10}")
"""Seconds since 1970."""

_TOKEN_PATH = "/access_tokens"  # noqa: S105  (the end of an address)


def translate(
    error: Exception, label: str, *, writes: bool, missing: ErrorCode | None = None
) -> SystemFault:
    """The fault for anything that GitHub's client raises; `missing` is what a 404 means."""
    if isinstance(error, RateLimitExceeded):
        seconds = min(error.retry_after.total_seconds(), LONGEST_WAIT_SECONDS)
        return fault_of(label, ErrorCode.RATE_LIMITED, writes=writes, after=seconds)
    if isinstance(error, RequestFailed):
        return refused(error.response.raw_response, label, writes=writes, missing=missing)
    if isinstance(error, RequestError):
        return _lost(error.exc, label, writes=writes)
    if isinstance(error, httpx.HTTPError):
        return _lost(error, label, writes=writes)
    if isinstance(error, ValueError):
        # The client reads the times of a limit as numbers and lets the failure through.
        return fault_of(label, ErrorCode.RATE_LIMITED, writes=writes, after=UNTOLD_WAIT_SECONDS)
    return fault_of(label, ErrorCode.UNAVAILABLE, writes=writes)


def _lost(cause: Exception, label: str, *, writes: bool) -> SystemFault:
    if isinstance(cause, GitHubException):
        # The App's token was refused, before the request itself was sent.
        return translate(cause, "GitHub (the App's token)", writes=False)
    if isinstance(cause, httpx.HTTPError):
        return transport_fault(label, cause, writes=writes and not _for_token(cause))
    return fault_of(label, ErrorCode.UNAVAILABLE, writes=writes)


def _for_token(cause: httpx.HTTPError) -> bool:
    try:
        return cause.request.url.path.endswith(_TOKEN_PATH)
    except RuntimeError:
        return False


def refused(
    response: httpx.Response, label: str, *, writes: bool, missing: ErrorCode | None = None
) -> SystemFault:
    """The fault for an answer that is not a success."""
    status, headers, words = response.status_code, response.headers, _words(response)
    if 300 <= status < 400:
        # Redirects are not followed: what has moved is not what has this name.
        return Refused(ErrorCode.NOT_FOUND, f"{label} has moved.", effect=Effect.NONE)
    if status == 429 or (status == 403 and any(limit in words for limit in LIMITS)):
        after = retry_after(headers)
        after = UNTOLD_WAIT_SECONDS if after is None else after
        return fault_of(label, ErrorCode.RATE_LIMITED, writes=writes, after=after)
    if status == 409 and EMPTY in words:
        return not_ready(f"{label} is still empty.")
    if status == 404 and response.content and not words:
        # A page of something that stands between: it says nothing about what GitHub has.
        return garbled(label, writes=writes)
    code: ErrorCode | None = None
    if status == 422 and any(taken in words for taken in TAKEN):
        code = ErrorCode.CONFLICT
    elif status == 404 and writes:
        # GitHub hides from a token what it may not see.
        code = missing or ErrorCode.PERMISSION
    return status_fault(label, status, headers, writes=writes, code=code)


def not_ready(message: str) -> Retryable:
    """The fault for a repository whose content is not there yet."""
    return Retryable(ErrorCode.NOT_READY, message, after_seconds=READINESS_SECONDS)


def garbled(label: str, *, writes: bool) -> SystemFault:
    """The fault for a success that is not what GitHub documents."""
    return fault_of(label, ErrorCode.UNAVAILABLE, writes=writes)


async def whole_seconds(response: httpx.Response) -> None:
    """Rewrites the times of a limit that GitHub's client cannot read: dates, and nonsense."""
    headers = response.headers
    if "retry-after" in headers:
        seconds = retry_after({"retry-after": headers["retry-after"]})
        headers["retry-after"] = str(math.ceil(UNTOLD_WAIT_SECONDS if seconds is None else seconds))
    if not _MOMENT.fullmatch(headers.get("x-ratelimit-reset", "0")):
        del headers["x-ratelimit-reset"]


def _words(response: httpx.Response) -> str:
    """All that an error body says, in lower case: `errors` holds objects or plain texts."""
    try:
        body: Any = response.json()
    except ValueError:
        return ""
    if not isinstance(body, Mapping):
        return ""
    said = [body.get("message")]
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else [errors]:
        said += [error.get("code"), error.get("message")] if isinstance(error, dict) else [error]
    return " ".join(text for text in said if isinstance(text, str)).lower()
