"""Tables of cases: how each stands, and every step that brought it there. A step is
added, never changed, and the journal vouches for it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, closed, versioned
from app.exchange.cases.lifecycle import CaseStatus
from app.register.content.hashing import content_hash


class Case(Base):
    """Something that one agency asks and another has to answer.

    `about_id` is the entry that it is about, `origin` what it came from (a missing
    link, a silent line), so that this is shown there. `answer` is what the answering
    side prepared or said: {"outcome", "items", "text", "basis", "paper"}. `began_on`:
    when the term began, None where that is not known. `group_id`: the obstacle into
    which it was gathered.
    """

    __tablename__ = "exchange_case"
    __table_args__ = (
        Index("ix_exchange_case_asking_id", "asking_id", "status"),
        Index("ix_exchange_case_answering_id", "answering_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    status: Mapped[CaseStatus] = mapped_column(closed(CaseStatus, 20), index=True)
    title: Mapped[str] = mapped_column(Text)
    match_key: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    asking_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    answering_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("exchange_case.id"), index=True
    )
    origin: Mapped[str | None] = mapped_column(String(200), index=True)
    level: Mapped[int] = mapped_column(default=1)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    began_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    lock_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = versioned(lock_version)

    steps: Mapped[list["CaseStep"]] = relationship(
        order_by="CaseStep.recorded_seq", viewonly=True
    )
    partners: Mapped[list["CasePartner"]] = relationship(
        cascade="all, delete-orphan", order_by="CasePartner.agency_id"
    )

    def snapshot(self) -> dict[str, str]:
        """Return what a step keeps of how the case stands after it."""
        return {
            "kind": self.kind,
            "number": str(self.number),
            "status": self.status.value,
            "partners": " ".join(sorted(str(one.agency_id) for one in self.partners)),
            "content": self.content_hash,
            "asking": str(self.asking_id),
            "answering": str(self.answering_id or ""),
            "about": str(self.about_id or ""),
            "group": str(self.group_id or ""),
            "origin": self.origin or "",
            "level": str(self.level),
            "answer": content_hash(self.answer or {}),
            "began_on": self.began_on.isoformat() if self.began_on else "",
            "due_on": self.due_on.isoformat() if self.due_on else "",
            "due_rule": self.due_rule or "",
        }


class CasePartner(Base):
    """An agency that takes part in a case beside the two sides, and reads it."""

    __tablename__ = "case_partner"

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("exchange_case.id"), primary_key=True
    )
    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("entry.id"), primary_key=True, index=True
    )


class CaseStep(Base):
    """One thing that was done to a case: what came along (`given`), the content where
    it changed, and how the case stood afterwards (`after`, see `Case.snapshot`).

    `post_id` and `person_id` are None for what the day itself brought.
    """

    __tablename__ = "case_step"
    __table_args__ = (
        Index("ix_case_step_case_id", "case_id", "recorded_seq"),
        Index("ix_case_step_recorded_seq", "recorded_seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("exchange_case.id"))
    action: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    given: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    file: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    recorded_seq: Mapped[int]

    @property
    def status(self) -> CaseStatus:
        """Where the case stood after it."""
        return CaseStatus(self.after["status"])

    @property
    def due_on(self) -> date | None:
        """By when an answer was due after it."""
        text = self.after["due_on"]
        return date.fromisoformat(text) if text else None

    def told(self) -> dict[str, str]:
        """Return what the journal's row vouches for."""
        return {
            "id": str(self.id),
            "case": str(self.case_id),
            "action": self.action,
            "at": self.at.isoformat(),
            "agency": str(self.agency_id or ""),
            "post": str(self.post_id or ""),
            "person": str(self.person_id or ""),
            "given": content_hash(self.given),
            "written": content_hash(self.content or {}),
            "file": self.file or "",
            **{f"after-{name}": str(value) for name, value in self.after.items()},
        }
