"""The first message in the channel."""

from collections.abc import Sequence

from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import SystemFault
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.part import Found, Owner, made, needed
from systems.slack import channel as parent
from systems.slack.client import SlackClient
from systems.slack.models import Message
from systems.slack.options import SlackOptions
from systems.slack.text import escaped

RESOURCE = "welcome"
EVENT = "agentos_welcome"


def text(company: Company) -> str:
    """What people read."""
    return f"Welcome, {escaped(company.name)}! This channel is ours to work together in."


class WelcomeMessage:
    """Slack takes equal messages; the metadata tells whether ours is there."""

    unique = False
    can_look_up = True

    def __init__(self, client: SlackClient, options: SlackOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One message."""
        target = f"the welcome message in #{parent.channel_name(company, self._options)}"
        return [
            Change(
                key=f"{company.company_id}/slack/{RESOURCE}",
                system="slack",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=target,
                summary=f"post {target}",
                after={"text": text(company)},
                undo=Undo.PARTIAL,
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The message with this company's metadata."""
        channel = refs.get(parent.RESOURCE)
        if channel is None:
            return None
        async for message in self._client.messages(channel.id):
            if _is_ours(message, company):
                return Found(
                    _resource(channel, message.ts), Owner.COMPANY, created_at=message.sent_at
                )
        return None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Post the message."""
        channel = needed(refs, parent.RESOURCE, f"Slack has no channel for {change.target}.")
        payload = {"company_id": company.company_id}
        ts = await self._client.post(channel.id, text(company), EVENT, payload)
        return _resource(channel, ts).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The message is there; people may have edited what is said around it."""
        if await self.find(company, change, refs):
            return []
        return [Difference("welcome message", "there", "gone")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Delete the message from a channel that was there before; otherwise it shares its fate."""
        facts = made(entry).facts
        if facts["new_channel"] == "yes":
            return Undone(note=f"{entry.change.target} stays with the channel")
        try:
            await self._client.delete(facts["channel"], facts["ts"])
        except SystemFault as fault:
            if fault.error_code in (ErrorCode.NOT_FOUND, ErrorCode.PERMISSION):
                return Undone(note=f"{entry.change.target} stays", left=True)
            raise
        return Undone(note=f"{entry.change.target} was deleted")


def _is_ours(message: Message, company: Company) -> bool:
    data = message.metadata
    if data is None or data.event_type != EVENT:
        return False
    return data.event_payload.get("company_id") == company.company_id


def _resource(channel: Resource, ts: str) -> Resource:
    url = f"{channel.url}/p{ts.replace('.', '')}" if channel.url else None
    return Resource(
        kind="message",
        id=f"{channel.id}/{ts}",
        url=url,
        label="welcome message",
        facts={
            "channel": channel.id,
            "ts": ts,
            "new_channel": "yes" if channel.created_by_us else "no",
        },
    )
