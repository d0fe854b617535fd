"""The table of errors is data: each row of it is what the connectors make of that answer."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey
from githubkit.exception import (
    PrimaryRateLimitExceeded,
    RequestError,
    RequestTimeout,
    SecondaryRateLimitExceeded,
)

from domain.codes import CODE_FACTS, Effect, ErrorCode
from domain.errors import SystemFault
from systems.github import faults as github
from systems.grants import faults as grants
from systems.newsletter.brevo import faults as brevo
from systems.newsletter.mailman import faults as mailman
from systems.slack import faults as slack
from tests.unit.systems import answers

C = ErrorCode
TABLE = json.loads((Path(__file__).parents[2] / "data/codes/error-codes.json").read_text())
SLACK = [(line.split()[0], C(c)) for c, lines in TABLE["slack"]["error"].items() for line in lines]
PLACE = ConnectionKey("slack.invalid", 443, True, True, None, None, None)
LIMIT = answers.github_response(403)
SERVER_ERRORS = (500, 502, 503, 504, 599)

IN_OTHER_WORDS = {"absent": {C.NOT_FOUND}, "adopt": {C.CONFLICT}}
"""Rows that say what follows from the code instead of the code."""

STATES = {"contact.emailBlacklisted = true", "competition status not open"}
"""No answers to a call but what is read of an object: the parts of the system look at it."""


def _slack(*errors: Exception) -> list[SystemFault]:
    return [slack.translate(error, "conversations.create", writes=True) for error in errors]


def _github(*errors: Exception, writes: bool = True) -> list[SystemFault]:
    return [github.translate(error, "GitHub (x)", writes=writes) for error in errors]


def _brevo(*errors: Exception) -> list[SystemFault]:
    return [brevo.translate(error, "list 5", writes=True) for error in errors]


def _mailman(*statuses: int, said: str = "", writes: bool = True) -> list[SystemFault]:
    body = {"title": "x", "description": said}
    responses = [httpx.Response(status, json=body) for status in statuses]
    return [mailman.translate(response, "list x", writes=writes) for response in responses]


def _grants(*statuses: int) -> list[SystemFault]:
    responses = [httpx.Response(status, json={"message": "x"}) for status in statuses]
    return [grants.refused(response, "application", writes=True) for response in responses]


def _taken(word: str) -> Exception:
    return answers.github(422, {"message": word})


ROWS: Mapping[str, Mapping[str, list[SystemFault]]] = {
    "slack http": {
        "429": _slack(answers.slack(429, {"ok": False, "error": "ratelimited"})),
        "5xx": _slack(*(answers.slack(status, {}) for status in SERVER_ERRORS)),
        "2xx with a body that is not JSON": _slack(answers.slack(200, {})),
    },
    "slack client_exceptions": {
        "TimeoutError": _slack(TimeoutError(), aiohttp.ServerTimeoutError()),
        "aiohttp.ClientConnectionError (refused)": _slack(
            aiohttp.ClientConnectorError(PLACE, OSError(111, "Connection refused"))
        ),
        "aiohttp.ServerDisconnectedError / ClientOSError": _slack(
            aiohttp.ServerDisconnectedError(), aiohttp.ClientOSError(104, "reset")
        ),
        "AttributeError from slack_sdk validate()": _slack(AttributeError("x")),
    },
    "github": {
        "401": _github(answers.github(401)),
        "403 + retry-after, or x-ratelimit-remaining: 0, "
        "or message contains 'secondary rate limit'": _github(
            SecondaryRateLimitExceeded(LIMIT, timedelta(seconds=5)),
            PrimaryRateLimitExceeded(LIMIT, timedelta(seconds=5)),
            answers.github(403, message="You have exceeded a secondary rate limit."),
        ),
        "403 otherwise": _github(answers.github(403)),
        "404 on a resource we look for": _github(answers.github(404), writes=False),
        "404 on org, template or any write": _github(answers.github(404)),
        "409 'Git Repository is empty'": _github(
            answers.github(409, message="Git Repository is empty.")
        ),
        "409 otherwise": _github(answers.github(409)),
        "422 already_exists | must be unique | already exists on this account | "
        "already a part of this organization": _github(
            answers.github(422, {"code": "already_exists"}),
            answers.github(422, "Could not clone: Name already exists on this account"),
            _taken("Name must be unique for this org"),
            _taken("name already exists on this account"),
            _taken("A user with this email addresss is already a part of this organization"),
        ),
        "422 otherwise": _github(answers.github(422, {"code": "missing_field"})),
        "429": _github(answers.github(429)),
        "5xx": _github(*(answers.github(status) for status in SERVER_ERRORS)),
        "githubkit.RequestTimeout": _github(RequestTimeout(httpx.ReadTimeout("x"))),
        "githubkit.RequestError": _github(RequestError(httpx.RemoteProtocolError("x"))),
        "ValueError (Retry-After as a date)": _github(ValueError("invalid literal for int()")),
    },
    "brevo": {
        "400 duplicate_parameter": _brevo(answers.brevo(400, "duplicate_parameter")),
        "400 invalid_parameter | missing_parameter | bad_request": _brevo(
            *(answers.brevo(400, f"{word}") for word in ("invalid_parameter", "missing_parameter")),
            answers.brevo(400, "bad_request"),
        ),
        "401 unauthorized": _brevo(answers.brevo(401, "unauthorized")),
        "402 not_enough_credits": _brevo(answers.brevo(402, "not_enough_credits")),
        "403 permission_denied": _brevo(answers.brevo(403, "permission_denied")),
        "404 document_not_found": _brevo(answers.brevo(404, "document_not_found")),
        "409": _brevo(answers.brevo(409)),
        "429 (header x-sib-ratelimit-reset, seconds, relative)": _brevo(
            answers.brevo(429, "too_many_requests", {"x-sib-ratelimit-reset": "5"})
        ),
        "5xx": _brevo(*(answers.brevo(status) for status in SERVER_ERRORS)),
        "httpx.TimeoutException": _brevo(httpx.ReadTimeout("x"), httpx.WriteTimeout("x")),
        "httpx.TransportError": _brevo(httpx.ReadError("x"), httpx.RemoteProtocolError("x")),
    },
    "mailman": {
        "400 Membership is banned": _mailman(400, said="Membership is banned"),
        "400 No such list": _mailman(400, said="No such list"),
        "400 Invalid Parameter": _mailman(400, said='Invalid Parameter "subscriber"'),
        "401": _mailman(401, said="REST API authorization failed"),
        "404": _mailman(404, writes=False),
        "409 Member already subscribed": _mailman(409, said="Member already subscribed"),
        "409 Subscription request already pending": _mailman(
            409, said="Subscription request already pending"
        ),
        "5xx": _mailman(*SERVER_ERRORS),
    },
    "commongrants": {
        "401": _grants(401),
        "403": _grants(403),
        "404 on a competition or org": _grants(404),
        "422 (implementation specific)": _grants(422),
        "409": _grants(409),
        "429": _grants(429),
        "5xx": _grants(*SERVER_ERRORS),
    },
}


def _table(system: str) -> Mapping[str, str]:
    head, _, part = system.partition(" ")
    rows: Mapping[str, str] = TABLE[head][part] if part else TABLE[head]
    return {row: meaning for row, meaning in rows.items() if row not in STATES}


def _codes(meaning: str) -> set[ErrorCode]:
    named = {C(word) for word in re.findall("[A-Z_]{4,}", meaning) if word in set(C)}
    return named or IN_OTHER_WORDS[meaning.split()[0].strip(",")]


def _facts(fault: SystemFault) -> tuple[bool, Effect]:
    return fault.retryable, fault.effect


@pytest.mark.parametrize("code", TABLE["codes"])
def test_a_code_has_the_facts_of_the_table(code: str) -> None:
    row = TABLE["codes"][code]
    assert CODE_FACTS[C(code)][:2] == (row["retryable"], Effect(row["effect"]))


@pytest.mark.parametrize(("name", "code"), SLACK, ids=[name for name, _ in SLACK])
def test_a_name_of_slack_means_what_the_table_says(name: str, code: ErrorCode) -> None:
    (fault,) = _slack(answers.slack(200, {"ok": False, "error": name}))
    assert fault.error_code is code
    assert _facts(fault) == CODE_FACTS[code][:2]


def test_every_part_of_the_table_is_looked_at() -> None:
    parts = {f"slack {part}" for part in TABLE["slack"] if part != "error"}
    assert parts | TABLE.keys() - {"note", "codes", "slack"} == ROWS.keys()


@pytest.mark.parametrize("system", ROWS)
def test_an_answer_means_what_the_table_says(system: str) -> None:
    meanings = _table(system)
    assert meanings.keys() == ROWS[system].keys()
    for row, faults in ROWS[system].items():
        for fault in faults:
            assert fault.error_code in _codes(meanings[row]), row
            retryable, effect = CODE_FACTS[fault.error_code][:2]
            certain = "effect none" in meanings[row]
            assert _facts(fault) == (retryable, Effect.NONE if certain else effect), row
