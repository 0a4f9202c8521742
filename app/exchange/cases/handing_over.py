"""How open cases go on when agencies change: another agency stands on the side of the
one that ended, and takes part where that one did.
"""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.exchange.cases import steps
from app.exchange.cases.lifecycle import OPEN
from app.exchange.cases.models import Case, CasePartner, CaseStep
from app.exchange.cases.steps import MOVED, Doer
from app.register import reassignment
from app.register.content import hashing
from catalog_schema.profile import Profile


def touching(session: Session, agency: UUID) -> list[Case]:
    """Return the open cases in which an agency has a part, by number."""
    partner = select(CasePartner.case_id).where(CasePartner.agency_id == agency)
    part = or_(
        Case.asking_id == agency, Case.answering_id == agency, Case.id.in_(partner)
    )
    query = select(Case).where(Case.status.in_(sorted(OPEN)), part)
    return list(session.scalars(query.order_by(Case.number)))


def move(
    session: Session,
    profile: Profile,
    case: Case,
    agencies: tuple[UUID, UUID],
    because: UUID,
    post_id: UUID | None,
) -> None:
    """Have a case go on with the second agency in the place of the first; `because`:
    the succession, entered by a post.
    """
    old, new = agencies
    change = reassignment.swap(profile, case.kind, old, new)
    case.content = change(case.content)
    case.content_hash = hashing.content_hash(case.content)
    case.asking_id = new if case.asking_id == old else case.asking_id
    case.answering_id = new if case.answering_id == old else case.answering_id
    named = {partner.agency_id for partner in case.partners}
    if old in named:
        kept = {new if agency == old else agency for agency in named}
        case.partners.clear()
        session.flush()
        case.partners.extend(CasePartner(agency_id=agency) for agency in sorted(kept))
    case.lock_version += 1
    given = {"because": str(because), "from": str(old), "to": str(new)}
    doer = Doer(post_id=post_id)
    steps.record(session, case, MOVED, given, doer=doer, written=True)


def moved_by(session: Session, act: UUID) -> list[tuple[Case, UUID, UUID]]:
    """Return the open cases that a succession moved, each with from whom to whom, by
    number.
    """
    query = select(CaseStep, Case).join(Case, Case.id == CaseStep.case_id)
    query = query.where(
        CaseStep.action == MOVED, Case.status.in_(sorted(OPEN))
    ).order_by(Case.number)
    return [
        (case, UUID(step.given["from"]), UUID(step.given["to"]))
        for step, case in session.execute(query)
        if step.given.get("because") == str(act)
    ]
