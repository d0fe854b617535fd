"""Refusals as pages for people; programs get them as they are."""

import logging
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers
from starlette.types import Scope

MACHINES = ("/api", "/webhooks", "/health", "/metrics", "/openapi.json")
"""What is under these addresses is for programs, even where a browser opens it."""

Page = Callable[[Request, JSONResponse], Awaitable[Response]]
_log = logging.getLogger("agentos.api")


def is_page(scope: Scope) -> bool:
    """Whether somebody looks at it."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    machine = any(path == one or path.startswith((f"{one}/", f"{one}:")) for one in MACHINES)
    return not machine and "text/html" in Headers(scope=scope).get("accept", "")


async def shown(scope: Scope, problem: JSONResponse) -> Response:
    """The problem on a page if somebody looks and the application has pages (`refusal_page`)."""
    page: Page | None = getattr(getattr(scope.get("app"), "state", None), "refusal_page", None)
    if page is None or not is_page(scope):
        return problem
    try:
        return await page(Request(scope), problem)
    except Exception:  # noqa: BLE001 - there is a plain answer still
        _log.exception("a refusal could not be shown on a page")
        return problem
