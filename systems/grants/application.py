"""The company's application to the configured competition."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.grants.client import GrantsClient
from systems.grants.models import Application
from systems.grants.options import GrantsOptions, Search
from systems.part import Found, Owner, made

RESOURCE = "application"
LONGEST_TITLE = 255
IN_PROGRESS = "inProgress"
"""How an application begins; it is submitted by the company, which is a legal act, never by us."""

_EPOCH = datetime.fromtimestamp(0, UTC)


def mark(company: Company) -> str:
    """The end of the title of each application of ours: no other field can carry it."""
    return f" [{company.marker}]"


def title(company: Company) -> str:
    """The display name, cut so that the mark always fits."""
    return company.name[: LONGEST_TITLE - len(mark(company))].rstrip() + mark(company)


class CompanyApplication:
    """The protocol starts an application on each call, so that only a search keeps it at one."""

    unique = False

    def __init__(self, client: GrantsClient, options: GrantsOptions) -> None:
        self._client = client
        self._options = options

    @property
    def can_look_up(self) -> bool:
        """Whether the server has a search."""
        return self._options.search is not Search.NONE

    def desired(self, company: Company) -> Sequence[Change]:
        """One application. Forms are left to the company: their answers are not known here."""
        unseen = "" if self.can_look_up else "; one that exists cannot be searched for"
        return [
            Change(
                key=f"{company.company_id}/grants/{RESOURCE}",
                system="grants",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=title(company),
                summary=f"start the application {title(company)}, which cannot be undone{unseen}",
                after={
                    "competition_id": self._options.competition_id,
                    "marker": company.marker,
                    "status": IN_PROGRESS,
                },
                undo=Undo.NONE,
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The oldest application to the competition whose title ends with the mark.

        The end counts, since a display name may quote another company's mark. Where there is none,
        the competition must be open and the organisation not in doubt.
        """
        if self.can_look_up:
            ours = [
                one
                for one in await self._client.applications()
                if one.title.endswith(mark(company))
            ]
            if ours:
                one = min(ours, key=lambda each: (each.created_at or _EPOCH, each.id))
                return Found(
                    self._resource(one),
                    Owner.COMPANY,
                    created_at=one.created_at,
                    current={"title": one.title, "status": one.status.value},
                )
        await self.check_open()
        await self._organization(company)
        return None

    async def check_open(self) -> None:
        """`NeedsPerson` when nobody can apply at present."""
        competition = await self._client.competition()
        if competition.status.value != "open":
            raise NeedsPerson(
                ErrorCode.PERMISSION,
                f"The grants competition {self._options.competition_id} is not open.",
                instructions="Set GRANTS_COMPETITION_ID to an open one, or skip the system.",
            )

    async def _organization(self, company: Company) -> str | None:
        """The organisation's id, or None where no registry knows the company."""
        registry = self._options.registry
        if registry is None:
            return None
        known = await self._client.organizations(registry, company.company_id)
        if len(known) > 1:
            raise NeedsPerson(
                ErrorCode.CONFLICT,
                f"The grants system has {len(known)} organisations for {company.marker}.",
                instructions="Have the duplicates merged in the grants system, then retry.",
            )
        return known[0].id if known else None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Start the application, in the organisation's name where one is registered."""
        organization = await self._organization(company)
        started = await self._client.start(title(company), organization)
        facts = {}
        if self._options.registry:
            facts["organization"] = organization or f"none in {self._options.registry}"
        return self._resource(started).model_copy(update={"created_by_us": True, "facts": facts})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It is there, in the competition, marked; submitted or decided is beyond in progress."""
        resource = refs.get(RESOURCE)
        one = await self._client.application(resource.id) if resource else None
        if one is None:
            return [Difference("application", "there", "gone")]
        wrong = []
        if one.competition_id != self._options.competition_id:
            expected = self._options.competition_id
            wrong.append(Difference("competition", expected, one.competition_id))
        if not one.title.endswith(mark(company)):
            wrong.append(Difference("title", f"marked {company.marker}", "without the mark"))
        if one.status.value not in (IN_PROGRESS, "submitted", "accepted"):
            wrong.append(Difference("status", IN_PROGRESS, one.status.value))
        return wrong

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Nothing: the protocol has no withdrawal."""
        return Undone(
            note=f"the application {made(entry).id} stays in progress, since the protocol has "
            f"no withdrawal; write to {self._options.contact}",
            left=True,
        )

    def _resource(self, one: Application) -> Resource:
        root = self._options.app_url or self._options.base_url
        url = f"{root}/applications/{one.id}"
        return Resource(kind="application", id=one.id, url=url, label=one.title)
