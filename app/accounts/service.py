"""Creates people and posts, and says as which actor a person works on a day."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.accounts.models import Holding, Person, Post
from app.errors import ConflictError, FieldError, ForbiddenError, InvalidError, NotFoundError
from app.permissions import Actor, Role

_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class PostView:
    """A held post as lists show it."""

    email: str
    name: str
    title: str
    role: Role
    agency_id: UUID


def add_person(session: Session, name: str, email: str) -> Person:
    """Add a person; InvalidError for a bad address, ConflictError when it is taken."""
    if not _EMAIL.fullmatch(email):
        message = "Nhập địa chỉ thư điện tử dạng ten@donvi.vn"
        raise InvalidError(message, [FieldError("email", "pattern", message)])
    key = unicodedata.normalize("NFKC", email).casefold()
    if session.scalar(select(Person.id).where(Person.email_key == key)):
        raise ConflictError(f"Địa chỉ {email} đã có người dùng")
    person = Person(name=unicodedata.normalize("NFC", name), email=email, email_key=key)
    session.add(person)
    session.flush()
    journal.queue(session, journal.Note("person.added"))
    return person


def add_post(session: Session, agency_id: UUID, title: str, role: Role) -> Post:
    """Add a post to an agency."""
    post = Post(agency_id=agency_id, title=unicodedata.normalize("NFC", title), role=role)
    session.add(post)
    session.flush()
    journal.queue(session, journal.Note("post.added", post_id=post.id))
    return post


def appoint(session: Session, post: Post, person: Person, since: date) -> None:
    """Have `person` hold `post` from `since` on."""
    session.add(Holding(post_id=post.id, person_id=person.id, since=since))
    journal.queue(session, journal.Note("post.held", post_id=post.id))


def actor(session: Session, email: str, role: Role | None, day: date) -> Actor:
    """Return the actor that the person is on `day`.

    NotFoundError for an unknown address, ForbiddenError when no post (of that role) is held, or several are and
    `role` does not choose.
    """
    key = unicodedata.normalize("NFKC", email).casefold()
    person = session.scalar(select(Person).where(Person.email_key == key))
    if person is None:
        raise NotFoundError(f"Không có người dùng {email}")
    held = select(Post).join(Holding, Holding.post_id == Post.id)
    held = held.where(Holding.person_id == person.id, Holding.since <= day, Holding.until > day)
    posts = [p for p in session.scalars(held) if role is None or p.role == role]
    if len(posts) != 1:
        raise ForbiddenError(f"{email} giữ {len(posts)} vị trí phù hợp; cần đúng một, hãy nêu rõ vai trò")
    return Actor(person.id, posts[0].id, Role(posts[0].role), posts[0].agency_id)


def held_posts(session: Session, day: date) -> list[PostView]:
    """List who holds which post on `day`, by address."""
    query = select(Person, Post).join(Holding, Holding.person_id == Person.id).join(Post, Post.id == Holding.post_id)
    query = query.where(Holding.since <= day, Holding.until > day).order_by(Person.email_key, Post.title)
    rows = session.execute(query).all()
    return [PostView(person.email, person.name, post.title, Role(post.role), post.agency_id) for person, post in rows]
