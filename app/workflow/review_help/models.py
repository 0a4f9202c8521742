"""The table of reasons that the department keeps at hand."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class CannedReason(Base):
    """A reason that the department's reviewers keep together, to be chosen instead of
    typed; never deleted.
    """

    __tablename__ = "canned_reason"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    text: Mapped[str] = mapped_column(String(500))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
