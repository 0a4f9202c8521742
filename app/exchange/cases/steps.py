"""Every step of a case is kept, with how the case stood afterwards, and the journal
vouches for it.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app import clock, journal
from app.exchange.cases.inputs import kept
from app.exchange.cases.lifecycle import CLOSED
from app.exchange.cases.models import Case, CaseStep
from app.permissions import Action
from app.workflow.context import Desk

ACTED = "case"  # how the journal calls what is done to cases, before the action


def act_of(action: str) -> str:
    """Return what the journal calls an action."""
    return f"{ACTED}.{action}"


GATHERED, RELEASED, SETTLED = "gathered", "released", "settled"
MOVED, FINISHED = "moved", "finished"
# what happens to a case without anybody doing it to that very case
BESIDES = (GATHERED, RELEASED, SETTLED, MOVED, FINISHED)


@dataclass(frozen=True)
class Doer:
    """Who does something: nobody, where the day itself brings it."""

    agency_id: UUID | None = None
    post_id: UUID | None = None
    person_id: UUID | None = None


def at(desk: Desk) -> Doer:
    """Return who acts at a desk."""
    return Doer(desk.actor.agency_id, desk.actor.post_id, desk.actor.person_id)


def record(
    session: Session,
    case: Case,
    action: str,
    given: Any = None,
    *,
    doer: Doer,
    written: bool = False,
) -> CaseStep:
    """Keep a step; `written`: the content changed with it. A file stands in `given`."""
    now = clock.now()
    case.changed_at = now
    case.closed_at = now if case.status in CLOSED else None
    told = given if isinstance(given, dict) else kept(given)
    step = CaseStep(
        id=uuid4(),
        case_id=case.id,
        action=str(action),
        at=now,
        agency_id=doer.agency_id,
        post_id=doer.post_id,
        person_id=doer.person_id,
        given=told,
        content=case.content if written else None,
        after=case.snapshot(),
        file=told.get("file", {}).get("sha256"),
    )
    session.flush()
    note = journal.Note(
        act_of(action),
        post_id=doer.post_id,
        person_id=doer.person_id,
        hash=case.content_hash,
        recorded=[step],
    )
    journal.record(session, note)
    session.flush()
    session.expire(case, ["steps"])
    return step


EVERY = tuple(act_of(action) for action in (*Action, *BESIDES))
