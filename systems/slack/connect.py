"""The people known by address only, invited from their own workspace through Slack Connect."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.part import Found, Owner, made, needed
from systems.slack import channel as parent
from systems.slack.client import SlackClient
from systems.slack.models import ConnectInvite
from systems.slack.options import Connect, SlackOptions

_PREFIX = "connect:"
_OVER = frozenset({"declined", "expired", "revoked", "invalid"})


def addresses(company: Company) -> Mapping[str, str]:
    """The addresses of people without an account here, by `Change.resource`."""
    given = [one.email for one in company.contacts if one.email and not one.slack]
    return {f"{_PREFIX}{_digest(address)}": address for address in given}


def _digest(address: str) -> str:
    return sha256(address.casefold().encode()).hexdigest()[:8]


class ConnectInvitation:
    """At most once by the ledger, unless the app may see its invitations.

    Slack tells of a channel only that it is shared or about to be, not with whom.
    """

    unique = False

    def __init__(self, client: SlackClient, options: SlackOptions) -> None:
        self._client = client
        self._options = options

    @property
    def can_look_up(self) -> bool:
        """Only those who manage invitations see them."""
        return self._options.connect is Connect.MANAGED

    def desired(self, company: Company) -> Sequence[Change]:
        """One for each person with an address and no account here; none is ever invented."""
        if self._options.connect is Connect.OFF:
            return []
        name = parent.channel_name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/slack/{resource}",
                system="slack",
                resource=resource,
                kind=ChangeKind.CREATE,
                target=f"{resource} to #{name}",
                summary=f"invite …@{address.rpartition('@')[2]} by mail to #{name} "
                "through Slack Connect",
                undo=Undo.PARTIAL,
                sends_mail=True,
            )
            for resource, address in addresses(company).items()
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The open invitation, or one that the ledger knows."""
        channel = refs.get(parent.RESOURCE)
        if channel is None:
            return None
        if self.can_look_up:
            address = addresses(company)[change.resource].casefold()
            async for one in self._client.connect_invites():
                if _is_open(one, channel.id) and (one.invite.recipient_email or "") == address:
                    return Found(_resource(change, channel, pending=True), Owner.COMPANY)
        shown = await self._client.channel(channel.id)
        pending = shown is None or not shown.is_ext_shared
        return Found(_resource(change, channel, pending=pending), Owner.LEDGER)

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Send the invitation; the person is in the channel after accepting it."""
        channel = needed(refs, parent.RESOURCE, f"Slack has no channel for {change.target}.")
        await self._client.invite_shared(channel.id, addresses(company)[change.resource])
        resource = _resource(change, channel, pending=True)
        return resource.model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The channel is shared, or somebody was asked to share it."""
        channel = refs.get(parent.RESOURCE)
        shown = await self._client.channel(channel.id) if channel else None
        if shown and (shown.is_ext_shared or shown.is_pending_ext_shared):
            return []
        return [Difference("invitation", "open or accepted", "declined or expired")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Nothing: no call of an app withdraws one. It ends with a channel that is archived."""
        if made(entry).facts["new_channel"] == "yes":
            return Undone(note=f"{entry.change.target} ends with the channel; the mail was sent")
        return Undone(
            note=f"{entry.change.target} stays, since apps cannot withdraw one; "
            "an owner of the workspace can",
            left=True,
        )


def _is_open(one: ConnectInvite, channel_id: str) -> bool:
    until = one.invite.date_invalid
    late = bool(until) and datetime.fromtimestamp(until, UTC) < datetime.now(UTC)
    here = one.channel is not None and one.channel.id == channel_id
    return here and not late and one.status not in _OVER


def _resource(change: Change, channel: Resource, *, pending: bool) -> Resource:
    return Resource(
        kind="invitation",
        id=f"{channel.id}/{change.resource}",
        url=channel.url,
        label=change.resource,
        pending=pending,
        facts={"new_channel": "yes" if channel.created_by_us else "no"},
    )
