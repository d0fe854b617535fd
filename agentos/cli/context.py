"""What every command has: the options before its name, and how errors become exit codes."""

import functools
import sys
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Annotated, Any

import typer

from agentos.cli import completion
from agentos.cli.exits import Exit
from agentos.cli.output import complain, show_json
from domain.errors import AgentOSError, BadSetting, Invalid

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
RunId = Annotated[
    str, typer.Argument(help="The id of a run.", metavar="RUN", autocompletion=completion.run_ids)
]
As = Annotated[
    str, typer.Option("--as", help="Who decides; with AGENTOS_API_KEY its owner.", envvar="USER")
]

debug = {"on": False}
_closing: ContextVar[ExitStack] = ContextVar("closing")


def client(url: str | None = None) -> Any:
    """The API at this address, or else at AGENTOS_URL, for as long as the command runs."""
    from agentos.cli.client import Client
    from agentos.settings import load

    settings = load()
    own = Client(url or settings.url, settings.agentos_api_key)
    return _closing.get().enter_context(own)


def finish(code: Exit) -> None:
    """End the command with this code."""
    raise typer.Exit(int(code))


def confirmed(question: str, yes: bool) -> None:
    """Go on if somebody at the terminal says so, or has said --yes; else the command ends."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Invalid("Nobody is there to confirm this.", advice="Say it with --yes.")
    typer.confirm(question, abort=True, err=True)


def command[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Turn every error of ours into one line and an exit code."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with ExitStack() as closing:
                _closing.set(closing)
                return function(*args, **kwargs)
        except AgentOSError as error:
            if debug["on"]:
                raise
            if kwargs.get("as_json"):
                show_json(
                    {
                        "error": {
                            "code": error.code,
                            "message": error.message,
                            "advice": error.advice,
                        }
                    }
                )
            else:
                complain(error)
            raise typer.Exit(int(_code(error))) from error
        except (KeyboardInterrupt, typer.Abort):
            raise typer.Exit(int(Exit.INTERRUPTED)) from None

    return guarded


def _code(error: AgentOSError) -> Exit:
    status = getattr(error, "status", None)
    if error.code == "unreachable":
        return Exit.UNREACHABLE
    if status in (401, 403):
        return Exit.NOT_ALLOWED
    if error.code in (BadSetting.code, Invalid.code) or status in (400, 404, 415, 422):
        return Exit.WRONG_USE
    return Exit.FAILED
