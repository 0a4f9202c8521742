"""Several obstacles go up as one: the department gathers them, and what is answered to
the one is answered to all.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from app.errors import FieldError, InvalidError, TransitionError
from app.exchange.cases import rules, steps
from app.exchange.cases.inputs import SentFile
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
            _told(desk, member, steps.SETTLED, {"by": case.number}, given)


def release(desk: Desk, case: Case, _given: Any) -> None:
    """Have those that were gathered into a case wait for their own answers again."""
    for member in members(desk, case):
        member.group_id = None
        _told(desk, member, steps.RELEASED, {"from": case.number})


def _told(
    desk: Desk, member: Case, step: str, said: dict[str, Any], given: Any = None
) -> None:
    sent: SentFile | None = getattr(given, "file", None)
    file = {"file": asdict(sent)} if sent else {}
    member.lock_version += 1
    doer = steps.at(desk)
    steps.record(desk.session, member, step, said | file, doer=doer)


def require_alone(_desk: Desk, case: Case) -> None:
    """Raise TransitionError for an obstacle that waits for the answer to another."""
    if case.group_id is not None and case.status is CaseStatus.SENT:
        raise TransitionError(
            "Vướng mắc này đã gộp vào kiến nghị chung; chờ trả lời cho kiến nghị đó"
        )


def require_gatherable(found: Sequence[Case], kind: str, top: int) -> None:
    """Raise InvalidError for fewer than one or too many, TransitionError for what waits
    for no answer, is gathered already, or is at the `top` level, where a ministry has
    it.
    """
    if not 0 < len(found) <= MOST:
        message = f"Chọn từ 1 đến {MOST} vướng mắc"
        raise InvalidError(message, [FieldError("cases", "required", message)])
    for case in found:
        waits = case.kind == kind and case.status is CaseStatus.SENT
        if not waits or case.group_id or case.level >= top:
            raise TransitionError(
                f"Việc số {case.number} không phải vướng mắc đang chờ giải đáp, "
                "đã được gộp, hoặc đang ở bộ"
            )


def gather(desk: Desk, found: Sequence[Case], into: Case) -> None:
    """Have these obstacles be answered together with one."""
    for case in found:
        case.group_id = into.id
        _told(desk, case, steps.GATHERED, {"into": into.number})
