"""What `agentos doctor` says of the systems: credentials, scopes and configured objects."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType

from agentos.settings import Settings
from agentos.wiring import variables
from domain.errors import BadSetting
from systems import registry


def checks(settings: Settings) -> dict[str, Callable[[], str]]:
    """One for each system; none of them writes anything."""
    if settings.sandbox and settings.sandbox_url is None:
        # They belong to a server, which tells of them itself.
        return {"systems": lambda: "stand-ins, as the server has them"}
    given = variables(settings)
    return {name: partial(_check, module, given) for name, module in registry.modules().items()}


def _check(module: ModuleType, given: Mapping[str, str]) -> str:
    health = asyncio.run(registry.one(module, given).check())
    if not health.ok:
        raise BadSetting(health.detail, advice="Then run `agentos doctor --systems` again.")
    return health.detail
