"""The people named for a company: asked once, never against their will, never invented."""

from datetime import UTC, datetime

import pytest

from domain.codes import ErrorCode
from domain.companies import Company, Contact
from domain.errors import NeedsPerson
from domain.plans import Change, Undo
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.newsletter.brevo.connector import said
from systems.newsletter.brevo.subscription import Subscription
from systems.part import Owner
from tests.unit.systems.newsletter.conftest import Brevo, options

DANA = Company(
    company_id="co_1111",
    name="Acme Corp",
    slug="acme-corp",
    contacts=(Contact(name="Dana", email="Dana@example.com"), Contact(github="octocat")),
)
LIST = {"list": Resource(kind="list", id="5", label="Acme Corp [agentos:co_1111]")}
UNKNOWN = {"code": "document_not_found"}


def contact(**fields: object) -> dict[str, object]:
    return {"id": 9, "emailBlacklisted": False, "listIds": [], **fields}


def change(brevo: Brevo) -> Change:
    (wanted,) = brevo.people.desired(DANA)
    return wanted


def entry(brevo: Brevo, list_id: str = "5") -> Entry:
    resource = Resource(kind="subscription", id="x", facts={"list_id": list_id})
    now = datetime.now(UTC)
    return Entry("newsletter", change(brevo), EffectStatus.APPLIED, now, resource=resource)


def test_only_people_with_an_address_are_asked_and_the_address_is_not_shown(brevo: Brevo) -> None:
    wanted = change(brevo)
    assert len(wanted.resource) == len("subscriber:") + 8
    assert "dana@" not in wanted.model_dump_json().lower()
    assert wanted.summary == "ask …@example.com by mail to confirm the subscription"
    assert (wanted.sends_mail, wanted.undo) == (True, Undo.PARTIAL)


def test_an_address_that_is_given_twice_is_one_person(brevo: Brevo) -> None:
    twice = (Contact(email="dana@example.com"), Contact(email="DANA@example.com"))
    assert len(brevo.people.desired(DANA.model_copy(update={"contacts": twice}))) == 1


def test_nobody_is_asked_when_no_contact_was_given(brevo: Brevo) -> None:
    assert brevo.people.desired(DANA.model_copy(update={"contacts": ()})) == []


@pytest.mark.parametrize("fields", [{"emailBlacklisted": True}, {"listUnsubscribed": [5]}])
async def test_nobody_is_asked_when_they_have_unsubscribed(
    brevo: Brevo, fields: dict[str, object]
) -> None:
    brevo.script.then(200, contact(**fields))
    with pytest.raises(NeedsPerson) as fault:
        await brevo.people.find(DANA, change(brevo), LIST)
    assert fault.value.error_code is ErrorCode.CONSENT
    assert "dana" not in fault.value.message.lower()


async def test_consent_is_checked_when_the_list_is_not_there_yet(brevo: Brevo) -> None:
    brevo.script.then(200, contact(emailBlacklisted=True))
    with pytest.raises(NeedsPerson):
        await brevo.people.find(DANA, change(brevo), {})


async def test_nothing_is_found_when_the_list_is_not_there_yet(brevo: Brevo) -> None:
    brevo.script.then(200, contact(listUnsubscribed=[4]))
    assert await brevo.people.find(DANA, change(brevo), {}) is None


async def test_a_person_on_the_list_is_found_as_confirmed(brevo: Brevo) -> None:
    brevo.script.then(200, contact(listIds=[5]))
    found = await brevo.people.find(DANA, change(brevo), LIST)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.COMPANY, False)


@pytest.mark.parametrize(("status", "body"), [(404, UNKNOWN), (200, contact())])
async def test_a_person_who_has_not_clicked_is_known_to_the_ledger_only(
    brevo: Brevo, status: int, body: object
) -> None:
    brevo.script.then(status, body)
    found = await brevo.people.find(DANA, change(brevo), LIST)
    assert found is not None
    assert (found.owner, found.resource.pending) == (Owner.LEDGER, True)
    assert not brevo.people.can_look_up


@pytest.mark.parametrize("name", ["BREVO_DOI_TEMPLATE_ID", "BREVO_DOI_REDIRECT_URL"])
async def test_a_person_is_told_when_there_is_no_way_to_ask(brevo: Brevo, name: str) -> None:
    people = Subscription(brevo.client, options(brevo.script.url, **{name: ""}))
    brevo.script.then(404, UNKNOWN)
    with pytest.raises(NeedsPerson) as fault:
        await people.find(DANA, change(brevo), LIST)
    assert fault.value.error_code is ErrorCode.NOT_FOUND


async def test_asking_puts_nobody_on_the_list_before_the_click(brevo: Brevo) -> None:
    brevo.script.then(404, UNKNOWN).then(201)
    made = await brevo.people.make(DANA, change(brevo), LIST)
    assert (made.pending, made.created_by_us, made.facts) == (True, True, {"list_id": "5"})
    _, asked = brevo.script.asked
    assert asked.body["email"] == "Dana@example.com"
    assert asked.body["attributes"] == {"COMPANY": "Acme Corp", "AGENTOS_COMPANY_ID": "co_1111"}


async def test_a_contact_that_is_there_keeps_what_is_known_of_it(brevo: Brevo) -> None:
    brevo.script.then(200, contact()).then(201)
    await brevo.people.make(DANA, change(brevo), LIST)
    assert brevo.script.asked[1].body["attributes"] == {}


async def test_the_object_has_one_id_when_it_is_made_and_when_it_is_found(brevo: Brevo) -> None:
    brevo.script.then(404, UNKNOWN).then(201).then(404, UNKNOWN)
    made = await brevo.people.make(DANA, change(brevo), LIST)
    found = await brevo.people.find(DANA, change(brevo), LIST)
    assert found is not None
    assert found.resource.id == made.id


@pytest.mark.parametrize(
    ("pending", "status", "body", "wrong"),
    [
        (True, 404, UNKNOWN, False),
        (True, 200, contact(listIds=[5]), False),
        (True, 200, contact(emailBlacklisted=True), True),
        (False, 200, contact(listIds=[5]), False),
        (False, 200, contact(), True),
        (False, 404, UNKNOWN, True),
    ],
)
async def test_waiting_is_no_difference_but_a_lost_consent_is(
    brevo: Brevo, pending: bool, status: int, body: object, wrong: bool
) -> None:
    brevo.script.then(status, body)
    wanted = change(brevo)
    resource = Resource(kind="subscription", id="x", pending=pending, facts={"list_id": "5"})
    differences = await brevo.people.verify(DANA, wanted, LIST | {wanted.resource: resource})
    assert bool(differences) is wrong


async def test_a_person_is_taken_off_the_list_and_the_mail_is_told(brevo: Brevo) -> None:
    brevo.script.then(200, contact(id=17, listIds=[5])).then(201, {"contacts": {}})
    undone = await brevo.people.undo(DANA, entry(brevo))
    assert "; contact 17 stays in Brevo, and the confirmation mail" in undone.note
    assert "cannot be taken back" in undone.note
    assert brevo.script.asked[1].path == "/contacts/lists/5/contacts/remove"
    assert brevo.script.asked[1].body == {"emails": ["Dana@example.com"]}


async def test_nothing_is_removed_when_the_person_has_not_clicked(brevo: Brevo) -> None:
    brevo.script.then(404, UNKNOWN)
    undone = await brevo.people.undo(DANA, entry(brevo))
    assert "cannot be taken back" in undone.note
    assert len(brevo.script.asked) == 1


async def test_an_undo_is_done_when_somebody_else_removed_the_person_meanwhile(
    brevo: Brevo,
) -> None:
    brevo.script.then(200, contact(listIds=[5])).then(400, {"code": "invalid_parameter"})
    brevo.script.then(200, contact())
    assert "taken off" in (await brevo.people.undo(DANA, entry(brevo))).note


@pytest.mark.parametrize(
    ("pending", "tail"),
    [
        ([], ""),
        ([True, True], ", subscribers=2 pending"),
        ([True, False], ", subscribers=1 pending and 1 confirmed"),
    ],
)
def test_the_line_of_the_step_counts_people_only_when_some_were_named(
    pending: list[bool], tail: str
) -> None:
    people = {
        f"subscriber:{n}": Resource(kind="subscription", id=str(n), pending=waits)
        for n, waits in enumerate(pending)
    }
    line = "Newsletter provisioned for Acme Corp: list=Acme Corp [agentos:co_1111]"
    assert said(DANA, LIST | people) == line + tail
