"""The clock that checkpoint ids are made from."""

from langgraph.checkpoint.base import id as ids

from domain.errors import CheckpointCorrupt

_VERSION = 6
_END_OF_TIME = 1 << 59
"""Half of what an id can hold, in the year 3409: a forged id must not make the counter run over."""


def seed_clock(checkpoint_id: str) -> None:
    """From now on this process makes ids that sort above `checkpoint_id`, whatever its clock says.

    The newest checkpoint of a thread is the one with the highest id, and ids begin with the time:
    without this, what a worker with a clock behind saves would never be read again.
    """
    try:
        newest = ids.UUID(checkpoint_id)
    except ValueError as error:
        raise CheckpointCorrupt("A stored checkpoint has no readable id.") from error
    if newest.version != _VERSION or newest.time >= _END_OF_TIME:
        raise CheckpointCorrupt("The id of a stored checkpoint tells no time.")
    latest: int | None = ids._last_v6_timestamp
    ids._last_v6_timestamp = max(latest or 0, newest.time)  # type: ignore[assignment]
