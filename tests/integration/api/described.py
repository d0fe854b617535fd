"""Holds every answer against what the API says about itself."""

import re
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})

_Paths = dict[re.Pattern[str], dict[str, Any]]
_KNOWN: dict[frozenset[str], _Paths] = {}


class Description:
    """The OpenAPI document of an application, asked about single answers."""

    def __init__(self, app: FastAPI) -> None:
        self._paths = _paths(app)

    async def check(self, answer: httpx.Response) -> None:
        """Fails when this status, or this kind of body, is not described for the operation."""
        described = self.responses(answer.request.method, answer.request.url.path)
        if described is None:
            return
        what = f"{answer.request.method} {answer.request.url.path}: {answer.status_code}"
        assert str(answer.status_code) in described, f"{what} is not described"
        kinds = described[str(answer.status_code)].get("content", {})
        if answer.request.method != "HEAD" and answer.headers.get("content-length") != "0":
            kind = answer.headers.get("content-type", "").partition(";")[0]
            assert kind in kinds or (not kind and not kinds), f"{what} with {kind} is not described"

    def responses(self, method: str, path: str) -> dict[str, Any] | None:
        """What is described for an operation; None where the API claims no address."""
        for pattern, operations in self._paths.items():
            if pattern.fullmatch(path):
                known = operations.get("get" if method == "HEAD" else method.lower())
                found: dict[str, Any] = (known or _any(operations))["responses"]
                return found
        return None


def _paths(app: FastAPI) -> _Paths:
    """Made once for all applications of a shape: FastAPI takes longer for it than a test does."""
    shape = frozenset(route.path or "" for route in iter_route_contexts(app.routes))
    if shape not in _KNOWN:
        _KNOWN[shape] = {
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))): operations
            for path, operations in app.openapi()["paths"].items()
        }
    return _KNOWN[shape]


def _any(operations: dict[str, Any]) -> dict[str, Any]:
    """An operation of this address: all of them say what a wrong method leads to."""
    return next(each for name, each in operations.items() if name in METHODS)
