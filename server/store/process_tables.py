"""The table of processes: who works here, and what they have seen of the systems."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.tables import Base


class ProcessRow(Base):
    """A process that is up, or was: it says so again every few seconds, on the store's clock."""

    __tablename__ = "processes"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    executes: Mapped[bool] = mapped_column(Boolean)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    sightings: Mapped[dict[str, Any]]
