"""The company's own list in the configured folder."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.newsletter.brevo.client import BrevoClient, ContactList
from systems.newsletter.brevo.options import BrevoOptions
from systems.part import Found, Owner, made

RESOURCE = "list"
LONGEST_NAME = 100
"""Brevo tells no limit; this fits the columns of its console."""


def mark(company: Company) -> str:
    """The end of the name of each list of ours: Brevo has no other field for it."""
    return f" [{company.marker}]"


def list_name(company: Company) -> str:
    """The display name, cut so that the mark always fits."""
    room = LONGEST_NAME - len(mark(company))
    return company.name[:room].rstrip() + mark(company)


class CompanyList:
    """Brevo permits equal names, so that only a look-up keeps a list from being made twice."""

    unique = False
    can_look_up = True

    def __init__(self, client: BrevoClient, options: BrevoOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One list."""
        name = list_name(company)
        return [
            Change(
                key=f"{company.company_id}/newsletter/{RESOURCE}",
                system="newsletter",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=name,
                summary=f"create the list {name}",
                after={"folder_id": self._options.folder_id, "marker": company.marker},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The oldest list of the folder whose name ends with the mark.

        The end counts, since a display name may quote another company's mark.
        """
        async for candidate in self._client.lists():
            if candidate.name.endswith(mark(company)):
                one = await self._client.list_of(candidate.id)
                if one:
                    return Found(
                        self._resource(one.id, one.name),
                        Owner.COMPANY,
                        created_at=one.created_at,
                        current={"name": one.name},
                    )
        return None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Create the list, empty."""
        name = list_name(company)
        list_id = await self._client.create_list(name)
        return self._resource(list_id, name).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The list is there, carries the mark and lies in the folder."""
        one = await self._read(refs)
        if one is None:
            return [Difference("list", "there", "gone")]
        wrong = []
        if not one.name.endswith(mark(company)):
            wrong.append(Difference("list name", f"marked {company.marker}", "without the mark"))
        if one.folder_id not in (None, self._options.folder_id):
            wrong.append(Difference("folder", str(self._options.folder_id), str(one.folder_id)))
        return wrong

    async def _read(self, refs: Refs) -> ContactList | None:
        resource = refs.get(RESOURCE)
        return await self._client.list_of(int(resource.id)) if resource else None

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Delete the list, unless people are on it; whom this run had asked is off it by now."""
        resource = made(entry)
        one = await self._client.list_of(int(resource.id))
        if one is None:
            return Undone(note=f"the list {resource.label} is gone already")
        if one.subscribers:
            return Undone(
                note=f"the list {resource.label} stays, since people are on it whom this run did "
                "not invite",
                left=True,
            )
        try:
            await self._client.delete_list(int(resource.id))
        except SystemFault as fault:
            if fault.error_code is not ErrorCode.NOT_FOUND:
                raise
        return Undone(note=f"the list {resource.label} was deleted")

    def _resource(self, list_id: int, name: str) -> Resource:
        url = f"{self._options.app_url}/contact/list/id/{list_id}"
        return Resource(kind="list", id=str(list_id), url=url, label=name)
