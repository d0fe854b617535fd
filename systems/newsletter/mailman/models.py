"""Mailman's answers, as far as they are read."""

from pydantic import BaseModel, Field

from systems.moment import Moment


class MailingList(BaseModel):
    """The configuration of a list."""

    created_at: Moment
    last_post_at: Moment | None = None
    display_name: str = ""
    description: str = ""
    info: str = ""
    advertised: bool
    archive_policy: str
    subscription_policy: str
    default_member_action: str
    send_goodbye_message: bool


class Roster(BaseModel):
    """How many people a list has."""

    member_count: int


class Member(BaseModel):
    """A person who confirmed."""

    member_id: str
    email: str


class Members(BaseModel):
    """Mailman leaves `entries` out when there are none."""

    entries: list[Member] = []


class Invitation(BaseModel):
    """A person who was asked and has not answered."""

    token: str
    email: str
    asked_at: Moment = Field(alias="when")


class Invitations(BaseModel):
    """Mailman leaves `entries` out when there are none."""

    entries: list[Invitation] = []


class Asked(BaseModel):
    """The answer to an invitation that was sent."""

    token: str


class Ban(BaseModel):
    """An address, or a pattern that an address matches."""

    email: str
