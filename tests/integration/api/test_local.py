"""Without keys: whoever uses this machine is the operator, and pages of other sites are not."""

from pathlib import Path

import httpx
import pytest

from server.api.gate import Access
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import RUNS

HOSTS = Access(hosts=frozenset({"127.0.0.1", "agentos.test", "[::1]"}))
EVIL = "evil.example"


async def test_everybody_is_the_operator_until_they_name_another(door: Door) -> None:
    run = await door.parked()
    assert (await door.events(run["run_id"]))[0]["actor"] == "operator"
    await door.decide(run["run_id"], "approve", responder="dana")
    (decision,) = (await door.read(run["run_id"]))["decisions"]
    assert decision["responder"] == "dana"


@pytest.mark.parametrize("host", [EVIL, "agentos.test.evil.example", "", "agentos.test:x", "::1"])
async def test_a_request_is_refused_when_it_means_another_host(folder: Path, host: str) -> None:
    """A page whose name is made to lead here (DNS rebinding) sends its own name."""
    async with opened(folder, access=HOSTS) as door:
        for address in (RUNS, "/docs", "/openapi.json", "/health/live", "/nope"):
            answer = await door.http.get(address, headers={"host": host})
            assert answer.status_code == 400, address
            assert answer.json()["code"] == "unknown_host"
            assert EVIL not in answer.text
        for path in (RUNS, "/webhooks/approval"):
            answer = await door.http.post(path, json={}, headers={"host": host})
            assert answer.status_code == 400
        run = {"company_name": "Acme Corp"}
        assert (await door.http.post(RUNS, json=run, headers={"host": host})).status_code == 400
        assert (await door.http.get(RUNS)).json()["items"] == []
        for good in ("127.0.0.1:7777", "AgentOS.test", "[::1]:80", "[::1]"):
            assert (await door.http.get(RUNS, headers={"host": good})).status_code == 200, good


async def test_any_host_is_answered_when_none_is_named(door: Door) -> None:
    """The guard is off: so the refusals above are its doing."""
    assert (await door.http.get(RUNS, headers={"host": EVIL})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://agentos.test:81"},
        {"origin": "http://agentos.test.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://agentos.test"},
    ],
)
async def test_a_page_of_another_site_can_do_nothing(door: Door, headers: dict[str, str]) -> None:
    run = await door.parked()
    for move in ("pause", "cancel"):
        answer = await door.move(run["run_id"], move, headers=headers)
        assert answer.status_code == 403, move
    assert await door.read(run["run_id"]) == run


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://agentos.test"}, {"sec-fetch-site": "same-origin"}],
)
async def test_a_page_of_this_server_and_what_is_no_page_may(
    door: Door, headers: dict[str, str]
) -> None:
    run = await door.parked()
    answer: httpx.Response = await door.move(run["run_id"], "pause", headers=headers)
    assert answer.status_code == 202
