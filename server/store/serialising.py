"""Checkpoints hold plain data: whoever can write the tables cannot run code here."""

from typing import Any

import ormsgpack
from langgraph.checkpoint.serde import _msgpack
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from domain.errors import BadSetting, CheckpointCorrupt

_TAGS = ("null", "bytes", "bytearray", "msgpack")
_METHOD = 3
_NAMED = range(6)


class PlainSerializer(JsonPlusSerializer):
    """Revives plain data and langgraph's own few types; `CheckpointCorrupt` for anything else.

    The library alone would hand out a refused type's raw content with no more than a log line.
    """

    def __init__(self) -> None:
        super().__init__(pickle_fallback=False, allowed_msgpack_modules=None)

    def with_msgpack_allowlist(self, extra_allowlist: Any) -> "PlainSerializer":
        """Itself: compiling a graph would allow every type that its schemas mention."""
        return self

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        tag, content = data
        if tag not in _TAGS:
            raise CheckpointCorrupt(f"A stored value is of the kind {tag[:40]!r}.")
        try:
            if tag == "msgpack":
                ormsgpack.unpackb(content, ext_hook=_examine, option=ormsgpack.OPT_NON_STR_KEYS)
            return super().loads_typed(data)
        except CheckpointCorrupt:
            raise
        except Exception as error:
            raise CheckpointCorrupt("A stored value cannot be read.") from error


def plain_serializer() -> PlainSerializer:
    """The serializer of both savers; `BadSetting` unless strict mode was on from the start.

    Strict mode is read when langgraph is imported, and rules wherever it makes a serializer itself.
    """
    if not _msgpack.STRICT_MSGPACK_ENABLED:
        raise BadSetting(
            "LANGGRAPH_STRICT_MSGPACK is not true.",
            advice="Remove it from the environment; AgentOS sets it.",
        )
    return PlainSerializer()


def _examine(code: int, content: bytes) -> None:
    """Refuse an extension, or one inside it, that names what langgraph does not write by itself."""
    if code not in _NAMED:
        raise CheckpointCorrupt(f"A stored value has an extension of the unknown kind {code}.")
    module, name, *rest = ormsgpack.unpackb(
        content, ext_hook=_examine, option=ormsgpack.OPT_NON_STR_KEYS
    )
    if code == _METHOD:
        allowed = (module, name, rest[1]) in _msgpack.SAFE_MSGPACK_METHODS
    else:
        allowed = (module, name) in _msgpack.SAFE_MSGPACK_TYPES
    if not allowed:
        raise CheckpointCorrupt(f"A stored value names {str(module)[:80]}.{str(name)[:80]}.")
