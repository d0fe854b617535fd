"""What a real Mailman answered is understood by the client, each answer by the call it is for."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.newsletter.mailman.client import MailmanClient
from tests.unit.systems.newsletter.mailman.conftest import Mailman, options

DATA = Path(__file__).parents[4] / "data" / "newsletter" / "mailman" / "exchanges.json"
EXCHANGES = {each["label"]: each for each in json.loads(DATA.read_text())}
LIST_ID, OLD_ID = "partners.lists.example.com", "partners.example.org"
TOKEN, MEMBER = "043b19b0625ed7cd77fd9427816d2881f6d97a95", "a8a1d76e840c43dab9b56a0387a27d25"
C = ErrorCode

Call = Callable[[MailmanClient], Awaitable[Any]]


def invite(address: str, list_id: str = LIST_ID) -> Call:
    return lambda api: api.invite(list_id, address)


async def settings(api: MailmanClient) -> tuple[str, str, bool]:
    one = await api.list_of(LIST_ID)
    assert one is not None
    return one.info, one.subscription_policy, one.advertised


async def member(api: MailmanClient) -> str | None:
    found = await api.member(OLD_ID, "ops@acme.example")
    return found.member_id if found else None


async def token(api: MailmanClient) -> str | None:
    found = await api.invitation(LIST_ID, "ZOE@umlaut.example")
    return found.token if found else None


CALLS: dict[str, tuple[Call, Any]] = {
    "wrong password": (lambda api: api.check_domain(), C.AUTH),
    "domain": (lambda api: api.check_domain(), None),
    "unknown domain": (lambda api: api.check_domain(), C.NOT_FOUND),
    "create list": (lambda api: api.create_list("partners@example.org"), None),
    "create list again": (lambda api: api.create_list("partners@example.org"), C.CONFLICT),
    "create list in unknown domain": (
        lambda api: api.create_list("partners@none.example.com"),
        C.NOT_FOUND,
    ),
    "get list": (lambda api: api.member_count(OLD_ID), 0),
    "list missing": (lambda api: api.list_of(LIST_ID), None),
    "configuration of a new list": (settings, ("", "confirm", True)),
    "set confirm policy": (
        lambda api: api.configure(OLD_ID, {"subscription_policy": "confirm"}),
        None,
    ),
    "member find (absent)": (member, None),
    "member find (present)": (member, MEMBER),
    "invite": (invite("Zoe@umlaut.example"), True),
    "invite again": (invite("Zoe@umlaut.example"), C.CONFLICT),
    "invite banned": (invite("dana@example.com"), C.CONSENT),
    "invite, failed half-way": (invite("sam@umlaut.example"), C.UNKNOWN),
    "subscribe, pre-confirmed": (invite("ops@acme.example", OLD_ID), False),
    "subscribe again": (invite("ops@acme.example", OLD_ID), C.CONFLICT),
    "subscribe again, other letter case": (invite("OPS@Acme.example", OLD_ID), C.CONFLICT),
    "bad address": (invite("not-an-email", OLD_ID), C.INVALID_INPUT),
    "non-ASCII local part": (invite("zoë@acme.example", OLD_ID), C.INVALID_INPUT),
    "unknown list": (invite("a@b.example", "nope.example.org"), C.NOT_FOUND),
    "subscribe banned": (invite("banned@x.example", OLD_ID), C.CONSENT),
    "open requests": (token, TOKEN),
    "no open requests": (token, None),
    "withdraw": (lambda api: api.withdraw(LIST_ID, TOKEN), None),
    "withdraw again": (lambda api: api.withdraw(LIST_ID, TOKEN), None),
    "banned": (lambda api: api.is_banned("Dana@example.com", LIST_ID), True),
    "not banned": (lambda api: api.is_banned("Dana@example.com", LIST_ID), False),
    "unsubscribe": (lambda api: api.remove(MEMBER), None),
    "unsubscribe again": (lambda api: api.remove(MEMBER), None),
    "delete list": (lambda api: api.delete_list(LIST_ID), None),
    "delete list again": (lambda api: api.delete_list(LIST_ID), None),
}


@pytest.mark.parametrize("label", sorted(EXCHANGES))
async def test_a_recorded_answer_is_understood(mailman: Mailman, label: str) -> None:
    call, expected = CALLS[label]
    asked, answer = EXCHANGES[label]["request"], EXCHANGES[label]["response"]
    mailman.script.then(answer["status"], answer["body"] or None)
    client = MailmanClient(options(mailman.script.url, MAILMAN_DOMAIN=domain(asked["path"])))
    if isinstance(expected, ErrorCode):
        with pytest.raises(SystemFault) as fault:
            await call(client)
        assert fault.value.error_code is expected
    else:
        assert await call(client) == expected
    (sent,) = mailman.script.asked
    if label != "wrong password":
        assert (sent.method, sent.path) == (asked["method"], f"/3.1{asked['path']}")
    if asked["form"] and not any(name.startswith("pre_") for name in asked["form"]):
        assert sent.body == asked["form"]


def domain(path: str) -> str:
    """The domain that a recorded request reads, if it reads one."""
    return path.removeprefix("/domains/") if path.startswith("/domains/") else "lists.example.com"


def test_each_call_is_recorded() -> None:
    assert CALLS.keys() == EXCHANGES.keys()
