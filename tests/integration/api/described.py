"""Holds every answer against what the API says about itself."""

import re
from typing import Any

import httpx
from fastapi import FastAPI

METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})


class Description:
    """The OpenAPI document of an application, asked about single answers."""

    def __init__(self, app: FastAPI) -> None:
        self._paths: dict[re.Pattern[str], dict[str, Any]] = {
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))): operations
            for path, operations in app.openapi()["paths"].items()
        }

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


def _any(operations: dict[str, Any]) -> dict[str, Any]:
    """An operation of this address: all of them say what a wrong method leads to."""
    return next(each for name, each in operations.items() if name in METHODS)
