"""Stored values come back as they were, or not at all."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

import ormsgpack
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde import _msgpack
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import START, StateGraph
from langgraph.types import Interrupt, Send, TimeoutPolicy

from domain.errors import BadSetting, CheckpointCorrupt
from server.store.serialising import PlainSerializer, plain_serializer


@dataclass
class Thing:
    """A type that the schema of a graph mentions."""

    name: str


class State(TypedDict):
    thing: Thing | None


def extension(code: int, *parts: Any) -> ormsgpack.Ext:
    return ormsgpack.Ext(code, ormsgpack.packb(parts))


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"bytes",
        {"a": [1, 2.5, True, None, "ü"], "n": {1: "one"}},
        Send("node", {"a": 1}),
        Send("node", {"a": 1}, timeout=TimeoutPolicy(run_timeout=3.0)),
        [Interrupt({"why": "asked"}, id="0" * 32)],
        datetime(2026, 11, 25, tzinfo=UTC),
    ],
)
def test_value_comes_back_when_langgraph_or_json_knows_it(value: Any) -> None:
    serializer = plain_serializer()
    assert serializer.loads_typed(serializer.dumps_typed(value)) == value


@pytest.mark.parametrize(
    "content",
    [
        extension(0, "os", "getcwd", "x"),
        extension(1, "os", "getcwd", []),
        extension(2, "os", "getcwd", {}),
        extension(3, "datetime", "datetime", "x", "utcnow"),
        extension(3, "datetime", "datetime", "x"),
        extension(5, "domain.companies", "Company", {}, "model_validate_json"),
        extension(1, "langgraph.types", "Send", ["node", extension(1, "os", "getcwd", [])]),
        {"deep": [extension(0, "os", "getcwd", "x")]},
        extension(0),
        extension(6, "<f8", [1], "C", b"12345678"),
        extension(7, "uuid", "UUID", "x"),
        extension(99, "uuid", "UUID", "x"),
    ],
    ids=[
        "class",
        "class-of-one",
        "class-of-many",
        "class-with-method",
        "method",
        "model",
        "nested",
        "deep",
        "empty",
        "array",
        "uuid",
        "unknown",
    ],
)
def test_value_is_refused_when_it_names_anything_else(content: Any) -> None:
    packed = ormsgpack.packb(content, default=lambda value: value)
    with pytest.raises(CheckpointCorrupt):
        plain_serializer().loads_typed(("msgpack", packed))


def test_value_is_refused_when_it_is_nested_without_end() -> None:
    packed = ormsgpack.packb("leaf")
    for _ in range(3000):
        inner = ormsgpack.Ext(1, b"\x93" + b"\xa1m" + b"\xa1n" + packed)
        packed = ormsgpack.packb(inner)
    with pytest.raises(CheckpointCorrupt):
        plain_serializer().loads_typed(("msgpack", packed))


@pytest.mark.parametrize("tag", ["json", "pickle", "msgpack+aes", ""])
def test_value_is_refused_when_its_kind_is_not_ours(tag: str) -> None:
    with pytest.raises(CheckpointCorrupt):
        plain_serializer().loads_typed((tag, b"{}"))


async def kept(serializer: JsonPlusSerializer) -> Any:
    """What a graph that stored a `Thing` finds, after `compile` has had its say."""

    async def node(state: State) -> State:
        return {"thing": Thing("made")}

    builder = StateGraph(State)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    compiled = builder.compile(checkpointer=InMemorySaver(serde=serializer))
    await compiled.ainvoke({"thing": None}, {"configurable": {"thread_id": "t"}})
    return (await compiled.aget_state({"configurable": {"thread_id": "t"}})).values["thing"]


async def test_no_type_becomes_allowed_when_a_graph_is_compiled() -> None:
    serializer = plain_serializer()
    with pytest.raises(CheckpointCorrupt):
        await kept(serializer)
    assert serializer.with_msgpack_allowlist([("os", "getcwd")]) is serializer
    # The control: the library's own strict serializer gives in to the schema.
    assert await kept(JsonPlusSerializer(allowed_msgpack_modules=None)) == Thing("made")


def test_start_fails_when_strict_mode_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(plain_serializer(), PlainSerializer)
    monkeypatch.setattr(_msgpack, "STRICT_MSGPACK_ENABLED", False)
    with pytest.raises(BadSetting):
        plain_serializer()
