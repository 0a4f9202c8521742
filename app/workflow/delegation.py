"""Somebody who is away gives a post of theirs to a colleague for some days; the work
stays with the post.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app import clock, journal
from app.accounts.models import Holding, Person, Post
from app.accounts.service import find, require_compatible
from app.errors import FieldError, InvalidError, NotFoundError, SecondFactorError
from app.permissions import STRONG, Actor, Role

LONGEST = 92  # days; who is away for longer is relieved of the post


@dataclass(frozen=True)
class Delegation:
    """A post that is lent: to whom, from `since` to before `until`."""

    id: int
    title: str
    name: str
    email: str
    since: date
    until: date


def delegate(
    session: Session, actor: Actor, email: str, since: date | None, until: date | None
) -> Holding:
    """Have a colleague hold the actor's post besides them, from `since` to before
    `until`.

    InvalidError names what is wrong; SecondFactorError where the post decides and
    nothing was signed.
    """
    post = session.get_one(Post, actor.post_id)
    if post.role in STRONG and not actor.signs:
        raise SecondFactorError("Nhập mã xác thực để ủy quyền vị trí này")
    if post.role is Role.ADMINISTRATOR:
        raise InvalidError(
            "Vị trí quản trị tài khoản không ủy quyền; giao cho người khác ở "
            "trang quản trị"
        )
    errors = _wrong_days(session, actor, since, until)
    deputy = find(session, email)
    if (
        deputy is None
        or deputy.disabled_at is not None
        or not _colleague(session, deputy, post)
    ):
        errors.append(
            FieldError(
                "deputy",
                "reference",
                "Nhập địa chỉ thư của một người đang giữ vị trí ở cơ quan",
            )
        )
    elif deputy.id == actor.person_id:
        errors.append(FieldError("deputy", "own", "Chọn một người khác"))
    elif not errors and _holds(session, post, deputy, since, until):
        errors.append(
            FieldError(
                "deputy", "held", "Người này đã giữ vị trí đó trong những ngày đã chọn"
            )
        )
    if errors or deputy is None or since is None or until is None:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)
    require_compatible(session, deputy.id, post.role, since)
    holding = Holding(
        post_id=post.id,
        person_id=deputy.id,
        since=since,
        until=until,
        delegated_by=actor.person_id,
    )
    session.add(holding)
    note = journal.Note("post.delegated", subject_id=deputy.id, hash=holding.told())
    journal.record(session, note)
    session.flush()
    return holding


def lent(session: Session, person_id: UUID) -> list[Delegation]:
    """Return what a person has lent and is not over yet."""
    deputy = aliased(Person)
    query = select(Holding, Post, deputy).join(Post, Post.id == Holding.post_id)
    query = query.join(deputy, deputy.id == Holding.person_id).where(
        Holding.delegated_by == person_id
    )
    query = query.where(Holding.until > clock.today()).order_by(
        Holding.since, Holding.id
    )
    return [
        Delegation(
            holding.id,
            post.title,
            person.name,
            person.email,
            holding.since,
            holding.until,
        )
        for holding, post, person in session.execute(query)
    ]


def take_back(session: Session, person_id: UUID, holding_id: int) -> None:
    """End what one has lent, today; NotFoundError for what one has not."""
    holding = session.get(Holding, holding_id) if 0 < holding_id < 2**31 else None
    today = clock.today()
    if holding is None or holding.delegated_by != person_id or holding.until <= today:
        raise NotFoundError("Không có ủy quyền này")
    holding.until = max(today, holding.since)
    journal.record(session, journal.Note("post.left", subject_id=holding.person_id))


def _wrong_days(
    session: Session, actor: Actor, since: date | None, until: date | None
) -> list[FieldError]:
    if since is None or until is None or since < clock.today():
        return [
            FieldError(
                "since",
                "required",
                "Nhập ngày bắt đầu, không trước hôm nay, và ngày trở lại làm việc",
            )
        ]
    if not 0 < (until - since).days <= LONGEST:
        return [
            FieldError(
                "until",
                "date-order",
                f"Ngày trở lại phải sau ngày bắt đầu, không quá {LONGEST} ngày",
            )
        ]
    held = select(Holding.id).where(
        Holding.post_id == actor.post_id, Holding.person_id == actor.person_id
    )
    held = held.where(
        Holding.since <= since, Holding.until >= until, Holding.delegated_by.is_(None)
    )
    if session.scalar(held.limit(1)) is None:
        return [
            FieldError(
                "since",
                "not-held",
                "Chỉ ủy quyền vị trí mà chính bạn giữ suốt thời gian đó",
            )
        ]
    return []


def _holds(
    session: Session, post: Post, person: Person, since: date | None, until: date | None
) -> bool:
    """Tell whether somebody holds the post on any of these days already."""
    query = select(Holding.id).where(
        Holding.post_id == post.id, Holding.person_id == person.id
    )
    return (
        session.scalar(
            query.where(Holding.since < until, Holding.until > since).limit(1)
        )
        is not None
    )


def _colleague(session: Session, person: Person, post: Post) -> bool:
    """Tell whether somebody holds a post in the same agency today."""
    today = clock.today()
    query = select(Holding.id).join(Post, Post.id == Holding.post_id)
    query = query.where(
        Holding.person_id == person.id, Post.agency_id == post.agency_id
    )
    return (
        session.scalar(
            query.where(Holding.since <= today, Holding.until > today).limit(1)
        )
        is not None
    )
