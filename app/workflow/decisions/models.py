"""The table of decisions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed, versioned
from app.workflow.decisions.lifecycle import DecisionStatus


class Issuer(StrEnum):
    """Who issues it: the People's Committee, or its chairman (law.md keeps this
    open).
    """

    COMMITTEE = "ubnd"
    CHAIRMAN = "chu-tich"


class Decision(Base):
    """A decision that promulgates approved proposals together, from its first draft to
    the signed one.

    `annex` is what was frozen, `annex_hash` its hash; the files are named by their
    bytes. `entry_id` is its document in the register once it was signed on.
    """

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(500))
    issuer: Mapped[Issuer] = mapped_column(closed(Issuer, 20))
    bases: Mapped[list[str]] = mapped_column(JSON)
    effective_from: Mapped[date | None]
    step: Mapped[DecisionStatus] = mapped_column(closed(DecisionStatus, 20), index=True)
    lock_version: Mapped[int] = mapped_column(default=1)
    annex: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    annex_hash: Mapped[str | None] = mapped_column(String(64))
    annex_file: Mapped[str | None] = mapped_column(String(64))
    text_file: Mapped[str | None] = mapped_column(String(64))
    report: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)
    symbol: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    signatory: Mapped[str | None] = mapped_column(String(200))
    signed_file: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[UUID | None] = mapped_column(index=True)
    made_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)

    __mapper_args__ = versioned(lock_version)
