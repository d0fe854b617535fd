"""What Mailman's answers mean."""

from collections.abc import Mapping
from typing import Any

import httpx

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, Refused, SystemFault
from systems.http import fault_of, status_fault

CODES: Mapping[str, ErrorCode] = {
    "Mailing list exists": ErrorCode.CONFLICT,
    "Member already subscribed": ErrorCode.CONFLICT,
    "Subscription request already pending": ErrorCode.CONFLICT,
    "Domain does not exist": ErrorCode.NOT_FOUND,
    "No such list": ErrorCode.NOT_FOUND,
    "Membership is banned": ErrorCode.CONSENT,
    "Invalid list name": ErrorCode.INVALID_INPUT,
    "Invalid list posting address": ErrorCode.INVALID_INPUT,
    "List posting address cannot subscribe": ErrorCode.INVALID_INPUT,
    "Invalid Parameter": ErrorCode.INVALID_INPUT,
    "Missing Parameter": ErrorCode.INVALID_INPUT,
    "Unexpected parameters": ErrorCode.INVALID_INPUT,
    "Unknown attribute": ErrorCode.INVALID_INPUT,
    "Read-only attribute": ErrorCode.INVALID_INPUT,
}
"""How the `description` of a 4xx body begins; a 400 stands for most of them."""


def translate(response: httpx.Response, what: str, *, writes: bool) -> SystemFault:
    """The fault for an answer that is no success; `what` is the object of the call."""
    label, status = f"Mailman ({what})", response.status_code
    body = _body(response)
    said = str(body.get("description", "")) if 400 <= status < 500 else ""
    code = next((CODES[start] for start in CODES if said.startswith(start)), None)
    if code is ErrorCode.CONSENT:
        return NeedsPerson(code, f"{label} has banned the address.")
    if writes and status == 400 and said and not code:
        # Mailman answers so too when it failed half-way, and keeps what it had done.
        return Refused(
            ErrorCode.UNKNOWN,
            f"{label} failed, perhaps half-way.",
            effect=Effect.UNKNOWN,
            instructions="Look into Mailman's http log, clear the cause, then retry.",
        )
    if status == 404 and "title" not in body:
        # Somebody else's: what is asked for may well be there.
        return garbled(what, writes=writes)
    return status_fault(label, status, response.headers, writes=writes, code=code)


def garbled(what: str, *, writes: bool) -> SystemFault:
    """The fault for an answer that Mailman does not give."""
    return fault_of(f"Mailman ({what})", ErrorCode.UNAVAILABLE, writes=writes)


def _body(response: httpx.Response) -> dict[str, Any]:
    """What Mailman says; empty for what a proxy or a crash says."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
