"""What the day itself brings: a case whose data run is over."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange.cases import kinds, running, steps
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.models import Case
from app.exchange.cases.steps import FINISHED, Doer
from app.permissions import Audience
from app.register.queries import Register
from app.register.standing import moment
from catalog_schema.profile import Profile, Visibility


def finish(session: Session, profile: Profile, day: date) -> int:
    """Close what waits for data that run today; a daily task. Return how many."""
    at = moment(session, day)
    register = Register(session, profile, at, Audience(Visibility.STATE))
    ends = {name: kind.runs for name, kind in kinds.KINDS.items() if kind.runs}
    query = select(Case).where(
        Case.status == CaseStatus.ANSWERED,
        Case.kind.in_(ends),
        Case.about_id.is_not(None),
    )
    count = 0
    for case in session.scalars(query.order_by(Case.number)):
        live = running.live(register, case, ends[case.kind])
        if not live:
            continue
        case.status = CaseStatus.DONE
        case.lock_version += 1
        given = {"connection": live[0].view.local_id}
        steps.record(session, case, FINISHED, given, doer=Doer())
        count += 1
    return count
