"""The company's welcome channel."""

from collections.abc import Sequence

from domain.canonical import digest
from domain.codes import ErrorCode
from domain.companies import Company, is_another_companys
from domain.errors import NeedsPerson
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.part import Found, Owner, made
from systems.slack.client import SlackClient
from systems.slack.models import Channel
from systems.slack.options import SlackOptions

RESOURCE = "channel"


def channel_name(company: Company, options: SlackOptions) -> str:
    """The name without the # that people write before it."""
    return company.choices.channel_name or options.channel_prefix + company.slug


class WelcomeChannel:
    """Slack keeps names unique, over public, private and archived channels."""

    unique = True
    can_look_up = True

    def __init__(self, client: SlackClient, options: SlackOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One channel."""
        name = channel_name(company, self._options)
        kind = "private" if self._options.private else "public"
        return [
            Change(
                key=f"{company.company_id}/slack/{RESOURCE}",
                system="slack",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=f"#{name}",
                summary=f"create the {kind} channel #{name}",
                after={"name": name, "is_private": self._options.private},
                undo=Undo.PARTIAL,
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The channel of that name, if the app can see it."""
        name = channel_name(company, self._options)
        async for channel in self._client.channels():
            if channel.name == name:
                return await self._found(channel, company, change)
        return None

    async def _found(self, channel: Channel, company: Company, change: Change) -> Found:
        identity = await self._client.identity()
        owner = _owner(channel, company, identity.user_id)
        adopted = change.target in company.choices.adopt
        if channel.is_archived and (owner in (Owner.COMPANY, Owner.UNMARKED) or adopted):
            # Apps cannot take a channel out of the archive.
            raise NeedsPerson(
                ErrorCode.CONFLICT,
                f"#{channel.name} in Slack was archived.",
                instructions="Have it unarchived and the app invited, or launch with another slug.",
            )
        if adopted and not channel.is_member:
            raise NeedsPerson(
                ErrorCode.PERMISSION,
                f"The app is not in #{channel.name} in Slack.",
                instructions="Invite the app into the channel; then it can be adopted.",
            )
        current = {
            "name": channel.name,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
        }
        return Found(
            await self._resource(channel), owner, created_at=channel.created_at, current=current
        )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Create the channel, with nobody but the app in it."""
        name = channel_name(company, self._options)
        channel = await self._client.create(name, private=self._options.private)
        resource = await self._resource(channel)
        return resource.model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """It is open, ours, and named and closed to others as planned."""
        resource = refs.get(RESOURCE)
        channel = await self._client.channel(resource.id) if resource else None
        if channel is None:
            return [Difference("channel", "there", "gone")]
        wrong = []
        if channel.name != change.after["name"]:
            wrong.append(Difference("name", change.after["name"], channel.name))
        if channel.is_private != change.after["is_private"]:
            expected = str(change.after["is_private"]).lower()
            wrong.append(Difference("is_private", expected, str(channel.is_private).lower()))
        if channel.is_archived:
            wrong.append(Difference("is_archived", "false", "true"))
        return wrong

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Free the name and archive the channel, unless people have written in it.

        Apps cannot delete a channel, and an archived one keeps its name: so it is renamed first.
        """
        resource = made(entry)
        was = f"#{channel_name(company, self._options)}"
        aside = f"zz-undone-{company.slug}-{digest(resource.id)[:4]}"
        channel = await self._client.channel(resource.id)
        if channel is None or channel.is_archived:
            # Archiving takes the app out of a private channel, which it cannot see afterwards.
            return Undone(note=f"the channel {was} is archived or out of the app's sight")
        if await self._lived_in(channel):
            return Undone(
                note=f"the channel #{channel.name} stays, since people have written in it",
                left=True,
            )
        if channel.name != aside:
            await self._client.rename(channel.id, aside)
        await self._client.archive(channel.id)
        return Undone(
            note=f"the channel {was} was renamed to #{aside} and archived; "
            "an owner of the workspace can delete it"
        )

    async def _lived_in(self, channel: Channel) -> bool:
        ourselves = (await self._client.identity()).user_id
        async for message in self._client.messages(channel.id):
            if message.by_people(ourselves):
                return True
        return False

    async def _resource(self, channel: Channel) -> Resource:
        url = f"{(await self._client.identity()).url.rstrip('/')}/archives/{channel.id}"
        return Resource(kind="channel", id=channel.id, url=url, label=f"#{channel.name}")


def _owner(channel: Channel, company: Company, ourselves: str) -> Owner:
    """By its maker, and the mark that ends its purpose: a channel cannot be made with a mark.

    The end counts, since a display name may quote another company's mark. A mark on a channel that
    somebody else made tells only whose it has become by a choice.
    """
    if is_another_companys(channel.purpose_text, company):
        return Owner.ANOTHER
    if channel.creator != ourselves:
        return Owner.OTHER
    if channel.purpose_text.endswith(company.marker):
        return Owner.COMPANY
    return Owner.OTHER if "agentos:" in channel.purpose_text else Owner.UNMARKED
