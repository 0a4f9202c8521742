"""The clocks of a proposal: whose turn it is, by when, and how much of the department's
term is used up.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.workflow.context import Desk
from app.workflow.office import Office
from app.workflow.proposals.lifecycle import EXAMINED, Status
from app.workflow.proposals.models import Proposal

# the event of the table of terms that begins when a proposal comes to a status
EVENTS: dict[Status, str] = {
    Status.ENDORSING: "endorsement",
    **dict.fromkeys(EXAMINED, "examination"),
    Status.RETURNED: "mending",
    Status.APPROVED: "promulgation",
}


def settle(session: Session, office: Office) -> None:
    """Give those that were sent before terms were kept with a proposal the term that
    they have; a daily task.
    """
    query = select(Proposal).where(
        Proposal.due_on.is_(None), Proposal.submitted_at.is_not(None)
    )
    for proposal in session.scalars(query.where(Proposal.status.in_(sorted(EXAMINED)))):
        begun = (
            clock.local(proposal.submitted_at).date()
            if proposal.submitted_at
            else clock.today()
        )
        rule = office.terms.rule("examination", begun)
        proposal.due_on = office.until(proposal)
        proposal.due_rule = rule.id if rule else None


def turn(desk: Desk, proposal: Proposal, before: Status) -> None:
    """Stop the clock of the status that a proposal comes from, start that of the one it
    stands in now.

    The department's term goes on where it stopped; every other begins anew. Where no
    rule holds on the day, nothing is due: no day is invented.
    """
    after = proposal.status
    left, begun = EVENTS.get(before), EVENTS.get(after)
    if left == begun:
        return
    now = clock.now()
    if before in EXAMINED and proposal.submitted_at is not None:
        proposal.spent_days += desk.office.calendar.taken(proposal.submitted_at, now)
    proposal.due_on = proposal.due_rule = None
    if after in EXAMINED:
        proposal.submitted_at = now
    rule = desk.office.terms.rule(begun, clock.today()) if begun else None
    if rule is not None:
        spent = proposal.spent_days if after in EXAMINED else 0
        proposal.due_on = rule.due(now, desk.office.calendar, spent)
        proposal.due_rule = rule.id
