"""Reasons that are often given, kept at hand for everybody who examines."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import FieldError, InvalidError, NotFoundError
from app.permissions import Action, require
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.review_help.models import CannedReason

MOST_REASONS = 200


def reasons(session: Session) -> list[CannedReason]:
    """Return the reasons that the department keeps, in the order of adding."""
    query = (
        select(CannedReason)
        .where(CannedReason.dropped_at.is_(None))
        .order_by(CannedReason.added_at)
    )
    return list(session.scalars(query.limit(MOST_REASONS)))


def keep(desk: Desk, text: str) -> None:
    """Add a reason for everybody in the department; InvalidError without text, too
    long, or kept already.
    """
    require(desk.actor, Action.KEEP_REASONS, None)
    cleaned = clean(text)
    texts = {reason.text for reason in reasons(desk.session)}
    message = None
    if not 0 < len(cleaned) <= 500:  # noqa: PLR2004 - as the column is
        message = "Nhập lý do, tối đa 500 ký tự"
    elif cleaned in texts:
        message = "Lý do này đã có trong danh sách"
    elif len(texts) >= MOST_REASONS:
        message = f"Danh sách đã có {MOST_REASONS} lý do; bỏ bớt trước khi thêm"
    if message:
        raise InvalidError(message, [FieldError("text", "invalid", message)])
    desk.session.add(
        CannedReason(text=cleaned, post_id=desk.actor.post_id, added_at=clock.now())
    )


def drop(desk: Desk, reason_id: UUID) -> None:
    """Offer a reason no longer; what was said with it stays. NotFoundError."""
    require(desk.actor, Action.KEEP_REASONS, None)
    reason = desk.session.get(CannedReason, reason_id)
    if reason is None or reason.dropped_at is not None:
        raise NotFoundError("Không có lý do này trong danh sách")
    reason.dropped_at = clock.now()
