"""One-time links: whoever holds one chooses a password for one account, once, within a
day.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import passwords, rights_review
from app.accounts.models import OneTimeLink, Person
from app.accounts.tries import hashed
from app.errors import NotFoundError

GOOD_FOR = timedelta(hours=24)


def make(session: Session, person: Person) -> str:
    """Return the secret of a fresh link for a person; any former link of theirs is
    void.
    """
    secret = secrets.token_urlsafe(32)
    session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id))
    session.add(
        OneTimeLink(
            key=hashed(secret), person_id=person.id, until=clock.now() + GOOD_FOR
        )
    )
    journal.record(session, journal.Note("person.invited", subject_id=person.id))
    return secret


def whose(session: Session, secret: str) -> Person:
    """Return whose link this is; NotFoundError for one that was used, is void, too old
    or never was.
    """
    link = session.get(OneTimeLink, hashed(secret))
    if link is None or link.until <= clock.now():
        raise NotFoundError(
            "Liên kết này không còn dùng được; nhờ quản trị tạo liên kết mới"
        )
    return session.get_one(Person, link.person_id)


def use(session: Session, secret: str, prepared: str) -> Person:
    """Keep the password that was chosen and use the link up; what was open before is
    closed. NotFoundError.
    """
    person = whose(session, secret)
    passwords.keep(session, person, prepared)
    rights_review.close(session, person.id)
    return person
