"""Every answer of Slack and every failure of its client becomes one of our faults."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, NeedsPerson, OutcomeUnknown, Refused, Retryable, SystemFault
from systems.slack import client
from systems.slack.faults import CODES, translate
from tests.unit.systems.answers import slack as answered

C = ErrorCode
DATA = Path(__file__).parents[3] / "data" / "slack" / "recorded" / "errors.json"
ERRORS = json.loads(DATA.read_text())
DOCUMENTED = {name for names in ERRORS.values() for name in names}

WRITTEN: dict[ErrorCode, type[SystemFault]] = {
    C.RATE_LIMITED: Retryable,
    C.UNAVAILABLE: OutcomeUnknown,
    C.AUTH: Refused,
    C.PERMISSION: Refused,
    C.CONFLICT: AlreadyThere,
    C.INVALID_INPUT: Refused,
    C.NOT_FOUND: Refused,
    C.UNKNOWN: OutcomeUnknown,
}


def test_every_error_is_documented_of_the_methods_that_are_called() -> None:
    called = set(
        re.findall(r'"((?:auth|chat|conversations|users)\.\w+)"', inspect.getsource(client))
    )
    assert called == set(ERRORS)


def test_every_documented_error_has_a_meaning() -> None:
    assert DOCUMENTED - set(CODES) == set()
    unknown = {name for name in DOCUMENTED if CODES[name] is C.UNKNOWN}
    assert unknown == {"unknown_method", "method_deprecated", "deprecated_endpoint"}


@pytest.mark.parametrize("name", sorted(set(CODES) - {"missing_scope"}))
def test_an_error_in_a_write_is_translated(name: str) -> None:
    error = answered(200, {"ok": False, "error": name})
    fault = translate(error, "conversations.create", writes=True)
    assert (type(fault), fault.error_code) == (WRITTEN[CODES[name]], CODES[name])
    assert name in fault.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ratelimited", C.RATE_LIMITED),
        ("fatal_error", C.UNAVAILABLE),
        ("token_revoked", C.AUTH),
        ("restricted_action", C.PERMISSION),
        ("name_taken", C.CONFLICT),
        ("invalid_name_specials", C.INVALID_INPUT),
        ("channel_not_found", C.NOT_FOUND),
    ],
)
def test_the_names_mean_what_slack_says(name: str, code: ErrorCode) -> None:
    assert CODES[name] is code


def test_a_name_nobody_has_heard_of_is_looked_into_before_it_is_repeated() -> None:
    error = answered(200, {"ok": False, "error": "something_new"})
    fault = translate(error, "conversations.create", writes=True)
    assert (type(fault), fault.error_code) == (OutcomeUnknown, C.UNKNOWN)
    assert (fault.retryable, fault.effect) == (False, Effect.UNKNOWN)
    read = translate(error, "conversations.list", writes=False)
    assert (type(read), read.effect) == (Refused, Effect.NONE)


def test_a_missing_scope_is_named_and_needs_a_person() -> None:
    data = {"ok": False, "error": "missing_scope", "needed": "groups:write", "provided": "chat"}
    fault = translate(answered(200, data), "conversations.create", writes=True)
    assert (type(fault), fault.error_code) == (NeedsPerson, C.PERMISSION)
    assert fault.message == "Slack's token lacks the scope groups:write."


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "30"}, 30.0), ({"retry-after": "0"}, 0.0), ({}, None)]
)
def test_a_limit_tells_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    error = answered(429, {"ok": False, "error": "ratelimited"}, headers)
    fault = translate(error, "conversations.create", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Retryable, C.RATE_LIMITED, Effect.NONE)
    assert fault.after_seconds == seconds


@pytest.mark.parametrize(
    ("status", "data", "code"),
    [
        (500, {"ok": False, "error": "name_taken"}, C.UNAVAILABLE),
        (503, {}, C.UNAVAILABLE),
        (504, {"ok": False}, C.UNAVAILABLE),
        (200, {}, C.UNAVAILABLE),
        (200, {"ok": False}, C.UNAVAILABLE),
        (200, {"ok": False, "error": None}, C.UNAVAILABLE),
        (302, {}, C.UNKNOWN),
        (418, {}, C.UNKNOWN),
    ],
)
def test_an_answer_without_an_error_of_slack_leaves_a_write_open(
    status: int, data: Any, code: ErrorCode
) -> None:
    fault = translate(answered(status, data), "conversations.create", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (OutcomeUnknown, code, Effect.UNKNOWN)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (aiohttp.ServerDisconnectedError(), C.UNAVAILABLE),
        (aiohttp.ClientOSError(104, "reset"), C.UNAVAILABLE),
        (aiohttp.ClientPayloadError(), C.UNAVAILABLE),
        (AttributeError("'str' object has no attribute 'get'"), C.UNAVAILABLE),
        (TimeoutError(), C.TIMEOUT),
        (aiohttp.ServerTimeoutError(), C.TIMEOUT),
    ],
)
@pytest.mark.parametrize(
    ("writes", "kind", "effect"),
    [(True, OutcomeUnknown, Effect.UNKNOWN), (False, Retryable, Effect.NONE)],
)
def test_a_lost_answer_is_unknown_only_when_something_was_written(
    error: Exception, code: ErrorCode, writes: bool, kind: type[SystemFault], effect: Effect
) -> None:
    fault = translate(error, "conversations.create", writes=writes)
    assert (type(fault), fault.error_code, fault.effect) == (kind, code, effect)


def test_an_address_that_is_not_known_has_no_effect() -> None:
    place = ConnectionKey("slack.invalid", 443, True, True, None, None, None)
    error = aiohttp.ClientConnectorDNSError(place, OSError(-2, "Name or service not known"))
    fault = translate(error, "conversations.create", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Retryable, C.UNAVAILABLE, Effect.NONE)


def test_a_connection_that_took_too_long_to_make_has_no_effect() -> None:
    fault = translate(aiohttp.ConnectionTimeoutError(), "conversations.create", writes=True)
    assert (type(fault), fault.error_code, fault.effect) == (Retryable, C.TIMEOUT, Effect.NONE)


def test_no_text_of_the_vendor_is_shown() -> None:
    error = answered(200, {"ok": False, "error": "no dana@example.com here"})
    fault = translate(error, "conversations.invite", writes=True)
    assert "dana" not in fault.message
    assert "xoxb" not in fault.message
