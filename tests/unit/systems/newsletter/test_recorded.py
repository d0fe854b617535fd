"""The vendor's own stubs are understood by the client, each by the call it belongs to."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from systems.newsletter.brevo.client import BrevoClient
from tests.unit.systems.newsletter.conftest import Brevo

DATA = Path(__file__).parents[3] / "data" / "newsletter" / "recorded" / "stubs.json"
STUBS = {f"{stub['method']} {stub['path']}": stub for stub in json.loads(DATA.read_text())}


async def names(client: BrevoClient) -> list[str]:
    return [one.name async for one in client.lists()]


async def list_name(client: BrevoClient) -> str | None:
    one = await client.list_of(12)
    return one.name if one else None


async def lists_of_contact(client: BrevoClient) -> list[int]:
    contact = await client.contact("peggy.rain@example.com")
    return contact.lists if contact else []


CALLS: dict[str, tuple[Callable[[BrevoClient], Awaitable[Any]], Any]] = {
    "GET /contacts/folders/{folderId}/lists": (names, ["Reactiv", "NY_Area", "VIP_Customer"]),
    "POST /contacts/lists": (lambda api: api.create_list("Acme"), 5),
    "GET /contacts/lists/{listId}": (list_name, "Newsletter_Weekly"),
    "DELETE /contacts/lists/{listId}": (lambda api: api.delete_list(12), None),
    "GET /contacts/{identifier}": (lists_of_contact, [40]),
    "POST /contacts/doubleOptinConfirmation": (
        lambda api: api.ask("elly@example.com", 36, 2, "https://example.com", {}),
        None,
    ),
    "POST /contacts/lists/{listId}/contacts/remove": (
        lambda api: api.remove("elly@example.com", 36),
        None,
    ),
}


@pytest.mark.parametrize("name", sorted(STUBS))
async def test_a_recorded_answer_is_understood(brevo: Brevo, name: str) -> None:
    call, expected = CALLS[name]
    brevo.script.then(STUBS[name]["status"], STUBS[name]["body"])
    assert await call(brevo.client) == expected
    (asked,) = brevo.script.asked
    method, _, path = name.partition(" ")
    assert asked.method == method
    assert len(asked.path.split("/")) == len(path.split("/"))
