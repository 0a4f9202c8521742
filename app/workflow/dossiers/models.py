"""The table of dossiers."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, versioned


class Dossier(Base):
    """Proposals that an agency sends together under one official letter; `sent_at` None
    while it is gathered.
    """

    __tablename__ = "dossier"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    symbol: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    file: Mapped[str | None] = mapped_column(String(64))
    lock_version: Mapped[int] = mapped_column(default=1)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

    __mapper_args__ = versioned(lock_version)
