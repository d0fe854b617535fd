"""How the company's list is set: its names, who may read and write, and the company's mark."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.newsletter.mailman import company_list as parent
from systems.newsletter.mailman.client import MailmanClient
from systems.newsletter.mailman.models import MailingList
from systems.newsletter.mailman.options import MailmanOptions
from systems.part import Found, Owner, made, needed

RESOURCE = "settings"
RULES: Mapping[str, Any] = {
    "advertised": False,
    "archive_policy": "private",
    "subscription_policy": "confirm",
    "default_member_action": "hold",
}
"""Seen by nobody else, joined by double opt-in, and written to by our own people only."""


def wanted(company: Company) -> dict[str, Any]:
    """The settings of a list that is new. Without a goodbye, an undo writes to nobody."""
    title = f"Newsletter for {company.name}"
    return {
        "display_name": company.name,
        "description": title,
        "info": f"{title}. {company.marker}",
        "send_goodbye_message": False,
        **RULES,
    }


class ListSettings:
    """People may change the texts and the goodbye; the mark and the rules are held."""

    unique = False
    can_look_up = True

    def __init__(self, client: MailmanClient, options: MailmanOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One set of settings."""
        address = parent.list_address(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/newsletter/{RESOURCE}",
                system="newsletter",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=f"the settings of {address}",
                summary=f"name, mark and close the list {address}",
                after=wanted(company),
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The settings of the list as they are; nothing is set where another company's mark is."""
        owner = refs.get(parent.RESOURCE)
        one = await self._client.list_of(owner.facts["list_id"]) if owner else None
        if owner is None or one is None:
            return None
        if "agentos:" in one.info and not _marked(one, company):
            raise NeedsPerson(ErrorCode.CONFLICT, f"{owner.label} is marked as another company's.")
        return Found(
            _resource(owner),
            Owner.SETTING,
            same=_marked(one, company) and not _broken(one),
            current=one.model_dump(include=set(wanted(company))),
        )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Set them all in one call."""
        owner = needed(refs, parent.RESOURCE, f"Mailman has no list for {change.target}.")
        await self._set(owner.facts["list_id"], change.after)
        return _resource(owner).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The mark is there and the rules hold."""
        owner = refs.get(parent.RESOURCE)
        one = await self._client.list_of(owner.facts["list_id"]) if owner else None
        if one is None:
            return [Difference("settings", "there", "gone with the list")]
        wrong = [] if _marked(one, company) else [_UNMARKED]
        return wrong + _broken(one)

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Put back what was there before, in a list that stays and where our mark still stands."""
        if entry.change.before is None:
            return Undone(note=f"{entry.change.target} stay with the list")
        list_id = made(entry).facts["list_id"]
        one = await self._client.list_of(list_id)
        if one is None or not _marked(one, company):
            return Undone(note=f"{entry.change.target} are gone or were changed by somebody")
        await self._set(list_id, entry.change.before)
        return Undone(note=f"{entry.change.target} are what they were")

    async def _set(self, list_id: str, values: Mapping[str, Any]) -> None:
        await self._client.configure(list_id, {name: str(value) for name, value in values.items()})


_UNMARKED = Difference("info", "marked for the company", "without the mark")


def _marked(one: MailingList, company: Company) -> bool:
    return one.info.endswith(company.marker)


def _broken(one: MailingList) -> list[Difference]:
    """The rules that do not hold."""
    return [
        Difference(name, str(rule), str(getattr(one, name)))
        for name, rule in RULES.items()
        if getattr(one, name) != rule
    ]


def _resource(owner: Resource) -> Resource:
    return Resource(
        kind="settings",
        id=f"{owner.id}/settings",
        url=owner.url,
        label=f"settings of {owner.label}",
        facts=owner.facts,
    )
