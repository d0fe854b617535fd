"""The calls to Brevo, through the vendor's own client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote

import httpx
from brevo import AsyncBrevo
from brevo.contacts.raw_client import AsyncRawContactsClient
from brevo.contacts.types import RemoveContactFromListRequestBodyEmails
from brevo.core.http_response import AsyncHttpResponse
from pydantic import BaseModel, Field, ValidationError

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.http import new_client
from systems.moment import Moment
from systems.newsletter.brevo.faults import garbled, translate
from systems.newsletter.brevo.options import BrevoOptions
from systems.per_loop import PerLoop

PAGE = 50
"""Lists in one answer; Brevo permits no more."""


class ContactList(BaseModel):
    """A list as Brevo tells it; the time of creation comes with a single list only."""

    id: int
    name: str
    folder_id: int | None = Field(None, alias="folderId")
    created_at: Moment | None = Field(None, alias="createdAt")
    subscribers: int = Field(0, alias="uniqueSubscribers")


class Subscriber(BaseModel):
    """A contact as Brevo tells it; `number` is how its console finds it without an address."""

    number: int | None = Field(None, alias="id")
    lists: list[int] = Field([], alias="listIds")
    left: list[int] | None = Field(None, alias="listUnsubscribed")
    blacklisted: bool = Field(alias="emailBlacklisted")


class _Page(BaseModel):
    lists: list[ContactList] = []
    count: int = 0


class _Made(BaseModel):
    id: int


Call = Callable[[AsyncRawContactsClient], Awaitable[AsyncHttpResponse[Any]]]


class BrevoClient:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection."""

    def __init__(self, options: BrevoOptions) -> None:
        self._options = options
        self._client = PerLoop(self._connect)

    def _connect(self) -> AsyncBrevo:
        return AsyncBrevo(
            api_key=self._options.api_key.get_secret_value(),
            base_url=self._options.base_url,
            timeout=self._options.timeout_seconds,
            max_retries=0,
            # Its defaults come from the environment and would replace the key.
            client_id=None,
            client_secret=None,
            httpx_client=new_client(self._options.timeout_seconds),
        )

    async def lists(self) -> AsyncIterator[ContactList]:
        """The lists of the folder, oldest first, so that a new one shifts no page."""
        seen: set[int] = set()
        while True:
            page = await self._page(offset=len(seen))
            fresh = [one for one in page.lists if one.id not in seen]
            for one in fresh:
                yield one
            seen.update(one.id for one in fresh)
            if not fresh or len(seen) >= page.count:
                return

    async def _page(self, offset: int) -> _Page:
        folder, what = self._options.folder_id, f"folder {self._options.folder_id}"
        response = await self._call(
            what, lambda api: api.get_folder_lists(folder, limit=PAGE, offset=offset, sort="asc")
        )
        return _parse(_Page, response, what)

    async def check_folder(self) -> None:
        """Reads one list of the folder: proves the key and the folder."""
        folder = self._options.folder_id
        await self._call(f"folder {folder}", lambda api: api.get_folder_lists(folder, limit=1))

    async def list_of(self, list_id: int) -> ContactList | None:
        """One list, or None when it does not exist."""
        what = f"list {list_id}"
        response = await self._read_or_none(what, lambda api: api.get_list(list_id))
        return _parse(ContactList, response, what) if response else None

    async def create_list(self, name: str) -> int:
        """The id of a new list in the folder."""
        what, folder = "the new list", self._options.folder_id
        response = await self._call(
            what, lambda api: api.create_list(folder_id=folder, name=name), writes=True
        )
        return _parse(_Made, response, what, writes=True).id

    async def delete_list(self, list_id: int) -> None:
        """Delete a list; its contacts stay. Fault NOT_FOUND when it is gone already."""
        await self._call(f"list {list_id}", lambda api: api.delete_list(list_id), writes=True)

    async def contact(self, address: str) -> Subscriber | None:
        """A contact by its address, or None when Brevo does not know it."""
        # The client puts the address into the path as it is.
        identifier = quote(address, safe="@")
        what = "a subscriber"
        response = await self._read_or_none(
            what, lambda api: api.get_contact_info(identifier, identifier_type="email_id")
        )
        return _parse(Subscriber, response, what) if response else None

    async def ask(
        self, address: str, list_id: int, template_id: int, page: str, attributes: dict[str, str]
    ) -> None:
        """Send the double opt-in mail. Each call sends one more."""
        await self._call(
            f"the confirmation mail for list {list_id}",
            lambda api: api.create_doi_contact(
                email=address,
                include_list_ids=[list_id],
                template_id=template_id,
                redirection_url=page,
                attributes=dict(attributes),
            ),
            writes=True,
        )

    async def remove(self, address: str, list_id: int) -> None:
        """Take a contact off a list; the contact stays."""
        body = RemoveContactFromListRequestBodyEmails(emails=[address])
        await self._call(
            f"a subscriber of list {list_id}",
            lambda api: api.remove_contact_from_list(list_id, request=body),
            writes=True,
        )

    async def _read_or_none(self, what: str, call: Call) -> httpx.Response | None:
        try:
            return await self._call(what, call)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise

    async def _call(self, what: str, call: Call, *, writes: bool = False) -> httpx.Response:
        try:
            answer = await call(self._client.get().contacts.with_raw_response)
            if answer.response.content:
                answer.response.json()
        except Exception as error:  # noqa: BLE001  (the client lets through what its parser meets)
            # Cut off from its cause, whose text may hold an address.
            raise translate(error, what, writes=writes) from None
        return answer.response


def _parse[Answer: BaseModel](
    model: type[Answer], response: httpx.Response, what: str, *, writes: bool = False
) -> Answer:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise garbled(what, writes=writes) from None
