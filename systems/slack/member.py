"""The people in the channel: our own, and contacts with a Slack account here."""

from collections.abc import Sequence

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.part import Found, Owner, made, needed
from systems.slack import channel as parent
from systems.slack.client import SlackClient
from systems.slack.options import SlackOptions

_PREFIX = "member:"


class Member:
    """One person each: an invitation of several would hide who could not be invited."""

    unique = False
    can_look_up = True

    def __init__(self, client: SlackClient, options: SlackOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """Our own people first; who is named twice is one person."""
        named = [contact.slack for contact in company.contacts if contact.slack]
        name = parent.channel_name(company, self._options)
        return [
            Change(
                key=f"{company.company_id}/slack/{_PREFIX}{user}",
                system="slack",
                resource=f"{_PREFIX}{user}",
                kind=ChangeKind.CREATE,
                target=f"{user} in #{name}",
                summary=f"invite {user} to #{name}",
                after={"user": user},
                undo=Undo.PARTIAL,
            )
            for user in dict.fromkeys([*self._options.ops_user_ids, *named])
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """Whether the person is in the channel."""
        channel = refs.get(parent.RESOURCE)
        if channel is None:
            return None
        async for user in self._client.members(channel.id):
            if user == _user(change):
                return Found(_resource(channel, user), Owner.SETTING)
        return None

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Invite the person; Slack tells them, without a mail."""
        channel = needed(refs, parent.RESOURCE, f"Slack has no channel for {change.target}.")
        await self._client.invite(channel.id, _user(change))
        return _resource(channel, _user(change)).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The person is in the channel."""
        if await self.find(company, change, refs):
            return []
        return [Difference("member", _user(change), "absent")]

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Nobody is put out: the channel is archived, or was there before and stays."""
        if made(entry).facts["new_channel"] == "yes":
            return Undone(note=f"{entry.change.target} stays with the channel")
        return Undone(note=f"{entry.change.target}, which was there before, stays in it", left=True)


def _user(change: Change) -> str:
    return change.resource.removeprefix(_PREFIX)


def _resource(channel: Resource, user: str) -> Resource:
    return Resource(
        kind="member",
        id=f"{channel.id}/{user}",
        url=channel.url,
        label=user,
        facts={"new_channel": "yes" if channel.created_by_us else "no"},
    )
