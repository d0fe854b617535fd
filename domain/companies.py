"""A company and the people named for it."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain import patterns
from domain.canonical import digest
from domain.choices import NOTHING_CHOSEN, Choices
from domain.errors import Invalid
from domain.names import MAX_NAME, clean_name, name_key

SLUG_LIMIT = 60
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_MARKED = re.compile(r"agentos:co_[0-9a-f]+$")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_GITHUB = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}")
_SLACK = re.compile(r"[UW][A-Z0-9]{2,20}")


def clean_slug(value: str) -> str:
    """1 to 60 characters a-z, 0-9 and inner hyphens; anything else is `Invalid`."""
    if not _SLUG.fullmatch(value) or "--" in value:
        raise Invalid(
            "slug must be 1 to 60 characters of a-z, 0-9 and single inner hyphens.",
            field="slug",
            advice="For example: acme-corp.",
        )
    return value


Slug = Annotated[str, AfterValidator(clean_slug), Field(json_schema_extra=patterns.SLUG)]


def clean_email(value: str) -> str:
    """ASCII local part, domain in lower-case IDNA; anything else is `Invalid`."""
    problem = Invalid(
        "email is not an address that mail can be sent to.",
        field="email",
        advice="For example: dana@example.com.",
    )
    local, at, domain = value.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64:
        raise problem
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise problem from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or len(ascii_domain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise problem
    return f"{local}@{ascii_domain}"


def _handle(pattern: re.Pattern[str], field: str, example: str, value: str) -> str:
    handle = value.strip().removeprefix("@")
    if not pattern.fullmatch(handle):
        raise Invalid(f"{field} is not a valid handle.", field=field, advice=f"Like {example}.")
    return handle


_Name = Annotated[
    str,
    AfterValidator(lambda v: clean_name(v, "contacts.name")),
    Field(json_schema_extra=patterns.name(MAX_NAME)),
]
_Email = Annotated[str, AfterValidator(clean_email), Field(json_schema_extra=patterns.EMAIL)]
_Github = Annotated[
    str,
    AfterValidator(lambda v: _handle(_GITHUB, "github", "octocat", v)),
    Field(json_schema_extra=patterns.GITHUB),
]
_Slack = Annotated[
    str,
    AfterValidator(lambda v: _handle(_SLACK, "slack", "U012ABCDEF", v)),
    Field(json_schema_extra=patterns.SLACK),
]


class Contact(BaseModel):
    """A person at the company; `Invalid` unless there is at least one way to reach them.

    With `newsletter_only` nothing but the newsletter is told of the address.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        json_schema_extra={
            **patterns.any_of("email", "github", "slack"),
            "dependentSchemas": {"newsletter_only": patterns.all_of("email")},
        },
    )

    name: _Name | None = None
    email: _Email | None = None
    github: _Github | None = None
    slack: _Slack | None = None
    newsletter_only: bool = Field(default=False, exclude_if=lambda only: not only)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if "newsletter_only" in self.model_fields_set and self.email is None:
            raise Invalid(
                "newsletter_only is said of a contact without an address.",
                field="contacts",
                advice="Give its email.",
            )
        if self.email is None and self.github is None and self.slack is None:
            raise Invalid(
                "A contact cannot be reached.",
                field="contacts",
                advice="Give an email, a github or a slack handle.",
            )
        return self


class Company(BaseModel):
    """Who is onboarded. `company_id` is the owner's mark on everything we make for them.

    `contacts` and `choices` belong to a launch. Where nothing was chosen, nothing is said of it:
    plans of earlier releases keep their digest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    company_id: str
    name: str
    slug: str
    contacts: tuple[Contact, ...] = Field(default=())
    choices: Choices = Field(default=NOTHING_CHOSEN, exclude_if=lambda chosen: not chosen)

    @property
    def marker(self) -> str:
        """What we write on remote objects, and later recognise as ours."""
        return f"agentos:{self.company_id}"


def is_another_companys(text: str, company: Company) -> bool:
    """Whether a text ends with the mark of another company: a name may quote one before its end."""
    found = _MARKED.search(text)
    return found is not None and found[0] != company.marker


UNNAMED = Company(company_id="", name="(not named yet)", slug="")
"""The company of a run whose request in words was not read yet."""


def company_id_for(name: str, slug: str | None = None) -> str:
    """The same company has the same id on every machine, so its marks outlive our database.

    A name alone is one company however it is spelt (`name_key`); an operator's own slug makes
    another one of the same name.
    """
    return f"co_{digest([name_key(name), slug or ''])[:16]}"
