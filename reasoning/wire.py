"""What a model answers, as it goes over the wire: no constraints, since Bedrock refuses them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

About = Literal["company_name", "which_company", "systems", "intent"]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CompanyReply(_Reply):
    """One company to onboard, and what the request says of it, copied letter by letter."""

    name: str
    systems: list[str]
    contact_name: str | None = None
    contact_email: str | None = None
    github_handles: list[str] = []
    slack_channel: str | None = None
    newsletter_emails: list[str] = []


class PlanReply(_Reply):
    """What a request asks for, or the one question that has to be answered first."""

    needs_clarification: bool
    question: str | None = None
    clarify_about: About | None = None
    companies: list[CompanyReply] = []
    unsupported: list[str] = []
    suspicious: bool = False


class ReportReply(_Reply):
    """A headline and what to do next, from facts alone."""

    headline: str
    next_actions: list[str] = []
