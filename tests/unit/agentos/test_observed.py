"""Lines on standard error and metrics on a port: only where the settings ask for them."""

import json
import socket

import httpx
import pytest

from agentos.observed import metrics_served, observed
from agentos.settings import load
from domain.errors import BadSetting
from domain.events import RecordedEvent
from server.telemetry.happenings import happened
from tests.unit.domain import samples

EVENT = RecordedEvent(seq=2, at=samples.NOW, actor="dana", event=samples.EVENTS["run_failed"])


async def test_events_are_lines_of_json_when_they_are_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    happened("run_1", EVENT)
    async with observed(load({"AGENTOS_EVENT_LOG": "1"}), {}):
        happened("run_1", EVENT)
    happened("run_1", EVENT)
    (told,) = capsys.readouterr().err.splitlines()
    assert json.loads(told)["code"] == "internal"


async def test_nothing_is_said_when_nobody_asks(capsys: pytest.CaptureFixture[str]) -> None:
    async with observed(load({}), {}):
        happened("run_1", EVENT)
    assert capsys.readouterr().err == ""


def test_metrics_have_a_port_of_their_own_when_one_is_set() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = load({"AGENTOS_METRICS_PORT": port})
    with metrics_served(settings):
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert "agentos_checkpoint_seconds" in answer.text
        with pytest.raises(BadSetting, match="AGENTOS_METRICS_PORT"), metrics_served(settings):
            pass
    with metrics_served(load({})), pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
