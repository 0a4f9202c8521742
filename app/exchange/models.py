"""Tables of what is measured beside entries: what an owner says of how fresh data
are. Rows are added, never changed.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed


class StatementKind(StrEnum):
    """What is said: data are current to a day, or will be late until a day."""

    CURRENT = "current"
    DELAY = "delay"


class DataStatement(Base):
    """What an owner said of the data of an entry, on a day. `day`: to which they are
    current, or by which they will be; `reason` of a delay.
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
            "agency": str(self.agency_id),
        }
