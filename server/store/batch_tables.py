"""The tables of batches: sheets of companies, and one row for each line of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.tables import Base

_WISHED = "wish IS NOT NULL"
_READY = "state = 'ready'"


class BatchRow(Base):
    """A sheet that was uploaded. The same sheet twice in a tenant is one batch: `digest`."""

    __tablename__ = "batches"

    batch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("tenant", "digest", name="uq_batches_digest"),
        Index("ix_batches_created", "tenant", "created_at", "batch_id"),
    )


class LineRow(Base):
    """A line of a batch. `wish` is what is still to be done to its run, and for whom."""

    __tablename__ = "batch_lines"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.batch_id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    company_name: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    field: Mapped[str | None] = mapped_column(String(80))
    problem: Mapped[str | None] = mapped_column(String(500))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.run_id"))
    wish: Mapped[str | None] = mapped_column(String(16))
    wished_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    wished_version: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_batch_lines_run", "run_id"),
        Index(
            "ix_batch_lines_ready",
            "batch_id",
            "line",
            sqlite_where=text(_READY),
            postgresql_where=text(_READY),
        ),
        Index(
            "ix_batch_lines_wished",
            "batch_id",
            "line",
            sqlite_where=text(_WISHED),
            postgresql_where=text(_WISHED),
        ),
    )
