"""The tables of uploads and of what was ordered of their rows."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed
from app.workflow.proposals.models import ProposalType


class Wish(StrEnum):
    """What is to become of the rows."""

    DRAFT = "draft"
    SEND = "send"


class Upload(Base):
    """A file that an agency sent to register from; `plan` is how it is read and what
    was said of doubted rows. Once `wish` is set its rows are done one after the other;
    proposals after `until` have come since they were compared.
    """

    __tablename__ = "upload"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    file: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    name: Mapped[str] = mapped_column(String(255))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    wish: Mapped[Wish | None] = mapped_column(closed(Wish, 10))
    until: Mapped[int | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)


class UploadRow(Base):
    """A row that was ordered: what it proposes, and the proposal that it became or why
    it became none.
    """

    __tablename__ = "upload_row"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(String(100))
    line: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    type: Mapped[ProposalType] = mapped_column(closed(ProposalType, 20))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    # the version of the entry that the row was compared with
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    # the draft of the agency that the row changes
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    send: Mapped[bool]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    made: Mapped[bool] = mapped_column(default=False)  # rather than found again
    error: Mapped[str | None] = mapped_column(Text)
