"""Versions of a run as entity tags (RFC 9110): ETag out, If-Match and If-None-Match in."""

import re
from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException

_TAG = re.compile(r'"(\d{1,12})"')


def tag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if not found:
        raise HTTPException(400, "If-Match is not an entity tag of this service")
    return int(found[1])


IfVersion = Annotated[int | None, Depends(_if_match)]
"""The version that the caller decided on, or None."""


def unchanged(if_none_match: str | None, version: int) -> bool:
    """Whether the caller has this version already."""
    if if_none_match is None:
        return False
    return any(
        part.strip().removeprefix("W/") in (tag(version), "*") for part in if_none_match.split(",")
    )
