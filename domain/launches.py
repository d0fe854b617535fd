"""What a caller asks for when launching a run."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain import patterns
from domain.canonical import digest
from domain.choices import NOTHING_CHOSEN, Choices
from domain.companies import Company, Contact, Slug
from domain.errors import Invalid
from domain.names import MAX_NAME, MAX_TEXT, clean_name, clean_text, readable

MAX_CONTACTS = 20
MAX_SYSTEMS = 20
_TEXT = Field(json_schema_extra=patterns.text(MAX_TEXT))


CompanyName = Annotated[
    str, AfterValidator(clean_name), Field(json_schema_extra=patterns.name(MAX_NAME))
]


_SOMEBODY_IS_NAMED: dict[str, Any] = {
    "anyOf": [
        {"required": ["company_name"], "properties": {"company_name": {"type": "string"}}},
        {
            "required": ["request"],
            "properties": {"request": {"type": "string", **patterns.text(MAX_TEXT, some=True)}},
        },
    ]
}


class Origin(BaseModel):
    """The run that another was forked from, as it was after the event `seq`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    seq: int


class LaunchRequest(BaseModel):
    """The launch body. Unknown fields are refused; without `systems` all of them are meant.

    `request` says in words what is wanted; with `company_name` it need not name the company.
    `deadline_seconds` is how long the plan may wait for its decision before the run expires.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, json_schema_extra=_SOMEBODY_IS_NAMED
    )

    company_name: CompanyName | None = None
    idempotency_key: (
        Annotated[
            str,
            Field(min_length=1, max_length=255, json_schema_extra=patterns.line(255)),
            AfterValidator(lambda v: readable(v, "idempotency_key")),
        ]
        | None
    ) = None
    request: Annotated[str, AfterValidator(lambda v: clean_text(v, "request")), _TEXT] | None = None
    systems: Annotated[list[str], Field(min_length=1, max_length=MAX_SYSTEMS)] | None = None
    contacts: Annotated[list[Contact], Field(max_length=MAX_CONTACTS)] = Field(default_factory=list)
    slug: Slug | None = None
    note: Annotated[str, AfterValidator(lambda v: clean_text(v, "note")), _TEXT] | None = None
    deadline_seconds: Annotated[float, Field(ge=1, le=31_536_000)] | None = Field(
        default=None, exclude_if=lambda seconds: seconds is None
    )
    choices: Choices = Field(default=NOTHING_CHOSEN, exclude_if=lambda chosen: not chosen)

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        self.check_names()
        return self

    def check_names(self) -> None:
        """`Invalid` unless a company is named, or may be in the words of the request."""
        if self.company_name is None and not self.request:
            raise Invalid(
                "company_name is missing.",
                field="company_name",
                advice="Give company_name, or a request in words that names the company.",
            )

    def fingerprint(self, origin: Origin | None = None) -> str:
        """Equal for requests that mean the same; the idempotency key is left out."""
        body: dict[str, Any] = self.model_dump(mode="json", exclude={"idempotency_key"})
        return digest(body | ({"origin": origin.model_dump()} if origin else {}))

    def about(self, company: Company) -> Company:
        """The company as this launch means it: spelt so, with these people and choices."""
        said = {"name": self.company_name or company.name, "contacts": tuple(self.contacts)}
        return company.model_copy(update={**said, "choices": self.choices})
