"""A Slack client and its parts against a server that answers by script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from systems.slack.channel import WelcomeChannel
from systems.slack.client import SlackClient
from systems.slack.member import Member
from systems.slack.options import SlackOptions
from systems.slack.purpose import ChannelPurpose
from systems.slack.welcome import WelcomeMessage
from systems.variables import read
from tests.scripted_server import Asked, Script, scripted

US = "U0AGENTOS"


@dataclass(frozen=True)
class Slack:
    script: Script
    options: SlackOptions
    client: SlackClient = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", SlackClient(self.options))

    @property
    def channels(self) -> WelcomeChannel:
        return WelcomeChannel(self.client, self.options)

    @property
    def purposes(self) -> ChannelPurpose:
        return ChannelPurpose(self.client, self.options)

    @property
    def people(self) -> Member:
        return Member(self.client, self.options)

    @property
    def messages(self) -> WelcomeMessage:
        return WelcomeMessage(self.client, self.options)

    def says(self, **answer: Any) -> "Slack":
        """The next answer, a success."""
        self.script.then(200, {"ok": True, **answer})
        return self

    def refuses(self, error: str, **more: Any) -> "Slack":
        """The next answer, as Slack says no."""
        self.script.then(200, {"ok": False, "error": error, **more})
        return self

    def knows_us(self) -> "Slack":
        """The answer to auth.test."""
        return self.says(user_id=US, url="https://sandbox.slack.com/")

    @property
    def called(self) -> list[str]:
        """The methods that were called."""
        return [asked.path.rpartition("/")[2] for asked in self.script.asked]

    def last(self) -> Asked:
        return self.script.asked[-1]


def options(url: str = "http://127.0.0.1:1", **variables: str) -> SlackOptions:
    """Valid options; `variables` replaces some, an empty one is unset."""
    given = {
        "SLACK_BOT_TOKEN": "xoxb-secret",
        "SLACK_BASE_URL": url,
        "SLACK_OPS_USER_IDS": "U0OPS1,U0OPS2",
        "SLACK_TIMEOUT_SECONDS": "20",
    }
    return read(SlackOptions, given | variables)


def channel(**fields: Any) -> dict[str, Any]:
    """A channel as Slack tells it: ours, open, private, without a purpose."""
    plain = {"id": "C1", "name": "welcome-acme", "creator": US, "created": 1_790_000_000}
    return plain | {"is_private": True, "is_archived": False, "purpose": {"value": ""}} | fields


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with scripted() as script:
        yield Slack(script, options(script.url))
