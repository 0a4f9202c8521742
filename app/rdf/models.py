"""The table of kept representations: an entry's own triples, written once per period and state."""

from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Representation(Base):
    """Sorted N-Triples of an entry in one period and state; `stamp` names the profile, writer and base that made it."""

    __tablename__ = "representation"

    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID] = mapped_column(index=True)
    triples: Mapped[str] = mapped_column(Text)
