"""agentos chat"""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from agentos.cli.context import AsJson, client, command, finish
from agentos.cli.exits import Exit

Json = dict[str, Any]
_NOT_NOW = (409, 429, 503)
"""Refusals after which something else can be said."""


@command
def chat(
    message: Annotated[
        str | None, typer.Argument(help="What to say; without it you talk.", metavar="MESSAGE")
    ] = None,
    thread: Annotated[
        str | None, typer.Option(help="Go on with this chat.", metavar="NAME")
    ] = None,
    shown: Annotated[
        str | None,
        typer.Option(help="The proposal that a yes or no is about.", metavar="DIGEST"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Talk with the supervisor: launch runs, ask about them.

    It acts with your rights and cannot approve anything. What it proposes waits for your yes.
    """
    from agentos.cli.client import Refusal
    from agentos.cli.output import say
    from domain.ids import new_id

    api, name = client(), thread or new_id("chat")
    spoken = [message] if message is not None else _spoken(name, as_json)
    well = True
    for text in spoken:
        try:
            answered, shown = _turn(api, name, text, shown, as_json)
        except Refusal as refusal:
            if message is not None or refusal.status not in _NOT_NOW:
                raise
            answered, shown = False, None
            _tell(refusal, as_json)
        well = answered and well
    if as_json:
        finish(Exit.SUCCEEDED if well else Exit.FAILED)
    if message is not None and shown:
        say(f"Confirm with: agentos chat yes --thread {name} --shown {shown}")
    elif thread is None:
        say(f"Go on with: agentos chat --thread {name}")
    finish(Exit.SUCCEEDED if well else Exit.FAILED)


def _spoken(thread: str, as_json: bool) -> Iterator[str]:
    """Lines from whoever is there, until the end of the input or an empty line."""
    from agentos.cli.output import say

    quiet = as_json or not sys.stdin.isatty()
    if not quiet:
        say(f"Chat {thread}. An empty line ends it; “help” says what can be asked.")
    while True:
        if not quiet:
            say("› ")
        line = sys.stdin.readline().strip()
        if not line:
            return
        yield line


def _turn(
    api: Any, thread: str, text: str, shown: str | None, as_json: bool
) -> tuple[bool, str | None]:
    """One turn: whether it was answered, and which proposal is shown now."""
    from agentos.cli.output import safe, say, show, show_json
    from domain.errors import AgentOSError

    kind, data, now_shown, proposed = "", {}, None, list[str]()
    for kind, data in api.say(thread, text, shown):
        if kind == "proposal":
            now_shown = data["digest"]
            proposed = [action["words"] for action in data["actions"]]
        if as_json:
            show_json({"type": kind} | data)
        elif kind == "tool_call":
            say(f"… {data['tool']} {', '.join(map(str, data['arguments'].values()))}", "dim")
        elif kind == "done":
            show(safe(data["text"]))
            for words in proposed:
                if words not in data["text"]:
                    show(safe(f"Proposed: {words}"))
            if proposed:
                say("Answer yes to do this, or no.", "dim")
        elif kind == "error":
            error = AgentOSError(data["message"], advice=data["advice"])
            error.code = data["code"]
            _tell(error, as_json)
    return kind == "done", now_shown


def _tell(error: Any, as_json: bool) -> None:
    from agentos.cli.output import complain, show_json

    if as_json:
        told = {"code": error.code, "message": error.message, "advice": error.advice}
        show_json({"type": "error"} | told)
    else:
        complain(error)
