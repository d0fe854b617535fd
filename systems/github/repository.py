"""The company's repository."""

import asyncio
from collections.abc import Sequence

from domain.canonical import digest
from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.github import models
from systems.github.client import GitHubClient
from systems.github.faults import not_ready
from systems.github.naming import description, full_name, is_marked, name, owner_of
from systems.github.options import Access, GitHubOptions
from systems.part import Found, Owner, made

RESOURCE = "repository"
LONGEST_DESCRIPTION = 350

PAUSES = (0.0, 0.5, 1.0, 2.0, 3.0)
"""Seconds before each look whether the content is there; it is copied after the answer."""


class CompanyRepository:
    """GitHub keeps names unique; a name that was given up leads to the repository that had it."""

    unique = True
    can_look_up = True

    def __init__(
        self, client: GitHubClient, options: GitHubOptions, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._client = client
        self._options = options
        self._pauses = pauses

    def desired(self, company: Company) -> Sequence[Change]:
        """One repository."""
        template = self._options.template_name
        source = f" from {template}" if template else ""
        target = full_name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/github/{RESOURCE}",
                system="github",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=target,
                summary=f"create the private repository {target}{source}{self._unreached(company)}",
                after={
                    "full_name": target,
                    "private": True,
                    "template": template,
                    "marker": company.marker,
                },
                undo=Undo.PARTIAL,
            )
        ]

    def _unreached(self, company: Company) -> str:
        """People from outside are known to GitHub by their handles only."""
        if self._options.access is Access.TEAM:
            return ""
        count = sum(1 for one in company.contacts if not one.github)
        return f"; {count} named without a GitHub handle, who are not let in" if count else ""

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The repository of that name."""
        found = await self._client.repository(full_name(company, self._options))
        if found is None:
            return None
        owner = owner_of(found.description, company)
        adopted = change.target in company.choices.adopt
        if found.archived and (owner is Owner.COMPANY or adopted):
            raise NeedsPerson(
                ErrorCode.CONFLICT,
                f"{found.full_name} in GitHub was archived.",
                instructions="Have it unarchived, or launch with another slug.",
            )
        current = {"description": found.description, "private": found.private}
        return Found(_resource(found), owner, created_at=found.created_at, current=current)

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Create the repository; GitHub fills it afterwards, which `verify` waits for."""
        text = description(company, LONGEST_DESCRIPTION)
        own, template = name(company, self._options), self._options.template_name
        if template:
            new = await self._client.generate(template, own, text)
        else:
            new = await self._client.create_repository(own, text)
        return _resource(new).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It is as planned, and can be cloned; `Retryable` when that takes too long.

        One that was adopted by choice has no mark, and may be empty.
        """
        resource = refs.get(RESOURCE)
        found = await self._client.repository(change.after["full_name"])
        if resource is None or found is None or str(found.id) != resource.id:
            expected = resource.id if resource else "there"
            return [Difference("repository", expected, str(found.id) if found else "gone")]
        wrong, ours = [], "marker" in change.after
        if ours and not is_marked(found.description, company):
            wrong.append(Difference("description", f"marked {company.marker}", "without the mark"))
        if found.private != change.after["private"]:
            wanted, actual = str(change.after["private"]).lower(), str(found.private).lower()
            wrong.append(Difference("private", wanted, actual))
        if found.archived:
            wrong.append(Difference("archived", "false", "true"))
        origin, template = found.template_repository, change.after["template"]
        planned = change.kind is ChangeKind.CREATE and origin is not None and template
        if planned and origin and origin.full_name.lower() != template.lower():
            wrong.append(Difference("template", template, origin.full_name))
        if ours and not wrong:
            await self._wait_until_filled(found)
        return wrong

    async def _wait_until_filled(self, found: models.Repository) -> None:
        for pause in self._pauses:
            await asyncio.sleep(pause)
            if await self._client.has_branch(found.full_name, found.default_branch):
                return
        raise not_ready(f"GitHub is still filling {found.full_name}.")

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Free the name and archive the repository; what is in it is never deleted."""
        resource, was = made(entry), full_name(company, self._options)
        aside = f"zz-undone-{company.slug}-{digest(resource.id)[:4]}"
        for candidate in (was, f"{self._options.org}/{aside}"):
            found = await self._client.repository(candidate)
            if found is not None and str(found.id) == resource.id:
                return await self._put_aside(found, aside)
        found = await self._client.repository_by_id(resource.id)
        if found is None:
            return Undone(note=f"the repository {was} is gone")
        return await self._put_aside(found, aside)

    async def _put_aside(self, found: models.Repository, aside: str) -> Undone:
        if found.archived and found.name != aside:
            return Undone(
                note=f"the repository {found.full_name} was archived by somebody, and stays so",
                left=True,
            )
        if found.name != aside:
            await self._client.change_repository(found.full_name, {"name": aside})
        if not found.archived:
            path = f"{self._options.org}/{aside}"
            await self._client.change_repository(path, {"archived": True})
        return Undone(
            note=f"the repository was renamed to {self._options.org}/{aside} and archived; "
            "an owner can delete it in its settings"
        )


def _resource(found: models.Repository) -> Resource:
    return Resource(
        kind="repository",
        id=str(found.id),
        url=found.html_url,
        label=found.full_name,
        facts={"full_name": found.full_name},
    )
