"""How pages refuse: in words, with what to do next, and under the headers that all pages have."""

import json
import logging
from collections.abc import Callable, Coroutine
from math import ceil
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from domain import errors
from domain.errors import AgentOSError
from server.auth.exchange import ACTOR, REQUEST_ID
from server.auth.places import here
from server.console.shell import Console

_log = logging.getLogger("agentos.console")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Not no-referrer: with it browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
}

_STATUS: dict[type[AgentOSError], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Invalid: 422,
    errors.IllegalMove: 409,
    errors.KeyReused: 422,
    errors.VersionMismatch: 409,
    errors.Overloaded: 429,
    errors.StoreUnavailable: 503,
}
_TITLES = {
    400: "Not understood",
    401: "Nobody is logged in",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible now",
    413: "Too large",
    422: "Something is not right",
    429: "Too much at once",
    503: "Not reachable",
}


def status_of(error: AgentOSError) -> int:
    """The HTTP status of a refusal; 500 for a defect."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


class PageRoute(APIRoute):
    """A route whose errors are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler between these two."""
        handle = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                response = await handle(request)
            except ClientDisconnect:
                raise
            except Exception as error:  # noqa: BLE001 - whoever looks at a page is told on a page
                response = await refusal(request, error)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return page


async def refusal(request: Request, error: Exception) -> Response:
    """The page that says why not; what the outer layers have refused is left to them."""
    known = _known(error)
    status = status_of(known)
    if status == 500:
        if isinstance(known, errors.RequestError):
            raise known
        _log.error("a page failed", exc_info=error)
    response = await _page(request, status, known.message, known.advice, known.code)
    if status in (429, 503):
        response.headers["Retry-After"] = str(ceil(getattr(known, "after_seconds", 1)))
    return response


async def refused(request: Request, problem: JSONResponse) -> Response:
    """The page that says what the outer layers have refused, with their status and headers."""
    told = json.loads(bytes(problem.body))
    status = problem.status_code
    advice = "Go on from one of the pages." if status == 404 else told["advice"]
    response = await _page(request, status, told["detail"], advice, told["code"])
    own = {name: value for name, value in problem.headers.items() if name[:8] != "content-"}
    for name, value in (own | HEADERS).items():
        response.headers.setdefault(name, value)
    return response


async def _page(request: Request, status: int, message: str, advice: str, code: str) -> Response:
    console = cast(Console, request.app.state.console)
    came_from = urlsplit(request.headers.get("referer", "")).path
    again = here(request.url.path if request.method == "GET" else came_from, "/runs")
    enters = status == 401 and console.logs_out
    return await console.page(
        request,
        "problem.html",
        status=status,
        known=ACTOR in request.scope,
        title=_TITLES.get(status, "Something went wrong"),
        message=message,
        advice="Log in, then do it once more." if enters else advice,
        code=code,
        request_id=request.scope[REQUEST_ID],
        again=f"/auth/login?{urlencode({'then': again})}" if enters else again,
        enters=enters,
        topic=None,
    )


def _known(error: Exception) -> AgentOSError:
    if isinstance(error, AgentOSError):
        return error
    if isinstance(error, RequestValidationError):
        return errors.Invalid(
            "This address says something that the page does not understand.",
            advice="Follow a link, or remove what stands after the question mark.",
        )
    return AgentOSError("The page could not be made.", advice="Try again; the log says why.")
