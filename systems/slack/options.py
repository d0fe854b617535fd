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


def _people(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [pair.partition("=") for pair in value.replace(",", " ").split()]
    if not all(_USER.fullmatch(user) and name for user, _, name in pairs):
        raise ValueError("not the ids of users with names")
    return {user: name for user, _, name in pairs}


class ApprovalOptions(Options):
    """Where plans are put to people, and who of Slack's users is who here."""

    channel: str = Field(
        "",
        alias="SLACK_APPROVALS_CHANNEL",
        pattern=r"^([CG][A-Z0-9]{2,20})?$",
        description="the id of a channel that the app is in, like C012ABCDEF",
    )
    signing_secret: SecretStr = Field(
        SecretStr(""), alias="SLACK_SIGNING_SECRET", description="the app's signing secret"
    )
    approvers: Annotated[dict[str, str], BeforeValidator(_people)] = Field(
        {},
        alias="SLACK_APPROVERS",
        description="who may decide and under which name, like U012ABCDEF=dana,U023ABCDEF=erin",
    )
