"""The documentation: complete, true, and readable without any network."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI

from server.api.schemas import ApprovalWebhook, ResumeBody
from tests.integration.api.conftest import Door
from tests.integration.api.described import METHODS, Description

EVERYWHERE = {"400", "401", "403", "405", "413", "415", "422", "500", "503"}
OF_A_RUN = {"404"}
MOVES = {"404", "409", "412"}


def expected(path: str, method: str) -> set[str]:
    """The refusals that an operation must describe, by what it is."""
    if path.endswith("/webhooks/approval"):
        return EVERYWHERE | {"404", "409"}
    if "{run_id}" not in path:
        return EVERYWHERE
    return EVERYWHERE | (OF_A_RUN if method == "get" else MOVES)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of each operation."""
    for path, described in document["paths"].items():
        for method, operation in described.items():
            if method in METHODS:
                yield path, method, operation


def values(document: Any, key: str) -> Iterator[Any]:
    """All values under a key, at any depth."""
    if isinstance(document, dict):
        yield from (value for name, value in document.items() if name == key)
        for value in document.values():
            yield from values(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from values(value, key)


async def test_page_is_whole_when_there_is_no_network(door: Door) -> None:
    page = await door.http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    used = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    used += re.findall(r"""url:\s*["']([^"']+)["']""", page.text)
    assert "/openapi.json" in used
    assert len(used) >= 4
    for address in used:
        assert urljoin("http://agentos.test/docs", address).startswith("http://agentos.test/")
        answer = await door.http.get(address)
        assert answer.status_code == 200, address
        assert answer.content
    assert not re.search(r"""["'(]https?://""", page.text)


async def test_errors_are_described_for_every_operation(door: Door) -> None:
    document = (await door.http.get("/openapi.json")).json()
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert responses.keys() >= expected(path, method), (method, path)
        for status, response in responses.items():
            if status >= "400":
                assert response["description"], (method, path, status)
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (method, path, status)


async def test_document_refers_only_to_what_is_in_it(door: Door) -> None:
    document = (await door.http.get("/openapi.json")).json()
    for reference in set(values(document, "$ref")):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    links = [link for each in values(document["paths"], "links") for link in each.values()]
    assert links
    assert {link["operationId"] for link in links} <= set(names)


def test_examples_are_accepted() -> None:
    for model in (ResumeBody, ApprovalWebhook):
        for example in model.model_json_schema()["examples"]:
            model.model_validate(example)


async def test_answer_is_noticed_when_it_is_not_described() -> None:
    app = FastAPI()

    @app.get("/things/{name}")
    async def thing(name: str) -> dict[str, str]:
        return {"name": name}

    description = Description(app)
    request = httpx.Request("GET", "http://agentos.test/things/one")
    kind = {"content-type": "application/json"}
    await description.check(httpx.Response(200, headers=kind, request=request))
    for status, headers in ((200, {"content-type": "text/html"}), (418, kind)):
        with pytest.raises(AssertionError):
            await description.check(httpx.Response(status, headers=headers, request=request))
