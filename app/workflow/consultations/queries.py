"""Every read of consultations: which there are, which wait for an agency, what was
said, who may read one.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.db import among
from app.errors import NotFoundError
from app.permissions import Action, Reach, reach
from app.workflow.consultations.models import Consultation, Opinion
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision
from app.workflow.proposals.lifecycle import EXAMINED, Status
from app.workflow.proposals.models import Proposal

LISTED = 100


def get(desk: Desk, number: int) -> Consultation:
    """Return a consultation that the actor may read; NotFoundError otherwise, the same
    as for one that never was.
    """
    query = select(Consultation).where(Consultation.number == number)
    consultation = desk.session.scalar(query) if 0 < number < 2**31 else None
    if consultation is None or not is_readable(desk, consultation):
        raise NotFoundError("Không có lần lấy ý kiến này")
    return consultation


def latest(desk: Desk) -> list[Consultation]:
    """Return the consultations that the actor may read, those that are open first, then
    the newest.
    """
    query = select(Consultation).order_by(
        Consultation.closed_at.is_not(None), Consultation.number.desc()
    )
    if reach(desk.actor, Action.READ_CONSULTATIONS) is not Reach.ANY:
        mine = select(Opinion.consultation_id).where(
            Opinion.agency_id == desk.actor.agency_id
        )
        query = query.where(Consultation.id.in_(mine))
    query = query.options(selectinload(Consultation.opinions))
    return list(desk.session.scalars(query.limit(LISTED)))


def waiting_for_me(desk: Desk) -> list[Consultation]:
    """Return the open consultations that the actor's agency has still to answer, the
    next day first.
    """
    query = select(Consultation).join(
        Opinion, Opinion.consultation_id == Consultation.id
    )
    query = query.where(
        Opinion.agency_id == desk.actor.agency_id, Opinion.verdict.is_(None)
    )
    query = query.where(Consultation.closed_at.is_(None)).order_by(
        Consultation.due_on, Consultation.number
    )
    return list(desk.session.scalars(query.limit(LISTED)))


def about(session: Session, topic: Proposal | Decision) -> list[Consultation]:
    """Return the consultations on a proposal or a decision, oldest first."""
    column = Consultation.decision_id
    if isinstance(topic, Proposal):
        column = Consultation.proposal_id
    query = select(Consultation).where(column == topic.id)
    query = query.options(selectinload(Consultation.opinions))
    return list(session.scalars(query.order_by(Consultation.number)))


def subjects(
    session: Session, consultations: Sequence[Consultation]
) -> dict[UUID, Proposal | Decision]:
    """Return, by consultation, what it is about."""
    about_proposals = [row.proposal_id for row in consultations if row.proposal_id]
    about_decisions = [row.decision_id for row in consultations if row.decision_id]
    subjects_: dict[UUID | None, Proposal | Decision] = {}
    proposals = select(Proposal).where(among(session, Proposal.id, about_proposals))
    decisions = select(Decision).where(among(session, Decision.id, about_decisions))
    subjects_.update({row.id: row for row in session.scalars(proposals)})
    subjects_.update({row.id: row for row in session.scalars(decisions)})
    return {
        consultation.id: subjects_[consultation.proposal_id or consultation.decision_id]
        for consultation in consultations
    }


def subject(session: Session, consultation: Consultation) -> Proposal | Decision:
    """Return what it is about."""
    if consultation.proposal_id is not None:
        return session.get_one(Proposal, consultation.proposal_id)
    return session.get_one(Decision, consultation.decision_id)


def is_readable(desk: Desk, consultation: Consultation) -> bool:
    """Tell whether the actor may read a consultation: the department, who is asked,
    whose proposal it is.
    """
    if reach(desk.actor, Action.READ_CONSULTATIONS) is Reach.ANY:
        return True
    if reach(desk.actor, Action.READ_CONSULTATIONS) is None:
        return False
    invited = (
        desk.session.get(Opinion, (consultation.id, desk.actor.agency_id)) is not None
    )
    topic = subject(desk.session, consultation)
    proposed_here = (
        isinstance(topic, Proposal) and topic.agency_id == desk.actor.agency_id
    )
    return invited or proposed_here


def matters(topic: Proposal | Decision) -> bool:
    """Tell whether what is asked still matters: nothing is decided yet, nor taken
    back.
    """
    if not isinstance(topic, Proposal):
        return True
    return topic.status in EXAMINED | {Status.RETURNED}
