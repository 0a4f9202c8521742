"""Tables of people, posts and holdings."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import OPEN_END
from app.db import Base
from app.permissions import Role


class Person(Base):
    """A person, whatever posts or accounts they have. `email_key` is the casefolded address."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)


class Post(Base):
    """A function in an agency (`agency_id` is an entry), with one role in the register."""

    __tablename__ = "post"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(20))


class Holding(Base):
    """Who holds a post, from `since` to before `until`."""

    __tablename__ = "holding"
    __table_args__ = (Index("ix_holding_post_id_person_id", "post_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date] = mapped_column(default=OPEN_END)
