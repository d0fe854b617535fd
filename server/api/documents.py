"""What the OpenAPI document says of errors and of where a launch leads."""

from typing import Any

from server.api.problems import MEDIA_TYPE
from server.api.views import Problem

_WORDS = {
    400: "The request is malformed.",
    401: "The signature is missing or wrong.",
    404: "There is no such run, system or address.",
    409: "The run's status does not permit it, or somebody else decided first.",
    412: "The run has changed since the version named in If-Match.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not application/json.",
    422: "A value is not accepted.",
    500: "Something went wrong in this service.",
    503: "The service cannot do this now; Retry-After says when.",
}
_SCHEMA = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

Responses = dict[int | str, dict[str, Any]]


def errors(*codes: int) -> Responses:
    """The problems of an operation, beside those that any operation can have."""
    every = sorted({*codes, 400, 404, 422, 500, 503})
    return {
        code: {"description": _WORDS[code], "model": Problem, "content": _SCHEMA} for code in every
    }


WRITE = (409, 412, 413, 415)
"""What a change of a run can answer besides."""


def links(*operations: str) -> dict[str, Any]:
    """Where the answer of a launch leads, by its `run_id`."""
    parameter = {"run_id": "$response.body#/run_id"}
    return {name: {"operationId": name, "parameters": parameter} for name in operations}
