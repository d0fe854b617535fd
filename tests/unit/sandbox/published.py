"""Published OpenAPI 3.0 descriptions, and what in an answer does not fit them."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DATA = Path(__file__).parents[2] / "data"
_FORMATS = FormatChecker()
_REFUSALS = ("validation-error", "validation-error-simple")
"""GitHub's 422, which tells its `status` as all its refusals do; the description has not got it."""


@_FORMATS.checks("date-time", ValueError)
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@_FORMATS.checks("uri", ValueError)
def _uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


class Description:
    """`closed` also rejects fields that the description does not know."""

    def __init__(self, document: Any, prefix: str = "", *, closed: bool = False) -> None:
        self._document = _as_json_schema(document, closed)
        self._prefix = prefix
        resource = DRAFT202012.create_resource(self._document)
        self._registry = Registry[Any]().with_resource("urn:description", resource)

    def problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Why the answer is not one that is described; empty if it is. No body is None."""
        template = self._template(self._prefix + path)
        if template is None:
            return [f"{path} is not described"]
        answers = self._document["paths"][template][method.lower()]["responses"]
        key = str(status) if str(status) in answers else "default"
        if key not in answers:
            return [f"{method} {template} has no answer {status}"]
        pointer = ["paths", template, method.lower(), "responses", key]
        if "$ref" in answers[key]:
            pointer = answers[key]["$ref"].removeprefix("#/").split("/")
        content = self._at(pointer).get("content")
        if content is None:
            return [] if body is None else [f"{method} {template} {status} has no body"]
        return self._check([*pointer, "content", "application/json", "schema"], body)

    def misfits(self, schema: str, body: Any) -> list[str]:
        """Why the value does not fit a named schema."""
        return self._check(["components", "schemas", schema], body)

    def _check(self, pointer: list[str], body: Any) -> list[str]:
        path = "/".join(one.replace("~", "~0").replace("/", "~1") for one in pointer)
        quoted = path.replace("{", "%7B").replace("}", "%7D")
        checker = Draft202012Validator(
            {"$ref": f"urn:description#/{quoted}"},
            registry=self._registry,
            format_checker=_FORMATS,
        )
        return [f"{error.json_path}: {error.message[:300]}" for error in checker.iter_errors(body)]

    def _at(self, pointer: list[str]) -> Mapping[str, Any]:
        node = self._document
        for word in pointer:
            node = node[word]
        found: Mapping[str, Any] = node
        return found

    def _template(self, path: str) -> str | None:
        """The one with the most fixed words, where several fit."""
        fits = [
            template
            for template in self._document["paths"]
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)
        ]
        return min(fits, key=lambda one: one.count("{"), default=None)


def github() -> Description:
    """GitHub's, without room for fields of our own."""
    document = json.loads((DATA / "github" / "openapi-trimmed.json").read_text())
    schemas = document["components"]["schemas"]
    for name in _REFUSALS:
        schemas[name]["properties"]["status"] = schemas["basic-error"]["properties"]["status"]
    return Description(document, closed=True)


def grants() -> Description:
    """CommonGrants 0.4.0."""
    text = (DATA / "grants" / "openapi.0.4.0.yaml").read_text()
    return Description(yaml.load(text, yaml.CSafeLoader), "/common-grants")


def _as_json_schema(node: Any, closed: bool) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own."""
    if isinstance(node, list):
        return [_as_json_schema(one, closed) for one in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _as_json_schema(one, closed) for key, one in node.items() if key != "nullable"}
    if closed and _is_plain_object(rest):
        rest["additionalProperties"] = False
    if node.get("nullable") is True:
        return {"anyOf": [rest, {"type": "null"}]}
    if "nullable" in node:  # a field of that name
        rest["nullable"] = _as_json_schema(node["nullable"], closed)
    return rest


def _is_plain_object(schema: Mapping[str, Any]) -> bool:
    composed = {"additionalProperties", "allOf", "anyOf", "oneOf"} & schema.keys()
    return schema.get("type") == "object" and "properties" in schema and not composed
