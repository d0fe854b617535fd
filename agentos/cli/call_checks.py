"""What `agentos doctor` says of the calls to the systems, and of who is at work, by the server."""

from collections.abc import Callable
from typing import Any

from agentos.cli.client import Refusal, Unreachable
from agentos.cli.context import client
from domain.errors import AgentOSError

_UNKNOWN = "not told: no server answers"


class Silent(AgentOSError):
    """A system does not answer, or a process that holds runs has ended without a word."""

    code = "silent"
    advice = "See the page Systems of the console, and the runbook."


def checks() -> dict[str, Callable[[], str]]:
    """Both tell only what the server knows; no system is asked."""
    return {"calls": _calls, "processes": _processes}


def _calls() -> str:
    found = _known()
    if isinstance(found, str):
        return found
    said = "; ".join(f"{one['name']} {_system(one)}" for one in found["systems"])
    if any(one["answers"] is False or one["circuit"] != "closed" for one in found["systems"]):
        raise Silent(f"{said}.")
    return said


def _system(one: dict[str, Any]) -> str:
    if one["answers"] is None:
        return "was not asked yet"
    words = "answers" if one["answers"] else f"does not answer since {one['silent_since']}"
    if one["rate_left"] is not None:
        words += f", {one['rate_left']} of {one['rate_limit'] or 'untold'} calls left"
    if one["circuit"] != "closed":
        words += f", circuit {one['circuit'].replace('_', ' ')}"
    return words


def _processes() -> str:
    found = _known()
    if isinstance(found, str):
        return found
    told = [_process(one) for one in found["processes"]]
    if any(one["runs"] and not one["up"] for one in found["processes"]):
        raise Silent(f"{'; '.join(told)}.")
    return "; ".join(told) or "none has told of itself yet"


def _process(one: dict[str, Any]) -> str:
    held = f"holds {one['runs']}" if one["executes"] else "executes no runs"
    state = held if one["up"] else f"not seen since {one['seen_at']}"
    return f"{one['name']} ({one['version']}) {state}"


def _known() -> dict[str, Any] | str:
    """What the server tells; where it cannot be asked, another check says why."""
    try:
        found: dict[str, Any] = client().call("GET", "/api/v1/systems")
    except Unreachable:
        return _UNKNOWN
    except Refusal as refusal:
        if refusal.status in (401, 403):
            return "not told without a key (AGENTOS_API_KEY)"
        raise
    return found
