"""What the answers of a CommonGrants server, and failures to reach it, mean."""

import httpx

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.http import fault_of, status_fault, transport_fault

NAME = "The grants system"


def label(what: str) -> str:
    """The system and the object of the call, as messages name them."""
    return f"{NAME} ({what})"


def lost(error: httpx.HTTPError, what: str, *, writes: bool) -> SystemFault:
    """The fault for a request that got no answer."""
    return transport_fault(label(what), error, writes=writes)


def refused(response: httpx.Response, what: str, *, writes: bool) -> SystemFault:
    """The fault for an answer that is not a success, by its status alone: bodies differ."""
    return status_fault(label(what), response.status_code, response.headers, writes=writes)


def garbled(what: str, *, writes: bool) -> SystemFault:
    """The fault for a success that is not what the protocol says."""
    return fault_of(label(what), ErrorCode.UNAVAILABLE, writes=writes)
