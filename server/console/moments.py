"""Points in time and durations, as people say them."""

from datetime import UTC, datetime, timedelta

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def exact(at: datetime) -> str:
    """The moment itself, in UTC."""
    return at.astimezone(UTC).strftime("%d %b %Y, %H:%M:%S UTC").lstrip("0")


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or in how long; beyond a week the date."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < 5:
        return "just now"
    if abs(seconds) > 7 * 86_400:
        return at.astimezone(UTC).strftime("%d %b %Y").lstrip("0")
    size, unit = next((s, u) for s, u in _STEPS if abs(seconds) >= s)
    words = f"{int(abs(seconds) // size)} {unit}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def took(length: timedelta) -> str:
    """A duration in its two largest units."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    left = int(seconds)
    words: list[str] = []
    for size, unit in _STEPS:
        if left >= size and len(words) < 2:
            words.append(f"{left // size} {unit}")
            left %= size
    return " ".join(words)
