"""Slack: the company's channel with its mark, the people in it, and a welcome."""

from collections.abc import Mapping

from domain.companies import Company
from domain.ports import System
from domain.steps import Resource
from systems.connector import Connector
from systems.slack.channel import RESOURCE, WelcomeChannel, channel_name
from systems.slack.client import SlackClient
from systems.slack.connect import ConnectInvitation
from systems.slack.crew import crew
from systems.slack.member import Member
from systems.slack.options import SlackOptions
from systems.slack.purpose import ChannelPurpose
from systems.slack.welcome import WelcomeMessage
from systems.variables import read

RANK = 10
PREFIXES = ("SLACK_",)


def build(options: Mapping[str, str]) -> System:
    """The connector; `BadSetting` if a variable is wrong. Opens no connection."""
    settings = read(SlackOptions, options)
    client = SlackClient(settings)

    async def ready() -> str:
        identity = await client.check()
        scopes = "; no scope is missing" if identity.scopes else ""
        people = await crew(client, settings, identity)
        return f"Slack accepts the token of {identity.user_id} at {identity.url}{scopes}{people}."

    def said(company: Company, refs: Mapping[str, Resource]) -> str:
        channel = refs.get(RESOURCE)
        label = channel.label if channel else f"#{channel_name(company, settings)}"
        return f"Slack provisioned for {company.name}: channel={label}"

    return Connector(
        name="slack",
        parts=(
            WelcomeChannel(client, settings),
            ChannelPurpose(client, settings),
            Member(client, settings),
            ConnectInvitation(client, settings),
            WelcomeMessage(client, settings),
        ),
        ready=ready,
        said=said,
    )
