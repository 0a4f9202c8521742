"""Tables of consultations and of the opinions that agencies give."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, closed
from app.workflow.consultations.verdicts import Verdict


class Consultation(Base):
    """Other agencies are asked for their opinion on a proposal, or on a decision in the
    making, by a day.

    `content` is that of the proposal when they were asked: what becomes of it
    afterwards is not theirs to read. `steps`: what happened since, see `running`.
    """

    __tablename__ = "consultation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    proposal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("proposal.id"), index=True
    )
    decision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("decision.id"), index=True
    )
    question: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    due_on: Mapped[date]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )

    opinions: Mapped[list["Opinion"]] = relationship(order_by="Opinion.agency_id")


class Opinion(Base):
    """What one agency answers to a consultation; `verdict` None until it does, "silent"
    when it has let the day go by.

    `comments` are {"field", "message"}; `handling` is what the department made of it.
    `paper` is the letter, where it answered by one: {"number", "day", "file"}.
    """

    __tablename__ = "opinion"

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation.id"), primary_key=True
    )
    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("entry.id"), primary_key=True, index=True
    )
    verdict: Mapped[Verdict | None] = mapped_column(closed(Verdict, 20))
    reason: Mapped[str | None] = mapped_column(Text)
    comments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    handling: Mapped[str | None] = mapped_column(Text)
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    handled_at: Mapped[datetime | None] = mapped_column(Instant)
    paper: Mapped[dict[str, Any] | None] = mapped_column(JSON)
