"""A small graph with all that ours uses: a fan-out, a question, a subgraph, a loop."""

import operator
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, Send, interrupt


class State(TypedDict, total=False):
    names: list[str]
    answer: str
    results: Annotated[list[str], operator.add]


class Branch(TypedDict):
    name: str


Machine = CompiledStateGraph[State, None, State, State]


def machine(saver: BaseCheckpointSaver[str], done: list[str]) -> Machine:
    """planner → question ⏸ → a branch per name, each with a subgraph → report; `done` counts."""

    async def inner(state: Branch) -> dict[str, Any]:
        done.append(state["name"])
        return {"name": state["name"].upper()}

    async def planner(state: State) -> dict[str, Any]:
        return {"names": ["a", "b", "c"]}

    async def question(state: State) -> Command[Any]:
        answer = interrupt({"names": state["names"]})
        sends = [Send("branch", {"name": name}) for name in state["names"]]
        return Command(update={"answer": answer}, goto=sends)

    within = StateGraph(Branch)
    within.add_node("inner", inner)
    within.add_edge(START, "inner")
    subgraph = within.compile()

    async def branch(state: Branch) -> dict[str, Any]:
        found = await subgraph.ainvoke(state)
        return {"results": [found["name"]]}

    async def report(state: State) -> dict[str, Any]:
        return {"answer": f"{state['answer']}: {','.join(sorted(state['results']))}"}

    builder = StateGraph(State)
    builder.add_node("planner", planner)
    builder.add_node("question", question)
    builder.add_node("branch", branch, input_schema=Branch)
    builder.add_node("report", report)
    builder.add_edge(START, "planner")
    builder.add_edge("planner", "question")
    builder.add_edge("branch", "report")
    builder.add_edge("report", END)
    return builder.compile(checkpointer=saver)
