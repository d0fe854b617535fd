"""How GitHub answers: its headers, ETags, pages, and its ways to say no."""

import hashlib
import json
import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from sandbox.store import Body

DOCS = "https://docs.github.com/rest"
OLD_VERSION, NEW_VERSION = "2022-11-28", "2026-03-10"

Handler = Callable[..., Coroutine[Any, Any, Response]]


class GitHubError(Exception):
    """Answered as `{"message", "documentation_url", "status"}` and, at times, `errors`."""

    def __init__(self, status: int, message: str, errors: Sequence[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Body = {"message": message, "documentation_url": DOCS, "status": str(status)}
        if errors is not None:
            self.body["errors"] = list(errors)


class Moved(GitHubError):
    """The repository has another name now: 301 for a read, 307 for a write, to its number."""

    def __init__(self, method: str, location: str) -> None:
        super().__init__(301 if method in ("GET", "HEAD") else 307, "Moved Permanently")
        self.body["url"] = self.location = location


def not_found() -> GitHubError:
    """Also what GitHub says where it does not want to say 403."""
    return GitHubError(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> GitHubError:
    """The usual 422, with one entry in `errors`."""
    error = {"resource": resource, "code": code, "field": field}
    if message:
        error["message"] = message
    return GitHubError(422, "Validation Failed", [error])


def now() -> str:
    """As GitHub writes a time."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def version(request: Request) -> str:
    """The API version that was asked for."""
    return request.headers.get("x-github-api-version", OLD_VERSION)


def answer(request: Request, status: int, body: Any = None) -> Response:
    """With GitHub's headers; a GET whose ETag the client has already is 304, without a body."""
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "4999",
        "x-ratelimit-used": "1",
        "x-ratelimit-resource": "core",
        "x-ratelimit-reset": str(int(datetime.now(UTC).timestamp()) + 3600),
        "x-github-request-id": secrets.token_hex(10).upper(),
        "x-github-api-version-selected": version(request),
        "x-github-media-type": "github.v3; format=json",
        "vary": "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding",
    }
    if body is None:
        return Response(status_code=status, headers=headers)
    if request.method == "GET" and status == 200:
        tag = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        headers |= {"etag": f'W/"{tag}"', "cache-control": "private, max-age=60, s-maxage=60"}
        known = request.headers.get("if-none-match", "")
        if headers["etag"] in [one.strip() for one in known.split(",")]:
            return Response(status_code=304, headers=headers)
    headers["content-type"] = "application/json; charset=utf-8"
    return JSONResponse(body, status_code=status, headers=headers)


def paged(request: Request, items: Sequence[Body]) -> Response:
    """One page of at most 100, with a Link header that leads to the others."""
    size = min(_number(request, "per_page", 30), 100)
    page = _number(request, "page", 1)
    last = max(1, -(-len(items) // size))
    response = answer(request, 200, list(items[(page - 1) * size : page * size]))
    goals = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page == 1:
        goals = {"next": page + 1, "last": last}
    elif page >= last:
        goals = {"prev": page - 1, "first": 1}
    links = [
        f'<{request.url.include_query_params(page=number)}>; rel="{name}"'
        for name, number in goals.items()
        if 1 <= number <= last
    ]
    if last > 1:
        response.headers["link"] = ", ".join(links)
    return response


def _number(request: Request, name: str, usual: int) -> int:
    """GitHub takes what is no positive number for the usual one."""
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and int(given) > 0 else usual


class _Route(APIRoute):
    """Turns a refusal into GitHub's own form of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:  # a word where a number belongs
                return answer(request, 404, not_found().body)
            except GitHubError as error:
                response = answer(request, error.status, error.body)
                if isinstance(error, Moved):
                    response.headers["location"] = error.location
                return response

        return guarded


class Routes(APIRouter):
    """A router for objects that have two addresses, one by name and one by number."""

    def __init__(self) -> None:
        super().__init__(route_class=_Route)

    def on(self, method: str, stems: Sequence[str], rest: str = "") -> Callable[[Handler], Handler]:
        """Answer `method` under each of the stems."""

        def add(handler: Handler) -> Handler:
            for stem in stems:
                self.add_api_route(stem + rest, handler, methods=[method], response_model=None)
            return handler

        return add
