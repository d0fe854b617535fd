"""What Brevo's answers, and the failures of its client, mean."""

from collections.abc import Mapping
from typing import Any

import httpx
from brevo.core.api_error import ApiError

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.http import fault_of, status_fault, transport_fault

RESET_HEADER = "x-sib-ratelimit-reset"
"""Seconds from now; Brevo sends it with a 429 in place of Retry-After."""

CODES: Mapping[str, ErrorCode] = {
    "duplicate_parameter": ErrorCode.CONFLICT,
    "invalid_parameter": ErrorCode.INVALID_INPUT,
    "missing_parameter": ErrorCode.INVALID_INPUT,
    "out_of_range": ErrorCode.INVALID_INPUT,
    "bad_request": ErrorCode.INVALID_INPUT,
    "document_not_found": ErrorCode.NOT_FOUND,
    "unauthorized": ErrorCode.AUTH,
    "not_enough_credits": ErrorCode.PERMISSION,
    "permission_denied": ErrorCode.PERMISSION,
    "reseller_permission_denied": ErrorCode.PERMISSION,
    "account_under_validation": ErrorCode.PERMISSION,
    "too_many_requests": ErrorCode.RATE_LIMITED,
}
"""Brevo's own names of errors, the `code` of a 4xx body; they say more than the status."""


def translate(error: Exception, what: str, *, writes: bool) -> SystemFault:
    """The fault for anything that Brevo's client raises; `what` is the object of the call."""
    label = f"Brevo ({what})"
    if isinstance(error, httpx.HTTPError):
        return transport_fault(label, error, writes=writes)
    status = error.status_code if isinstance(error, ApiError) else None
    if not isinstance(error, ApiError) or status is None or status < 300:
        # A success that is no JSON, or JSON that the client could not take apart.
        return garbled(what, writes=writes)
    return status_fault(
        label,
        status,
        error.headers or {},
        writes=writes,
        code=_code(error.body) if 400 <= status < 500 and status != 429 else None,
        relative=(RESET_HEADER,),
    )


def garbled(what: str, *, writes: bool) -> SystemFault:
    """The fault for a success that cannot be read."""
    return fault_of(f"Brevo ({what})", ErrorCode.UNAVAILABLE, writes=writes)


def _code(body: Any) -> ErrorCode | None:
    return CODES.get(str(body.get("code"))) if isinstance(body, dict) else None
