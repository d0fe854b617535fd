"""The pages of talking with the supervisor; each of its acts goes through the ordinary verbs."""

import re
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from markupsafe import Markup

from domain.chats import TurnFailed, TurnPart
from domain.errors import NotFound, RequestError
from domain.names import visible
from server.console import forms
from server.console.route import PageRoute, status_of
from server.console.shell import Console, ConsoleHere, go
from server.lifecycle.chats import Chats

router = APIRouter(prefix="/chat", route_class=PageRoute, include_in_schema=False)
ThreadId = Annotated[str, Path(max_length=64)]
EXAMPLES = (
    "What waits for me?",
    "Why did Acme Corp fail?",
    "Onboard Acme Corp except GitHub",
)
_RUN = re.compile(r"run_[0-9a-z]{22}")


@router.get("")
async def begin(request: Request, console: ConsoleHere) -> Response:
    """A chat in which nothing has been said; the first message begins it."""
    return await _page(request, console, f"chat-{secrets.token_hex(8)}", new=True)


@router.get("/{thread_id}")
async def show(request: Request, console: ConsoleHere, thread_id: ThreadId) -> Response:
    """What was said; with `?change` the last words of the user are there to be said anew."""
    return await _page(request, console, thread_id, again="change" in request.query_params)


@router.post("/{thread_id}")
async def say(request: Request, console: ConsoleHere, thread_id: ThreadId) -> Response:
    """Say something, and show the answer when all of it is there."""
    form = await forms.read(request)
    message = str(form.get("message", ""))
    shown = forms.text(form, "shown")
    talk = _chats(console).talk(thread_id, message, console.actor(request), shown=shown)
    try:
        failed = await _answered(talk)
    except RequestError as error:
        failed = {"title": error.message, "text": error.advice, "status": status_of(error)}
    if failed:
        return await _page(request, console, thread_id, new=True, problem=failed, typed=message)
    return go(f"/chat/{thread_id}")


async def _answered(talk: AsyncGenerator[TurnPart]) -> dict[str, Any] | None:
    """None when the turn went well."""
    failed = None
    async with aclosing(talk) as parts:
        async for part in parts:
            if isinstance(part, TurnFailed):
                failed = {"title": part.message, "text": part.advice, "status": 503}
    return failed


async def _page(
    request: Request,
    console: Console,
    thread_id: str,
    *,
    new: bool = False,
    problem: dict[str, Any] | None = None,
    typed: str = "",
    again: bool = False,
) -> Response:
    chats, actor = _chats(console), console.reader(request)
    try:
        said = await chats.read(thread_id, actor)
        proposal = await chats.proposal(thread_id, actor)
    except NotFound:
        if not new:
            raise
        said, proposal = [], None
    if again:
        typed = next((one.text for one in reversed(said) if one.role == "user"), "")
    threads = await chats.threads(actor)
    used = next((one.tokens for one in threads if one.thread_id == thread_id), 0)
    return await console.page(
        request,
        "chat.html",
        status=problem["status"] if problem else 200,
        thread_id=thread_id,
        threads=threads,
        model=chats.model,
        left=max(chats.max_tokens - used, 0),
        budget=chats.max_tokens,
        said=[(one.role, linked(one.text)) for one in said],
        examples=EXAMPLES,
        proposal=proposal,
        problem=problem,
        typed=typed,
    )


def linked(text: str) -> Markup:
    """The text, in which the ids of runs lead to their pages."""
    parts, at = Markup(), 0
    for found in _RUN.finditer(text):
        parts += visible(text[at : found.start()])
        parts += Markup('<a href="/runs/{0}">{0}</a>').format(found[0])
        at = found.end()
    return parts + visible(text[at:])


def _chats(console: Console) -> Chats:
    if console.chats is None:
        raise NotFound("There is no supervisor here.", advice="Use the other pages.")
    return console.chats
