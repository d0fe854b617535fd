"""A system that does not answer is left alone, and asked again by one call first."""

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import Refused, Retryable, SystemFault
from domain.sightings import Circuit
from systems.breaker import Breaker, Guarded
from systems.connector import Connector


class Line:
    """A system that answers as told, with a clock that is turned by hand."""

    def __init__(self) -> None:
        self.now, self.calls = 0.0, 0
        self.fault: SystemFault | None = Retryable(ErrorCode.UNAVAILABLE, "No.")
        self.breaker = Breaker("Slack", failures=3, open_seconds=30.0, clock=lambda: self.now)

    async def _work(self) -> str:
        self.calls += 1
        if self.fault:
            raise self.fault
        return "done"

    def stands(self) -> tuple[Circuit, float | None]:
        return self.breaker.circuit

    async def ask(self) -> str:
        return await self.breaker.call(self._work)

    async def fail(self, times: int) -> SystemFault:
        for _ in range(times):
            with pytest.raises(SystemFault) as told:
                await self.ask()
        return told.value


async def test_system_is_left_alone_when_it_failed_often_enough() -> None:
    line = Line()
    await line.fail(3)
    fault = await line.fail(2)
    assert line.calls == 3
    assert (fault.error_code, fault.effect) == (ErrorCode.UNAVAILABLE, Effect.NONE)
    assert fault.retryable
    assert fault.after_seconds == 30.0


async def test_one_call_is_let_through_when_the_time_is_over() -> None:
    line = Line()
    await line.fail(3)
    line.now = 30.0
    await line.fail(2)
    assert line.calls == 4
    line.now, line.fault = 60.0, None
    assert [await line.ask() for _ in range(3)] == ["done"] * 3


async def test_others_wait_while_one_call_tries() -> None:
    line = Line()
    await line.fail(3)
    line.now, line.fault = 30.0, None

    async def nested() -> str:
        with pytest.raises(Retryable):
            await line.ask()
        return "done"

    assert await line.breaker.call(nested) == "done"
    assert await line.ask() == "done"


async def test_a_refusal_is_an_answer() -> None:
    line = Line()
    await line.fail(2)
    line.fault = Refused(ErrorCode.PERMISSION, "No.")
    await line.fail(1)
    line.fault = Retryable(ErrorCode.TIMEOUT, "No.")
    await line.fail(2)
    assert line.calls == 5
    line.fault = None
    assert await line.ask() == "done"


async def test_a_limit_on_the_rate_does_not_open_it() -> None:
    line = Line()
    line.fault = Retryable(ErrorCode.RATE_LIMITED, "No.", after_seconds=1)
    await line.fail(10)
    assert line.calls == 10


async def test_it_is_told_how_the_circuit_stands() -> None:
    line = Line()
    await line.fail(2)
    assert line.stands() == (Circuit.CLOSED, None)
    await line.fail(1)
    line.now = 10.0
    assert line.stands() == (Circuit.OPEN, 20.0)
    line.now = 30.0
    assert line.stands() == (Circuit.HALF_OPEN, None)
    await line.fail(1)
    assert line.stands() == (Circuit.OPEN, 30.0)
    line.now, line.fault = 60.0, None
    await line.ask()
    assert line.stands() == (Circuit.CLOSED, None)


@pytest.mark.parametrize(
    ("fault", "stands"),
    [
        (None, Circuit.CLOSED),
        (Refused(ErrorCode.AUTH, "No."), Circuit.CLOSED),
        (Retryable(ErrorCode.TIMEOUT, "No."), Circuit.OPEN),
    ],
)
async def test_a_check_that_is_answered_closes_it(
    fault: SystemFault | None, stands: Circuit
) -> None:
    async def ready() -> str:
        if fault:
            raise fault
        return "ready"

    line = Line()
    await line.fail(3)
    system = Connector(name="slack", parts=(), ready=ready, said=lambda company, refs: "")
    checked = Guarded(system, line.breaker)
    await checked.check()
    assert checked.seen().circuit is stands
