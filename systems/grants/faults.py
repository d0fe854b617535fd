"""What the answers of a CommonGrants server, and failures to reach it, mean."""

import httpx

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.http import fault_of, status_fault, transport_fault

NAME = "The grants system"


def lost(error: httpx.HTTPError, *, writes: bool) -> SystemFault:
    """The fault for a request that got no answer."""
    return transport_fault(NAME, error, writes=writes)


def refused(response: httpx.Response, *, writes: bool) -> SystemFault:
    """The fault for an answer that is not a success, by its status alone: bodies differ."""
    return status_fault(NAME, response.status_code, response.headers, writes=writes)


def garbled(*, writes: bool) -> SystemFault:
    """The fault for a success that is not what the protocol says."""
    return fault_of(NAME, ErrorCode.UNAVAILABLE, writes=writes)
