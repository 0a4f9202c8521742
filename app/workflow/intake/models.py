"""The table of intakes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed

CODE = "identifier-code"
SEVERAL = "several"  # kind of an intake whose rows each say their own


class IntakeStatus(StrEnum):
    """Where an intake stands."""

    WAITING = "waiting"
    ENTERED = "entered"
    REJECTED = "rejected"


class Intake(Base):
    """Entries that a decision has settled already, brought in together: one person
    prepares, another confirms.

    `rows` are contents as they will be entered, or, where the kind is SEVERAL, what
    `SeveralRow` says; `status` is waiting, entered or rejected.
    """

    __tablename__ = "intake"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[IntakeStatus] = mapped_column(
        closed(IntakeStatus, 20), index=True, default=IntakeStatus.WAITING
    )
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    effective_from: Mapped[date]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    annex: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    signed: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_post: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
