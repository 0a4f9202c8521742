"""What an agency prepares as its answer is read by nobody else before it is confirmed:
to everybody else the case still waits.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.exchange.cases.lifecycle import PREPARED, CaseStatus
from app.exchange.cases.models import Case, CaseStep
from app.permissions import Action, Actor

_PREPARES = frozenset({Action.PREPARE_GRANT, Action.PREPARE_REFUSAL})


def status_for(actor: Actor, case: Case, status: CaseStatus) -> CaseStatus:
    """Return where a case that stood somewhere stands to somebody."""
    hidden = status in PREPARED and actor.agency_id != case.answering_id
    return CaseStatus.SENT if hidden else status


def answer_for(actor: Actor, case: Case) -> dict[str, Any] | None:
    """Return the answer as somebody reads it, None where there is none yet."""
    shown = status_for(actor, case, case.status) is case.status
    return case.answer if shown else None


def steps_for(actor: Actor, case: Case, steps: Iterable[CaseStep]) -> list[CaseStep]:
    """Return the steps that somebody reads: what was prepared and sent back stays with
    whoever prepared it.
    """
    steps = list(steps)
    if actor.agency_id == case.answering_id:
        return steps
    shown: list[CaseStep] = []
    prepared: CaseStep | None = None
    for step in steps:
        if step.action in _PREPARES:
            prepared = step
        elif prepared is not None and step.action == Action.SEND_ANSWER_BACK:
            prepared = None
        elif prepared is not None and step.action == Action.CONFIRM_ANSWER:
            shown += [prepared, step]
            prepared = None
        else:
            shown.append(step)
    return shown


def standing(actor: Actor, statuses: Sequence[CaseStatus]) -> ColumnElement[bool]:
    """Return what holds for cases that stand in one of these to somebody."""
    own = Case.answering_id == actor.agency_id
    prepared = Case.status.in_(sorted(PREPARED))
    stands = Case.status.in_(sorted(statuses))
    seen = and_(stands, or_(own, ~prepared))
    return or_(seen, and_(prepared, ~own)) if CaseStatus.SENT in statuses else seen
