"""Every error as problem details, with nothing in it that was not meant for the caller."""

import logging
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from domain import errors
from domain.codes import ErrorCode
from server.api import errors as edge
from server.api import problems
from server.api.bodies import JsonRoute
from server.api.envelope import MAX_BODY_BYTES, Envelope

SECRET = "a-secret-that-must-not-be-shown"
WINNER: dict[str, str | None] = {"decision": "approve", "responder": "dana"}
FIELDS = {"type", "title", "status", "detail", "code", "advice", "request_id"}


class Sent(BaseModel):
    number: int


def answering(error: Exception) -> FastAPI:
    app = FastAPI()
    app.router.route_class = JsonRoute
    problems.install(app)
    app.add_middleware(Envelope)

    @app.get("/raise")
    async def fail() -> None:
        raise error

    @app.put("/raise")
    async def read(body: Sent) -> None:
        raise error

    return app


async def asked(error: Exception, method: str = "GET", **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=answering(error))
    async with httpx.AsyncClient(transport=transport, base_url="http://agentos.test") as http:
        return await http.request(method, "/raise", **more)


@pytest.mark.parametrize(
    ("error", "status", "more"),
    [
        (errors.NotFound("No."), 404, {}),
        (errors.NotAllowed("No."), 403, {}),
        (errors.Invalid("No.", field="name"), 422, {"field": "name"}),
        (errors.Invalid("No."), 422, {}),
        (errors.IllegalMove("No."), 409, {}),
        (errors.AlreadyDecided("No.", winner=WINNER), 409, {"winner": WINNER}),
        (errors.StalePlan("No.", current_digest="abc"), 409, {"current_digest": "abc"}),
        (errors.KeyReused("No."), 422, {}),
        (errors.VersionMismatch("No."), 412, {}),
        (errors.StoreUnavailable("No."), 503, {}),
        (edge.Malformed("No."), 400, {}),
        (edge.Unauthenticated("No."), 401, {}),
        (edge.NotJson("No."), 415, {}),
        (edge.TooLarge(64 * 1024), 413, {}),
        (edge.Busy("No."), 503, {}),
    ],
)
async def test_problem_tells_what_to_do_when_a_request_is_refused(
    error: errors.AgentOSError, status: int, more: dict[str, Any]
) -> None:
    answer = await asked(error)
    told = answer.json()
    assert answer.status_code == told["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"urn:agentos:problem:{error.code}"
    assert (told["code"], told["detail"], told["advice"]) == (
        error.code,
        error.message,
        error.advice,
    )
    assert told["request_id"] == answer.headers["x-request-id"]
    assert {name: told[name] for name in told.keys() - FIELDS} == more
    assert ("retry-after" in answer.headers) == (status == 503)
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(SECRET),
        ValueError(SECRET),
        errors.Refused(ErrorCode.AUTH, SECRET),
        errors.LeaseLost(SECRET),
        errors.BadSetting(SECRET),
        RecursionError(SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET)]),
    ],
)
async def test_cause_stays_in_the_log_when_the_service_is_at_fault(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="agentos.api"):
        answer = await asked(error)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert answer.json().keys() == FIELDS
    assert answer.headers["x-request-id"] in caplog.text
    assert SECRET in caplog.text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"number": SECRET}, "number"),
        ({"number": [SECRET]}, "number"),
        ({}, "number"),
        ([SECRET], "body"),
        (SECRET, "body"),
    ],
)
async def test_input_is_not_repeated_when_it_is_invalid(sent: Any, field: str) -> None:
    answer = await asked(RuntimeError("not reached"), "PUT", json=sent)
    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert answer.json()["field"] == field


async def test_callers_own_request_id_is_used_when_it_is_a_word() -> None:
    answer = await asked(errors.NotFound("No."), headers={"X-Request-Id": "deploy-7.a_B"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "deploy-7.a_B"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "é"])
async def test_request_id_is_made_when_the_callers_own_is_not_a_word(given: str) -> None:
    answer = await asked(errors.NotFound("No."), headers={"X-Request-Id": given.encode()})
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_body_is_refused_when_content_length_is_over_the_limit(method: str) -> None:
    answer = await asked(RuntimeError("not reached"), method, content=b" " * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


async def test_body_is_refused_when_it_grows_over_the_limit_without_content_length() -> None:
    async def chunks() -> Any:
        for _ in range(MAX_BODY_BYTES // 1_000 + 1):
            yield b" " * 1_000

    answer = await asked(
        RuntimeError("not reached"),
        "PUT",
        content=chunks(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


async def test_body_is_read_when_it_is_exactly_at_the_limit() -> None:
    content = b'{"number": 1}'.ljust(MAX_BODY_BYTES)
    answer = await asked(
        errors.NotFound("It was read."),
        "PUT",
        content=content,
        headers={"content-type": "application/json"},
    )
    assert answer.json()["detail"] == "It was read."
