"""What was understood of a request in words."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.companies import Contact


class About(StrEnum):
    """What has to be asked before anything is planned."""

    COMPANY_NAME = "company_name"
    WHICH_COMPANY = "which_company"
    SYSTEMS = "systems"
    INTENT = "intent"
    SEVERAL = "several"


class Wanted(BaseModel):
    """One company, and what it is to get. `newsletter_only` are addresses for nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    systems: tuple[str, ...]
    contacts: tuple[Contact, ...] = ()
    newsletter_only: tuple[str, ...] = ()
    channel_name: str | None = None


class Clarification(BaseModel):
    """A question that was answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: About | None
    question: str
    answer: str


class Reading(BaseModel):
    """The companies that are meant, or one `question` and what it is `about`.

    `unsupported` are products that are named and not set up here; `suspicious` says that the text
    tries to command the machine, which it cannot.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    companies: tuple[Wanted, ...] = ()
    question: str | None = None
    about: About | None = None
    unsupported: tuple[str, ...] = ()
    suspicious: bool = False

    @property
    def newsletter_only(self) -> tuple[str, ...]:
        """Addresses of the first company, which is the run's own, that are for nothing else."""
        return self.companies[0].newsletter_only if self.companies else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever approves should know of the request."""
        found = []
        if self.unsupported:
            names = ", ".join(self.unsupported)
            found.append(f"The request also names {names}, which is not set up here.")
        if self.suspicious:
            found.append("The request holds text that tries to give orders; it was ignored.")
        return tuple(found)

    def clarified(self, answer: str) -> Clarification:
        """Its question with this answer."""
        return Clarification(about=self.about, question=self.question or "", answer=answer)
