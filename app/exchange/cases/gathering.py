"""Several obstacles go up as one: the department gathers them, and what is answered to
the one is answered to all.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.errors import FieldError, InvalidError, TransitionError
from app.exchange.cases import rules, steps
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.models import Case
from app.workflow.context import Desk

MOST = 100  # obstacles that go up as one


def members(desk: Desk, case: Case) -> list[Case]:
    """Return the obstacles that were gathered into one, by number."""
    query = select(Case).where(Case.group_id == case.id).order_by(Case.number)
    return list(desk.session.scalars(query))


def answer_all(desk: Desk, case: Case, given: Any) -> None:
    """Keep what was answered, of the case and of those that were gathered into it."""
    rules.answer(desk, case, given)
    for member in members(desk, case):
        if member.status is CaseStatus.SENT:
            member.status = CaseStatus.ANSWERED
            member.answer = case.answer
            member.due_on = member.due_rule = member.began_on = None
            member.lock_version += 1
            steps.record(
                desk.session,
                member,
                steps.SETTLED,
                {"by": case.number},
                doer=steps.at(desk),
            )


def require_gatherable(found: Sequence[Case], kind: str) -> None:
    """Raise InvalidError for fewer than one or too many, TransitionError for what waits
    for no answer, or is gathered already.
    """
    if not 0 < len(found) <= MOST:
        message = f"Chọn từ 1 đến {MOST} vướng mắc"
        raise InvalidError(message, [FieldError("cases", "required", message)])
    for case in found:
        if case.kind != kind or case.status is not CaseStatus.SENT or case.group_id:
            raise TransitionError(
                f"Việc số {case.number} không phải vướng mắc đang chờ giải đáp, "
                "hoặc đã được gộp"
            )


def gather(desk: Desk, found: Sequence[Case], into: Case) -> None:
    """Have these obstacles be answered together with one."""
    for case in found:
        case.group_id = into.id
        case.lock_version += 1
        steps.record(
            desk.session,
            case,
            steps.GATHERED,
            {"into": into.number},
            doer=steps.at(desk),
        )
