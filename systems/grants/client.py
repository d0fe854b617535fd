"""The calls of the CommonGrants protocol 0.4.0 that are used."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from domain.codes import Effect, ErrorCode
from domain.errors import Refused, SystemFault
from systems.grants.faults import NAME, garbled, lost, refused
from systems.grants.models import Application, Competition, Envelope, Organization, Page
from systems.grants.options import GrantsOptions, Search
from systems.http import new_client
from systems.per_loop import PerLoop

PAGE_SIZE = 100

Json = dict[str, Any]


class GrantsClient:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection."""

    def __init__(self, options: GrantsOptions) -> None:
        self._options = options
        self._client = PerLoop(self._connect)

    def _connect(self) -> httpx.AsyncClient:
        token = self._options.token.get_secret_value()
        return new_client(
            self._options.timeout_seconds,
            base_url=self._options.base_url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    async def competition(self) -> Competition:
        """The configured competition; fault NOT_FOUND when there is none."""
        what = f"competition {self._options.competition_id}"
        path = f"/competitions/{self._options.competition_id}"
        return (await self._call(what, "GET", path, Envelope[Competition])).data

    async def application(self, application_id: str) -> Application | None:
        """One application, or None when it does not exist."""
        try:
            what, path = f"application {application_id}", f"/applications/{application_id}"
            return (await self._call(what, "GET", path, Envelope[Application])).data
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise

    async def start(self, title: str, organization_id: str | None) -> Application:
        """Start an application. Each call starts one more."""
        body = {"competitionId": self._options.competition_id, "title": title}
        if organization_id:
            body["organizationId"] = organization_id
        what, path = "the new application", "/applications/start"
        answer = Envelope[Application]
        return (await self._call(what, "POST", path, answer, body=body, writes=True)).data

    async def applications(self) -> list[Application]:
        """The applications to the competition, as far as the token may see them."""
        found: list[Application] = []
        page: Page[Application] | None = None
        number = 1
        while page is None or number <= (page.info.pages or 1):
            page = await self._page(number)
            found += page.items
            number += 1
        return [one for one in found if one.competition_id == self._options.competition_id]

    async def check_search(self) -> None:
        """Looks once for applications; `Refused` when the server does not search as configured."""
        await self._page(1)

    async def _page(self, number: int) -> Page[Application]:
        filters = {"competitionId": {"operator": "in", "value": [self._options.competition_id]}}
        try:
            page = await self._search(filters, number)
        except Refused as fault:
            raise _unsearchable(fault.error_code) from None
        if page.info.page != number:
            raise _unsearchable(ErrorCode.UNKNOWN)
        return page

    async def _search(self, filters: Json, number: int) -> Page[Application]:
        what, path = "the search for applications", "/applications/search"
        if self._options.search is Search.BODY:
            body = {
                "filters": filters,
                "sorting": {"sortBy": "createdAt", "sortOrder": "asc"},
                "pagination": {"page": number, "pageSize": PAGE_SIZE},
            }
            return await self._call(what, "POST", path, Page[Application], body=body)
        query = {
            "filters": json.dumps(filters, separators=(",", ":")),
            "sorting": "sortBy,createdAt",
            "page": str(number),
            "pageSize": str(PAGE_SIZE),
        }
        return await self._call(what, "POST", path, Page[Application], query=query)

    async def organizations(self, registry: str, identifier: str) -> list[Organization]:
        """Those that the registry knows by the identifier; a server may ignore the question."""
        query = {"registry": registry, "id": identifier, "pageSize": str(PAGE_SIZE)}
        what = f"organisations in {registry}"
        page = await self._call(what, "GET", "/orgs", Page[Organization], query=query)
        return [one for one in page.items if one.known_as(registry, identifier)]

    async def _call[Model: BaseModel](
        self,
        what: str,
        method: str,
        path: str,
        answer: type[Model],
        *,
        body: Json | None = None,
        query: Mapping[str, str] | None = None,
        writes: bool = False,
    ) -> Model:
        try:
            response = await self._client.get().request(method, path, json=body, params=query)
        except httpx.HTTPError as error:
            raise lost(error, what, writes=writes) from None
        if not response.is_success:
            raise refused(response, what, writes=writes)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError:
            raise garbled(what, writes=writes) from None


def _unsearchable(code: ErrorCode) -> Refused:
    if code in (ErrorCode.AUTH, ErrorCode.PERMISSION):
        return Refused(code, f"{NAME} does not permit a search with this token.")
    return Refused(
        code,
        f"{NAME} does not search in the way that is configured.",
        effect=Effect.NONE,
        instructions="Set GRANTS_SEARCH to the way in which the server searches, or to none.",
    )
