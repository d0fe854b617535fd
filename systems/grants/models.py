"""The few fields of the protocol's answers that are used; all others are let through."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from systems.moment import Moment


class Status(BaseModel):
    """`value` is one of the protocol's; `custom` ones say more in fields not used here."""

    value: str


class Competition(BaseModel):
    """What companies apply to."""

    status: Status


class Application(BaseModel):
    """One application; the protocol does not tell whose it is."""

    id: str
    title: str
    competition_id: str = Field(alias="competitionId")
    status: Status
    created_at: Moment | None = Field(None, alias="createdAt")


class Organization(BaseModel):
    """An organisation with its identifiers by registry."""

    id: str
    identifiers: dict[str, Any] = {}

    def known_as(self, registry: str, identifier: str) -> bool:
        """Whether the registry knows it by exactly this identifier."""
        return any(
            code == registry and value.get("id") == identifier
            for code, value in _identifiers(self.identifiers)
        )


def _identifiers(given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Base identifiers stand beside `otherIds`, which holds those of further registries."""
    for code, value in given.items():
        if code == "otherIds" and isinstance(value, dict):
            yield from _identifiers(value)
        elif isinstance(value, dict):
            registry = value.get("registry")
            told = registry.get("code") if isinstance(registry, dict) else None
            yield (told or code), value


class PageInfo(BaseModel):
    """Where a page stands; `pages` is None where the server does not tell."""

    page: int = 1
    pages: int | None = Field(None, alias="totalPages")


class Envelope[Item: BaseModel](BaseModel):
    """An answer with one object."""

    data: Item


class Page[Item: BaseModel](BaseModel):
    """An answer with many objects."""

    items: list[Item]
    info: PageInfo = Field(PageInfo(), alias="paginationInfo")
