"""How a thing stands on a day follows from what is said of it, and from nothing that changes at midnight."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.clock import OPEN_END, OPEN_START
from app.register import conditions
from app.register.conditions import Condition, Told
from app.register.standing import State

RECORDED = datetime(2026, 11, 28, 3, tzinfo=UTC)
NEWER = uuid4()
LAW = {
    "issued": "2020-04-09",
    "in_force_from": "2020-05-25",
    "in_force_to": "2025-10-22",
    "status": "het-hieu-luc",
    "repealed_by": [str(NEWER)],
}
CODE = {"status": "dang-dung", "validity": {"start": "2021-11-10", "end": "2025-07-01"}}


def stands(kind, content, day, state=State.IN_FORCE, since=OPEN_START, **more):
    told = Told(state, since, OPEN_END, RECORDED, content, date.fromisoformat(day))
    return conditions.of(kind, told, **more)


@pytest.mark.parametrize(
    ("kind", "content", "day", "condition"),
    [
        ("legal-document", LAW, "2020-05-24", Condition.NOT_YET),
        ("legal-document", LAW, "2020-05-25", Condition.IN_FORCE),
        ("legal-document", LAW, "2025-10-21", Condition.IN_FORCE),
        ("legal-document", LAW, "2025-10-22", Condition.LAPSED),
        # of NĐ 47's validity nothing is known: never "in force"
        ("legal-document", {"status": "chua-xac-dinh"}, "2026-11-28", Condition.UNDETERMINED),
        ("legal-document", {"status": "con-hieu-luc"}, "2026-11-28", Condition.IN_FORCE),
        ("legal-document", {"status": "con-hieu-luc"}, "2021-12-31", Condition.UNDETERMINED),
        ("legal-document", {"status": "het-hieu-luc"}, "2026-11-28", Condition.LAPSED),
        ("legal-document", {"status": "het-hieu-luc"}, "2021-12-31", Condition.UNDETERMINED),
        ("identifier-code", CODE, "2021-11-09", Condition.RESERVED),
        ("identifier-code", CODE, "2025-06-30", Condition.IN_USE),
        ("identifier-code", CODE, "2025-07-01", Condition.CLOSED),
        ("identifier-code", {"status": "dang-dung"}, "2026-11-28", Condition.IN_USE),
        ("identifier-code", {"status": "dang-dung"}, "1990-01-01", Condition.START_UNKNOWN),
        ("identifier-code", {"status": "da-dong"}, "2026-11-28", Condition.CLOSED),
        ("identifier-code", {"status": "da-dong"}, "2021-12-31", Condition.UNDETERMINED),
        ("agency", {"dissolved": "2025-03-01"}, "2025-03-01", Condition.ENDED),
        ("agency", {"dissolved": "2025-03-01"}, "2025-02-28", Condition.IN_FORCE),
        ("succession", {"date": "2025-07-01"}, "2025-06-30", Condition.NOT_YET),
        ("data-standard", {"status": "con-hieu-luc"}, "2026-11-28", Condition.IN_FORCE),
        ("data-standard", {"status": "het-hieu-luc"}, "2026-11-28", Condition.LAPSED),
        ("data-standard", {"status": "het-hieu-luc"}, "2021-12-31", Condition.UNDETERMINED),
        # of most standards nobody knows: never "in force"
        ("data-standard", {"status": "chua-xac-dinh"}, "2026-11-28", Condition.UNDETERMINED),
        ("shared-database", {}, "2026-11-28", Condition.IN_FORCE),
    ],
)  # fmt: skip
def test_a_thing_stands_by_its_own_days(kind, content, day, condition):
    assert stands(kind, content, day).condition is condition


def test_what_is_no_more_leads_to_what_came_after_it():
    assert stands("legal-document", LAW, "2026-11-28").successors == (NEWER,)
    assert stands("legal-document", LAW, "2026-11-28").since == date(2025, 10, 22)


def test_what_is_said_without_a_day_holds_from_the_first_day_of_its_version():
    since = date(2025, 7, 1)
    content = {"status": "da-dong"}
    assert (
        stands("identifier-code", content, "2025-07-01", since=since).condition
        is Condition.CLOSED
    )


def test_a_succession_that_was_corrected_says_so():
    found = stands("succession", {"date": "2025-07-01"}, "2026-01-01", corrected=True)
    assert found.condition is Condition.CORRECTED


def test_before_its_end_nothing_is_told_of_it():
    noted = {**LAW, "status_note": "Sửa đổi ngày 31/12/2025"}
    told = conditions.without_its_end("legal-document", noted, date(2021, 12, 31))
    assert told == {"issued": "2020-04-09", "in_force_from": "2020-05-25"}
    assert conditions.without_its_end("legal-document", LAW, date(2025, 10, 22)) == LAW
    code = conditions.without_its_end("identifier-code", CODE, date(2021, 12, 31))
    assert code == {"validity": {"start": "2021-11-10"}}
