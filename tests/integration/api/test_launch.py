"""Launching over HTTP."""

import asyncio

import pytest

from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS


async def test_run_is_created_when_it_is_launched(door: Door) -> None:
    answer = await door.http.post(RUNS, json={"company_name": "Acme Corp", "note": "soon"})
    run = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{RUNS}/{run['run_id']}"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["etag"] == f'"{run["version"]}"'
    assert "idempotent-replayed" not in answer.headers
    assert (run["thread_id"], run["company_name"], run["note"]) == (
        run["run_id"],
        "Acme Corp",
        "soon",
    )
    assert (await door.http.get(answer.headers["location"])).json()["run_id"] == run["run_id"]


async def test_same_run_is_answered_when_the_key_comes_again(door: Door) -> None:
    body = {"company_name": "Acme Corp", "idempotency_key": "k-1"}
    first = await door.http.post(RUNS, json=body)
    again = await door.http.post(RUNS, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["run_id"] == first.json()["run_id"]
    assert again.headers["location"] == first.headers["location"]


async def test_key_is_the_same_when_it_comes_as_a_header(door: Door) -> None:
    key = {b"Idempotency-Key": "clé-1".encode()}
    first = await door.http.post(RUNS, json={"company_name": "Acme"}, headers=key)
    assert first.json()["idempotency_key"] == "clé-1"
    body = {"company_name": "Acme", "idempotency_key": "clé-1"}
    for again in (
        await door.http.post(RUNS, json=body),
        await door.http.post(RUNS, json=body, headers=key),
        await door.http.post(RUNS, json={"company_name": "Acme"}, headers=key),
    ):
        assert again.status_code == 200
        assert again.json()["run_id"] == first.json()["run_id"]


async def test_launch_is_refused_when_the_key_stands_for_another_request(door: Door) -> None:
    body = {"company_name": "Acme Corp", "idempotency_key": "k-1"}
    await door.http.post(RUNS, json=body)
    answer = await door.http.post(RUNS, json=body | {"note": "changed"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "key_reused"


@pytest.mark.parametrize(
    "headers",
    [
        [("Idempotency-Key", b"k-2")],
        [("Idempotency-Key", b"k-1"), ("Idempotency-Key", b"k-2")],
        [("Idempotency-Key", b"\xff")],
    ],
)
async def test_launch_is_malformed_when_the_keys_differ(
    door: Door, headers: list[tuple[str, bytes]]
) -> None:
    body = {"company_name": "Acme Corp", "idempotency_key": "k-1"}
    raw = [(name.encode(), value) for name, value in headers]
    answer = await door.http.post(RUNS, json=body, headers=raw)
    assert answer.status_code == 400
    assert (await door.http.get(RUNS)).json()["items"] == []


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_launch_is_refused_when_the_header_key_has_no_valid_length(
    door: Door, key: str
) -> None:
    answer = await door.http.post(
        RUNS, json={"company_name": "Acme"}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 422
    assert answer.json()["field"] == "idempotency_key"


async def test_every_launch_is_a_run_when_a_hundred_come_at_once(door: Door) -> None:
    answers = await asyncio.gather(
        *(door.http.post(RUNS, json={"company_name": f"Company {n}"}) for n in range(100))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["run_id"] for answer in answers}) == 100


async def test_one_run_is_launched_when_one_key_comes_a_hundred_times_at_once(door: Door) -> None:
    body = {"company_name": "Acme Corp", "idempotency_key": "k-1"}
    answers = await asyncio.gather(*(door.http.post(RUNS, json=body) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert len({answer.json()["run_id"] for answer in answers}) == 1
