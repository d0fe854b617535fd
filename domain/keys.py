"""API keys as everybody may see them: whose they are and what they permit, never what they say."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.errors import Invalid
from domain.names import clean_name, clean_text, name_key
from domain.scopes import DEFAULT_TENANT, Scope

TENANT_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def clean_tenant(value: str) -> str:
    """1 to 40 characters a-z, 0-9 and hyphens; anything else is `Invalid`."""
    if not TENANT_FORM.fullmatch(value):
        raise Invalid(
            "tenant must be 1 to 40 characters of a-z, 0-9 and hyphens.",
            field="tenant",
            advice="For example: north-office.",
        )
    return value


def clean_person(value: str) -> str:
    """A name that says who somebody is: the same however it is spelt, so that nobody is two."""
    return name_key(clean_name(value, "name"))


class Holder(BaseModel):
    """Who uses a key and what it permits: the same person may hold several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: Annotated[str, AfterValidator(clean_person)]
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    groups: frozenset[Annotated[str, AfterValidator(lambda v: clean_name(v, "group"))]] = (
        frozenset()
    )
    label: Annotated[str, AfterValidator(lambda v: clean_text(v, "label", limit=200))] = ""


class ApiKey(Holder):
    """A key that was given out. It is `valid` until it expires or is revoked."""

    key_id: str
    tenant: Annotated[str, AfterValidator(clean_tenant)] = DEFAULT_TENANT
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    replaces: str | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it opens anything at this time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
