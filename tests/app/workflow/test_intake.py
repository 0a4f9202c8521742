"""Codes that a decision has settled come in together; one person prepares, another confirms, nothing is half done."""

from dataclasses import replace
from datetime import date

import pytest
from people import Browser, sheet
from province import settled
from sqlalchemy import select
from support import code

from app.errors import ForbiddenError, FourEyesError, InvalidError, TransitionError
from app.permissions import Role
from app.register.models import Entry
from app.workflow.intake import service as intake
from app.workflow.intake.models import Intake
from app.workflow.intake.rows import IntakeRows

DAY = "01/10/2026"


@pytest.fixture
def province(office):
    return settled(office)


HEAD = ["STT", "Mã định danh", "Tên cơ quan, đơn vị", "Ghi chú"]


def send(browser, *rows, decision="1/2026/QĐ-UBND", day=DAY, head=HEAD):
    data = {
        "decision": decision,
        "day": day,
        "annex": (sheet(["PHỤ LỤC"], head, *rows), "phụ lục.xlsx"),
    }
    return browser.post("/dot-nhap/phu-luc", data)


def intakes(office):
    with office.system.database.reading() as session:
        return {
            one.number: (one.status, len(one.rows))
            for one in session.scalars(select(Intake))
        }


def test_an_annex_comes_in_once_a_second_person_has_confirmed_it(province):
    office = province.office
    reviewer, approver = Browser(office, Role.REVIEWER), Browser(office, Role.APPROVER)
    rows = [
        ["I", "", "Các sở", ""],
        [1, "Y19.1.1", "Phòng Một", ""],
        [2, "Y19.1.1.5", "Tổ Năm", "x"],
        [3, "Y19.20", "Sở Hai Mươi"],
    ]
    answer = send(reviewer, *rows)
    assert answer.status_code == 302, answer.text
    page = reviewer.get(answer.location).text
    assert "3 mã" in page
    assert "Chờ người phê duyệt xem và xác nhận" in page
    assert "Y19.20" not in province.codes()

    shown = approver.get("/dot-nhap/1").text
    assert "Tôi đã đối chiếu với quyết định" in shown
    assert approver.post("/dot-nhap/1/xac-nhan", {}).status_code == 422
    assert approver.post("/dot-nhap/1/xac-nhan", {"sure": "1"}).status_code == 302

    codes = province.codes()
    assert {"Y19.1.1", "Y19.1.1.5", "Y19.20"} <= codes.keys()
    assert codes["Y19.1.1.5"].content["parent_code"] == str(codes["Y19.1.1"].id)
    assert codes["Y19.20"].content["issued_by"] == province.decision
    assert codes["Y19.20"].valid_from.isoformat() == "2026-10-01"
    assert intakes(office) == {1: ("entered", 3)}
    assert (
        approver.get("/dot-nhap/1/tep/phu-luc")
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


def test_one_wrong_row_and_none_is_taken(province):
    reviewer = Browser(province.office, Role.REVIEWER)
    rows = [
        ["", "Y19.30", "Tốt"],
        ["", "y19.31", "Chữ thường"],
        ["", "Y19.1", "Đã có"],
        ["", "Y19.30", "Hai lần"],
        ["", "Y77.1", "Lạc"],
    ]
    answer = send(reviewer, *rows)

    assert answer.status_code == 422
    for said in (
        "dòng 4, value",
        "Có phải Y19.31?",
        "dòng 5, value",
        "không bao giờ được cấp lại",
        "có hai lần trong tệp",
        "dòng 7, parent_code",
    ):
        assert said in answer.text, said
    assert intakes(province.office) == {}
    assert "Không thấy cột mã" in send(reviewer, ["1", "2"], head=["A", "B"]).text
    assert (
        "Chọn quyết định có trong danh mục"
        in send(reviewer, ["", "Y19.30", "Tốt"], decision="9/9").text
    )
    assert "Nhập ngày có hiệu lực" in send(reviewer, ["", "Y19.30", "Tốt"], day="").text


def test_the_next_free_codes_are_issued_or_reserved_and_promised_to_nobody_else(
    province,
):
    office = province.office
    reviewer, approver = Browser(office, Role.REVIEWER), Browser(office, Role.APPROVER)
    office.propose("identifier-code", code("Y19.5", None))
    asked = {
        "parent": "Y19",
        "names": "Sở Năm\nSở Sáu",
        "status": "du-kien",
        "day": DAY,
    }
    reviewer.post("/dot-nhap/cap-ma", asked)
    named = {
        **asked,
        "names": "Y19.30 Sở Tám",
        "status": "dang-dung",
        "decision": "1/2026/QĐ-UBND",
    }
    reviewer.post("/dot-nhap/cap-ma", named)

    with office.system.database.reading() as session:
        values = [
            [row["value"] for row in one.rows]
            for one in session.scalars(select(Intake).order_by(Intake.number))
        ]
    assert values == [["Y19.6", "Y19.7"], ["Y19.30"]]
    approver.post("/dot-nhap/1/xac-nhan", {"sure": "1"})
    assert province.codes()["Y19.6"].content["status"] == "du-kien"
    refused = reviewer.post("/dot-nhap/cap-ma", {**named, "names": "Y19.31 Sở Ba"})
    assert refused.status_code == 422
    assert "Cơ quan này đang dùng mã Y19.3" in refused.text
    for wrong in ("Sở Chín", "Y19.1.2 Phòng", "Y88.1 Sở", "Y19.33"):
        told = reviewer.post("/dot-nhap/cap-ma", {**named, "names": wrong})
        assert told.status_code == 422, wrong
        assert "ghi mã ngay dưới Y19 như trong quyết định" in told.text
    assert reviewer.post("/dot-nhap/cap-ma", {**asked, "names": ""}).status_code == 422
    assert (
        reviewer.post("/dot-nhap/cap-ma", {**asked, "parent": "Y88"}).status_code == 422
    )


def test_numbers_follow_the_rule_of_the_parent(province):
    top = province.codes()["Y19"]
    content = {**top.content, "numbering": {"width": 3, "start": 100}}
    province.office.enter("identifier-code", content, type="amend", entry_id=top.id)
    reviewer = Browser(province.office, Role.REVIEWER)
    reviewer.post(
        "/dot-nhap/cap-ma",
        {"parent": "Y19", "names": "A\nB", "status": "du-kien", "day": DAY},
    )

    with province.office.system.database.reading() as session:
        (found,) = session.scalars(select(Intake))
        assert [row["value"] for row in found.rows] == ["Y19.100", "Y19.101"]


def test_nobody_confirms_what_they_prepared_and_nothing_is_decided_twice(province):
    office = province.office
    with office.desk(Role.CLERK) as desk:
        content = {**code("Y19.40", None), "certainty": "co-quan-khai"}
        wanted = IntakeRows("Đợt", "identifier-code", [(1, content)], date(2026, 10, 1))
        number = intake.prepare(desk, wanted).number
    clerk = office.actors[Role.CLERK].person_id
    with office.desk(Role.APPROVER) as desk, pytest.raises(FourEyesError):
        same = replace(desk.actor, person_id=clerk)
        intake.confirm(replace(desk, actor=same), number)
    with office.desk(Role.CLERK) as desk, pytest.raises(ForbiddenError):
        intake.confirm(desk, number)
    with (
        office.desk(Role.APPROVER) as desk,
        pytest.raises(InvalidError, match="Nêu lý do"),
    ):
        intake.reject(desk, number, " ")
    with office.desk(Role.APPROVER) as desk:
        intake.reject(desk, number, "Sai quyết định")
    with office.desk(Role.APPROVER) as desk, pytest.raises(TransitionError):
        intake.confirm(desk, number)
    with office.system.database.reading() as session:
        assert (
            session.scalar(select(Entry.id).where(Entry.local_id == "Y19.40")) is None
        )


def test_a_holder_gets_one_code_and_rows_keep_the_numbers_that_excel_shows(province):
    reviewer = Browser(province.office, Role.REVIEWER)
    twice = send(
        reviewer, [], ["", "Y19.50", "Sở Không Mã"], [], ["", "Y19.51", "Sở Không Mã"]
    )
    assert twice.status_code == 302  # nobody of that name is there yet
    province.agency("Sở Không Mã", province.root)
    refused = send(
        reviewer, [], ["", "Y19.60", "Sở Không Mã"], [], ["", "y19.61", "Sở Không Mã"]
    )
    assert refused.status_code == 422
    assert "dòng 4, holder" in refused.text
    assert "hai mã đang dùng cùng loại" in refused.text
    assert "dòng 6, value" in refused.text


def test_codes_are_issued_only_under_codes_of_that_kind(province):
    province.office.enter(
        "identifier-code", code("000.00.07.Y19", None, scheme="QCVN102")
    )
    reviewer = Browser(province.office, Role.REVIEWER)
    asked = {"parent": "000.00.07.Y19", "names": "A", "status": "du-kien", "day": DAY}
    answer = reviewer.post("/dot-nhap/cap-ma", asked)
    assert answer.status_code == 422
    assert "Quyết định 20/2020" in answer.text


def test_a_draft_with_a_giant_number_moves_no_series(province):
    province.office.propose("identifier-code", code("Y19.99999999", None))
    reviewer = Browser(province.office, Role.REVIEWER)
    reviewer.post(
        "/dot-nhap/cap-ma",
        {"parent": "Y19", "names": "A", "status": "du-kien", "day": DAY},
    )
    with province.office.system.database.reading() as session:
        (found,) = session.scalars(select(Intake))
    assert [row["value"] for row in found.rows] == ["Y19.5"]
