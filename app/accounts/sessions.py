"""Log-ins: who may begin a session, how often one may fail, and which person in which post a session is."""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import passwords, service
from app.accounts.models import FailedLogin, Holding, LoginSession, Person, Post
from app.errors import ForbiddenError, ThrottledError
from app.permissions import Actor, Role

LIFETIME = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 5  # failures from one address on one account, so that nobody is locked out from elsewhere
MOST_PER_ADDRESS = 50  # failures from one address on any account


@dataclass(frozen=True)
class HeldPost:
    """A post that the person holds today."""

    id: UUID
    title: str
    role: Role
    agency_id: UUID


@dataclass(frozen=True)
class Account:
    """A person who is logged in, the posts they hold today, and the actor they work as (None: no post)."""

    person_id: UUID
    name: str
    email: str
    posts: tuple[HeldPost, ...]
    actor: Actor | None


def authenticate(session: Session, email: str, password: str, address: str) -> Person | None:
    """Return the person whose address and password these are, else None. ThrottledError after too many failures."""
    _require_calm(session, email, address)
    person = service.find(session, email)
    return person if passwords.fits(person, password) else None


def note_failure(session: Session, email: str, address: str) -> None:
    """Count a failed log-in; older ones than the window are forgotten."""
    session.execute(delete(FailedLogin).where(FailedLogin.at < clock.now() - WINDOW))
    session.add(FailedLogin(source=_hash(_place(address)), pair=_pair(email, address), at=clock.now()))


def begin(session: Session, person_id: UUID) -> str:
    """Begin a session in the first post held and return the secret that the browser keeps."""
    secret = secrets.token_urlsafe(32)
    posts = held(session, person_id, clock.today())
    now = clock.now()
    session.execute(delete(LoginSession).where(LoginSession.until < now))
    post_id = posts[0].id if posts else None
    session.add(
        LoginSession(key=_hash(secret), person_id=person_id, post_id=post_id, begun_at=now, until=now + LIFETIME)
    )
    return secret


def resume(session: Session, secret: str) -> Account | None:
    """Return whose session this is, None when it has ended. A post that is no longer held is not worked in."""
    row = session.get(LoginSession, _hash(secret))
    if row is None or row.until <= clock.now():
        return None
    person = session.get_one(Person, row.person_id)
    posts = held(session, person.id, clock.today())
    now = next((post for post in posts if post.id == row.post_id), None)
    actor = Actor(person.id, now.id, now.role, now.agency_id) if now else None
    return Account(person.id, person.name, person.email, posts, actor)


def change_post(session: Session, secret: str, post_id: UUID) -> None:
    """Go on in another post that the person holds; ForbiddenError for one that they do not hold."""
    row = session.get_one(LoginSession, _hash(secret))
    if post_id not in {post.id for post in held(session, row.person_id, clock.today())}:
        raise ForbiddenError("Hôm nay bạn không giữ vị trí này")
    row.post_id = post_id


def end(session: Session, secret: str) -> None:
    """End a session: what the browser keeps opens nothing any more."""
    session.execute(delete(LoginSession).where(LoginSession.key == _hash(secret)))


def end_all(session: Session, person_id: UUID, *, but: str | None = None) -> None:
    """End every session of a person, except the one that is being used."""
    kept = _hash(but) if but else ""
    session.execute(delete(LoginSession).where(LoginSession.person_id == person_id, LoginSession.key != kept))


def held(session: Session, person_id: UUID, day: date) -> tuple[HeldPost, ...]:
    """Return the posts that a person holds on a day."""
    query = select(Post).join(Holding, Holding.post_id == Post.id).order_by(Post.title)
    query = query.where(Holding.person_id == person_id, Holding.since <= day, Holding.until > day)
    return tuple(HeldPost(p.id, p.title, Role(p.role), p.agency_id) for p in session.scalars(query.distinct()))


def _require_calm(session: Session, email: str, address: str) -> None:
    since = clock.now() - WINDOW
    for column, key, most in (
        (FailedLogin.pair, _pair(email, address), MOST_PER_ACCOUNT),
        (FailedLogin.source, _hash(_place(address)), MOST_PER_ADDRESS),
    ):
        count = session.scalar(select(func.count()).where(column == key, FailedLogin.at > since)) or 0
        if count >= most:
            raise ThrottledError("Đã thử sai nhiều lần; đợi 15 phút rồi thử lại, hoặc nhờ quản trị đặt lại mật khẩu")


def _pair(email: str, address: str) -> str:
    return _hash(f"{service.email_key(email)} {_place(address)}")


def _place(address: str) -> str:
    """Return where an address is: a network of IPv6 addresses is one place, since one person may use them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False)) if found.version == 6 else address  # noqa: PLR2004


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
