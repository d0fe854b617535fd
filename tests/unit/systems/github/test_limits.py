"""GitHub's limits, in every way in which it tells them, over real HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import Refused, Retryable
from tests.unit.systems.github.conftest import Hub


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _left(remaining: str, reset: str) -> dict[str, str]:
    return {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("message", ["You have exceeded a secondary rate limit.", "Forbidden"])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (lambda: {"retry-after": "17"}, 17.0),
        (lambda: {"retry-after": "9" * 400}, 86_400.0),
        (lambda: {"retry-after": format_datetime(_in(90), usegmt=True)}, 90.0),
        (lambda: {"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT"}, 0.0),
        (lambda: _left("0", str(int(_in(90).timestamp()))), 90.0),
        (lambda: _left("0", str(int(_in(-90).timestamp()))), 0.0),
        (lambda: _left("0", "9" * 18), 60.0),
        (lambda: _left("0", "soon"), 60.0),
        (lambda: {"x-ratelimit-remaining": "0"}, 60.0),
    ],
)
async def test_a_limit_is_told_at_once_however_it_is_written(
    hub: Hub,
    headers: Callable[[], dict[str, str]],
    seconds: float,
    message: str,
    status: int,
) -> None:
    hub.says({"message": message}, status, headers=headers())
    with pytest.raises(Retryable) as fault:
        await hub.client.create_team("partner-acme", "Acme")
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.RATE_LIMITED, Effect.NONE)
    assert fault.value.after_seconds == pytest.approx(seconds, abs=3)
    assert len(hub.script.asked) == 1


@pytest.mark.parametrize(
    ("status", "message"), [(403, "You have exceeded a secondary rate limit."), (429, "x")]
)
async def test_a_limit_that_tells_no_time_is_waited_out_for_a_minute(
    hub: Hub, status: int, message: str
) -> None:
    hub.says({"message": message}, status, headers=_left("41", "1790000000"))
    with pytest.raises(Retryable) as fault:
        await hub.client.create_team("partner-acme", "Acme")
    assert (fault.value.error_code, fault.value.after_seconds) == (ErrorCode.RATE_LIMITED, 60.0)


async def test_a_refusal_is_no_limit_when_nothing_says_so(hub: Hub) -> None:
    hub.says({"message": "Forbidden"}, 403, headers=_left("41", "1790000000"))
    with pytest.raises(Refused) as refusal:
        await hub.client.create_team("partner-acme", "Acme")
    assert refusal.value.error_code is ErrorCode.PERMISSION
