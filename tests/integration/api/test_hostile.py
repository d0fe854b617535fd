"""Whatever is sent, the answer is a refusal in problem details and never a fault of the service."""

import json
from itertools import product
from typing import Any

import httpx

from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS

JSON = {"content-type": "application/json"}
UNKNOWN = "run_" + "0" * 22
CANARY = "canary-7f3a"
STEPS = f"{RUNS}/{UNKNOWN}/steps/slack"
POSTS = (
    RUNS,
    f"{RUNS}/{UNKNOWN}/pause",
    f"{RUNS}/{UNKNOWN}/resume",
    f"{RUNS}/{UNKNOWN}/cancel",
    f"{STEPS}/retry",
    f"{STEPS}/skip",
    "/webhooks/approval",
)
UNREADABLE = (
    b"{",
    b"nope",
    b"\xff\xfe",
    b"[" * 60_000,
    b'{"company_name":' * 4_000,
    b'{"company_name": NaN}',
    b'{"company_name": %s}' % (b"9" * 6_000),
    b'{"company_name": "a", "company_name": "b"}',
    '{"company_name": "a"}'.encode("utf-16"),
)
UNACCEPTABLE = (
    rb'{"company_name": "\ud800"}',
    rb'{"\ud800": 1}',
    rb'{"\u0000": 1}',
    b'{"company_name": "a\\u0000b"}',
    b'{"company_name": "a\\u202eb"}',
    b'{"company_name": "\\u200b"}',
    b'{"company_name": ""}',
    b'{"company_name": 5}',
    b'{"company_name": null}',
    b'{"company_name": ["a"]}',
    b'{"company_name": 1e999}',
    b'{"company_name": "' + b"x" * 201 + b'"}',
    b'{"company_name": "a", "unknown": 1}',
    b'{"company_name": "a", "note": "\\u0007"}',
    b'{"company_name": "a", "slug": "A B"}',
    b'{"company_name": "a", "systems": []}',
    b'{"company_name": "a", "systems": ["nope"]}',
    b'{"company_name": "a", "systems": ["\\u0000"]}',
    b'{"company_name": "a", "systems": "slack"}',
    b'{"company_name": "a", "idempotency_key": ""}',
    b'{"company_name": "a", "idempotency_key": "\\u0000"}',
    b'{"company_name": "a", "contacts": [{}]}',
    b'{"company_name": "a", "contacts": [{"email": "nope"}]}',
    b'{"company_name": "a", "contacts": [{"email": "a@b.c", "x": 1}]}',
    b'{"company_name": "a", "contacts": ' + json.dumps([{"email": "a@b.cc"}] * 21).encode() + b"}",
    b"[]",
    b"5",
    b'"text"',
    b"null",
    b"{}",
)


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """The problem of an answer, which must be one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:agentos:problem:{told['code']}"
    assert told["detail"]
    assert told["advice"]
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


async def test_body_is_malformed_when_it_is_not_readable_json(door: Door) -> None:
    for address, content in product(POSTS, UNREADABLE):
        answer = await door.http.post(address, content=content, headers=JSON)
        assert refusal(answer)["status"] == 400, (address, content[:60])


async def test_launch_is_refused_when_a_value_is_not_acceptable(door: Door) -> None:
    for content in UNACCEPTABLE:
        answer = await door.http.post(RUNS, content=content, headers=JSON)
        assert refusal(answer)["status"] == 422, content[:60]
    assert (await door.http.get(RUNS)).json()["items"] == []


async def test_service_is_not_at_fault_when_the_body_is_anything(door: Door) -> None:
    for address, content in product(POSTS, UNACCEPTABLE):
        answer = await door.http.post(address, content=content, headers=JSON)
        assert refusal(answer)["status"] < 500, (address, content[:60])


async def test_body_is_refused_when_it_is_not_declared_as_json(door: Door) -> None:
    kinds = (
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/xml, application/json",
    )
    for address, kind in product(POSTS, kinds):
        headers = {} if kind is None else {"content-type": kind}
        answer = await door.http.post(address, content=b"{}", headers=headers)
        assert refusal(answer)["status"] == 415, kind


async def test_body_is_read_when_its_json_is_declared_with_a_charset(door: Door) -> None:
    headers = {"content-type": 'Application/JSON; charset="UTF-8"'}
    body = b'{"company_name": "Acme"}'
    assert (await door.http.post(RUNS, content=body, headers=headers)).status_code == 201


async def test_nothing_sent_comes_back_when_it_is_refused(door: Door) -> None:
    run = await door.parked()
    mine = f"{RUNS}/{run['run_id']}"
    sent: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/{CANARY}", {}),
        ("GET", f"{RUNS}/{CANARY}", {}),
        ("GET", f"{RUNS}?status={CANARY}", {}),
        ("GET", f"{RUNS}?{CANARY}=1", {}),
        ("GET", f"{RUNS}?cursor={CANARY}", {}),
        ("GET", f"{RUNS}?created_after={CANARY}", {}),
        ("GET", f"{mine}?at={CANARY}", {}),
        ("GET", f"{mine}/events?after={CANARY}", {}),
        ("GET", f"{mine}/events", {"headers": {"last-event-id": CANARY}}),
        ("POST", f"{mine}/steps/{CANARY}/retry", {}),
        ("POST", f"{mine}/pause", {"headers": {"if-match": CANARY}}),
        ("POST", f"{mine}/resume", {"json": {"decision": CANARY}}),
        ("POST", f"{mine}/resume", {"json": {"decisions": [{"type": CANARY}]}}),
        ("POST", f"{mine}/resume", {"json": {"approved": CANARY}}),
        ("POST", RUNS, {"json": {"company_name": [CANARY]}}),
        ("POST", RUNS, {"json": {CANARY: 1, "company_name": "a"}}),
        ("POST", RUNS, {"json": {"company_name": "a", "systems": [CANARY]}}),
        ("POST", RUNS, {"json": {"company_name": "a", "contacts": [{"email": CANARY}]}}),
        ("POST", RUNS, {"json": {"company_name": "a", "contacts": [{CANARY: "x"}]}}),
        ("POST", RUNS, {"json": {"company_name": f"\x00{CANARY}"}}),
        ("POST", RUNS, {"content": CANARY.encode(), "headers": JSON}),
        (CANARY.upper(), RUNS, {}),
    ]
    for method, address, more in sent:
        answer = await door.http.request(method, address, **more)
        assert 400 <= answer.status_code < 500, address
        refusal(answer)
        assert CANARY not in answer.text, address
        assert CANARY not in str(answer.headers), address


async def test_all_methods_are_named_when_one_is_not_allowed(door: Door) -> None:
    allowed = {
        RUNS: "GET, HEAD, POST",
        f"{RUNS}/{UNKNOWN}": "GET, HEAD",
        f"{RUNS}/{UNKNOWN}/pause": "POST",
        f"{RUNS}/{UNKNOWN}/events": "GET, HEAD",
        "/webhooks/approval": "POST",
        "/health/live": "GET, HEAD",
    }
    for address, method in product(allowed, ("DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")):
        answer = await door.http.request(method, address)
        assert refusal(answer)["status"] == 405
        assert answer.headers["allow"] == allowed[address]


async def test_address_does_not_depend_on_the_host_header(door: Door) -> None:
    headers = {"host": "evil.example"}
    answer = await door.http.post(RUNS, json={"company_name": "Acme"}, headers=headers)
    assert answer.headers["location"].startswith(RUNS)
    for address in (f"{RUNS}/", f"{RUNS}?limit=1", "/docs", "/docs/"):
        answer = await door.http.get(address, headers=headers)
        assert "evil.example" not in str(answer.headers) + answer.text
        assert not answer.is_redirect
