"""Tables of what is measured beside entries: what owners say of how fresh data are, how
much runs, what the warehouse holds. Rows are added, never changed; what corrects one
supersedes it.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed


class StatementKind(StrEnum):
    """What is said: data are current to a day, or will be late until a day; or what was
    seen of them: a day that a catalogue that is harvested gives, or an address that was
    probed.
    """

    CURRENT = "current"
    DELAY = "delay"
    HARVESTED = "harvested"
    PROBED = "probed"

    @property
    def seen(self) -> bool:
        """Whether it was seen from outside, and not said by the owner."""
        return self in {StatementKind.HARVESTED, StatementKind.PROBED}


class DataStatement(Base):
    """What an owner said of the data of an entry, or what was seen of them, on a day.
    `day`: to which they are current, or by which they will be; `reason` of a delay, or
    where it was seen.
    """

    __tablename__ = "data_statement"
    __table_args__ = (
        Index("ix_data_statement_entry_id_seq", "entry_id", "recorded_seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    kind: Mapped[StatementKind] = mapped_column(closed(StatementKind, 20))
    day: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    said_at: Mapped[datetime] = mapped_column(Instant)
    recorded_seq: Mapped[int]

    def told(self) -> dict[str, str]:
        """Return what the journal's row vouches for."""
        return {
            "id": str(self.id),
            "entry": str(self.entry_id),
            "kind": self.kind.value,
            "day": self.day.isoformat(),
            "reason": self.reason or "",
            "said_at": self.said_at.isoformat(),
            "agency": str(self.agency_id),
            "post": str(self.post_id),
        }


class Flow(StrEnum):
    """Which way what is counted went, as seen from who is counted."""

    SENT = "sent"
    RECEIVED = "received"
    BOTH = "both"


class Extent(StrEnum):
    """Of which traffic a figure is; OUTSIDE the province is a part of ALL."""

    ALL = "all"
    INSIDE = "inside"
    OUTSIDE = "outside"


class CountedBy(StrEnum):
    """Who counted: an end of the connection, or the channel that carries it."""

    SOURCE = "source"
    TARGET = "target"
    CHANNEL = "channel"


class TrafficFigure(Base):
    """How much ran: in a `month` (its first day), or up to a day that lies between
    `until_first` and `until_last`, from `since` where that is known. Corrections
    supersede.

    `connection_id` None: of the whole channel. `value` in `unit`: counts are whole, a
    percentage is a unit of its own.
    """

    __tablename__ = "traffic_figure"
    __table_args__ = (
        Index("ix_traffic_figure_month", "month"),
        Index("ix_traffic_figure_connection_id", "connection_id"),
        Index("ix_traffic_figure_recorded_seq", "recorded_seq"),
        Index("ix_traffic_figure_superseded_seq", "superseded_seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    connection_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    channel: Mapped[str] = mapped_column(String(40))
    flow: Mapped[Flow] = mapped_column(closed(Flow, 20))
    extent: Mapped[Extent] = mapped_column(closed(Extent, 20))
    counted_by: Mapped[CountedBy] = mapped_column(closed(CountedBy, 20))
    unit: Mapped[str] = mapped_column(String(40))
    value: Mapped[float] = mapped_column(Double)
    month: Mapped[date | None]
    since: Mapped[date | None]
    until_first: Mapped[date | None]
    until_last: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(String(40))
    illustrative: Mapped[bool]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_seq: Mapped[int]
    superseded_seq: Mapped[int | None]

    def told(self) -> dict[str, str]:
        """Return what the journal's row vouches for."""
        days = (self.month, self.since, self.until_first, self.until_last)
        return {
            "id": str(self.id),
            "of": f"{self.connection_id} {self.channel}",
            "what": f"{self.flow} {self.extent} {self.counted_by} {self.unit}",
            "value": repr(float(self.value)),
            "days": " ".join(day.isoformat() if day else "-" for day in days),
            "source": self.source,
            "certainty": self.certainty,
            "illustrative": str(self.illustrative),
            "agency": str(self.agency_id),
            "post": str(self.post_id),
        }


class Integrated(StrEnum):
    """How much of a database, or of an item, the warehouse holds."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


class WarehouseLoad(Base):
    """What the shared warehouse held of a database on a `day`, or of one of its items
    ("" for the whole database). `records`: how many, where that is known; `missing`: of
    what it holds, what is not there. Corrections supersede.
    """

    __tablename__ = "warehouse_load"
    __table_args__ = (
        Index("ix_warehouse_load_entry_id", "entry_id"),
        Index("ix_warehouse_load_recorded_seq", "recorded_seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    item: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    integrated: Mapped[Integrated] = mapped_column(closed(Integrated, 20))
    records: Mapped[int | None] = mapped_column(BigInteger)
    missing: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(String(40))
    illustrative: Mapped[bool]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_seq: Mapped[int]
    superseded_seq: Mapped[int | None]

    def told(self) -> dict[str, str]:
        """Return what the journal's row vouches for."""
        return {
            "id": str(self.id),
            "entry": str(self.entry_id),
            "item": self.item,
            "day": self.day.isoformat(),
            "integrated": self.integrated.value,
            "records": "" if self.records is None else str(self.records),
            "missing": self.missing,
            "source": self.source,
            "certainty": self.certainty,
            "illustrative": str(self.illustrative),
            "agency": str(self.agency_id),
            "post": str(self.post_id),
        }
