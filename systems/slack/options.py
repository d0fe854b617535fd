"""The variables of Slack."""

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from systems.variables import Options, Seconds, WebAddress

_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


def _user_ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    ids = tuple(dict.fromkeys(value.replace(",", " ").split()))
    if not all(map(_USER.fullmatch, ids)):
        raise ValueError("not the ids of users")
    return ids


class Connect(StrEnum):
    """Slack Connect, for contacts without an account here: not used, used, or used by an app that
    may also see its invitations."""

    OFF = "off"
    ON = "on"
    MANAGED = "managed"


class SlackOptions(Options):
    """`ops_user_ids` are our own people, who are in each channel."""

    token: SecretStr = Field(alias="SLACK_BOT_TOKEN", description="the bot token, like xoxb-…")
    base_url: WebAddress = Field(
        "https://slack.com/api",
        alias="SLACK_BASE_URL",
        description="the address of the Web API, like https://slack.com/api/",
    )
    channel_prefix: str = Field(
        "welcome-",
        alias="SLACK_CHANNEL_PREFIX",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$",
        description="what channel names begin with: up to 20 of a-z, 0-9, - and _",
    )
    private: bool = Field(True, alias="SLACK_PRIVATE", description="true or false")
    ops_user_ids: Annotated[tuple[str, ...], BeforeValidator(_user_ids)] = Field(
        (),
        alias="SLACK_OPS_USER_IDS",
        description="ids of our own users with commas between, like U012ABCDEF,U023ABCDEF",
    )
    connect: Connect = Field(
        Connect.OFF, alias="SLACK_CONNECT", description=f"one of: {', '.join(Connect)}"
    )
    timeout_seconds: Seconds = Field(
        10.0, alias="SLACK_TIMEOUT_SECONDS", description="seconds above 0 and up to 300"
    )
