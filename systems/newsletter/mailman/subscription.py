"""The subscription of one named person to the company's list, by invitation."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.newsletter.mailman import company_list as parent
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.options import MailmanOptions
from systems.newsletter.people import addresses, wanted
from systems.part import Found, Owner, made, needed

_KEPT = "the mail that was sent cannot be taken back, and Mailman keeps the address"


class Subscription:
    """Mailman shows who is on a list and who was asked, and asks nobody twice at a time.

    It forgets who did not answer, and who has left: nobody whom the ledger knows is asked again.
    """

    unique = True
    can_look_up = True

    def __init__(self, client: MailmanClient, options: MailmanOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each person with an address; none is ever invented."""
        return wanted(company, parent.list_address(company, self._options))

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """On the list, asked and waiting, or asked before as far as the ledger knows."""
        owner, address = refs.get(parent.RESOURCE), addresses(company)[change.resource]
        list_id = owner.facts["list_id"] if owner else None
        if owner and list_id:
            if await self._client.member(list_id, address):
                return Found(_resource(change, owner, pending=False), Owner.COMPANY)
            asked = await self._client.invitation(list_id, address)
            if asked:
                resource = _resource(change, owner, pending=True)
                return Found(resource, Owner.COMPANY, created_at=asked.asked_at)
        if await self._client.is_banned(address, list_id):
            raise NeedsPerson(ErrorCode.CONSENT, f"{change.target} is banned in Mailman.")
        return Found(_resource(change, owner, pending=True), Owner.LEDGER) if owner else None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Send the invitation; the person is on the list after the click."""
        owner = needed(refs, parent.RESOURCE, f"{change.target} has no list to be put on.")
        address = addresses(company)[change.resource]
        pending = await self._client.invite(owner.facts["list_id"], address)
        return _resource(change, owner, pending=pending).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """Waiting, or on the list; who was on the list still is."""
        resource = refs.get(change.resource)
        if resource is None:
            return [Difference(change.resource, "asked", "not asked")]
        list_id, address = resource.facts["list_id"], addresses(company)[change.resource]
        if await self._client.member(list_id, address):
            return []
        if not resource.pending:
            return [Difference(change.resource, "on the list", "not on the list")]
        if await self._client.invitation(list_id, address):
            return []
        return [Difference(change.resource, "asked or on the list", "declined, expired or left")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Withdraw the invitation or take the person off the list; neither sends a mail."""
        who, address = entry.change.resource, addresses(company)[entry.change.resource]
        list_id = made(entry).facts["list_id"]
        asked = await self._client.invitation(list_id, address)
        if asked:
            await self._client.withdraw(list_id, asked.token)
        # Looked up after it, since the person may have clicked meanwhile.
        member = await self._client.member(list_id, address)
        if member:
            await self._client.remove(member.member_id)
        return Undone(note=f"{who} is neither invited nor on the list any more; {_KEPT}")


def _resource(change: Change, owner: Resource, *, pending: bool) -> Resource:
    return Resource(
        kind="subscription",
        id=f"{owner.id}/{change.resource}",
        url=None,
        label=change.resource,
        pending=pending,
        facts=owner.facts,
    )
