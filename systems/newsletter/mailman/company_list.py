"""The company's own list in the configured domain."""

from collections.abc import Sequence

from domain.companies import Company, is_another_companys
from domain.errors import SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.faults import garbled
from systems.newsletter.mailman.models import MailingList
from systems.newsletter.mailman.options import MailmanOptions
from systems.part import Found, Owner, made

RESOURCE = "list"


def list_address(company: Company, options: MailmanOptions) -> str:
    """The address that letters to the list are sent to."""
    return f"{company.slug}{options.list_suffix}@{options.domain}"


def owner_of(one: MailingList, company: Company) -> Owner:
    """By the mark that ends the list's information: a list cannot be made with a mark.

    The end counts, since a display name may quote another company's mark. A list is unmarked only
    as it is when it is new.
    """
    if one.info.endswith(company.marker):
        return Owner.COMPANY
    if is_another_companys(one.info, company):
        return Owner.ANOTHER
    return Owner.OTHER if one.info or one.description else Owner.UNMARKED


class CompanyList:
    """Mailman keeps addresses unique, but does not tell who made a list.

    Of two installations that ask for one address within the same instant, each may take the list
    for its own after a crash of Mailman's; the mark then decides, and the other one gets a
    conflict.
    """

    unique = True
    can_look_up = True

    def __init__(self, client: MailmanClient, options: MailmanOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One list."""
        address = list_address(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/newsletter/{RESOURCE}",
                system="newsletter",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=address,
                summary=f"create the list {address}",
                after={"address": address},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The list of that address."""
        one = await self._client.list_of(self._list_id(company))
        if one is None:
            return None
        current = {"display_name": one.display_name, "description": one.description}
        return Found(
            self._resource(company, one),
            owner_of(one, company),
            created_at=one.created_at,
            current=current,
        )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Create the list, empty; its time of creation is part of its id, and is read after it."""
        address = list_address(company, self._options)
        await self._client.create_list(address)
        unread = garbled(f"list {address}", writes=True)
        try:
            one = await self._client.list_of(self._list_id(company))
        except SystemFault as fault:
            raise unread from fault
        if one is None:
            raise unread
        return self._resource(company, one).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The list is there, and still the one that was meant."""
        one = await self._client.list_of(self._list_id(company))
        if one is None:
            return [Difference("list", "there", "gone")]
        resource = refs.get(RESOURCE)
        if resource is None or resource.id != self._resource(company, one).id:
            return [Difference("list", "the one that was made", "another of that address")]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Delete the list, unless it is another's by now, or people are on it or wrote to it."""
        resource = made(entry)
        list_id = resource.facts["list_id"]
        one = await self._client.list_of(list_id)
        if one is None or self._resource(company, one).id != resource.id:
            return Undone(note=f"the list {resource.label} is gone already")
        reason = await self._kept_for(company, list_id, one)
        if reason:
            return Undone(note=f"the list {resource.label} stays, since {reason}", left=True)
        await self._client.delete_list(list_id)
        return Undone(note=f"the list {resource.label} was deleted")

    async def _kept_for(self, company: Company, list_id: str, one: MailingList) -> str:
        if owner_of(one, company) in (Owner.OTHER, Owner.ANOTHER):
            return "somebody else has marked or described it"
        if one.last_post_at:
            return "people have written to it"
        if await self._client.member_count(list_id):
            return "people are on it whom this run did not invite"
        return ""

    def _list_id(self, company: Company) -> str:
        return list_address(company, self._options).replace("@", ".")

    def _resource(self, company: Company, one: MailingList) -> Resource:
        """A list that is made anew under an address is another one."""
        list_id, app = self._list_id(company), self._options.app_url
        return Resource(
            kind="list",
            id=f"{list_id}/{one.created_at.isoformat()}",
            url=f"{app}/lists/{list_id}/" if app else None,
            label=list_address(company, self._options),
            facts={"list_id": list_id},
        )
