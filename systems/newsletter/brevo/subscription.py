"""The subscription of one named person to the company's list, by double opt-in."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson, Refused
from domain.plans import Change
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.newsletter.brevo import company_list
from systems.newsletter.brevo.client import BrevoClient, Subscriber
from systems.newsletter.brevo.options import BrevoOptions
from systems.newsletter.people import addresses, wanted
from systems.part import Found, Owner, made

_KEPT = "the confirmation mail that was sent cannot be taken back"
_ATTRIBUTES = {"COMPANY": "name", "AGENTOS_COMPANY_ID": "company_id"}
"""What a new contact is given, by the field of the company that it holds."""


class Subscription:
    """At most once by the ledger: Brevo shows nothing of a person who has not confirmed yet."""

    unique = False
    can_look_up = False

    def __init__(self, client: BrevoClient, options: BrevoOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each person with an address; none is ever invented."""
        return wanted(company, company_list.list_name(company))

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """On the list already, or waiting for the click as far as the ledger knows."""
        parent = refs.get(company_list.RESOURCE)
        contact = await self._client.contact(addresses(company)[change.resource])
        list_id = int(parent.id) if parent else None
        if contact and (contact.blacklisted or list_id in (contact.left or [])):
            raise NeedsPerson(ErrorCode.CONSENT, f"{change.target} has unsubscribed in Brevo.")
        if contact and list_id and list_id in contact.lists:
            return Found(_resource(change, list_id, pending=False), Owner.COMPANY)
        self._check_template()
        return Found(_resource(change, list_id, pending=True), Owner.LEDGER) if list_id else None

    def _check_template(self) -> None:
        if not self._options.doi_template_id or not self._options.doi_redirect_url:
            raise NeedsPerson(
                ErrorCode.NOT_FOUND,
                "Brevo has no double opt-in template and page configured to ask people with.",
                instructions="Set BREVO_DOI_TEMPLATE_ID and BREVO_DOI_REDIRECT_URL.",
            )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Send the confirmation mail; the person is on the list after the click.

        A contact that is there already keeps what is known of it: it is not ours.
        """
        parent = refs.get(company_list.RESOURCE)
        template, page = self._options.doi_template_id, self._options.doi_redirect_url
        if parent is None or template is None or page is None:
            raise Refused(ErrorCode.NOT_FOUND, f"{change.target} has no list to be put on.")
        address = addresses(company)[change.resource]
        known = await self._client.contact(address)
        new = {name: getattr(company, field) for name, field in _ATTRIBUTES.items()}
        await self._client.ask(address, int(parent.id), template, page, {} if known else new)
        asked = _resource(change, int(parent.id), pending=True)
        return asked.model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """Nobody has withdrawn consent; who was on the list still is. Waiting is no difference."""
        resource = refs.get(change.resource)
        if resource is None:
            return [Difference(change.resource, "asked", "not asked")]
        contact = await self._client.contact(addresses(company)[change.resource])
        if contact and contact.blacklisted:
            return [Difference(change.resource, "subscribed", "unsubscribed")]
        on_list = contact is not None and int(resource.facts["list_id"]) in contact.lists
        if not on_list and not resource.pending:
            return [Difference(change.resource, "on the list", "not on the list")]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Take the person off the list; the contact and their consent stay as they are."""
        who, address = entry.change.resource, addresses(company)[entry.change.resource]
        list_id = int(made(entry).facts["list_id"])
        contact = await self._client.contact(address)
        if contact is None or list_id not in contact.lists:
            return Undone(note=f"{who} is not on the list; {_kept(contact)}")
        try:
            await self._client.remove(address, list_id)
        except Refused:
            contact = await self._client.contact(address)
            if contact and list_id in contact.lists:
                raise
        return Undone(note=f"{who} was taken off the list; {_kept(contact)}")


def _kept(contact: Subscriber | None) -> str:
    """What stays, without the address: by the number under which Brevo's console shows it."""
    if contact is None or contact.number is None:
        return _KEPT
    return f"contact {contact.number} stays in Brevo, and {_KEPT}"


def _resource(change: Change, list_id: int, *, pending: bool) -> Resource:
    return Resource(
        kind="subscription",
        id=f"{list_id}/{change.resource}",
        label=change.resource,
        pending=pending,
        facts={"list_id": str(list_id)},
    )
