"""The tables. A run's row is the fold of its events and is written with them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from domain.scopes import DEFAULT_TENANT

_WAITING = "owner IS NULL AND wake_at IS NOT NULL"


class Utc(TypeDecorator[datetime]):
    """A point in time: aware in Python, naive UTC in databases that know no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value  # type: ignore[no-any-return]
        return value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class CompanyRow(Base):
    """A company and its slug, decided once."""

    __tablename__ = "companies"

    company_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    created_at: Mapped[datetime]


class RunRow(Base):
    """`state` is the folded run; `company_id` is empty until a request in words has been read.

    `want` says that it is to pause or to be cancelled; `outcomes` how it stands in each system;
    `asked_by` is the key of its launcher's name; `system_names` have commas on both sides of each.
    `wake_at`: this run needs work from then on, and nobody has taken it. `fence` grows with every
    claim; each write of a worker names it. `failures` counts claims that were not given back and
    brought the run no further than it was: `claimed_version` tells where the last one began.
    """

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    company_id: Mapped[str] = mapped_column(ForeignKey("companies.company_id"), index=True)
    name_key: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str | None] = mapped_column(Text)
    system_names: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column(Integer)
    want: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[dict[str, Any]]
    outcomes: Mapped[str | None] = mapped_column(Text)
    graph_version: Mapped[str] = mapped_column(String(16))
    tenant: Mapped[str] = mapped_column(String(40), default=DEFAULT_TENANT)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    wake_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    claimed_version: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        Index("ix_runs_created", "created_at", "run_id"),
        Index("ix_runs_status_created", "status", "created_at", "run_id"),
        Index("ix_runs_asked_by", "tenant", "asked_by", "created_at", "run_id"),
        Index(
            "ix_runs_waiting",
            text("priority DESC"),
            "wake_at",
            "run_id",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
        Index(
            "ix_runs_owner",
            "owner",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
    )


class EventRow(Base):
    """Append-only. `event_key` makes a replayed step write nothing twice."""

    __tablename__ = "run_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_key: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]

    __table_args__ = (Index("uq_run_events_key", "run_id", "event_key", unique=True),)


class KeyRow(Base):
    """An API key that was given out; `digest` is of what it says, which is kept nowhere."""

    __tablename__ = "api_keys"

    key_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    tenant: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]]
    groups: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    replaces: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (Index("ix_api_keys_tenant", "tenant", "key_id"),)


class DecisionRow(Base):
    """One row per question: whoever inserts it has decided."""

    __tablename__ = "decisions"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str | None] = mapped_column(String(64))
    responder: Mapped[str] = mapped_column(String(200))
    door: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class EffectRow(Base):
    """The ledger. `holds_target`: no other run may touch this target until the entry is closed."""

    __tablename__ = "effects"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    system: Mapped[str] = mapped_column(String(40))
    company_id: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(400))
    status: Mapped[str] = mapped_column(String(16))
    holds_target: Mapped[bool] = mapped_column(Boolean)
    change: Mapped[dict[str, Any]]
    resource: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    remote_id: Mapped[str | None] = mapped_column(String(400))
    created_by_us: Mapped[bool] = mapped_column(Boolean, default=False)
    error_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(2000))
    began_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_effects_target",
            "system",
            "target",
            unique=True,
            sqlite_where=text("holds_target"),
            postgresql_where=text("holds_target"),
        ),
        Index("ix_effects_known", "company_id", "system", "status"),
        Index("ix_effects_remote", "system", "remote_id"),
    )


class AuditRow(Base):
    """Insert-only, which triggers hold. `hash` covers the row and `prev`, the hash before it."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    tenant: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(200))
    door: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_subject", "subject", "seq"),)


class AuditHeadRow(Base):
    """The one row that says where the chain ends: writers take turns at it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


class MessageRow(Base):
    """A signed message that was acted on; `sent_at` is when it was last signed, in seconds."""

    __tablename__ = "messages"

    message_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    sent_at: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(index=True)


class ParcelRow(Base):
    """An event that is to be told to somebody; the row is gone once it was. `dead`: given up."""

    __tablename__ = "parcels"

    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    destination: Mapped[str] = mapped_column(String(80))
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    seq: Mapped[int] = mapped_column(Integer)
    put_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(Integer)
    dead: Mapped[bool] = mapped_column(Boolean)
    fault: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_parcels_due", "destination", "dead", "due_at"),)


class AskRow(Base):
    """A question that stands as a message in a chat; `settled`: the message says how it ended."""

    __tablename__ = "asks"

    request_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    settled: Mapped[bool] = mapped_column(Boolean)
