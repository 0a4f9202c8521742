"""Every read of decisions: which there are, what one gathers, which entries it
ended.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.permissions import Action, require
from app.workflow.context import Desk
from app.workflow.decisions.lifecycle import OPEN
from app.workflow.decisions.models import Decision, Rectification
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, ProposalType


def get(desk: Desk, number: int) -> Decision:
    """Return a decision in the making, or one that was signed on; NotFoundError,
    ForbiddenError.
    """
    require(desk.actor, Action.READ_DECISIONS, None)
    decision = (
        desk.session.scalar(select(Decision).where(Decision.number == number))
        if 0 < number < 2**31
        else None
    )
    if decision is None:
        raise NotFoundError("Không có quyết định này")
    return decision


def latest(desk: Desk, limit: int = 50) -> list[Decision]:
    """Return the decisions, those in the making first, then the newest."""
    require(desk.actor, Action.READ_DECISIONS, None)
    query = select(Decision).order_by(
        Decision.step.in_(sorted(OPEN)).desc(), Decision.number.desc()
    )
    return list(desk.session.scalars(query.limit(limit)))


def last(session: Session) -> Decision | None:
    """Return the decision that was drafted last, None before the first."""
    return session.scalar(select(Decision).order_by(Decision.number.desc()).limit(1))


def waiting(desk: Desk) -> list[Proposal]:
    """Return the approved proposals that no decision has gathered yet, by number."""
    require(desk.actor, Action.READ_DECISIONS, None)
    query = select(Proposal).where(
        Proposal.status == Status.APPROVED, Proposal.decision_id.is_(None)
    )
    return list(desk.session.scalars(query.order_by(Proposal.number)))


def gathered(session: Session, decision: Decision) -> list[Proposal]:
    """Return what a decision holds, by number."""
    query = (
        select(Proposal)
        .where(Proposal.decision_id == decision.id)
        .order_by(Proposal.number)
    )
    return list(session.scalars(query))


def of_entry(session: Session, entry_id: UUID) -> Decision | None:
    """Return the decision whose document an entry is, None for any other."""
    return session.scalar(select(Decision).where(Decision.entry_id == entry_id))


def signed(session: Session) -> list[Decision]:
    """Return the decisions that were issued, the newest first."""
    query = select(Decision).where(Decision.entry_id.is_not(None))
    newest = query.order_by(Decision.signed_on.desc(), Decision.number.desc())
    return list(session.scalars(newest))


def changing(session: Session, document_id: UUID) -> list[Decision]:
    """Return the decisions issued that amend, replace or revoke one, by its document,
    in their order.
    """
    query = select(Decision).where(
        Decision.target_id == document_id, Decision.entry_id.is_not(None)
    )
    return list(session.scalars(query.order_by(Decision.signed_on)))


def rectified(session: Session, decision: Decision) -> list[Rectification]:
    """Return what was corrected of what was recorded of a decision."""
    query = select(Rectification).where(
        Rectification.decision_id == decision.id, Rectification.confirmed.is_(True)
    )
    return list(session.scalars(query.order_by(Rectification.answered_at)))


def ended_by(session: Session, document_id: UUID) -> list[UUID]:
    """Return the entries that a decision, by its document, took out of the register."""
    query = select(Proposal.entry_id).join(
        Decision, Decision.id == Proposal.decision_id
    )
    query = query.where(
        Decision.entry_id == document_id, Proposal.type == ProposalType.END
    )
    return list(session.scalars(query.order_by(Proposal.number)))
