"""Programs say to which day data are current and how much ran, with a key, under the rights of its post."""

from datetime import date, timedelta

import pytest
import sharing
from people import key_of
from support import database

from app import clock
from app.exchange import traffic
from app.permissions import Role, Scope

FIGURE = {
    "connection": "QHKN-0001",
    "month": "2026-01",
    "flow": "sent",
    "counted_by": "source",
    "unit": "bản ghi",
    "value": 100,
    "source": "Nhật ký hệ thống",
}
LOAD = {
    "database": "CSDL-0001",
    "day": "2026-01-31",
    "integrated": "part",
    "records": 1200,
    "missing": "Hồ sơ trước năm 2015",
    "source": "Nhật ký của kho",
}
STATEMENTS = "/entries/shared-database/CSDL-0001/statements"


@pytest.fixture
def call(office):
    def _call(path, body=None, who=Role.REGISTRAR, scopes=frozenset(Scope), **headers):
        key = key_of(office, who, scopes)
        sent = {"Authorization": f"Bearer {key}", **headers}
        method = "POST" if body is not None else "GET"
        return office.client().open(
            f"/api/v1{path}", method=method, json=body, headers=sent
        )

    return _call


@pytest.fixture
def connected(office):
    own, other = office.department, office.other
    line = sharing.connection("Một – Hai", own, source=own, target=other)
    return office.enter("connection", line)


def test_a_program_says_to_which_day_data_are_current(office, call):
    office.land(frequency="MONTHLY")
    today = clock.today()

    answer = call(STATEMENTS, {"day": today.isoformat()})

    assert answer.status_code == 201, answer.json
    fresh = (
        office.client().get("/api/v1/entries/shared-database/CSDL-0001/freshness").json
    )
    assert fresh["state"] == "current"
    assert fresh["current_to"] == today.isoformat()
    until = (today + timedelta(days=9)).isoformat()
    delayed = call(STATEMENTS, {"until": until, "reason": "Chuyển máy chủ"})
    assert delayed.json == {"kind": "delay", "day": until, "reason": "Chuyển máy chủ"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"day": "2026-02-30"}, 422),
        ({"day": "2999-01-01"}, 422),
        ({"until": "2999-01-01"}, 422),
        ({"day": "2026-01-01", "until": "2999-01-01", "reason": "x"}, 422),
        ({"day": "2026-01-01", "khac": 1}, 422),
    ],
)
def test_a_wrong_statement_is_refused(office, call, body, status):
    office.land()

    assert call(STATEMENTS, body).status_code == status


def test_who_may_not_say_so_is_refused(office, call):
    office.land()
    body = {"day": "2026-01-01"}

    assert call(STATEMENTS, body, who="elsewhere").status_code == 403
    reading = frozenset({Scope.READ})
    assert call(STATEMENTS, body, scopes=reading).status_code == 403
    assert office.client().post(f"/api/v1{STATEMENTS}", json=body).status_code == 401


def test_figures_come_as_one_act_once_and_are_corrected(office, call, connected):
    second = {**FIGURE, "month": "2026-02"}

    first = call("/traffic", {"figures": [FIGURE, second]})
    assert first.json == {"new": 2, "corrected": 0, "same": 0}
    again = call("/traffic", {"figures": [{**FIGURE, "value": 120}, second]})

    assert again.json == {"new": 0, "corrected": 1, "same": 1}
    with office.reading() as register:
        kept = traffic.of_months(register, date(2026, 1, 1), date(2026, 2, 1))
    assert sorted(row.value for row in kept) == [100, 120]


def test_wrong_figures_are_all_named_and_none_is_recorded(office, call, connected):
    figures = [
        FIGURE,
        {**FIGURE, "connection": "QHKN-9"},
        {**FIGURE, "month": "2999-01"},
    ]

    answer = call("/traffic", {"figures": figures})

    assert answer.status_code == 422
    assert "figures.1.connection" in answer.get_data(as_text=True)
    assert "figures.2.month" in answer.get_data(as_text=True)
    with office.reading() as register:
        assert not traffic.of_months(register, date(2026, 1, 1), date(2026, 1, 1))


def test_another_agencys_connection_is_not_counted(office, call, connected):
    lone = sharing.connection(
        "Ba", office.other, source=office.other, target=office.other
    )
    office.enter("connection", lone)
    figure = {**FIGURE, "connection": "QHKN-0002"}

    assert call("/traffic", {"figures": [figure]}).status_code == 403


def test_a_program_says_what_the_warehouse_holds(office, call):
    office.land()

    first = call("/warehouse", {"rows": [LOAD]})
    again = call("/warehouse", {"rows": [LOAD, {**LOAD, "day": "2026-02-28"}]})
    better = call("/warehouse", {"rows": [{**LOAD, "records": 1300}]})

    assert first.json == {"new": 1, "corrected": 0, "same": 0}, first.json
    assert again.json == {"new": 1, "corrected": 0, "same": 1}
    assert better.json == {"new": 0, "corrected": 1, "same": 0}
    assert "1.200" in office.client().get("/chia-se/kho").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"database": "CSDL-9999"}, "rows.0.database"),
        ({"day": "2999-01-01"}, "rows.0.day"),
        ({"item": "Nhóm máu"}, "rows.0.item"),
    ],
)
def test_a_row_of_the_warehouse_that_is_wrong_is_named(office, call, wrong, field):
    office.land()

    answer = call("/warehouse", {"rows": [{**LOAD, **wrong}]})

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [field]


def test_the_warehouse_of_another_agency_is_not_written(office, call):
    office.enter(
        "shared-database",
        database(str(office.other), str(office.law()), title="CSDL khác"),
    )

    assert call("/warehouse", {"rows": [LOAD]}).status_code == 403
