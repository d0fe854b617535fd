"""A grants client and its part against a server that answers by script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from domain.companies import Company
from systems.grants.application import CompanyApplication
from systems.grants.client import GrantsClient
from systems.grants.options import GrantsOptions
from systems.variables import read
from tests.scripted_server import Script, scripted

ACME = Company(company_id="co_1111", name="Acme Corp", slug="acme-corp")
TITLE = "Acme Corp [agentos:co_1111]"
COMPETITION = "7c1f7e2a-6a55-4c7e-9d35-2f1b2a4e5c01"
OPEN = {"data": {"id": COMPETITION, "status": {"value": "open"}}}
REGISTRY = "org:us:ein"


def options(url: str = "http://127.0.0.1:1", **variables: str) -> GrantsOptions:
    """Valid options; `variables` replaces some, an empty one is unset."""
    given = {
        "GRANTS_BASE_URL": url,
        "GRANTS_TOKEN": "token-1",
        "GRANTS_COMPETITION_ID": COMPETITION,
        "GRANTS_TIMEOUT_SECONDS": "20",
    }
    return read(GrantsOptions, given | variables)


def application(**fields: Any) -> dict[str, Any]:
    """One application as the protocol tells it."""
    return {
        "id": "a1",
        "title": TITLE,
        "competitionId": COMPETITION,
        "status": {"value": "inProgress"},
        "createdAt": "2026-11-23T10:00:00Z",
        **fields,
    }


def page(*items: dict[str, Any], number: int = 1, pages: int | None = None) -> dict[str, Any]:
    """One page of a list."""
    info: dict[str, Any] = {"page": number, "pageSize": 100}
    return {"items": list(items), "paginationInfo": info | ({"totalPages": pages} if pages else {})}


@dataclass(frozen=True)
class Grants:
    script: Script

    def client(self, **variables: str) -> GrantsClient:
        return GrantsClient(options(self.script.url, **variables))

    def part(self, **variables: str) -> CompanyApplication:
        chosen = options(self.script.url, **variables)
        return CompanyApplication(GrantsClient(chosen), chosen)

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.script.asked]


@pytest.fixture
async def grants() -> AsyncIterator[Grants]:
    async with scripted() as script:
        yield Grants(script)
