"""Whether the service can do its work."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import text

from server.lifecycle.service import Service

_CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class Readiness:
    """`checks` say `ok` or what is wrong, by name."""

    ok: bool
    checks: dict[str, str]


async def readiness(service: Service) -> Readiness:
    """Database readable, worker alive, and each system reachable with its credentials."""
    checks = {"database": await _database(service)}
    checks["worker"] = "ok" if service.engine.alive else "No worker executes runs."
    names = list(service.systems)
    for name, said in zip(
        names, await asyncio.gather(*(_system(service, name) for name in names)), strict=True
    ):
        checks[name] = said
    return Readiness(ok=all(said == "ok" for said in checks.values()), checks=checks)


async def _database(service: Service) -> str:
    try:
        async with asyncio.timeout(_CHECK_SECONDS), service.database.read() as tx:
            await tx.session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 - any fault of the database is one answer here
        return "The database does not answer."
    return "ok"


async def _system(service: Service, name: str) -> str:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            health = await service.systems[name].check()
    except TimeoutError:
        return f"{name} does not answer."
    return "ok" if health.ok else health.detail
