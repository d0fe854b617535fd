"""What the calls to a system show is noted, and costs no call."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.codes import ErrorCode
from domain.errors import NeedsPerson, Retryable, SystemFault
from systems.sight import Sight, hear

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=90)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sight(clock: Clock) -> Sight:
    return Sight(now=clock)


async def fail(sight: Sight, fault: SystemFault) -> None:
    async def work() -> None:
        raise fault

    with pytest.raises(SystemFault):
        await sight.watch(work)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (
            {"X-RateLimit-Remaining": "12", "X-RateLimit-Limit": "5000",
             "X-RateLimit-Reset": str(int(LATER.timestamp()))},
            (12, 5000, LATER),
        ),
        (
            {"x-sib-ratelimit-remaining": "3", "x-sib-ratelimit-limit": "100",
             "x-sib-ratelimit-reset": "90"},
            (3, 100, LATER),
        ),
        ({"x-ratelimit-remaining": "0"}, (0, None, None)),
        ({"x-ratelimit-remaining": "many", "x-ratelimit-limit": "5"}, (None, None, None)),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "9" * 40}, (1, None, None)),
        ({}, (None, None, None)),
    ],
)  # fmt: skip
def test_what_is_left_of_the_rate_is_what_the_system_says(
    sight: Sight, headers: dict[str, str], told: tuple[object, ...]
) -> None:
    with sight.listening():
        hear(200, headers)
    seen = sight.seen
    assert (seen.rate_left, seen.rate_limit, seen.rate_resets_at) == told
    assert seen.answered_at == NOON


def test_an_answer_without_a_rate_keeps_what_was_told(sight: Sight) -> None:
    sight.answered({"x-ratelimit-remaining": "7"})
    sight.answered({})
    assert sight.seen.rate_left == 7


async def test_a_limit_leaves_nothing_until_it_ends(sight: Sight) -> None:
    await fail(sight, Retryable(ErrorCode.RATE_LIMITED, "No.", after_seconds=90))
    assert (sight.seen.rate_left, sight.seen.rate_resets_at) == (0, LATER)
    assert sight.seen.silent_since is None


async def test_silence_is_told_from_its_beginning_to_the_next_answer(
    sight: Sight, clock: Clock
) -> None:
    await fail(sight, Retryable(ErrorCode.TIMEOUT, "No."))
    clock.now = LATER
    await fail(sight, Retryable(ErrorCode.UNAVAILABLE, "No."))
    assert (sight.seen.silent_since, sight.seen.failed_at) == (NOON, LATER)
    with sight.listening():
        hear(503, {})
        assert sight.seen.silent_since == NOON
        hear(404, {})
    assert sight.seen.silent_since is None
    assert sight.seen.error_code is ErrorCode.UNAVAILABLE


async def test_work_that_is_done_ends_a_silence_without_any_header(sight: Sight) -> None:
    await fail(sight, Retryable(ErrorCode.TIMEOUT, "No."))

    async def work() -> str:
        return "done"

    assert await sight.watch(work) == "done"
    assert sight.seen.silent_since is None


async def test_what_a_system_answers_to_the_question_is_no_error_of_it(sight: Sight) -> None:
    await fail(sight, NeedsPerson(ErrorCode.CONFLICT, "Taken."))
    assert sight.seen.failed_at is None
    await fail(sight, NeedsPerson(ErrorCode.AUTH, "Refused."))
    assert sight.seen.error_code is ErrorCode.AUTH and sight.seen.silent_since is None


async def test_each_system_hears_its_own_answers_alone(clock: Clock) -> None:
    one, other = Sight(now=clock), Sight(now=clock)

    async def call(sight: Sight, left: str) -> None:
        with sight.listening():
            await asyncio.sleep(0)
            hear(200, {"x-ratelimit-remaining": left})

    hear(200, {"x-ratelimit-remaining": "9"})
    await asyncio.gather(call(one, "1"), call(other, "2"))
    assert (one.seen.rate_left, other.seen.rate_left) == (1, 2)
