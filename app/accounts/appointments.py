"""Who is given a strong post, and by whom: one administrator asks, another confirms.

On the command line, where whoever has the shell is trusted anyway, it is given at once
(`service.appoint`).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app import clock, journal
from app.accounts import service
from app.accounts.models import AskedAppointment, Holding, Person, Post
from app.errors import FieldError, ForbiddenError, InvalidError, NotFoundError
from app.permissions import STRONG, Actor, Role


@dataclass(frozen=True)
class AskedView:
    """An appointment that waits for a second administrator, as the page shows it."""

    id: int
    person: Person
    post: Post
    since: date
    asked_by: Person


def give(
    session: Session, asker: Actor, post: Post, person: Person, since: date
) -> bool:
    """Give somebody a post; return whether they have it, False while a strong one waits
    for a second administrator.

    InvalidError for a post that does not go with another of theirs, and for a strong
    one while nobody else could confirm.
    """
    service.require_compatible(session, person.id, post.role, since)
    if post.role not in STRONG:
        service.appoint(session, post, person, since)
        return True
    if not _others(session, {asker.person_id, person.id}):
        message = (
            "Vị trí duyệt cần hai quản trị, mà không có quản trị thứ hai để xác "
            "nhận: người vận hành giao vị trí này trên máy chủ bằng “danhmuc user "
            "add” (docs/operate.md)"
        )
        raise InvalidError(message, [FieldError("role", "second-person", message)])
    session.add(
        AskedAppointment(
            post_id=post.id,
            person_id=person.id,
            since=since,
            asked_by=asker.person_id,
            asked_at=clock.now(),
        )
    )
    journal.record(session, journal.Note("post.asked", subject_id=person.id))
    return False


def waiting(session: Session) -> list[AskedView]:
    """Return what waits for a second administrator, oldest first."""
    asker = aliased(Person)
    query = select(AskedAppointment.id, Person, Post, AskedAppointment.since, asker)
    query = query.join(Person, Person.id == AskedAppointment.person_id)
    query = query.join(Post, Post.id == AskedAppointment.post_id)
    query = query.join(asker, asker.id == AskedAppointment.asked_by)
    rows = session.execute(query.order_by(AskedAppointment.id))
    return [AskedView(*row) for row in rows]


def confirm(session: Session, actor: Actor, number: int) -> Person:
    """Give the post that another administrator asked for, from today on where that day
    has passed; return who has it.

    NotFoundError for what does not wait, ForbiddenError for who asked or gets it.
    """
    appointment = _asked(session, number)
    if actor.person_id in {appointment.asked_by, appointment.person_id}:
        raise ForbiddenError(
            "Người đề nghị và người được giao không tự xác nhận; nhờ một quản trị khác"
        )
    person = session.get_one(Person, appointment.person_id)
    post = session.get_one(Post, appointment.post_id)
    since = max(appointment.since, clock.today())
    service.require_compatible(session, person.id, post.role, since)
    service.appoint(session, post, person, since)
    session.delete(appointment)
    return person


def drop(session: Session, number: int) -> None:
    """Give up what was asked for; any administrator may. NotFoundError."""
    appointment = _asked(session, number)
    note = journal.Note("post.refused", subject_id=appointment.person_id)
    session.delete(appointment)
    journal.record(session, note)


def is_strong(session: Session, person_id: UUID) -> bool:
    """Tell whether somebody holds a strong post, today or later, or waits for one."""
    held = select(Post.id).join(Holding, Holding.post_id == Post.id)
    held = held.where(Holding.person_id == person_id, Holding.until > clock.today())
    asked_for = select(Post.id).join(
        AskedAppointment, AskedAppointment.post_id == Post.id
    )
    asked_for = asked_for.where(AskedAppointment.person_id == person_id)
    return any(
        session.scalar(query.where(Post.role.in_(STRONG)).limit(1)) is not None
        for query in (held, asked_for)
    )


def _asked(session: Session, number: int) -> AskedAppointment:
    appointment = session.get(AskedAppointment, number) if number < 2**31 else None
    if appointment is None:
        raise NotFoundError("Không còn đề nghị này; có thể đã được xác nhận")
    return appointment


def _others(session: Session, but: set[UUID]) -> set[UUID]:
    """Return the administrators of today who can log in, but some."""
    today = clock.today()
    query = select(Holding.person_id).join(Post, Post.id == Holding.post_id)
    query = query.join(Person, Person.id == Holding.person_id)
    query = query.where(
        Post.role == Role.ADMINISTRATOR,
        Holding.since <= today,
        Holding.until > today,
        Person.disabled_at.is_(None),
    )
    return set(session.scalars(query)) - but
