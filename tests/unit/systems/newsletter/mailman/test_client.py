"""The calls on the wire, and the answers that are no answers."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import OutcomeUnknown, Retryable, SystemFault
from systems.newsletter.mailman.client import MailmanClient
from tests.unit.systems.newsletter.mailman.conftest import (
    ABSENT,
    ADDRESS,
    LIST_ID,
    Mailman,
    configuration,
    options,
)

Call = Callable[[MailmanClient], Awaitable[Any]]
WRITES: dict[str, tuple[int, Call]] = {
    "create": (201, lambda api: api.create_list(ADDRESS)),
    "configure": (204, lambda api: api.configure(LIST_ID, {"info": "x"})),
    "delete": (204, lambda api: api.delete_list(LIST_ID)),
    "invite": (202, lambda api: api.invite(LIST_ID, "dana@example.com")),
    "withdraw": (204, lambda api: api.withdraw(LIST_ID, "abc")),
    "remove": (204, lambda api: api.remove("m1")),
}


async def test_a_list_is_made_with_the_password(mailman: Mailman) -> None:
    mailman.script.then(201)
    await mailman.client.create_list(ADDRESS)
    (asked,) = mailman.script.asked
    assert (asked.method, asked.path) == ("POST", "/3.1/lists")
    assert asked.body == {"fqdn_listname": ADDRESS}
    assert asked.headers["authorization"] == f"Basic {b64encode(b'restadmin:s3cret').decode()}"


async def test_a_person_is_invited_and_never_put_on_the_list(mailman: Mailman) -> None:
    mailman.script.then(202, {"token": "abc", "token_owner": "subscriber"})
    assert await mailman.client.invite(LIST_ID, "Dana@example.com")
    (asked,) = mailman.script.asked
    assert (asked.method, asked.path) == ("POST", "/3.1/members")
    form = {"list_id": LIST_ID, "subscriber": "Dana@example.com", "invitation": "True"}
    assert asked.body == form


@pytest.mark.parametrize("listed", ["d*@example.com", "D*@EXAMPLE.com"])
async def test_a_star_in_an_address_finds_nobody_else(mailman: Mailman, listed: str) -> None:
    others = [{"member_id": "m1", "email": "dana@example.com"}]
    mailman.script.then(200, {"entries": others})
    assert await mailman.client.member(LIST_ID, "d*@example.com") is None
    mailman.script.then(200, {"entries": [*others, {"member_id": "m2", "email": listed}]})
    found = await mailman.client.member(LIST_ID, "d*@example.com")
    assert found is not None
    assert found.member_id == "m2"


async def test_an_address_is_quoted_in_the_path(mailman: Mailman) -> None:
    mailman.script.then(*ABSENT)
    assert not await mailman.client.is_banned("A/b?c#%41@example.com", None)
    assert mailman.script.asked[0].path == "/3.1/bans/a%2Fb%3Fc%23%2541@example.com"


async def test_a_password_of_any_letters_is_sent(mailman: Mailman) -> None:
    client = MailmanClient(options(mailman.script.url, MAILMAN_PASSWORD="pä:ß"))
    mailman.script.then(200, {})
    await client.check_domain()
    sent = mailman.script.asked[0].headers["authorization"]
    assert sent == f"Basic {b64encode('restadmin:pä:ß'.encode()).decode()}"


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"<html>"), (502, b"<html>"), (200, b"<html>log in</html>"), (200, {}), (302, b"")],
)
async def test_a_write_is_unknown_when_the_answer_is_not_mailmans(
    mailman: Mailman, name: str, status: int, body: object
) -> None:
    mailman.script.then(status, body)
    with pytest.raises(OutcomeUnknown):
        await WRITES[name][1](mailman.client)
    assert len(mailman.script.asked) == 1


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_is_called_once_when_the_connection_breaks(
    mailman: Mailman, name: str
) -> None:
    mailman.script.then(accident="reset")
    with pytest.raises(OutcomeUnknown):
        await WRITES[name][1](mailman.client)
    assert len(mailman.script.asked) == 1


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_is_done_by_its_own_status(mailman: Mailman, name: str) -> None:
    status, call = WRITES[name]
    mailman.script.then(status, {"token": "abc"} if name == "invite" else None)
    await call(mailman.client)
    assert len(mailman.script.asked) == 1


@pytest.mark.parametrize("body", [b"", b'{"token": "ab', b"[]", {}])
async def test_an_invitation_is_unknown_when_its_answer_is_cut_off(
    mailman: Mailman, body: object
) -> None:
    mailman.script.then(202, body)
    with pytest.raises(OutcomeUnknown):
        await mailman.client.invite(LIST_ID, "dana@example.com")


@pytest.mark.parametrize("name", ["delete", "withdraw", "remove"])
async def test_what_is_gone_already_is_taken_back(mailman: Mailman, name: str) -> None:
    mailman.script.then(*ABSENT)
    await WRITES[name][1](mailman.client)


@pytest.mark.parametrize("body", [b"<html>", b'{"created_at": "2026', {}, []])
async def test_a_read_that_cannot_be_understood_had_no_effect(
    mailman: Mailman, body: object
) -> None:
    mailman.script.then(200, body)
    with pytest.raises(Retryable) as fault:
        await mailman.client.list_of(LIST_ID)
    assert fault.value.effect is Effect.NONE


async def test_a_search_by_post_is_a_read(mailman: Mailman) -> None:
    mailman.script.then(accident="reset")
    with pytest.raises(Retryable) as fault:
        await mailman.client.member(LIST_ID, "dana@example.com")
    assert fault.value.effect is Effect.NONE


async def test_times_are_utc(mailman: Mailman) -> None:
    mailman.script.then(200, configuration(created_at="2026-11-25T10:38:09.503578"))
    one = await mailman.client.list_of(LIST_ID)
    assert one is not None
    assert one.created_at.isoformat() == "2026-11-25T10:38:09.503578+00:00"


async def test_a_slow_answer_ends_by_our_timeout(mailman: Mailman) -> None:
    mailman.script.then(accident="hang")
    client = MailmanClient(options(mailman.script.url, MAILMAN_TIMEOUT_SECONDS="0.2"))
    with pytest.raises(OutcomeUnknown) as fault:
        await client.create_list(ADDRESS)
    assert fault.value.error_code is ErrorCode.TIMEOUT


async def test_no_address_is_in_a_fault_nor_behind_it(mailman: Mailman) -> None:
    mailman.script.then(accident="reset")
    with pytest.raises(SystemFault) as fault:
        await mailman.client.is_banned("dana@example.com", LIST_ID)
    assert "dana" not in fault.value.message
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__


def test_one_client_serves_several_event_loops() -> None:
    client = MailmanClient(options())

    async def call() -> None:
        with pytest.raises(Retryable):
            await client.list_of(LIST_ID)

    asyncio.run(call())
    asyncio.run(call())
