"""The tables of letters and notices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class Letter(Base):
    """A letter to a person, waiting until `sent_at` is set. `key` says what it is
    about, so that it is written once.

    After a failure it waits until `not_before`.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(Instant)


class Notice(Base):
    """What a person is told within the application, and why; `key` says what it is
    about, so that it is written once.

    `path` is where it leads; a `turn` is told by letter at once, everything else with
    the daily summary. `steps` says how far its proposal had come, empty for none.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(200))
    steps: Mapped[str] = mapped_column(String(200), default="")
    turn: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class SavedSearch(Base):
    """A search whose new results a person is told of by letter; `asked` is the query
    part of its address.

    `told_on` is the day on which what was recorded before it was told.
    """

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    asked: Mapped[str] = mapped_column(String(1000))
    saved_at: Mapped[datetime] = mapped_column(Instant)
    told_on: Mapped[date]
