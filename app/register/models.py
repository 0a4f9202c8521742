"""Tables of entries, versions, periods and facts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import OPEN_END, OPEN_START
from app.db import Base, Instant


class Entry(Base):
    """Something the register holds. `iri` and `issued_on` are set once, when it is
    first entered; `local_id` then too, unless it was reserved for a decision before.
    """

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("kind", "local_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    local_id: Mapped[str | None] = mapped_column(String(60))
    iri: Mapped[str | None] = mapped_column(String(300), unique=True)
    issued_on: Mapped[date | None]


class Version(Base):
    """Content of an entry; immutable. `content_hash` is of its RFC 8785 form;
    near-duplicates share `match_key`.
    """

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    sort_key: Mapped[str] = mapped_column(String(1500))
    match_key: Mapped[str] = mapped_column(String(500), index=True)
    proposal_id: Mapped[UUID | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    decision_id: Mapped[UUID | None] = mapped_column(index=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Period(Base):
    """The days for which a version holds, and the journal rows between which the
    register said so.
    """

    __tablename__ = "period"
    __table_args__ = (
        Index("ix_period_standing", "superseded_seq", "entry_id", "valid_from"),
        # the latest, as every page of the feed asks
        Index("ix_period_recorded_seq", "recorded_seq"),
        Index("ix_period_valid_from", "valid_from"),
        Index("ix_period_valid_to", "valid_to"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    valid_from: Mapped[date] = mapped_column(default=OPEN_START)
    valid_to: Mapped[date] = mapped_column(default=OPEN_END)
    suspended: Mapped[bool] = mapped_column(default=False)
    recorded_seq: Mapped[int]
    superseded_seq: Mapped[int | None]

    version: Mapped[Version] = relationship()

    def told(self) -> dict[str, str]:
        """Return what the journal's row vouches for."""
        return {
            "id": str(self.id),
            "entry": str(self.entry_id),
            "version": str(self.version_id),
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat(),
            "suspended": str(self.suspended).lower(),
        }


class Fact(Base):
    """What lists, facets and "who uses this?" ask for. `valid_*` narrow it to days
    inside its version.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_version_id_field", "version_id", "field"),
        Index("ix_fact_field_value", "field", "value"),
        Index("ix_fact_target_id_field", "target_id", "field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    field: Mapped[str] = mapped_column(String(80))
    value: Mapped[str | None] = mapped_column(String(200))
    target_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    valid_from: Mapped[date] = mapped_column(default=OPEN_START)
    valid_to: Mapped[date] = mapped_column(default=OPEN_END)


class Counter(Base):
    """The last number given out in a series; numbers are never reused."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]
