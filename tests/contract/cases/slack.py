"""Slack: a channel with its purpose, our people in it, and a message."""

import httpx

from domain.companies import Contact
from sandbox.seed import SLACK_BOT_TOKEN, SLACK_PERSON_TOKEN
from sandbox.slack.seed import BOT_USER
from tests.contract.harness import ACME, Case, Creating, Stranger
from tests.sandbox_server import SandboxServer

COMPANY = ACME.model_copy(update={"contacts": (Contact(name="Dana", email="Dana@example.com"),)})
NAME = "welcome-acme-corp"
CHANNEL = Creating("channel", "POST", r"/conversations\.create$", "channel", aside=True)
CONNECT = Creating("connect", "POST", r"\.inviteShared$", "connect_invite", aside=True)
MESSAGE = Creating("welcome", "POST", r"/chat\.postMessage$", "message", aside=True)


def channel(server: SandboxServer, token: str, purpose: str) -> None:
    """A public channel, with the app in it."""
    with httpx.Client(
        base_url=f"{server.url}/slack/api/",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ) as http:
        made = http.post("conversations.create", json={"name": NAME}).json()["channel"]["id"]
        http.post("conversations.invite", json={"channel": made, "users": BOT_USER})
        purposed = {"channel": made, "purpose": purpose}
        assert http.post("conversations.setPurpose", json=purposed).json()["ok"]


def other_companys_channel(server: SandboxServer) -> None:
    """The same app made it, for another company."""
    channel(server, SLACK_BOT_TOKEN, "Our channel. agentos:co_fedcba9876543210")


def somebodys_channel(server: SandboxServer) -> None:
    """A person made it, with a purpose that only quotes our mark."""
    channel(server, SLACK_PERSON_TOKEN, f"not {ACME.marker} at all")


CASE = Case(
    system="slack",
    sandbox="slack",
    creating=(CHANNEL, CONNECT, MESSAGE),
    company=COMPANY,
    variables={"SLACK_CONNECT": "managed"},
    line=lambda refs: f"Slack provisioned for Acme Corp: channel=#{NAME}",
    strangers=(
        Stranger("another company's", other_companys_channel, "channel", adoptable=False),
        Stranger("somebody's", somebodys_channel, "channel", changed=True),
    ),
    timeout_variable="SLACK_TIMEOUT_SECONDS",
)
