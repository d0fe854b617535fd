"""What several processes have seen is told as one: the newest of each fact."""

from datetime import UTC, datetime, timedelta

from domain.codes import ErrorCode
from domain.sightings import Circuit, Sighting, together

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def test_nobody_has_seen_anything() -> None:
    assert together([]) == together([Sighting()]) == Sighting()


def test_the_newest_word_holds_whoever_has_it() -> None:
    silent = Sighting(
        answered_at=NOON, silent_since=LATER, failed_at=LATER, error_code=ErrorCode.TIMEOUT
    )
    answered = Sighting(answered_at=NOON, rate_at=NOON, rate_left=9)
    found = together([silent, answered])
    assert (found.silent_since, found.rate_left, found.error_code) == (LATER, 9, "TIMEOUT")
    back = Sighting(answered_at=LATER + timedelta(seconds=1), rate_at=LATER, rate_left=8)
    found = together([back, silent, answered])
    assert (found.silent_since, found.rate_left, found.error_code) == (None, 8, "TIMEOUT")


def test_the_worst_circuit_is_told() -> None:
    seen = [Sighting(circuit=Circuit.HALF_OPEN), Sighting(circuit=Circuit.OPEN, circuit_until=NOON)]
    assert together([Sighting(), *seen]).circuit_until == NOON
    assert together([Sighting(), seen[0]]).circuit is Circuit.HALF_OPEN
