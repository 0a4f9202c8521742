"""How long somebody may take, and by which law: a table of rules, each valid between
two days.

deadlines.csv holds what the law says; an installation adds its own rows, with a basis
of its own (setting `deadlines`). The rule is chosen by the day on which the term
begins; its id is kept with what it made due, so that a later rule changes nothing.
Where no rule holds there is no term, and none is invented.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from app import clock
from app.clock import OPEN_END, OPEN_START
from app.errors import SetupError
from app.workflow.time.working_days import Calendar

KNOWN = Path(__file__).parent / "deadlines.csv"
# units that give a day after a beginning
COUNTED = frozenset({"working-day", "day", "hour", "month", "at-once"})
UNITS = COUNTED | {"working-day-before", "before-day", "fixed-day", "none"}
_NUMBERED = COUNTED | {"working-day-before"}
_HOURS = 24
_LONGEST = 60  # characters of an id, as the column is
_LAST = 28  # the day of a month that every month has


@dataclass(frozen=True)
class Rule:
    """One row. `amount` is a number in `unit`, or the day itself; valid from
    `valid_from` to before `valid_to`.
    """

    id: str
    event: str
    title: str
    amount: str
    unit: str
    counted_from: str
    basis: str
    valid_from: date
    valid_to: date
    certainty: str

    @property
    def read(self) -> bool:
        """Whether somebody read the text itself, so that it is no hearsay."""
        return self.certainty in {"T", "V"}

    def due(self, since: datetime, calendar: Calendar, spent: int = 0) -> date | None:
        """Return the last day of a term that began at `since`, of which `spent` is used
        up; None for a unit of none.
        """
        if self.unit not in COUNTED:
            return None
        begun = clock.local(since).date()
        # only working days are spent
        amount = max(int(self.amount or 0) - spent, 0)
        match self.unit:
            case "working-day":
                return calendar.due(since, amount)
            case "month":
                year, month = divmod(begun.year * 12 + begun.month - 1 + amount, 12)
                return date(year, month + 1, min(begun.day, _LAST))
            case "hour":
                return clock.local(since + timedelta(hours=amount)).date()
        return begun + timedelta(days=amount)


@dataclass(frozen=True)
class Terms:
    """All rules of an installation: its own before those of the law, and what the
    office promises after both.
    """

    rules: Sequence[Rule]

    def rule(self, event: str, day: date) -> Rule | None:
        """Return the rule for an event that begins on a day, the latest where several
        hold, None where none does.
        """
        held = [
            rule
            for rule in self.rules
            if rule.event == event and rule.valid_from <= day < rule.valid_to
        ]
        return max(held, key=lambda rule: rule.valid_from, default=None)

    def fixed(self, event: str, day: date) -> tuple[Rule, date] | None:
        """Return the rule that sets a day for an event, and that day; None where none
        does, or the day is over.
        """
        rule = self.rule(event, day)
        if rule is None or rule.unit != "fixed-day":
            return None
        last = date.fromisoformat(rule.amount)
        return (rule, last) if day <= last else None

    def by_id(self, rule_id: str | None) -> Rule | None:
        """Return a rule by what was kept of it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def load(
    own: Path | None, review_days: int, request_days: int = 5, obstacle_days: int = 7
) -> Terms:
    """Return the rules of law, those of the installation's `own` file, and what the
    office undertakes: working days for an examination, and for answers to requests and
    obstacles where no term could be read in the law.

    SetupError names the row that is wrong.
    """
    promised = [
        _promise("review", "examination", "Thẩm định phiếu đề nghị", review_days),
        _promise("request", "answer-request-here", _ANSWERS, request_days),
        _promise("obstacle", "dispute-here", "Trả lời vướng mắc", obstacle_days),
    ]
    return Terms([*(_rows(own) if own else ()), *_rows(KNOWN), *promised])


_ANSWERS = "Trả lời đề nghị khai thác dữ liệu"


def _promise(name: str, event: str, title: str, days: int) -> Rule:
    """Return a rule of the office's own, whose id tells how many days it was."""
    return Rule(
        f"{name}-days-{days}",
        event,
        title,
        str(days),
        "working-day",
        "ngày nhận",
        "quy chế của đơn vị",
        OPEN_START,
        OPEN_END,
        "",
    )


def _rows(path: Path) -> Iterable[Rule]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                yield _rule(path, number, row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SetupError(f"Không đọc được tệp thời hạn {path}: {error}") from error


def _day(text: str, unsaid: date) -> date:
    return date.fromisoformat(text) if text else unsaid


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rule(path: Path, number: int, row: dict[str, str]) -> Rule:
    try:
        days = {
            "valid_from": _day(row["valid_from"], OPEN_START),
            "valid_to": _day(row["valid_to"], OPEN_END),
        }
        rule = Rule(**{**row, **days})  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError) as error:
        raise SetupError(
            f"{path.name}, dòng {number}: thiếu cột hoặc ngày không ở dạng 2026-12-31"
        ) from error
    if rule.event == "examination" and rule.unit != "working-day":
        raise SetupError(
            f"{path.name}, dòng {number}: thời hạn thẩm định tính bằng "
            "working-day, vì có lúc tạm dừng"
        )
    if rule.unit == "fixed-day" and not _is_day(rule.amount):
        raise SetupError(
            f"{path.name}, dòng {number}: amount của fixed-day là một ngày, ví dụ "
            "2026-12-31"
        )
    known = (
        0 < len(rule.id) <= _LONGEST
        and rule.event
        and rule.basis
        and rule.unit in UNITS
    )
    if not known or (
        rule.unit in _NUMBERED and not re.fullmatch(r"[0-9]{1,4}", rule.amount)
    ):
        raise SetupError(
            f"{path.name}, dòng {number}: cần id, event, basis, unit "
            f"({', '.join(sorted(UNITS))}), amount là số"
        )
    return rule
