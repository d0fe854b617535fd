"""The variables of GNU Mailman."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from systems.variables import Options, Seconds, WebAddress

API = "/3.1"
_SUBADDRESSES = frozenset(
    {"bounces", "confirm", "join", "leave", "owner", "request", "subscribe", "unsubscribe"}
)


def _without_version(address: str) -> str:
    return address.removesuffix(API)


def _no_subaddress(suffix: str) -> str:
    if suffix.rpartition("-")[2] in _SUBADDRESSES:
        raise ValueError("Mailman uses that ending itself")
    return suffix


class MailmanOptions(Options):
    """`list_suffix` keeps a company called "Acme Owner" off the `-owner` address of Acme's list."""

    url: Annotated[WebAddress, AfterValidator(_without_version)] = Field(
        alias="MAILMAN_URL", description="the address of the core's REST API, without /3.1"
    )
    user: str = Field(alias="MAILMAN_USER", description="the user of the REST API")
    password: SecretStr = Field(alias="MAILMAN_PASSWORD", description="that user's password")
    domain: str = Field(
        alias="MAILMAN_DOMAIN",
        pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
        description="the mail domain for the lists, like lists.example.com",
    )
    list_suffix: Annotated[str, AfterValidator(_no_subaddress)] = Field(
        "-news",
        alias="MAILMAN_LIST_SUFFIX",
        pattern=r"^-[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=20,
        description="what the names of lists end with, like -news",
    )
    app_url: WebAddress | None = Field(
        None,
        alias="MAILMAN_APP_URL",
        description="the address of Postorius, like https://lists.example.com/mailman3",
    )
    timeout_seconds: Seconds = Field(
        10.0, alias="MAILMAN_TIMEOUT_SECONDS", description="seconds above 0 and up to 300"
    )
