"""The variables of the grants system."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from systems.variables import Options, Seconds, WebAddress

PREFIX = "/common-grants"


class Search(StrEnum):
    """How the server takes a search for applications.

    Protocol 0.4.0 declares its filters as query objects and no body, which servers read in two
    ways; `none` is for servers that offer no search.
    """

    JSON_QUERY = "json-query"
    BODY = "body"
    NONE = "none"


def _with_prefix(address: str) -> str:
    return address if address.endswith(PREFIX) else address + PREFIX


class GrantsOptions(Options):
    """`base_url` ends with the protocol's own prefix, whether it was given or not."""

    base_url: Annotated[WebAddress, AfterValidator(_with_prefix)] = Field(
        alias="GRANTS_BASE_URL",
        description="the address of a CommonGrants API, like https://grants.example.org",
    )
    token: SecretStr = Field(alias="GRANTS_TOKEN", description="a bearer token of the API")
    competition_id: str = Field(
        alias="GRANTS_COMPETITION_ID",
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        description="the id of the competition that companies apply to",
    )
    registry: str | None = Field(
        None,
        alias="GRANTS_ORG_REGISTRY",
        pattern=r"^[a-z0-9]+:[a-z0-9]+:[a-z0-9_-]+$",
        description="the code of a registry that knows companies by our ids, like org:us:partners",
    )
    search: Search = Field(
        Search.JSON_QUERY,
        alias="GRANTS_SEARCH",
        description="json-query, body or none",
    )
    app_url: WebAddress | None = Field(
        None,
        alias="GRANTS_APP_URL",
        description="the address of the pages for people, like https://grants.example.org",
    )
    contact: str = Field(
        "the office that runs the competition",
        alias="GRANTS_CONTACT",
        max_length=200,
        description="whom to write to about an application that shall be withdrawn",
    )
    timeout_seconds: Seconds = Field(
        10.0, alias="GRANTS_TIMEOUT_SECONDS", description="seconds above 0 and up to 300"
    )
