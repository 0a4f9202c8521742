"""What may happen to a question while agencies answer it, a consultation's or a
campaign's: they are reminded, get more time, it ends before its day; an answer may come
on paper.

What happened is kept beside the question, in order, for whoever reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app import clock
from app.errors import ConflictError, FieldError, InvalidError, TransitionError
from app.vietnamese import clean

MOST_TEXT = 5000  # characters


class StepKind(StrEnum):
    """What happened."""

    REMINDED = "reminded"
    EXTENDED = "extended"
    CLOSED = "closed"


class Running(Protocol):
    """A question that is out."""

    due_on: date
    closed_at: datetime | None
    steps: list[dict[str, Any]]


@dataclass(frozen=True)
class PaperAnswer:
    """The letter in which an agency answered: its number, its day, and the file's
    hash.
    """

    number: str
    day: date | None
    file: str | None

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept; InvalidError names what is missing."""
        errors = []
        if not clean(self.number):
            message = "Ghi số, ký hiệu của văn bản trả lời"
            errors.append(FieldError("paper_number", "required", message))
        if self.day is None or self.day > clock.today():
            message = "Ghi ngày của văn bản trả lời, không sau hôm nay"
            errors.append(FieldError("paper_day", "required", message))
        if self.file is None:
            message = "Chọn tệp của văn bản trả lời"
            errors.append(FieldError("signed", "required", message))
        if errors or self.day is None:
            raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)
        return {
            "number": clean(self.number)[:60],
            "day": self.day.isoformat(),
            "file": self.file,
        }


def remind(question: Running, post_id: UUID) -> Mapping[str, Any]:
    """Note that who has not answered is reminded today; return the step.

    ConflictError for a second time on one day, TransitionError when it is over.
    """
    _require_open(question)
    today = clock.today().isoformat()
    if any(
        step["kind"] == StepKind.REMINDED and step["day"] == today
        for step in question.steps
    ):
        raise ConflictError("Hôm nay đã nhắc rồi; mỗi ngày nhắc một lần")
    return _add(question, StepKind.REMINDED, post_id, "")


def extend(
    question: Running, post_id: UUID, due_on: date | None, reason: str
) -> Mapping[str, Any]:
    """Give more time; return the step. InvalidError without a later day and a reason,
    TransitionError when it is over.
    """
    _require_open(question)
    errors = []
    if due_on is None or due_on <= max(question.due_on, clock.today()):
        message = f"Nhập ngày sau hạn hiện nay ({question.due_on:%d/%m/%Y})"
        errors.append(FieldError("new_due_on", "date-order", message))
    errors += _lacks(reason, "extend_reason", "Nêu lý do gia hạn")
    if errors or due_on is None:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)
    question.due_on = due_on
    return _add(question, StepKind.EXTENDED, post_id, reason, until=due_on.isoformat())


def close(question: Running, post_id: UUID, reason: str, *, answered: bool) -> None:
    """End it; before its day, and while answers are missing, a reason is needed.

    InvalidError, TransitionError when it is over.
    """
    _require_open(question)
    if not answered and clock.today() <= question.due_on:
        errors = _lacks(reason, "close_reason", "Nêu lý do kết thúc trước hạn")
        if errors:
            raise InvalidError(errors[0].message, errors)
    question.closed_at = clock.now()
    _add(question, StepKind.CLOSED, post_id, reason)


def _lacks(reason: str, field: str, message: str) -> list[FieldError]:
    if 0 < len(clean(reason)) <= MOST_TEXT:
        return []
    return [FieldError(field, "required", f"{message}, tối đa {MOST_TEXT} ký tự")]


def _require_open(question: Running) -> None:
    if question.closed_at is not None:
        raise TransitionError("Việc này đã kết thúc rồi")


def _add(
    question: Running, kind: StepKind, post_id: UUID, reason: str, **more: str
) -> Mapping[str, Any]:
    step = {
        "kind": kind.value,
        "day": clock.today().isoformat(),
        "post": str(post_id),
        "reason": clean(reason),
        **more,
    }
    question.steps = [*question.steps, step]
    return step
