"""The custom property of the repository that names the company, where one is configured."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import repository
from systems.github.client import GitHubClient
from systems.github.naming import full_name
from systems.github.options import GitHubOptions
from systems.part import Found, Owner, made, needed

RESOURCE = "property"


class RepositoryProperty:
    """For people who look for a company's repository; whose it is tells the description alone."""

    unique = False
    can_look_up = True

    def __init__(self, client: GitHubClient, options: GitHubOptions) -> None:
        self._client = client
        self._options = options
        self._name = options.custom_property or ""

    def desired(self, company: Company) -> Sequence[Change]:
        """One value, if a property is configured."""
        if not self._name:
            return []
        target = f"the property {self._name} of {full_name(company, self._options)}"
        return [
            Change(
                key=f"{company.company_id}/github/{RESOURCE}",
                system="github",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=target,
                summary=f"set {target} to {company.company_id}",
                after={"value": company.company_id},
            )
        ]

    async def check_defined(self) -> None:
        """`NeedsPerson` when the organisation does not have the property."""
        if self._name and self._name not in await self._client.property_names():
            raise NeedsPerson(
                ErrorCode.NOT_FOUND,
                f"{self._options.org} on GitHub has no custom property {self._name}.",
                instructions="Define it for text in the organisation, or correct GITHUB_PROPERTY.",
            )

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The value that the repository has."""
        place = refs.get(repository.RESOURCE)
        if place is None:
            return None
        value = (await self._client.properties(place.facts["full_name"])).get(self._name)
        if value is None:
            return None
        same = value == change.after["value"]
        return Found(_resource(place), Owner.SETTING, same=same, current={"value": value})

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Set the value."""
        place = needed(refs, repository.RESOURCE, f"GitHub has no repository for {change.target}.")
        path = place.facts["full_name"]
        await self._client.set_property(path, self._name, change.after["value"])
        return _resource(place).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The repository has this value."""
        found = await self.find(company, change, refs)
        actual = found.current["value"] if found else "not set"
        expected = change.after["value"]
        return [] if actual == expected else [Difference(self._name, expected, str(actual))]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Give back the value that was there before, or none."""
        before = entry.change.before["value"] if entry.change.before else None
        await self._client.set_property(made(entry).facts["full_name"], self._name, before)
        return Undone(note=f"{entry.change.target} is what it was")


def _resource(place: Resource) -> Resource:
    return Resource(
        kind="property",
        id=f"{place.id}/{RESOURCE}",
        url=place.url,
        label=f"property of {place.label}",
        facts={"full_name": place.facts["full_name"]},
    )
