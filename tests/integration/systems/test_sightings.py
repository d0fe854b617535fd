"""The real connectors' calls are watched: who answers, and what is left of the rate."""

from datetime import UTC, datetime, timedelta

import pytest

from agentos.sandboxed import sandbox_variables
from domain.codes import ErrorCode
from domain.sightings import Sighting
from systems import registry
from systems.breaker import Guarded
from tests.sandbox_server import SandboxServer


async def checked(sandbox: SandboxServer, name: str) -> Sighting:
    """What is known of a system after one check."""
    system = registry.one(registry.modules()[name], sandbox_variables(sandbox.url))
    assert isinstance(system, Guarded)
    await system.check()
    return system.seen()


@pytest.mark.parametrize(
    ("name", "left", "limit"),
    [
        ("slack", None, None),
        ("github", 4999, 5000),
        ("newsletter", 99, 100),
        ("grants", None, None),
    ],
)
async def test_each_system_is_heard_and_its_rate_is_as_it_tells(
    sandbox: SandboxServer, name: str, left: int | None, limit: int | None
) -> None:
    seen = await checked(sandbox, name)
    assert seen.answered_at is not None and seen.failed_at is None
    assert (seen.rate_left, seen.rate_limit) == (left, limit)
    if left is not None:
        assert seen.rate_resets_at is not None
        assert seen.rate_resets_at - datetime.now(UTC) < timedelta(hours=1, minutes=1)


async def test_slack_tells_how_long_its_limit_lasts(sandbox: SandboxServer) -> None:
    sandbox.fault(system="slack", kind="rate_limit", retry_after=30)
    seen = await checked(sandbox, "slack")
    assert (seen.error_code, seen.rate_left) == (ErrorCode.RATE_LIMITED, 0)
    assert seen.answered_at is not None and seen.silent_since is None
    assert seen.rate_at is not None and seen.rate_resets_at is not None
    assert seen.rate_resets_at - seen.rate_at == timedelta(seconds=30)


@pytest.mark.parametrize("name", ["slack", "github", "newsletter", "grants"])
async def test_a_system_that_is_out_of_order_is_silent(sandbox: SandboxServer, name: str) -> None:
    stand_in = {"newsletter": "brevo"}.get(name, name)
    sandbox.fault(system=stand_in, kind="status", status=503, times=0)
    seen = await checked(sandbox, name)
    assert seen.silent_since is not None and seen.error_code is ErrorCode.UNAVAILABLE
