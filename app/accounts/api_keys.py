"""Keys for programs: random, stored as hashes, scoped, dated, bound to a post, never
more than its holder may do.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts.models import ApiToken, Holding, Person, Post
from app.accounts.tries import hashed
from app.errors import FieldError, InvalidError, NotFoundError
from app.permissions import EITHER, SCOPES, Action, Actor, Scope

# what scanners for leaked secrets look for: dmk_, eight letters, _, 43 letters
PREFIX = "dmk"
LONGEST = 366  # days


@dataclass(frozen=True)
class Bearer:
    """Who comes with a key, and what the key is for."""

    token_id: UUID
    actor: Actor
    scopes: frozenset[Scope]
    name: str
    prefix: str
    email: str  # of the person
    unseen: bool  # the person was not noted to be there for a day

    def covers(self, action: Action) -> bool:
        """Tell whether the key is for this action."""
        if action in EITHER:
            return bool(self.scopes & {Scope.PROPOSE, Scope.DECIDE})
        if action in SCOPES[Scope.READ]:
            return bool(self.scopes)
        return any(action in SCOPES[scope] for scope in self.scopes)


@dataclass(frozen=True)
class TokenView:
    """A key as lists show it."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    issued_at: datetime
    until: datetime
    revoked_at: datetime | None


def issue(
    session: Session, actor: Actor, name: str, scopes: frozenset[Scope], days: int
) -> str:
    """Make a key for the actor's post and return it, the only time that it can be
    read.
    """
    wrong = None
    if not name.strip() or len(name) > 100:  # noqa: PLR2004 - as the column is
        wrong = FieldError(
            "name",
            "required",
            "Đặt tên cho khóa, tối đa 100 ký tự, ví dụ “Đồng bộ hằng đêm”",
        )
    elif not scopes:
        wrong = FieldError("scopes", "required", "Chọn ít nhất một phạm vi")
    elif not 1 <= days <= LONGEST:
        wrong = FieldError("days", "range", f"Nhập số ngày từ 1 đến {LONGEST}")
    if wrong:
        raise InvalidError(wrong.message, [wrong])
    prefix = f"{PREFIX}_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    now = clock.now()
    session.add(
        ApiToken(
            name=name.strip(),
            prefix=prefix,
            key=hashed(text),
            person_id=actor.person_id,
            post_id=actor.post_id,
            scopes=sorted(scopes),
            issued_at=now,
            until=now + timedelta(days=days),
        )
    )
    journal.record(
        session, journal.Note("token.issued", actor.post_id, person_id=actor.person_id)
    )
    return text


def bearer(session: Session, text: str) -> Bearer | None:
    """Return who comes with this key; None when it is unknown, revoked, expired, or its
    post has not been held ever since the key was made.
    """
    token = session.scalar(select(ApiToken).where(ApiToken.key == hashed(text)))
    if token is None or token.revoked_at is not None or token.until <= clock.now():
        return None
    post = session.scalar(
        select(Post)
        .join(Holding, Holding.post_id == Post.id)
        .where(
            Post.id == token.post_id,
            Holding.person_id == token.person_id,
            # whoever comes back to a post comes without the keys of then
            Holding.since <= clock.local(token.issued_at).date(),
            Holding.until > clock.today(),
        )
        .limit(1)
    )
    person = session.get_one(Person, token.person_id)
    if post is None or person.disabled_at is not None:
        return None
    unseen = person.seen_at is None or clock.now() - person.seen_at > timedelta(days=1)
    signs = token.signing_until is not None and token.signing_until > clock.now()
    actor = Actor(token.person_id, post.id, post.role, post.agency_id, signs)
    return Bearer(
        token.id,
        actor,
        frozenset(Scope(scope) for scope in token.scopes),
        token.name,
        token.prefix,
        person.email,
        unseen,
    )


def see(session: Session, person_id: UUID) -> None:
    """Note that a person's program works: an account that is used so is not idle."""
    session.get_one(Person, person_id).seen_at = clock.now()


def of_person(session: Session, person_id: UUID) -> list[TokenView]:
    """List a person's keys, newest first."""
    query = (
        select(ApiToken)
        .where(ApiToken.person_id == person_id)
        .order_by(ApiToken.issued_at.desc())
    )
    return [
        TokenView(
            t.id, t.name, t.prefix, tuple(t.scopes), t.issued_at, t.until, t.revoked_at
        )
        for t in session.scalars(query)
    ]


def revoke(session: Session, person_id: UUID, token_id: UUID) -> None:
    """Revoke one of the person's keys at once; NotFoundError for any other."""
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != person_id:
        raise NotFoundError("Không có khóa này")
    token.revoked_at = token.revoked_at or clock.now()
    journal.record(session, journal.Note("token.revoked", subject_id=token.person_id))


def revoke_all(session: Session, person_id: UUID) -> None:
    """Revoke every key of a person: a password that is changed closes what it
    opened.
    """
    for view in of_person(session, person_id):
        if view.revoked_at is None:
            revoke(session, person_id, view.id)
