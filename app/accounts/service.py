"""Creates people and posts, says who holds them when, and as which actor a person works
on a day.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.accounts.models import FormerAgency, Holding, Person, Post
from app.db import among
from app.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from app.permissions import APART, Actor, Role
from app.vietnamese import clean

_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class PostView:
    """A held post as lists show it."""

    email: str
    name: str
    title: str
    role: Role
    agency_id: UUID
    person_id: UUID
    post_id: UUID
    since: date
    until: date


def email_key(email: str) -> str:
    """Return the form of an address under which it is unique."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def find(session: Session, email: str) -> Person | None:
    """Return the person with this address, None for nobody."""
    return session.scalar(select(Person).where(Person.email_key == email_key(email)))


def add_person(session: Session, name: str, email: str) -> Person:
    """Add a person; InvalidError for a bad address or no name, ConflictError when the
    address is taken.
    """
    name = clean(name)
    if not name or len(name) > 200:  # noqa: PLR2004 - as the column is
        message = "Nhập họ và tên, tối đa 200 ký tự"
        raise InvalidError(message, [FieldError("name", "required", message)])
    if not _EMAIL.fullmatch(email):
        message = "Nhập địa chỉ thư điện tử dạng ten@donvi.vn"
        raise InvalidError(message, [FieldError("email", "pattern", message)])
    key = email_key(email)
    if session.scalar(select(Person.id).where(Person.email_key == key)):
        raise ConflictError(f"Địa chỉ {email} đã có người dùng")
    person = Person(name=name, email=email, email_key=key)
    session.add(person)
    session.flush()
    journal.record(session, journal.Note("person.added", subject_id=person.id))
    return person


def add_post(session: Session, agency_id: UUID, title: str, role: Role) -> Post:
    """Add a post to an agency; InvalidError without a title."""
    title = clean(title)
    if not title or len(title) > 200:  # noqa: PLR2004 - as the column is
        message = "Nhập tên vị trí, tối đa 200 ký tự, ví dụ “Cán bộ đầu mối”"
        raise InvalidError(message, [FieldError("title", "required", message)])
    post = Post(agency_id=agency_id, title=title, role=role)
    session.add(post)
    session.flush()
    journal.record(session, journal.Note("post.added", subject_id=post.id))
    return post


def require_compatible(
    session: Session, person_id: UUID, role: Role, since: date
) -> None:
    """Raise InvalidError for a role that does not go with one that the person has from
    that day on.
    """
    apart = clashing(session, person_id, role, since, APART)
    if apart:
        message = (
            f"Người này đang giữ vị trí “{apart[0].title}”, không kiêm được vị trí "
            "mới: người quản trị tài khoản và người kiểm tra không quyết định hồ sơ. "
            "Ghi ngày thôi giữ vị trí kia trước"
        )
        raise InvalidError(message, [FieldError("role", "apart", message)])


def clashing(
    session: Session,
    person_id: UUID,
    role: Role,
    since: date,
    pairs: Iterable[frozenset[Role]],
) -> list[Post]:
    """Return the posts that the person has from a day on whose role makes with another
    one of these pairs.
    """
    held = select(Post).join(Holding, Holding.post_id == Post.id)
    held = held.where(Holding.person_id == person_id, Holding.until > since)
    pairs_ = set(pairs)
    return [post for post in session.scalars(held) if {role, post.role} in pairs_]


def appoint(session: Session, post: Post, person: Person, since: date) -> None:
    """Have `person` hold `post` from `since` on."""
    holding = Holding(post_id=post.id, person_id=person.id, since=since)
    session.add(holding)
    note = journal.Note("post.held", subject_id=person.id, hash=holding.told())
    journal.record(session, note)


def relieve(session: Session, post_id: UUID, person_id: UUID, until: date) -> None:
    """Have the person hold the post to before `until`, and whoever they lent it to;
    NotFoundError when they do not.
    """
    query = select(Holding).where(Holding.post_id == post_id, Holding.until > until)
    held = list(session.scalars(query.where(Holding.person_id == person_id)))
    if not held:
        raise NotFoundError("Người này không giữ vị trí đó vào ngày đã chọn")
    if any(until < holding.since and holding.delegated_by is None for holding in held):
        message = "Ngày thôi giữ phải sau ngày bắt đầu giữ vị trí"
        raise InvalidError(message, [FieldError("until", "date-order", message)])
    for holding in (
        *held,
        *session.scalars(query.where(Holding.delegated_by == person_id)),
    ):
        holding.until = max(until, holding.since)
    journal.record(session, journal.Note("post.left", subject_id=person_id))


def actor(session: Session, email: str, role: Role | None, day: date) -> Actor:
    """Return the actor that the person is on `day`, for the command line: whoever has
    the shell needs no factor.

    NotFoundError for an unknown address, ForbiddenError when no post (of that role) is
    held, or several are and `role` does not choose.
    """
    person = find(session, email)
    if person is None:
        raise NotFoundError(f"Không có người dùng {email}")
    held = select(Post).join(Holding, Holding.post_id == Post.id)
    held = held.where(
        Holding.person_id == person.id, Holding.since <= day, Holding.until > day
    )
    posts = [p for p in session.scalars(held) if role is None or p.role == role]
    if len(posts) != 1:
        raise ForbiddenError(
            f"{email} giữ {len(posts)} vị trí phù hợp; cần đúng một, hãy nêu rõ vai trò"
        )
    return Actor(
        person.id, posts[0].id, Role(posts[0].role), posts[0].agency_id, signs=True
    )


def held_posts(session: Session, day: date | None) -> list[PostView]:
    """List who holds which post on `day` (None: ever), by address."""
    query = select(Person, Post, Holding).join(Holding, Holding.person_id == Person.id)
    query = query.join(Post, Post.id == Holding.post_id).order_by(
        Person.email_key, Post.title, Holding.since
    )
    if day is not None:
        query = query.where(Holding.since <= day, Holding.until > day)
    return [
        PostView(
            person.email, person.name, post.title, post.role, post.agency_id,
            person.id, post.id, holding.since, holding.until,
        )
        for person, post, holding in session.execute(query)
    ]  # fmt: skip


def reachable(
    session: Session, agency_ids: Iterable[UUID], roles: Collection[Role], day: date
) -> set[UUID]:
    """Return the agencies in which somebody whose account is open holds a post of these
    roles.
    """
    query = (
        select(Post.agency_id)
        .join(Holding, Holding.post_id == Post.id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            among(session, Post.agency_id, list(agency_ids)),
            Post.role.in_(roles),
            Holding.since <= day,
            Holding.until > day,
            Person.disabled_at.is_(None),
        )
    )
    return set(session.scalars(query.distinct()))


def posts_of(session: Session, agency_id: UUID) -> list[Post]:
    """Return the posts that are in an agency now, by title."""
    return list(
        session.scalars(
            select(Post)
            .where(Post.agency_id == agency_id)
            .order_by(Post.title, Post.id)
        )
    )


def move_post(
    session: Session, post: Post, agency_id: UUID, day: date, because: UUID
) -> None:
    """Have a post, with its work and whoever holds it, belong to another agency from
    `day` on.

    `because`: the entry of the succession, for the journal.
    """
    session.add(FormerAgency(post_id=post.id, agency_id=post.agency_id, until=day))
    post.agency_id = agency_id
    journal.record(
        session, journal.Note("post.moved", subject_id=post.id, entry_id=because)
    )


def administration(session: Session) -> UUID:
    """Return the agency of the first administrator; NotFoundError for a register
    without one.
    """
    query = select(Post.agency_id).join(Holding, Holding.post_id == Post.id)
    query = query.where(Post.role == Role.ADMINISTRATOR).order_by(Holding.id)
    agency_id = session.scalar(query.limit(1))
    if agency_id is None:
        raise NotFoundError(
            "Danh mục chưa có quản trị; chạy “danhmuc user first” trước"
        )
    return agency_id


def vacant(session: Session, post_id: UUID, day: date) -> bool:
    """Tell whether nobody holds a post on a day."""
    query = select(Holding.id).where(
        Holding.post_id == post_id, Holding.since <= day, Holding.until > day
    )
    return session.scalar(query.limit(1)) is None


def posts_by_id(session: Session, post_ids: Iterable[UUID]) -> dict[UUID, Post]:
    """Return these posts by id."""
    return {
        post.id: post
        for post in session.scalars(
            select(Post).where(among(session, Post.id, post_ids))
        )
    }


def people_by_id(
    session: Session, person_ids: Iterable[UUID | None]
) -> dict[UUID, Person]:
    """Return these people by id."""
    known = {person_id for person_id in person_ids if person_id is not None}
    query = select(Person).where(among(session, Person.id, known))
    return {person.id: person for person in session.scalars(query)}
