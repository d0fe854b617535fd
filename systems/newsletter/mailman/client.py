"""The calls to the REST API of Mailman's core."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.http import new_client, transport_fault
from systems.newsletter.mailman.faults import garbled, translate
from systems.newsletter.mailman.models import (
    Asked,
    Ban,
    Invitation,
    Invitations,
    MailingList,
    Member,
    Members,
    Roster,
)
from systems.newsletter.mailman.options import API, MailmanOptions
from systems.per_loop import PerLoop

Form = Mapping[str, str]


class MailmanClient:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection."""

    def __init__(self, options: MailmanOptions) -> None:
        self._options = options
        self._credentials = httpx.BasicAuth(options.user, options.password.get_secret_value())
        self._client = PerLoop(self._connect)

    def _connect(self) -> httpx.AsyncClient:
        return new_client(self._options.timeout_seconds, base_url=self._options.url + API)

    async def check_domain(self) -> None:
        """Reads the domain: proves the password and that lists can be made there."""
        domain = self._options.domain
        await self._call("GET", f"/domains/{domain}", f"domain {domain}")

    async def list_of(self, list_id: str) -> MailingList | None:
        """One list, or None when it does not exist."""
        return await self._read(MailingList, f"/lists/{list_id}/config", f"list {list_id}")

    async def member_count(self, list_id: str) -> int:
        """How many people are on a list; nobody when it does not exist."""
        roster = await self._read(Roster, f"/lists/{list_id}", f"list {list_id}")
        return roster.member_count if roster else 0

    async def create_list(self, address: str) -> None:
        """Make the list with that posting address; it takes nothing else."""
        what = f"list {address}"
        response = await self._call("POST", "/lists", what, {"fqdn_listname": address})
        _expect(response, 201, what)

    async def configure(self, list_id: str, values: Form) -> None:
        """Set fields of a list; the others stay."""
        what = f"list {list_id}"
        _expect(await self._call("PATCH", f"/lists/{list_id}/config", what, values), 204, what)

    async def delete_list(self, list_id: str) -> None:
        """Delete a list with its members; one that is gone already is deleted."""
        await self._drop("DELETE", f"/lists/{list_id}", f"list {list_id}")

    async def member(self, list_id: str, address: str) -> Member | None:
        """The person on the list with that address, in whatever letter case."""
        # Mailman takes a star in the address for a wildcard, so that its answer is looked through.
        form = {"list_id": list_id, "subscriber": address, "role": "member"}
        what = f"members of {list_id}"
        response = await self._call("POST", "/members/find", what, form, writes=False)
        return _of(_parse(Members, response, what).entries, address)

    async def invitation(self, list_id: str, address: str) -> Invitation | None:
        """The open request for that address, in whatever letter case."""
        what = f"requests of {list_id}"
        found = await self._read(Invitations, f"/lists/{list_id}/requests", what)
        return _of(found.entries, address) if found else None

    async def is_banned(self, address: str, list_id: str | None) -> bool:
        """Whether the list, or without one the whole site, takes this address never."""
        where = f"/lists/{list_id}/bans" if list_id else "/bans"
        path = f"{where}/{quote(address.lower(), safe='@')}"
        return await self._read(Ban, path, "a ban") is not None

    async def invite(self, list_id: str, address: str) -> bool:
        """Ask a person by mail to confirm, whatever the list's policy. True while it is open.

        A call for somebody who was asked already sends nothing: CONFLICT.
        """
        what = f"an invitation to {list_id}"
        form = {"list_id": list_id, "subscriber": address, "invitation": "True"}
        response = await self._call("POST", "/members", what, form)
        if response.status_code == 201:
            return False
        _expect(response, 202, what)
        _parse(Asked, response, what, writes=True)
        return True

    async def withdraw(self, list_id: str, token: str) -> None:
        """Drop a request and tell nobody; one that is not open any more is dropped."""
        path = f"/lists/{list_id}/requests/{token}"
        await self._drop("POST", path, f"a request of {list_id}", {"action": "discard"})

    async def remove(self, member_id: str) -> None:
        """Take a person off their list, whatever its policy; the address stays in Mailman."""
        form = {"pre_confirmed": "True", "pre_approved": "True"}
        await self._drop("DELETE", f"/members/{member_id}", "a member", form)

    async def _drop(self, method: str, path: str, what: str, form: Form | None = None) -> None:
        try:
            _expect(await self._call(method, path, what, form), 204, what)
        except SystemFault as fault:
            if fault.error_code is not ErrorCode.NOT_FOUND:
                raise

    async def _read[Answer: BaseModel](
        self, model: type[Answer], path: str, what: str
    ) -> Answer | None:
        try:
            response = await self._call("GET", path, what)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise
        return _parse(model, response, what)

    async def _call(
        self,
        method: str,
        path: str,
        what: str,
        form: Form | None = None,
        *,
        writes: bool | None = None,
    ) -> httpx.Response:
        writes = method != "GET" if writes is None else writes
        try:
            response = await self._client.get().request(
                method, path, data=form, auth=self._credentials
            )
        except httpx.HTTPError as error:
            # Cut off from its cause, whose text may hold an address.
            raise transport_fault(f"Mailman ({what})", error, writes=writes) from None
        if not response.is_success:
            raise translate(response, what, writes=writes)
        return response


def _of[Entry: (Member, Invitation)](entries: Iterable[Entry], address: str) -> Entry | None:
    same = (entry for entry in entries if entry.email.casefold() == address.casefold())
    return next(same, None)


def _expect(response: httpx.Response, status: int, what: str) -> None:
    """A write is done only by the very status that Mailman has for it; a proxy says 200."""
    if response.status_code != status:
        raise garbled(what, writes=True)


def _parse[Answer: BaseModel](
    model: type[Answer], response: httpx.Response, what: str, *, writes: bool = False
) -> Answer:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise garbled(what, writes=writes) from None
