"""The tables of chats."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.tables import Base


class ChatRow(Base):
    """A chat belongs to the person who began it. `holder` answers a turn, until then at most.

    `tokens` is what models have used for it; `title` is what it is called in lists.
    """

    __tablename__ = "chats"

    thread_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(200))
    title: Mapped[str | None] = mapped_column(String(60))
    turns: Mapped[int] = mapped_column(Integer, default=0)
    tokens: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    holder: Mapped[str | None] = mapped_column(String(80))
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)


class ProposalRow(Base):
    """What a chat would do for the one who speaks. Each of its `actions` that is done has its place
    in `outcomes`; `decided_by` is whoever confirmed it."""

    __tablename__ = "proposals"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread_id: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    actions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    decided_by: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
