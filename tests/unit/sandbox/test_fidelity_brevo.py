"""Each answer of the stand-in of Brevo fits the models of the vendor's client, and its stubs."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from brevo.contacts.types import (
    CreateListResponse,
    GetContactInfoResponse,
    GetFolderListsResponse,
    GetListResponse,
)
from brevo.types import (
    BadRequestErrorBody,
    BadRequestErrorBodyCode,
    NotFoundErrorBody,
    PostContactInfo,
    UnauthorizedErrorBody,
)
from pydantic import BaseModel, ValidationError

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.published import DATA
from tests.unit.sandbox.shapes import strange

STUBS = {
    f"{stub['method']} {stub['path']}": stub["body"]
    for stub in json.loads((DATA / "newsletter" / "recorded" / "stubs.json").read_text())
}
NEWER = {"whatsappBlacklisted": False}
"""In the client of version 5.1, and not yet in the stubs, which are of version 4."""

CODES = get_args(get_args(BadRequestErrorBodyCode)[0])
ADDRESS = "dana@example.com"
LIST, FOLDER = "/contacts/lists/{listId}", "/contacts/folders/{folderId}/lists"
MAIL = {
    "email": ADDRESS,
    "includeListIds": [1],
    "templateId": seed.BREVO_DOI_TEMPLATE_ID,
    "redirectionUrl": "https://example.com/thanks",
    "attributes": {"COMPANY": "Acme"},
}


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    """Brevo with one list, and a person who confirmed that she wants it."""
    with clients.brevo(sandbox) as api:
        body = {"name": "Acme", "folderId": seed.BREVO_FOLDER_ID}
        api.post("/contacts/lists", json=body).raise_for_status()
        api.post("/contacts/doubleOptinConfirmation", json=MAIL).raise_for_status()
        sandbox.control("brevo/confirm", {"email": ADDRESS})
        yield api


def unknown(found: Any) -> list[str]:
    """Fields of the answer that its model has not; attributes are what an account makes them."""
    if isinstance(found, list):
        return [name for one in found for name in unknown(one)]
    if not isinstance(found, BaseModel) or type(found).__name__.endswith("Attributes"):
        return []
    inside = [name for field in type(found).model_fields for name in unknown(getattr(found, field))]
    return [*(found.model_extra or {}), *inside]


def path_of(template: str) -> str:
    values = {"folderId": seed.BREVO_FOLDER_ID, "listId": 1, "identifier": ADDRESS}
    return template.format(**values)


@pytest.mark.parametrize(
    ("method", "template", "body", "status", "model"),
    [
        ("GET", FOLDER, None, 200, GetFolderListsResponse),
        ("GET", LIST, None, 200, GetListResponse),
        ("POST", "/contacts/lists", {"name": "B", "folderId": 1}, 201, CreateListResponse),
        ("GET", "/contacts/{identifier}", None, 200, GetContactInfoResponse),
        ("POST", f"{LIST}/contacts/remove", {"emails": [ADDRESS, "x"]}, 201, PostContactInfo),
    ],
)
def test_an_answer_is_one_that_the_vendors_client_knows(
    api: httpx.Client,
    method: str,
    template: str,
    body: dict[str, Any] | None,
    status: int,
    model: type[BaseModel],
) -> None:
    answer = api.request(method, path_of(template), json=body)
    assert answer.status_code == status
    assert unknown(model.model_validate(answer.json())) == []
    assert strange(answer.json(), [STUBS[f"{method} {template}"], NEWER]) == []


@pytest.mark.parametrize(
    ("method", "template", "body", "status"),
    [
        ("POST", "/contacts/doubleOptinConfirmation", MAIL, 201),
        ("DELETE", LIST, None, 204),
    ],
)
def test_an_answer_without_a_body_has_none(
    api: httpx.Client, method: str, template: str, body: dict[str, Any] | None, status: int
) -> None:
    answer = api.request(method, path_of(template), json=body)
    assert (answer.status_code, answer.text) == (status, STUBS[f"{method} {template}"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/contacts/folders/99/lists", None, 404, "document_not_found"),
        ("GET", "/contacts/folders/1/lists?limit=51", None, 400, "invalid_parameter"),
        ("GET", "/contacts/lists/99", None, 404, "document_not_found"),
        ("DELETE", "/contacts/lists/99", None, 404, "document_not_found"),
        ("POST", "/contacts/lists", {"folderId": 1}, 400, "invalid_parameter"),
        ("POST", "/contacts/lists", {"name": "B", "folderId": 99}, 400, "invalid_parameter"),
        ("GET", "/contacts/nobody@example.com", None, 404, "document_not_found"),
        ("POST", "/contacts", {"email": ADDRESS}, 400, "duplicate_parameter"),
        ("POST", "/contacts", {"email": "nobody"}, 400, "invalid_parameter"),
        (
            "POST",
            "/contacts/doubleOptinConfirmation",
            MAIL | {"templateId": None},
            400,
            "missing_parameter",
        ),
        (
            "POST",
            "/contacts/doubleOptinConfirmation",
            MAIL | {"includeListIds": [99]},
            400,
            "invalid_parameter",
        ),
        ("POST", "/contacts/lists/1/contacts/remove", {"emails": ["x"]}, 400, "invalid_parameter"),
        ("POST", "/contacts/lists/99/contacts/remove", {}, 404, "document_not_found"),
    ],
)
def test_a_refusal_is_one_that_the_vendors_client_knows(
    api: httpx.Client,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    status: int,
    code: str,
) -> None:
    answer = api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    model = {400: BadRequestErrorBody, 404: NotFoundErrorBody}[status]
    assert unknown(model.model_validate(answer.json())) == []
    assert code in CODES


@pytest.mark.parametrize("path", ["/contacts/folders/1/lists", "/contacts/lists/1", "/account"])
def test_a_stranger_is_refused_in_the_form_that_the_vendors_client_knows(
    api: httpx.Client, path: str
) -> None:
    answer = api.get(path, headers={"api-key": "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert unknown(UnauthorizedErrorBody.model_validate(answer.json())) == []


def test_every_answer_tells_the_limits(api: httpx.Client) -> None:
    for path in ("/contacts/lists/1", "/contacts/lists/99"):
        assert {"limit", "remaining", "reset"} == {
            name.removeprefix("x-sib-ratelimit-")
            for name in api.get(path).headers
            if name.startswith("x-sib-ratelimit-")
        }


def test_an_answer_that_is_not_brevos_is_noticed(api: httpx.Client) -> None:
    """The negative control of the comparisons."""
    body = api.get("/contacts/lists/1").json()
    assert unknown(GetListResponse.model_validate(body | {"owner": "x"})) == ["owner"]
    page = {"lists": [api.get("/contacts/lists").json()["lists"][0]], "count": 1}
    assert unknown(GetFolderListsResponse.model_validate(page)) == ["folderId"]
    assert strange(body | {"createdAt": 5}, [STUBS[f"GET {LIST}"]])
    with pytest.raises(ValidationError):
        GetListResponse.model_validate({"id": 1})
