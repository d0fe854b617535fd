"""What leaves the service for somebody to look at holds no secret and no e-mail address."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from langsmith.anonymizer import create_secret_anonymizer

ADDRESS = "[address]"
SECRET = "[secret]"  # noqa: S105 - it stands where one was
_ADDRESS = re.compile(r"[^\s\"'<>()\[\],;:@]+@[^\s\"'<>()\[\],;:@]+\.[^\s\"'<>()\[\],;:@]+")
_SHORTEST = 6
"""Shorter values are words that stand in every text."""


def redactor(secrets: Iterable[str]) -> Callable[[Any], Any]:
    """A function that takes JSON values of any depth and returns them cleaned, names of keys too.

    `secrets` are known values; others are known by their form.
    """
    values = sorted({each for each in secrets if len(each) >= _SHORTEST}, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, values)) or r"(?!)")
    by_form = create_secret_anonymizer()

    def clean(data: Any) -> Any:
        match data:
            case str():
                return by_form(_ADDRESS.sub(ADDRESS, known.sub(SECRET, data)))
            case dict():
                return {clean(name): clean(value) for name, value in data.items()}
            case list():
                return [clean(value) for value in data]
        return data

    return clean
