"""Which accounts there are, which of them nobody uses, and when somebody last went
through them all.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import api_keys, sessions
from app.accounts.models import (
    ApiToken,
    ClosingReason,
    Holding,
    OneTimeLink,
    Person,
    Post,
    SecondFactor,
)
from app.config import Settings
from app.journal import JournalRow
from app.permissions import STRONG, Role

REVIEWED = "rights.reviewed"
EVERY = timedelta(days=182)  # at least twice a year (TCVN 14423 5.4.2.1d, not verified)


@dataclass(frozen=True)
class AccountRow:
    """One account in the list: the person, one post (None: holds none) and how the
    account stands.
    """

    person_id: UUID
    name: str
    email: str
    role: Role | None
    title: str | None
    agency_id: UUID | None
    since: date | None
    until: date | None
    activated_at: datetime
    seen_at: datetime | None
    disabled_at: datetime | None
    disabled_for: str | None
    second_factor: bool
    keys: int


def accounts(session: Session, day: date) -> list[AccountRow]:
    """List every account with each post held on `day`; who holds none is listed
    once.
    """
    held = select(Holding).where(Holding.since <= day, Holding.until > day).subquery()
    good = (ApiToken.revoked_at.is_(None), ApiToken.until > clock.now())
    keys = (
        select(func.count())
        .where(ApiToken.person_id == Person.id, *good)
        .scalar_subquery()
    )
    query = select(
        Person, Post, held.c.since, held.c.until, SecondFactor.person_id, keys
    )
    query = query.outerjoin(held, held.c.person_id == Person.id).outerjoin(
        Post, Post.id == held.c.post_id
    )
    query = query.outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    return [
        AccountRow(
            person_id=person.id,
            name=person.name,
            email=person.email,
            role=post.role if post else None,
            title=post.title if post else None,
            agency_id=post.agency_id if post else None,
            since=since,
            until=until,
            activated_at=person.activated_at,
            seen_at=person.seen_at,
            disabled_at=person.disabled_at,
            disabled_for=person.disabled_for,
            second_factor=factor is not None,
            keys=count,
        )
        for person, post, since, until, factor, count in session.execute(
            query.order_by(Person.email_key, Post.title)
        )
    ]


def close(session: Session, person_id: UUID, *, but: str | None = None) -> None:
    """End what a person has open: sessions (except the one in use), keys for programs
    and invitations.
    """
    sessions.end_all(session, person_id, but=but)
    api_keys.revoke_all(session, person_id)
    session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person_id))


def disable(session: Session, person: Person, reason: ClosingReason) -> None:
    """Close an account at once, with all that is open. What the person did stays
    theirs.
    """
    person.disabled_at, person.disabled_for = clock.now(), reason
    close(session, person.id)
    journal.record(session, journal.Note("person.disabled", subject_id=person.id))


def enable(session: Session, person: Person) -> None:
    """Open an account again; the days without use count from now."""
    person.disabled_at = person.disabled_for = None
    person.activated_at = clock.now()
    journal.record(session, journal.Note("person.enabled", subject_id=person.id))


def disable_unused(session: Session, settings: Settings, day: date) -> int:
    """Disable accounts that nobody used for as long as the settings allow; return how
    many. Idempotent.
    """
    due = [
        person_id
        for person_id, last in disabled_from(session, settings, day).items()
        if last <= day
    ]
    for person_id in due:
        disable(session, session.get_one(Person, person_id), ClosingReason.IDLE)
    return len(due)


def disabled_from(session: Session, settings: Settings, day: date) -> dict[UUID, date]:
    """Return by person the day on which their account is disabled unless they use it;
    posts are those of `day`.
    """
    strong = {row.person_id for row in accounts(session, day) if row.role in STRONG}
    first_days = {}
    for person in session.scalars(select(Person).where(Person.disabled_at.is_(None))):
        days = (
            settings.unused_days_privileged
            if person.id in strong
            else settings.unused_days
        )
        last = max(person.activated_at, person.seen_at or person.activated_at)
        first_days[person.id] = clock.local(last).date() + timedelta(days=days + 1)
    return first_days


def note_review(session: Session, post_id: UUID) -> None:
    """Record that the holder of a post went through the accounts and their rights."""
    journal.record(session, journal.Note(REVIEWED, post_id=post_id))


def last_review(session: Session) -> date | None:
    """Return the day on which somebody last went through the accounts; None for
    never.
    """
    at = session.scalar(
        select(func.max(JournalRow.at)).where(JournalRow.action == REVIEWED)
    )
    return clock.local(at).date() if at else None
