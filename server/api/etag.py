"""Entity tags: the strong tag of a run is its version in quotes."""

import re

from server.api.errors import Malformed

_OURS = re.compile(r'"([1-9][0-9]{0,17})"')
TAG_PATTERN = '^("[1-9][0-9]{0,17}")?$'
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(version: int) -> str:
    """The tag of a run at this version."""
    return f'"{version}"'


def unchanged(if_none_match: str | None, version: int) -> bool:
    """Whether the caller already has this version; tags are compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or str(version) in _TAG.findall(if_none_match)


def required_version(if_match: str | None) -> int | None:
    """The version that If-Match asks for; None when any will do. `Malformed` if it is no tag of
    ours: acting on a precondition that was not understood would be worse than refusing."""
    if if_match is None or if_match.strip() == "*":
        return None
    if not if_match.strip():
        return 0  # a list without tags, which nothing matches (RFC 9110, 13.1.1)
    tag = _OURS.fullmatch(if_match.strip())
    if tag is None:
        raise Malformed(
            "If-Match is not an entity tag of a run.",
            advice='Send the ETag of the run unchanged, quotes included, like "7".',
        )
    return int(tag[1])
