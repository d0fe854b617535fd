"""The calls on the wire, and the answers that are no answers."""

import asyncio

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import OutcomeUnknown, Retryable, SystemFault
from systems.newsletter.brevo.client import BrevoClient
from tests.unit.systems.newsletter.conftest import Brevo, options


async def test_a_list_is_made_in_the_folder_with_the_key(brevo: Brevo) -> None:
    brevo.script.then(201, {"id": 5})
    assert await brevo.client.create_list("Acme") == 5
    (asked,) = brevo.script.asked
    assert (asked.method, asked.path) == ("POST", "/contacts/lists")
    assert asked.body == {"folderId": 7, "name": "Acme"}
    assert asked.headers["api-key"] == "key-1"
    assert "authorization" not in asked.headers


async def test_all_pages_of_the_folder_are_read_oldest_first(brevo: Brevo) -> None:
    first = [{"id": number, "name": str(number)} for number in range(1, 51)]
    brevo.script.then(200, {"lists": first, "count": 51})
    brevo.script.then(200, {"lists": [{"id": 51, "name": "51"}], "count": 51})
    assert [one.id async for one in brevo.client.lists()] == list(range(1, 52))
    assert [asked.query for asked in brevo.script.asked] == [
        {"limit": "50", "offset": "0", "sort": "asc"},
        {"limit": "50", "offset": "50", "sort": "asc"},
    ]


async def test_reading_ends_when_a_page_brings_nothing_new(brevo: Brevo) -> None:
    page = {"lists": [{"id": 1, "name": "a"}], "count": 9_000}
    brevo.script.then(200, page).then(200, page)
    assert [one.id async for one in brevo.client.lists()] == [1]


async def test_an_empty_folder_has_no_lists(brevo: Brevo) -> None:
    brevo.script.then(200, {"count": 0})
    assert [one async for one in brevo.client.lists()] == []


async def test_an_address_is_quoted_in_the_path(brevo: Brevo) -> None:
    brevo.script.then(404, {"code": "document_not_found"})
    assert await brevo.client.contact("a/b?c#%41@example.com") is None
    (asked,) = brevo.script.asked
    assert asked.path == "/contacts/a%2Fb%3Fc%23%2541@example.com"
    assert asked.query == {"identifierType": "email_id"}


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (500, {"code": "x"}, {}),
        (502, b"<html>bad gateway</html>", {"content-type": "text/html"}),
        (200, b"<html>welcome</html>", {"content-type": "text/html"}),
        (201, b'{"id": 5', {}),
        (201, b'"\xff"', {}),
        (201, {"id": "five"}, {}),
        (201, [], {}),
    ],
)
async def test_a_write_is_unknown_when_the_answer_cannot_be_trusted(
    brevo: Brevo, status: int, body: object, headers: dict[str, str]
) -> None:
    brevo.script.then(status, body, headers=headers)
    with pytest.raises(OutcomeUnknown) as fault:
        await brevo.client.create_list("Acme")
    assert fault.value.error_code is ErrorCode.UNAVAILABLE
    assert len(brevo.script.asked) == 1


async def test_a_mail_is_unknown_when_a_proxy_answers_in_its_place(brevo: Brevo) -> None:
    brevo.script.then(200, b"<html>log in</html>", headers={"content-type": "text/html"})
    with pytest.raises(OutcomeUnknown):
        await brevo.client.ask("dana@example.com", 5, 3, "https://example.com", {})


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_a_mail_is_sent_when_the_answer_is_a_success_without_body(
    brevo: Brevo, status: int
) -> None:
    brevo.script.then(status)
    await brevo.client.ask("dana@example.com", 5, 3, "https://example.com", {"COMPANY": "Acme"})
    assert brevo.script.asked[0].path == "/contacts/doubleOptinConfirmation"
    assert brevo.script.asked[0].body == {
        "email": "dana@example.com",
        "includeListIds": [5],
        "templateId": 3,
        "redirectionUrl": "https://example.com",
        "attributes": {"COMPANY": "Acme"},
    }


async def test_a_write_is_called_once_when_the_connection_breaks(brevo: Brevo) -> None:
    brevo.script.then(accident="reset")
    with pytest.raises(OutcomeUnknown):
        await brevo.client.create_list("Acme")
    assert len(brevo.script.asked) == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500])
async def test_a_write_is_called_once_when_the_client_would_repeat_it(
    brevo: Brevo, status: int
) -> None:
    brevo.script.then(status, {})
    with pytest.raises(SystemFault):
        await brevo.client.create_list("Acme")
    assert len(brevo.script.asked) == 1


async def test_a_slow_answer_ends_by_our_timeout(brevo: Brevo) -> None:
    brevo.script.then(accident="hang")
    client = BrevoClient(options(brevo.script.url, BREVO_TIMEOUT_SECONDS="0.2"))
    with pytest.raises(OutcomeUnknown) as fault:
        await client.create_list("Acme")
    assert fault.value.error_code is ErrorCode.TIMEOUT


async def test_a_read_that_breaks_had_no_effect(brevo: Brevo) -> None:
    brevo.script.then(accident="reset")
    with pytest.raises(Retryable) as fault:
        await brevo.client.list_of(5)
    assert fault.value.effect is Effect.NONE


async def test_nothing_listens_has_no_effect() -> None:
    with pytest.raises(Retryable) as fault:
        await BrevoClient(options()).create_list("Acme")
    assert fault.value.effect is Effect.NONE


def test_one_client_serves_several_event_loops() -> None:
    client = BrevoClient(options())

    async def call() -> None:
        with pytest.raises(Retryable):
            await client.list_of(5)

    asyncio.run(call())
    asyncio.run(call())
