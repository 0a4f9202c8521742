"""Log-ins: who may begin a session, what it still lacks, how long it lasts, and which
person in which post it is.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import factors, passwords, service, tries
from app.accounts.models import ApiToken, Holding, LoginSession, Person, Post
from app.accounts.tries import Attempt, hashed
from app.config import Settings
from app.db import Database
from app.errors import ForbiddenError, SecondFactorError, UnauthenticatedError
from app.permissions import STRONG, Actor, Role

# one signing session: the second factor is asked for once in it
SIGNING = timedelta(minutes=15)
# how exactly the last request is known, so that not every page writes
GRAIN = timedelta(seconds=30)


class LoginStep(StrEnum):
    """What a log-in lacks before anything can be done in it."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105 # pragma: allowlist secret
    ENROL = "enrol"


@dataclass(frozen=True)
class HeldPost:
    """A post that the person holds today."""

    id: UUID
    title: str
    role: Role
    agency_id: UUID


@dataclass(frozen=True)
class Account:
    """A person who is logged in, the posts they hold today, and the actor they work as.

    No actor while they hold no post, or while the log-in `lacks` a step. The log-in
    ends at `until`, and after `idle` without a request; `seen_at` is the last one that
    was noted.
    """

    person_id: UUID
    name: str
    email: str
    posts: tuple[HeldPost, ...]
    actor: Actor | None
    lacks: LoginStep | None
    idle: timedelta
    until: datetime
    seen_at: datetime

    @property
    def unseen(self) -> bool:
        """Tell whether this request has to be noted."""
        return clock.now() - self.seen_at > GRAIN


def authenticate(
    database: Database, email: str, password: str, address: str
) -> Person | None:
    """Return the person whose address and password these are, else None: then the try
    stays counted.

    ThrottledError after too many failures. Whoever is disabled is nobody here.
    """
    tried = tries.count(database, email, address, Attempt.PASSWORD)
    person, looked = None, False
    try:
        with database.reading() as session:
            person = _whose(session, email, password)
        looked = True
    finally:
        if person is not None or not looked:
            with database.transaction() as session:
                tries.uncount(session, tried)
    return person


def _whose(session: Session, email: str, password: str) -> Person | None:
    """Return whose address and password these are; as slow for nobody as for
    somebody.
    """
    person = service.find(session, email)
    fits = passwords.fits(person, password)
    return (
        person if person is not None and fits and person.disabled_at is None else None
    )


def still_opens(session: Session, person_id: UUID, password_hash: str | None) -> bool:
    """Tell whether the password that was just proved is still the person's, and the
    account open.
    """
    person = session.get_one(Person, person_id)
    return person.password_hash == password_hash and person.disabled_at is None


def begin(session: Session, person_id: UUID, settings: Settings) -> str:
    """Begin a session in the first post held and return the secret that the browser
    keeps.
    """
    posts = held(session, person_id, clock.today())
    now = clock.now()
    session.get_one(Person, person_id).seen_at = now
    session.execute(delete(LoginSession).where(LoginSession.until < now))
    row = LoginSession(
        person_id=person_id,
        post_id=posts[0].id if posts else None,
        begun_at=now,
        until=now + timedelta(hours=settings.session_hours),
        seen_at=now,
    )
    return _rotated(session, row)


def _rotated(session: Session, row: LoginSession) -> str:
    """Give a session a new secret: what a browser kept until now opens nothing any
    more.
    """
    secret = secrets.token_urlsafe(32)
    row.key = hashed(secret)
    session.add(row)
    return secret


def whose(session: Session, secret: str) -> UUID | None:
    """Return whose session this is or was, None for one that is forgotten or was
    closed.
    """
    row = session.get(LoginSession, hashed(secret))
    return row.person_id if row else None


def resume(session: Session, secret: str, settings: Settings) -> Account | None:
    """Return whose session this is, None when it has ended. A post that is no longer
    held is not worked in: then it goes on in the first that is.
    """
    row, now = session.get(LoginSession, hashed(secret)), clock.now()
    if row is None or row.until <= now:
        return None
    person = session.get_one(Person, row.person_id)
    posts = held(session, person.id, clock.today())
    chosen = next((post for post in posts if post.id == row.post_id), None)
    post = chosen or next(iter(posts), None)
    strict = post is not None and post.role is Role.ADMINISTRATOR
    idle = timedelta(
        minutes=settings.idle_minutes_administrator if strict else settings.idle_minutes
    )
    if row.seen_at + idle <= now or person.disabled_at is not None:
        return None
    lacks = _lacks(session, person, post, row)
    signing = row.signing_until is not None and row.signing_until > now
    signs = signing and chosen is not None
    actor = (
        Actor(person.id, post.id, post.role, post.agency_id, signs)
        if post and not lacks
        else None
    )
    return Account(
        person.id,
        person.name,
        person.email,
        posts,
        actor,
        lacks,
        idle,
        row.until,
        row.seen_at,
    )


def see(session: Session, secret: str) -> None:
    """Note that somebody works in this session now."""
    row = session.get(LoginSession, hashed(secret))
    if row is not None:
        row.seen_at = clock.now()
        session.get_one(Person, row.person_id).seen_at = clock.now()


def give_code(session: Session, secret: str, code: str, key: bytes) -> str:
    """Complete a log-in with the second factor; return the session's new secret.
    SecondFactorError for a wrong code.
    """
    row = row_of(session, secret)
    _require_code(session, row.person_id, code, key)
    row.factor_at = clock.now()
    return _rotated(session, row)


def enrol(
    session: Session, secret: str, nonce: str, code: str, key: bytes
) -> tuple[str, list[str]]:
    """Set the second factor up in this session; return its new secret and the recovery
    codes. InvalidError.
    """
    row = row_of(session, secret)
    codes = factors.enrol(
        session, session.get_one(Person, row.person_id), nonce, code, key
    )
    row.factor_at = clock.now()
    end_all(session, row.person_id, but=secret)
    return _rotated(session, row), codes


def sign(session: Session, row: LoginSession | ApiToken, code: str, key: bytes) -> None:
    """Begin a signing session with the second factor, once: in it no code is looked at.
    SecondFactorError.
    """
    if row.signing_until is not None and row.signing_until > clock.now():
        return
    _require_code(session, row.person_id, code, key)
    row.signing_until = clock.now() + SIGNING


def row_of(session: Session, secret: str) -> LoginSession:
    """Return the row of a session; UnauthenticatedError when it ended, or got a new
    secret, since the request came.
    """
    row = session.get(LoginSession, hashed(secret))
    if row is None:
        raise UnauthenticatedError(
            "Phiên này vừa kết thúc hoặc vừa được đổi; tải lại trang, hoặc "
            "đăng nhập lại"
        )
    return row


def _require_code(session: Session, person_id: UUID, code: str, key: bytes) -> None:
    if not factors.accept(session, person_id, code, key):
        raise SecondFactorError(
            "Mã không đúng, hoặc đã dùng rồi. Đợi mã mới trong ứng dụng xác "
            "thực rồi nhập lại"
        )


def change_post(session: Session, secret: str, post_id: UUID) -> str:
    """Go on in another post that the person holds; return the session's new secret.
    ForbiddenError.
    """
    row = row_of(session, secret)
    if post_id not in {post.id for post in held(session, row.person_id, clock.today())}:
        raise ForbiddenError("Hôm nay tài khoản không giữ vị trí này")
    row.post_id, row.signing_until = post_id, None
    return _rotated(session, row)


def end(session: Session, secret: str) -> None:
    """End a session: what the browser keeps opens nothing any more."""
    session.execute(delete(LoginSession).where(LoginSession.key == hashed(secret)))


def end_all(session: Session, person_id: UUID, *, but: str | None = None) -> None:
    """End every session of a person, except the one that is being used."""
    spared = hashed(but) if but else ""
    session.execute(
        delete(LoginSession).where(
            LoginSession.person_id == person_id, LoginSession.key != spared
        )
    )


def count(session: Session) -> int:
    """Return how many sessions have not ended."""
    return (
        session.scalar(select(func.count()).where(LoginSession.until > clock.now()))
        or 0
    )


def held(session: Session, person_id: UUID, day: date) -> tuple[HeldPost, ...]:
    """Return the posts that a person holds on a day, their own before those that are
    lent to them.
    """
    query = select(Post, Holding.delegated_by)
    query = query.join(Holding, Holding.post_id == Post.id).order_by(Post.title)
    query = query.where(
        Holding.person_id == person_id, Holding.since <= day, Holding.until > day
    )
    rows = session.execute(query).all()
    own_first = sorted(rows, key=lambda row: row[1] is not None)
    posts: dict[UUID, HeldPost] = {}
    for post, _by in own_first:
        posts[post.id] = HeldPost(post.id, post.title, post.role, post.agency_id)
    return tuple(posts.values())


def _lacks(
    session: Session, person: Person, post: HeldPost | None, row: LoginSession
) -> LoginStep | None:
    """Return what a log-in lacks. An authenticator is asked for by the post that is
    worked in: one that is lent keeps nobody from their own.
    """
    if factors.enrolled(session, person.id):
        if row.factor_at is None:
            return LoginStep.CODE
    elif post is not None and post.role in STRONG:
        return LoginStep.PASSWORD if person.must_change else LoginStep.ENROL
    return LoginStep.PASSWORD if person.must_change else None
