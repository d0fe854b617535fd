"""Three toy systems, and runs on them."""

import pytest

from domain.ports import System
from domain.status import RunStatus
from tests.doubles.house import House
from tests.doubles.toy import ToyWorld, toy

NAMES = ("slack", "github", "grants")


class Town:
    """Three toy systems of two objects each."""

    def __init__(self) -> None:
        self.worlds = {name: ToyWorld() for name in NAMES}
        self.systems: dict[str, System] = {
            name: toy(name, world, ("a", "b")) for name, world in self.worlds.items()
        }

    @property
    def counts(self) -> list[int]:
        """How many objects each system holds."""
        return [len(world.objects) for world in self.worlds.values()]

    @property
    def calls(self) -> list[int]:
        """How often each system was told to make something."""
        return [world.calls for world in self.worlds.values()]


@pytest.fixture
def town() -> Town:
    return Town()


async def approved(home: House) -> str:
    """A run that was approved a moment ago."""
    run = await home.launch()
    run = await home.until(run.run_id, RunStatus.AWAITING_APPROVAL)
    await home.decide(run.run_id, "approve")
    return run.run_id
