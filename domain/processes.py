"""A process of the service, as the others know it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.sightings import Sighting


class Process(BaseModel):
    """`up`: it was seen lately. `executes`: it is a worker, and holds so many `runs` now."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    executes: bool
    started_at: datetime
    seen_at: datetime
    up: bool
    runs: int
    seen: dict[str, Sighting]
