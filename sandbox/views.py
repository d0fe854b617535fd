"""Pages for people who follow a link: what exists, and each object as it is."""

import json
from html import escape

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from sandbox import journal
from sandbox.control import store_of

router = APIRouter()


def _page(title: str, body: str) -> HTMLResponse:
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
    return HTMLResponse(f"{head}<h1>{escape(title)}</h1>{body}")


@router.get("/", include_in_schema=False)
async def index(request: Request) -> HTMLResponse:
    store = store_of(request)
    parts = []
    for system, kind in store.kinds():
        if system == journal.SYSTEM:
            continue
        rows = "".join(
            f'<li><a href="/view/{system}/{kind}/{escape(str(key))}">{escape(_name(body))}</a>'
            for body in store.all(system, kind)
            if (key := body.get("_id") or body.get("id"))
        )
        parts.append(f"<h2>{escape(system)}: {escape(kind)}</h2><ul>{rows}</ul>")
    return _page("The sandbox", "".join(parts))


@router.get("/view/{system}/{kind}/{id:path}", include_in_schema=False)
async def view(request: Request, system: str, kind: str, id: str) -> HTMLResponse:
    body = store_of(request).get(system, kind, id) if system != journal.SYSTEM else None
    if body is None:
        raise HTTPException(404, "There is nothing here.")
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return _page(f"{system}: {_name(body)}", f"<pre>{escape(text)}</pre>")


@router.get("/slack/archives/{channel}", include_in_schema=False)
async def channel(request: Request, channel: str) -> HTMLResponse:
    """Slack's own form of a link to a channel."""
    return await view(request, "slack", "channel", channel)


@router.get("/slack/archives/{channel}/p{digits}", include_in_schema=False)
async def message(request: Request, channel: str, digits: str) -> HTMLResponse:
    """Slack's own form of a link to a message: its time without the dot."""
    return await view(request, "slack", "message", f"{channel}:{digits[:-6]}.{digits[-6:]}")


@router.get("/brevo/contact/list/id/{number}", include_in_schema=False)
async def mailing_list(request: Request, number: int) -> HTMLResponse:
    """Brevo's own form of a link to a list."""
    return await view(request, "brevo", "list", str(number))


@router.get("/grants/applications/{id}", include_in_schema=False)
async def application(request: Request, id: str) -> HTMLResponse:
    return await view(request, "grants", "application", id)


def _name(body: dict[str, object]) -> str:
    for field in ("name", "full_name", "title", "email", "text", "id"):
        if body.get(field):
            return str(body[field])
    return "object"
