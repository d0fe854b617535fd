"""The part of the example in `systems/README.md`; a test copies it beside the other systems."""

from collections.abc import Sequence
from typing import Any

import httpx
from pydantic import Field, SecretStr

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import SystemFault
from domain.plans import Change, ChangeKind
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.http import new_client, status_fault, transport_fault
from systems.part import Found, Owner, made
from systems.variables import Options, WebAddress

RESOURCE = "queue"


class HelpdeskOptions(Options):
    """The variables of the help desk."""

    base_url: WebAddress = Field(alias="HELPDESK_BASE_URL", description="its address")
    token: SecretStr = Field(alias="HELPDESK_TOKEN", description="a token")


class CompanyQueue:
    """The help desk keeps names of queues unique."""

    unique = True
    can_look_up = True

    def __init__(self, options: HelpdeskOptions) -> None:
        self._options = options

    async def ready(self) -> str:
        """The credential and nothing else."""
        await self._call("GET", "/queues")
        return "The help desk accepts the token."

    def desired(self, company: Company) -> Sequence[Change]:
        """One queue."""
        return [
            Change(
                key=f"{company.company_id}/helpdesk/{RESOURCE}",
                system="helpdesk",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=f"queue {company.slug}",
                summary=f"open the queue {company.slug}",
                after={"marker": company.marker},
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The queue of that name."""
        queue = await self._read(company)
        if queue is None:
            return None
        owner = Owner.COMPANY if queue["note"] == company.marker else Owner.OTHER
        return Found(_resource(company), owner, current={"note": queue["note"]})

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Open the queue, marked."""
        await self._call("POST", "/queues", {"name": company.slug, "note": company.marker})
        return _resource(company).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It is there and marked."""
        queue = await self._read(company)
        if queue is None:
            return [Difference("queue", "there", "gone")]
        if queue["note"] != company.marker:
            return [Difference("note", company.marker, "something else")]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Close the queue."""
        try:
            await self._call("DELETE", f"/queues/{made(entry).id}")
        except SystemFault as fault:
            if fault.error_code is not ErrorCode.NOT_FOUND:
                raise
        return Undone(note=f"the queue {made(entry).id} was closed")

    async def _read(self, company: Company) -> dict[str, str] | None:
        queues: list[dict[str, str]] = await self._call("GET", "/queues")
        return next((queue for queue in queues if queue["name"] == company.slug), None)

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        writes, label = method != "GET", "The help desk"
        headers = {"Authorization": f"Bearer {self._options.token.get_secret_value()}"}
        try:
            async with new_client(5.0, base_url=self._options.base_url, headers=headers) as http:
                answer = await http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise transport_fault(label, error, writes=writes) from None
        if not answer.is_success:
            raise status_fault(label, answer.status_code, answer.headers, writes=writes)
        return answer.json() if answer.content else None


def _resource(company: Company) -> Resource:
    return Resource(kind="queue", id=company.slug, label=company.slug)
