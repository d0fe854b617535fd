"""Slack: a channel with its purpose, our people in it, and a message."""

import httpx

from sandbox.seed import SLACK_BOT_TOKEN
from tests.contract.harness import Case, Creating
from tests.sandbox_server import SandboxServer

NAME = "welcome-acme-corp"
CHANNEL = Creating("channel", "POST", r"/conversations\.create$", "channel", aside=True)
MESSAGE = Creating("welcome", "POST", r"/chat\.postMessage$", "message", aside=True)


def other_companys_channel(server: SandboxServer) -> None:
    """The same app made it, for another company."""
    with httpx.Client(
        base_url=f"{server.url}/slack/api/",
        headers={"Authorization": f"Bearer {SLACK_BOT_TOKEN}"},
        trust_env=False,
    ) as http:
        channel = http.post("conversations.create", json={"name": NAME}).json()["channel"]["id"]
        purpose = {"channel": channel, "purpose": "Our channel. agentos:co_fedcba9876543210"}
        assert http.post("conversations.setPurpose", json=purpose).json()["ok"]


CASE = Case(
    system="slack",
    sandbox="slack",
    creating=(CHANNEL, MESSAGE),
    line=lambda refs: f"Slack provisioned for Acme Corp: channel=#{NAME}",
    stranger=other_companys_channel,
    timeout_variable="SLACK_TIMEOUT_SECONDS",
)
