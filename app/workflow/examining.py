"""What helps a reviewer: who examines what, which proposals need care, what was said before, reasons kept at hand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Holding, Post
from app.db import among
from app.errors import FieldError, InvalidError, NotFoundError
from app.permissions import Action, Role, require
from app.vietnamese import clean
from app.workflow import proposals
from app.workflow.desk import Desk
from app.workflow.lifecycle import Status
from app.workflow.models import CannedReason, Finding, Proposal

MOST_PRECEDENTS = 3  # for each field
LOOKED_AT = 500  # findings of other proposals, the newest first
MOST_REASONS = 200
SMALL = 300  # proposals that are looked at for the short lane


class Risk(StrEnum):
    """Why a proposal needs care."""

    DUPLICATE = "near-duplicate"
    REPEALED = "repealed-law"
    RETURNED = "returned"
    SENSITIVE = "sensitive"
    CORE = "core"
    ENDS = "ends"


@dataclass(frozen=True)
class Precedent:
    """A field that was returned before: in which proposal, what was said, by which post, when."""

    number: int
    message: str
    post_id: UUID
    day: date


def risks(session: Session, rows: Sequence[Proposal]) -> dict[UUID, list[Risk]]:
    """Return why each proposal needs care: what checks found when it was sent, and what it says of itself."""
    query = select(Finding.proposal_id, Finding.rule).where(Finding.resolved_at.is_(None), Finding.post_id.is_(None))
    found: dict[UUID, set[str]] = defaultdict(set)
    for proposal_id, rule in session.execute(query.where(among(session, Finding.proposal_id, [r.id for r in rows]))):
        found[proposal_id].add(str(rule))
    return {row.id: [risk for risk in Risk if _runs(row, risk, found[row.id])] for row in rows}


def _runs(row: Proposal, risk: Risk, rules: set[str]) -> bool:
    match risk:
        case Risk.RETURNED:
            return row.round > 1
        case Risk.SENSITIVE:
            return row.content.get("personal_data") == "nhay-cam"
        case Risk.CORE:
            return row.content.get("importance") in ("cot-loi", "quan-trong")
        case Risk.ENDS:
            return row.type in ("end", "suspend")
    return risk in rules


def precedents(desk: Desk, proposal: Proposal) -> dict[str, list[Precedent]]:
    """Return for each field where people found it wanting before, in this entry or agency first, then the newest."""
    query = select(Finding, Proposal).join(Proposal, Proposal.id == Finding.proposal_id)
    query = query.where(Proposal.kind == proposal.kind, Proposal.id != proposal.id, Finding.post_id.is_not(None))
    query = query.where(Proposal.round > Finding.round).order_by(Finding.raised_at.desc()).limit(LOOKED_AT)
    known = list(desk.session.execute(query))
    allowed = proposals.readable(desk, {row.id for _, row in known})
    near = (proposal.entry_id, proposal.agency_id)
    known.sort(key=lambda pair: pair[1].entry_id != near[0] and pair[1].agency_id != near[1])
    by_field: dict[str, list[Precedent]] = defaultdict(list)
    for finding, row in known:
        said = by_field[finding.field.split(".")[0]]
        if row.id in allowed and len(said) < MOST_PRECEDENTS and finding.post_id is not None:
            day = clock.local(finding.raised_at).date()
            said.append(Precedent(row.number, finding.message, finding.post_id, day))
    return dict(by_field)


def reviewers(session: Session) -> list[Post]:
    """Return the posts of reviewers that somebody holds today, by title."""
    today = clock.today()
    held = select(Holding.post_id).where(Holding.since <= today, Holding.until > today)
    query = select(Post).where(Post.role == Role.REVIEWER, Post.id.in_(held))
    return list(session.scalars(query.order_by(Post.title, Post.id)))


def reasons(session: Session) -> list[CannedReason]:
    """Return the reasons that the department keeps, in the order of adding."""
    query = select(CannedReason).where(CannedReason.dropped_at.is_(None)).order_by(CannedReason.added_at)
    return list(session.scalars(query.limit(MOST_REASONS)))


def keep(desk: Desk, text: str) -> None:
    """Add a reason for everybody in the department; InvalidError without text, too long, or kept already."""
    require(desk.actor, Action.KEEP_REASONS, None)
    said, kept = clean(text), {one.text for one in reasons(desk.session)}
    message = None
    if not 0 < len(said) <= 500:  # noqa: PLR2004 - as the column is
        message = "Nhập lý do, tối đa 500 ký tự"
    elif said in kept:
        message = "Lý do này đã có trong danh sách"
    elif len(kept) >= MOST_REASONS:
        message = f"Danh sách đã có {MOST_REASONS} lý do; bỏ bớt trước khi thêm"
    if message:
        raise InvalidError(message, [FieldError("text", "invalid", message)])
    desk.session.add(CannedReason(text=said, post_id=desk.actor.post_id, added_at=clock.now()))


def drop(desk: Desk, reason_id: UUID) -> None:
    """Offer a reason no longer; what was said with it stays. NotFoundError."""
    require(desk.actor, Action.KEEP_REASONS, None)
    found = desk.session.get(CannedReason, reason_id)
    if found is None or found.dropped_at is not None:
        raise NotFoundError("Không có lý do này trong danh sách")
    found.dropped_at = clock.now()


def assigned(session: Session) -> dict[UUID, int]:
    """Return how many proposals each reviewer's post has to examine."""
    waiting = (Status.SUBMITTED, Status.IN_REVIEW)
    query = select(Proposal.assignee_id, func.count()).where(Proposal.status.in_(waiting))
    rows = session.execute(query.where(Proposal.assignee_id.is_not(None)).group_by(Proposal.assignee_id))
    return {post_id: count for post_id, count in rows if post_id is not None}
