"""The few fields of Slack's answers that are used; all others are let through."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

from pydantic import BaseModel

_BY_PEOPLE = frozenset({"file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that somebody wrote; the others say what happened to the channel."""


class Identity(BaseModel):
    """Who the token is: its user, and the address of the workspace.

    `scopes` are None where Slack has not named those of the token.
    """

    user_id: str
    url: str
    scopes: frozenset[str] | None = None


class Text(BaseModel):
    """A purpose or topic, as Slack keeps it: with &, < and > written as entities."""

    value: str = ""


class Channel(BaseModel):
    """A channel; `creator` is None where Slack does not tell it, and a member is the app."""

    id: str
    name: str = ""
    created: int = 0
    creator: str | None = None
    is_archived: bool = False
    is_member: bool = True
    is_private: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    purpose: Text | None = None

    @property
    def created_at(self) -> datetime:
        """Slack's time of creation, in whole seconds."""
        return datetime.fromtimestamp(self.created, UTC)

    @property
    def purpose_text(self) -> str:
        """The purpose as people read it."""
        return unescape(self.purpose.value) if self.purpose else ""


class User(BaseModel):
    """Somebody with an account, who may have been deactivated."""

    id: str
    deleted: bool = False


class UserAnswer(BaseModel):
    """An answer with one user."""

    user: User


class Metadata(BaseModel):
    """What an app attached to its message, unseen by people."""

    event_type: str = ""
    event_payload: dict[str, Any] = {}


class Message(BaseModel):
    """A message of a channel; `reply_users` are those who answered in its thread."""

    ts: str
    user: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    metadata: Metadata | None = None
    reply_users: list[str] = []

    @property
    def sent_at(self) -> datetime:
        """Slack's time of sending."""
        return datetime.fromtimestamp(float(self.ts), UTC)

    def by_people(self, ourselves: str) -> bool:
        """Whether somebody other than us and apps wrote it, or answered it."""
        if any(user != ourselves for user in self.reply_users):
            return True
        written = self.subtype is None or self.subtype in _BY_PEOPLE
        return written and not self.bot_id and self.user != ourselves


class Cursor(BaseModel):
    """Where the next page begins; empty on the last one."""

    next_cursor: str = ""


class ChannelAnswer(BaseModel):
    """An answer with one channel."""

    channel: Channel


class Page(BaseModel):
    """A page of a list; the answer tells where the next one begins."""

    response_metadata: Cursor | None = None

    @property
    def next_cursor(self) -> str:
        """Empty on the last page."""
        return self.response_metadata.next_cursor if self.response_metadata else ""


class ChannelPage(Page):
    """A page of channels."""

    channels: list[Channel]


class MemberPage(Page):
    """A page of the ids of members."""

    members: list[str]


class MessagePage(Page):
    """A page of messages, newest first."""

    messages: list[Message]


class Posted(BaseModel):
    """The time stamp that is a message's id in its channel."""

    ts: str


class SharedInvite(BaseModel):
    """An invitation through Slack Connect."""

    id: str
    recipient_email: str | None = None
    date_invalid: int = 0


class SharedChannel(BaseModel):
    """The channel that an invitation leads into."""

    id: str


class ConnectInvite(BaseModel):
    """An invitation with its state, as those who manage them see it."""

    direction: str = ""
    status: str = ""
    invite: SharedInvite
    channel: SharedChannel | None = None


class InvitePage(Page):
    """A page of invitations."""

    invites: list[ConnectInvite]


class Invited(BaseModel):
    """What an invitation is known by."""

    invite_id: str
