"""The server dies with the answer on its lips: whoever asks again gets it, and nothing is twice."""

from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Systems
from tests.faults.life import Life, serve, work
from tests.faults.lives import KILLED, begun
from tests.faults.records import Records
from tests.faults.twists import speechless
from tests.integration.caller import RUNS

WEBHOOK = "/webhooks/approval"


@pytest.fixture
def address(installed: str) -> str:
    """Where the server does not execute the runs itself."""
    return installed


def _asked(life: Life, path: str, body: dict[str, Any]) -> httpx.Response:
    """The answer of a server that lives."""
    with begun(serve, life) as server:
        return httpx.post(f"{server.hear()}{path}", json=body, trust_env=False, timeout=30)


def _asked_in_vain(life: Life, path: str, body: dict[str, Any]) -> None:
    """The server does what it is asked and dies before it says so."""
    dying = replace(life, twists=(*life.twists, partial(speechless, path=path)))
    with begun(serve, dying) as server:
        url = server.hear()
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{url}{path}", json=body, trust_env=False, timeout=30)
        assert server.end() == KILLED


def _settled(life: Life, run_id: str) -> str:
    """The status of a run that is parked or has ended."""
    with begun(serve, life) as server:
        path = f"{server.hear()}{RUNS}/{run_id}/wait"
        answer = httpx.get(path, params={"timeout": 30}, trust_env=False, timeout=40)
    return str(answer.json()["status"])


@pytest.mark.parametrize(("key", "runs"), [("k", 1), (None, 2)], ids=["with a key", "without"])
def test_a_launch_is_one_run_when_its_key_is_sent_again(
    life: Life, records: Records, key: str | None, runs: int
) -> None:
    """The negative control has no key: nobody could know that it is the same launch."""
    body = {"company_name": "Acme Corp", "systems": ["newsletter"]}
    body |= {"idempotency_key": key} if key else {}
    _asked_in_vain(life, RUNS, body)
    again = _asked(life, RUNS, body)
    assert again.is_success
    assert again.headers.get("idempotent-replayed") == ("true" if key else None)
    assert records.rows("SELECT count(*) FROM runs") == [(runs,)]


def test_an_approval_is_one_decision_when_it_is_sent_again(
    life: Life, systems: Systems, records: Records
) -> None:
    run = _asked(life, RUNS, {"company_name": "Acme Corp", "systems": ["newsletter"]}).json()
    answer = {"run_id": run["run_id"], "approved": True, "responder": "dana"}
    with begun(work, replace(life, name="worker")):
        assert _settled(life, run["run_id"]) == "awaiting_approval"
        _asked_in_vain(life, WEBHOOK, answer)
        again = _asked(life, WEBHOOK, answer)
        assert again.is_success
        assert again.headers["idempotent-replayed"] == "true"
        assert _settled(life, run["run_id"]) == "completed"
    assert records.rows("SELECT count(*) FROM decisions") == [(1,)]
    assert systems.made() == {"brevo list": 1}
