"""Bodies are JSON and nothing else, and mean the same to everybody who reads them."""

import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from domain.errors import Invalid
from server.api.errors import Malformed, NotJson


class JsonRoute(APIRoute):
    """A route that holds its body to strict JSON before the framework parses it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the check; an absent body is left to the framework."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def strict(request: Request) -> Response:
            body = await request.body()
            if body:
                _check_type(request.headers.get("content-type", ""))
                check_json(body)
            return await handle(request)

        return strict


def check_json(body: bytes) -> None:
    """`Malformed` unless `body` is one JSON value in UTF-8 without duplicate names, NaN or numbers
    and nesting beyond reason; `Invalid` when a text holds half a surrogate pair."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_refuse
        )
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON that can be read in one way only.") from error
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid(
            "The body holds half a surrogate pair, which is no character.",
            field="body",
            advice="Send whole characters.",
        ) from error


def _check_type(content_type: str) -> None:
    if media_type(content_type) != "application/json":
        raise NotJson("The body is not declared as JSON in UTF-8.")


def media_type(content_type: str) -> str | None:
    """What the body is declared as; None when it is not declared as UTF-8."""
    message = Message()
    message["content-type"] = content_type
    charset = message.get_param("charset", "utf-8")
    return message.get_content_type() if str(charset).lower() == "utf-8" else None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name, one reader sees the first and another the last."""
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name occurs twice")
    return names


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
