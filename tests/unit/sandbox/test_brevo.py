"""How the stand-in of Brevo behaves: addresses, double opt-in, lists of one name, pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import made

DANA = "dana@example.com"
MAIL = {
    "email": DANA,
    "includeListIds": [1],
    "templateId": seed.BREVO_DOI_TEMPLATE_ID,
    "redirectionUrl": "https://example.com",
}


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    """With one list, whose number is 1."""
    with clients.brevo(sandbox) as api:
        made(api.post("/contacts/lists", json={"name": "Acme", "folderId": seed.BREVO_FOLDER_ID}))
        yield api


def contact(api: httpx.Client, identifier: str = DANA) -> dict[str, Any]:
    return made(api.get(f"/contacts/{identifier}"))


def test_an_address_is_one_however_it_is_written(api: httpx.Client) -> None:
    first = made(api.post("/contacts", json={"email": "Dana@Example.com"}))
    refused = api.post("/contacts", json={"email": "DANA@example.COM"})
    assert (refused.status_code, refused.json()["code"]) == (400, "duplicate_parameter")
    assert contact(api, "dAnA@example.com")["id"] == first["id"]
    assert contact(api)["email"] == DANA
    added = api.post("/contacts/lists/1/contacts/add", json={"emails": ["DANA@EXAMPLE.COM"]})
    assert made(added)["contacts"]["total"] == 1
    assert contact(api)["listIds"] == [1]
    assert api.delete("/contacts/DANA@EXAMPLE.COM").status_code == 204
    assert api.get(f"/contacts/{DANA}").status_code == 404


def test_a_contact_is_found_by_its_external_id_and_by_its_number(api: httpx.Client) -> None:
    body = {"email": DANA, "extId": "agentos:co_1:1"}
    number = made(api.post("/contacts", json=body))["id"]
    for kind, identifier in (("ext_id", "agentos:co_1:1"), ("contact_id", str(number))):
        answer = api.get(f"/contacts/{identifier}", params={"identifierType": kind})
        assert made(answer)["email"] == DANA
    wrong = api.get(f"/contacts/{number}", params={"identifierType": "email_id"})
    assert wrong.status_code == 404


def test_an_update_is_made_only_when_it_is_permitted(api: httpx.Client) -> None:
    made(api.post("/contacts", json={"email": DANA}))
    body = {"email": DANA, "listIds": [1], "updateEnabled": True}
    assert api.post("/contacts", json=body).status_code == 204
    assert contact(api)["listIds"] == [1]


def test_an_attribute_that_the_account_has_not_is_dropped_without_a_word(
    api: httpx.Client,
) -> None:
    attributes = {"COMPANY": "Acme", "SHOE_SIZE": 42}
    made(api.post("/contacts", json={"email": DANA, "attributes": attributes}))
    assert contact(api)["attributes"] == {"COMPANY": "Acme"}
    path = "/contacts/attributes/normal/SHOE_SIZE"
    assert api.post(path, json={"type": "float"}).status_code == 201
    assert api.post(path, json={"type": "float"}).status_code == 400
    api.put(f"/contacts/{DANA}", json={"attributes": attributes}).raise_for_status()
    assert contact(api)["attributes"] == attributes


def test_a_person_joins_with_the_click_and_not_before(
    api: httpx.Client, sandbox: SandboxServer
) -> None:
    assert api.post("/contacts/doubleOptinConfirmation", json=MAIL).status_code == 201
    assert contact(api)["listIds"] == []
    sandbox.control("brevo/confirm", {"email": DANA.upper()})
    assert contact(api)["listIds"] == [1]
    assert made(api.get("/contacts/lists/1"))["totalSubscribers"] == 1


def test_each_call_sends_one_more_mail(api: httpx.Client, sandbox: SandboxServer) -> None:
    for _ in range(2):
        made_mail = api.post("/contacts/doubleOptinConfirmation", json=MAIL)
        assert made_mail.status_code == 201
    counts = sandbox.counts()["brevo"]
    assert (counts["mail"], counts["contact"]) == (2, 1)


def test_who_unsubscribed_is_marked(api: httpx.Client) -> None:
    made(api.post("/contacts", json={"email": DANA, "listIds": [1]}))
    body = {"emailBlacklisted": True, "unlinkListIds": [1]}
    assert api.put(f"/contacts/{DANA}", json=body).status_code == 204
    found = contact(api)
    assert (found["emailBlacklisted"], found["listIds"]) == (True, [])


def test_two_lists_may_have_one_name(api: httpx.Client) -> None:
    again = made(api.post("/contacts/lists", json={"name": "Acme", "folderId": 1}))
    assert again == {"id": 2}
    assert [one["name"] for one in api.get("/contacts/lists").json()["lists"]] == ["Acme"] * 2


def test_a_list_goes_and_its_people_stay(api: httpx.Client) -> None:
    made(api.post("/contacts", json={"email": DANA, "listIds": [1]}))
    assert api.delete("/contacts/lists/1").status_code == 204
    assert api.delete("/contacts/lists/1").status_code == 404
    assert contact(api)["listIds"] == []


def test_who_is_taken_off_a_list_is_told_apart_from_who_cannot_be(api: httpx.Client) -> None:
    made(api.post("/contacts", json={"email": DANA, "listIds": [1]}))
    path, body = "/contacts/lists/1/contacts/remove", {"emails": [DANA, "x@example.com"]}
    told = made(api.post(path, json=body))["contacts"]
    assert (told["success"], told["failure"]) == ([DANA], ["x@example.com"])
    assert api.post(path, json=body).status_code == 400


def test_lists_come_newest_first_in_pages_of_ten(api: httpx.Client) -> None:
    for _ in range(11):
        made(api.post("/contacts/lists", json={"name": "B", "folderId": 1}))
    path = "/contacts/folders/1/lists"
    assert numbers(api, path) == [*range(12, 2, -1)]
    assert numbers(api, f"{path}?sort=asc&limit=2&offset=1") == [2, 3]
    beyond = api.get(f"{path}?offset=50").json()
    assert beyond == {"count": 12}


def numbers(api: httpx.Client, path: str) -> list[int]:
    return [one["id"] for one in made(api.get(path))["lists"]]


def test_a_folder_counts_its_people_and_has_its_own_lists(api: httpx.Client) -> None:
    folder = made(api.post("/contacts/folders", json={"name": "Others"}))["id"]
    other = made(api.post("/contacts/lists", json={"name": "B", "folderId": folder}))["id"]
    made(api.post("/contacts", json={"email": DANA, "listIds": [other]}))
    assert made(api.get(f"/contacts/folders/{folder}"))["totalSubscribers"] == 1
    assert numbers(api, f"/contacts/folders/{folder}/lists") == [other]
    assert numbers(api, "/contacts/folders/1/lists") == [1]
    assert len(made(api.get("/contacts/folders"))["folders"]) == 2


@pytest.mark.parametrize(("content", "code"), [(b"{", "bad_request"), (b"[]", "invalid_parameter")])
def test_a_body_that_is_no_json_object_is_refused(
    api: httpx.Client, content: bytes, code: str
) -> None:
    answer = api.post("/contacts", content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
