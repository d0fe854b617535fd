"""Whether the service can do its work."""

import asyncio
from dataclasses import dataclass

from server.lifecycle.service import Service

_PROBE_SECONDS = 5.0


@dataclass(frozen=True)
class Readiness:
    """`checks` say `ok` or what is wrong, by name."""

    ok: bool
    checks: dict[str, str]


async def readiness(service: Service) -> Readiness:
    """Every probe at once: the database, the worker, and what else was wired in.

    The systems themselves are not asked: a vendor's bad day must not take this service out of its
    load balancer, and some vendors count such calls against small hourly limits.
    """
    names = list(service.probes)
    said = await asyncio.gather(*(_ask(service, name) for name in names))
    checks = dict(zip(names, said, strict=True))
    return Readiness(ok=all(word == "ok" for word in checks.values()), checks=checks)


async def _ask(service: Service, name: str) -> str:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return await service.probes[name]()
    except Exception:  # noqa: BLE001 - whatever it is, the answer is the same
        return f"The {name} does not answer."
