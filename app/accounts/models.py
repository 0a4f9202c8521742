"""Tables of people, posts and holdings, of second factors, sessions, failed log-ins,
API tokens and their requests.
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.clock import OPEN_END
from app.db import Base, Instant, closed
from app.permissions import Role


class ClosingReason(StrEnum):
    """Why an account is disabled."""

    IDLE = "idle"
    ASKED = "asked"


class Person(Base):
    """A person, whatever posts they hold. `email_key` is the casefolded address;
    without a password no log-in.

    `must_change`: the password is somebody else's making. `seen_at`: when they last
    worked. `disabled_for`: "idle" or "asked", while `disabled_at` is set. `digest`:
    whether they want the daily summary by letter.
    """

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    activated_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_for: Mapped[ClosingReason | None] = mapped_column(
        closed(ClosingReason, 20)
    )
    digest: Mapped[bool] = mapped_column(default=True, server_default=true())


class SecondFactor(Base):
    """A person's authenticator (TOTP).

    Its secret follows from `nonce` and the installation's key: a stolen database does
    not hold it. `last_step` is the last half minute whose code was used: none is taken
    twice.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code that stands in once for the authenticator; `key` is its keyed hash."""

    __tablename__ = "recovery_code"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class OneTimeLink(Base):
    """An invitation to choose a password, good once and until a moment; `key` is the
    hash of what the link carries.
    """

    __tablename__ = "one_time_link"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[datetime] = mapped_column(Instant)


class Post(Base):
    """A function in an agency (`agency_id` is an entry), with one role in the
    register.
    """

    __tablename__ = "post"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(closed(Role, 20))


class FormerAgency(Base):
    """The agency in which a post was until a day (exclusive), before a succession took
    it to another.
    """

    __tablename__ = "former_agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    until: Mapped[date]


class Holding(Base):
    """Who holds a post, from `since` to before `until`; `delegated_by` is the person
    who is away meanwhile.
    """

    __tablename__ = "holding"
    __table_args__ = (Index("ix_holding_post_id_person_id", "post_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date] = mapped_column(default=OPEN_END)
    delegated_by: Mapped[UUID | None]

    def told(self) -> str:
        """Return what the journal's row vouches for: who got which post, and by whom it
        was lent; till when may change.
        """
        told = f"{self.post_id} {self.person_id} {self.since} {self.delegated_by}"
        return hashlib.sha256(told.encode()).hexdigest()


class AskedAppointment(Base):
    """A strong post that one administrator wants to give somebody, until another one
    confirms it.
    """

    __tablename__ = "asked_appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)


class LoginSession(Base):
    """A log-in that has not ended. `key` is the hash of what the browser holds;
    `post_id` is the post worked in.

    `seen_at`: the last request, to half a minute. `factor_at`: when the second factor
    was given at log-in; `signing_until`: till when what is signed is not asked for
    again.
    """

    __tablename__ = "login_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    factor_at: Mapped[datetime | None] = mapped_column(Instant)
    signing_until: Mapped[datetime | None] = mapped_column(Instant)


class FailedLogin(Base):
    """A password or code that failed: hashes of the place it came from, of account and
    place, and of the account.
    """

    __tablename__ = "failed_login"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64), index=True)
    pair: Mapped[str] = mapped_column(String(64), index=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ApiToken(Base):
    """A key for programs, bound to a person in a post. Only its hash is kept; `prefix`
    is what lists show.
    """

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    signing_until: Mapped[datetime | None] = mapped_column(Instant)


class AnsweredRequest(Base):
    """What a request with an Idempotency-Key was answered, so that a repetition changes
    nothing more.
    """

    __tablename__ = "answered"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
