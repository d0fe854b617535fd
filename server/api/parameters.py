"""Parameters that several operations share, as typed annotations."""

from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from domain import patterns
from domain.errors import Invalid
from domain.names import MAX_NAME, clean_name, readable
from domain.status import RunStatus
from server.api.errors import Malformed
from server.api.etag import TAG_PATTERN, required_version
from server.api.schemas import RUN_ID_PATTERN, known_form
from server.api.streams import Streams
from server.auth.exchange import ACTOR
from server.lifecycle.reads import CURSOR_PATTERN, MAX_LIMIT
from server.lifecycle.service import Actor, Service

MAX_SEQ = 2**53 - 1  # the largest number that every JSON reader keeps exact


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


def _caller(request: Request) -> Actor:
    return cast(Actor, request.scope[ACTOR])


def _streams(request: Request) -> Streams:
    return cast(Streams, request.app.state.streams)


def _if_version(
    if_match: Annotated[
        str | None,
        Header(
            description="The ETag of the run you decided on; 412 when it has changed since.",
            json_schema_extra={"pattern": TAG_PATTERN},
        ),
    ] = None,
) -> int | None:
    return required_version(if_match)


def _idempotency_key(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(include_in_schema=False),  # described at the field of the body
    ] = None,
) -> str | None:
    if idempotency_key is None:
        return None
    values = set(request.headers.getlist("idempotency-key"))
    try:
        key = idempotency_key.encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise Malformed("Idempotency-Key is not text in UTF-8.") from error
    if len(values) > 1:
        raise Malformed("Idempotency-Key was given twice.")
    if not 1 <= len(key) <= 255:
        raise Invalid("Idempotency-Key must have 1 to 255 characters.", field="idempotency_key")
    return readable(key, "idempotency_key")


ServiceHere = Annotated[Service, Depends(_service)]
Caller = Annotated[Actor, Depends(_caller)]
StreamsHere = Annotated[Streams, Depends(_streams)]
IfVersion = Annotated[int | None, Depends(_if_version)]
IdempotencyKey = Annotated[str | None, Depends(_idempotency_key)]
RunId = Annotated[
    str,
    AfterValidator(known_form),
    Path(description="The id of the run.", json_schema_extra={"pattern": RUN_ID_PATTERN}),
]


def _words(value: object) -> object:
    """Several values may be repeated parameters or one list with commas."""
    if not isinstance(value, list):
        return value
    return [word for part in value for word in str(part).split(",")]


def _written(value: object) -> object:
    """Not seconds since 1970, which would be taken too."""
    if isinstance(value, str) and "T" not in value.upper():
        raise Invalid("created_after is not a time as RFC 3339 writes it.", field="created_after")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Invalid("created_after is out of range.", field="created_after") from None


class RunFilter(BaseModel):
    """Which runs are listed. An unknown filter is refused: ignoring it would list too many."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[list[RunStatus], BeforeValidator(_words)] = Field(
        default_factory=list, description="Any of these; repeat it or separate with commas."
    )
    company: Annotated[str, AfterValidator(lambda v: clean_name(v, "company"))] | None = Field(
        default=None,
        description="The company's name, however it is spelt.",
        json_schema_extra=patterns.name(MAX_NAME),
    )
    created_after: (
        Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_utc)] | None
    ) = Field(default=None, description="A point in time with its zone (RFC 3339).")
    launched_by: Annotated[str, AfterValidator(lambda v: clean_name(v, "launched_by"))] | None = (
        Field(
            default=None,
            description="The name of who launched them, however it is spelt.",
            json_schema_extra=patterns.name(MAX_NAME),
        )
    )
    system: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")] | None = Field(
        default=None, description="Runs that this system is part of."
    )
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: Annotated[str, Field(max_length=512)] | None = Field(
        default=None,
        description="`next_cursor` of the page before, unchanged.",
        json_schema_extra={"pattern": CURSOR_PATTERN},
    )
