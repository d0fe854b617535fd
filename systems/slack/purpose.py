"""The channel's purpose: a sentence for people, and the company's mark."""

from collections.abc import Sequence

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.ports import Difference, Entry, Refs, Undone
from domain.steps import Resource
from systems.part import Found, Owner, made, needed
from systems.slack import channel as parent
from systems.slack.client import SlackClient
from systems.slack.options import SlackOptions
from systems.slack.text import cut

RESOURCE = "purpose"
LONGEST_PURPOSE = 250


def purpose(company: Company) -> str:
    """The sentence, with the name cut so that the mark always fits."""
    before, after = "Our channel with ", f". {company.marker}"
    return before + cut(company.name, LONGEST_PURPOSE - len(before + after)) + after


class ChannelPurpose:
    """The mark on the channel; people may change the sentence before it."""

    unique = False
    can_look_up = True

    def __init__(self, client: SlackClient, options: SlackOptions) -> None:
        self._client = client
        self._options = options

    def desired(self, company: Company) -> Sequence[Change]:
        """One purpose."""
        target = f"the purpose of #{parent.channel_name(company, self._options)}"
        return [
            Change(
                key=f"{company.company_id}/slack/{RESOURCE}",
                system="slack",
                resource=RESOURCE,
                kind=ChangeKind.CREATE,
                target=target,
                summary=f"set {target}",
                after={"purpose": purpose(company)},
                undo=Undo.PARTIAL,
            )
        ]

    async def find(self, company: Company, change: Change, refs: Refs) -> Found | None:
        """The purpose of the channel as it is; the same if it ends with the mark."""
        owner = refs.get(parent.RESOURCE)
        channel = await self._client.channel(owner.id) if owner else None
        if owner is None or channel is None:
            return None
        return Found(
            _resource(owner),
            Owner.SETTING,
            same=channel.purpose_text.endswith(company.marker),
            current={"purpose": channel.purpose.value if channel.purpose else ""},
        )

    async def make(self, company: Company, change: Change, refs: Refs) -> Resource:
        """Set the purpose."""
        owner = needed(refs, parent.RESOURCE, f"Slack has no channel for {change.target}.")
        await self._client.set_purpose(owner.id, purpose(company))
        return _resource(owner).model_copy(update={"created_by_us": True})

    async def verify(self, company: Company, change: Change, refs: Refs) -> Sequence[Difference]:
        """The mark is there."""
        found = await self.find(company, change, refs)
        if found is None:
            return [Difference("purpose", "there", "gone with its channel")]
        if not found.same:
            return [Difference("purpose", f"marked {company.marker}", "without the mark")]
        return []

    async def undo(self, company: Company, entry: Entry) -> Undone:
        """Put back what was there before, in a channel that stays and where ours still stands."""
        if entry.change.before is None:
            return Undone(note=f"{entry.change.target} stays with the channel")
        channel_id = made(entry).facts["channel"]
        channel = await self._client.channel(channel_id)
        if channel is None or channel.is_archived:
            return Undone(note=f"{entry.change.target} stays with the archived channel")
        if not channel.purpose_text.endswith(company.marker):
            return Undone(note=f"{entry.change.target} was changed by somebody, and stays so")
        await self._client.set_purpose(channel_id, str(entry.change.before["purpose"]))
        return Undone(note=f"{entry.change.target} is what it was")


def _resource(channel: Resource) -> Resource:
    return Resource(
        kind="purpose",
        id=f"{channel.id}/purpose",
        url=channel.url,
        label=f"purpose of {channel.label}",
        facts={"channel": channel.id},
    )
