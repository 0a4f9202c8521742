"""Every read of intakes: which there are, which codes they promise."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.permissions import Action, may, require
from app.register.content.hashing import Content
from app.workflow.context import Desk
from app.workflow.intake.models import CODE, Intake, IntakeStatus
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Proposal


def get(desk: Desk, number: int) -> Intake:
    """Return an intake; NotFoundError for none, ForbiddenError for who may not read
    what the department works on.
    """
    require(desk.actor, Action.READ_INTAKES, None)
    intake = (
        desk.session.scalar(select(Intake).where(Intake.number == number))
        if 0 < number < 2**31
        else None
    )
    if intake is None:
        raise NotFoundError("Không có đợt nhập này")
    return intake


def latest(desk: Desk, limit: int = 20) -> list[Intake]:
    """Return the intakes, those that wait first, then the newest."""
    require(desk.actor, Action.READ_INTAKES, None)
    query = select(Intake).order_by(
        (Intake.status == IntakeStatus.WAITING).desc(), Intake.number.desc()
    )
    return list(desk.session.scalars(query.limit(limit)))


def waiting(desk: Desk) -> list[Intake]:
    """Return the intakes that wait for the actor to confirm them, the oldest first."""
    if not may(desk.actor, Action.CONFIRM_INTAKE, None):
        return []
    query = select(Intake).where(Intake.status == IntakeStatus.WAITING)
    others = query.where(Intake.made_by != desk.actor.person_id)
    return list(desk.session.scalars(others.order_by(Intake.number)))


def promised(session: Session) -> set[str]:
    """Return the codes that open proposals and waiting intakes ask for: none of them is
    given to anybody else.
    """
    contents = select(Proposal.content).where(
        Proposal.kind == CODE, Proposal.status.in_(sorted(OPEN))
    )
    values = {str(content.get("value", "")) for content in session.scalars(contents)}
    for rows in session.scalars(
        select(Intake.rows).where(
            Intake.kind == CODE, Intake.status == IntakeStatus.WAITING
        )
    ):
        values |= {code_of(row) for row in rows}
    return values


def code_of(content: Content) -> str:
    """Return the code that a row registers, nothing for a row of another kind."""
    return str(content.get("value", ""))
