"""How much ran: months and running totals apart, corrections kept, both sides' counts side by side, nothing filled in."""

import io
from datetime import date

import pytest
import sharing
from people import Browser
from support import agency

from app import clock
from app.documents.tables import cells, traffic_sheet
from app.exchange import traffic
from app.exchange.models import CountedBy, TrafficFigure
from app.operations import audits
from app.permissions import Role

FORM = "/chia-se/luu-thong/nhap"
HEAD = traffic_sheet.HEADINGS


def line(**more):
    usual = {
        "Mã kết nối": "QHKN-0001",
        "Tháng": "1/2026",
        "Chiều": "gửi",
        "Bên đếm": "đầu nguồn",
        "Đơn vị tính": "bản ghi",
        "Số lượng": "100",
        "Nguồn số liệu": "Nhật ký hệ thống",
    }
    return [{**usual, **more}.get(name, "") for name in HEAD]


def file(*lines):
    return cells.table(HEAD, lines)


@pytest.fixture
def connected(office):
    own, other = office.department, office.other
    entry = office.enter(
        "connection", sharing.connection("Một – Hai", own, source=own, target=other)
    )
    office.system.follow()
    return entry


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


def send(browser, data, name="so-lieu.csv"):
    """Send a file, look at it, and record it; return both pages."""
    shown = browser.post(
        FORM,
        {"tep": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )
    digest = shown.get_data(as_text=True).partition('name="tep" value="')[2][:64]
    if len(digest) != 64:
        return shown, None
    return shown, browser.post("/chia-se/luu-thong/ghi", {"tep": digest})


def figures(office):
    with office.reading() as register:
        return traffic.of_months(register, date(2020, 1, 1), date(2030, 1, 1))


def test_months_come_by_file_are_seen_first_and_the_same_file_again_is_nothing(
    office, registrar, connected
):
    data = file(line(), line(**{"Tháng": "tháng 3/2026", "Số lượng": "1.234"}))

    shown, done = send(registrar, data)

    assert "2 mới · 0 đính chính · 0 không đổi · 0 ô lỗi" in shown.text
    assert done.status_code == 302
    assert [row.value for row in figures(office)] == [100, 1234]
    shown, _ = send(registrar, data)
    assert "0 mới · 0 đính chính · 2 không đổi" in shown.text
    assert len(figures(office)) == 2


def test_a_correction_supersedes_and_what_was_known_before_stays(
    office, registrar, connected
):
    send(registrar, file(line()))
    with office.reading() as register:
        before = register.at.known_at

    shown, _ = send(registrar, file(line(**{"Số lượng": "120"})))

    assert "<del>100 bản ghi</del> → <ins>120 bản ghi</ins>" in shown.text
    assert [row.value for row in figures(office)] == [120]
    with office.reading(known_at=before) as register:
        known = traffic.of_months(register, date(2026, 1, 1), date(2026, 1, 1))
        assert [row.value for row in known] == [100]
    with office.system.database.reading() as session:
        assert (
            audits.altered_measurements(session, TrafficFigure, [traffic.RECORDED])
            == []
        )


def test_a_missing_month_is_named_and_never_filled_in(office, registrar, connected):
    months = traffic.months(clock.today(), 4)
    lines = [line(Tháng=f"{m.month}/{m.year}") for m in (months[0], months[2])]
    send(registrar, file(*lines))

    page = office.client().get("/chia-se/luu-thong").get_data(as_text=True)

    missing = f"{months[1].month}/{months[1].year % 100:02d}"
    assert f"chưa có số liệu tháng {missing}" in page
    assert "<strong>200</strong>" in page


def test_both_sides_of_a_month_stand_beside_each_other(office, registrar, connected):
    mine, theirs = line(), line(**{"Bên đếm": "đầu đích", "Số lượng": "97"})
    send(registrar, file(mine, theirs))

    with office.reading() as register:
        span = date(2026, 1, 1), date(2026, 12, 1)
        (pair,) = traffic.reconciled(register, *span, most=5)

    assert (pair.source, pair.target, pair.difference) == (100, 97, 3)


def test_running_totals_stand_in_no_month_and_are_added_to_nothing(office, connected):
    reviewer = Browser(office, Role.REVIEWER)
    whole = {"Mã kết nối": "", "Kênh": "Trục liên thông", "Tháng": ""}
    days = {"Lũy kế đến ngày": "10/11/2021 – 31/12/2021", "Bên đếm": "kênh"}
    outside = {"Phạm vi": "ngoài tỉnh", "Số lượng": "22.582"}
    share = {"Đơn vị tính": "%", "Số lượng": "99,5", "Chiều": "gửi và nhận"}
    data = file(
        line(**whole, **days, **{"Số lượng": "509.934"}),
        line(**whole, **days, **outside),
        line(**whole, **days, **share),
    )

    send(reviewer, data)

    assert figures(office) == []
    with office.reading() as register:
        running = traffic.running(register)
    assert [row.value for row in running] == [509934, 22582, 99.5]
    page = office.client().get("/chia-se/luu-thong").get_data(as_text=True)
    assert "10/11/2021 – 31/12/2021" in page
    assert "99,5 %" in page


@pytest.mark.parametrize(
    ("cells_", "told"),
    [
        ({"Tháng": "13/2026"}, "Ghi tháng như 10/2026"),
        ({"Tháng": "1/2999"}, "Tháng này chưa đến"),
        ({"Tháng": ""}, "Ghi tháng (như 10/2026), hoặc"),
        ({"Lũy kế đến ngày": "1/1/2026"}, "Chỉ ghi một trong hai"),
        ({"Số lượng": "-1"}, "Ghi một số từ 0 trở lên"),
        ({"Số lượng": "nhiều"}, "Ghi một số"),
        ({"Số lượng": "1,5"}, "phải là số nguyên"),
        ({"Mã kết nối": "QHKN-9999"}, "không phải một kết nối"),
        ({"Chiều": "ngang"}, "Ghi gửi, nhận, gửi và nhận"),
        ({"Mã kết nối": "", "Kênh": "bồ câu"}, "không phải một kênh"),
        ({"Tháng": "", "Lũy kế đến ngày": "31/12/2021 – 1/1/2021"}, "Ngày đầu phải"),
    ],
)
def test_a_wrong_cell_is_told_at_its_place_and_nothing_is_written(
    office, registrar, connected, cells_, told
):
    shown, _ = send(registrar, file(line(**cells_)))

    assert shown.status_code == 200
    assert told in shown.text
    assert "dòng 2" in shown.text
    assert figures(office) == []


@pytest.mark.parametrize("data", [file(), b"", b"\x00\x01", "Một,Hai\n1,2\n".encode()])
def test_what_is_no_such_file_is_refused_in_words(registrar, connected, data):
    shown, _ = send(registrar, data)

    assert shown.status_code == 422
    assert "govuk-error-summary" in shown.text


def test_an_agency_counts_only_its_own_connections(office, registrar, connected):
    third = office.enter("agency", agency("Sở Thứ ba"))
    entry = sharing.connection("Ba – Hai", third, source=third, target=office.other)
    office.enter("connection", entry)

    foreign = line(**{"Mã kết nối": "QHKN-0002"})
    shown, done = send(registrar, file(line(), foreign))

    assert "dòng 3, cột “Mã kết nối”: Chỉ nhập được số liệu của kết nối" in shown.text
    assert done.status_code == 302
    assert [row.connection_id for row in figures(office)] == [connected]


def test_what_leaves_comes_back_unchanged(office, registrar, connected):
    month = traffic.months(clock.today(), 2)[0]
    send(registrar, file(line(Tháng=f"{month.month}/{month.year}")))
    data = registrar.get("/chia-se/luu-thong.xlsx").data

    shown, _ = send(registrar, data, "luu-thong.xlsx")

    assert "0 mới · 0 đính chính · 1 không đổi · 0 ô lỗi" in shown.text


def test_counts_of_sides_are_told_apart(office, registrar, connected):
    send(registrar, file(line(), line(**{"Bên đếm": "đầu đích"})))

    counted = {row.counted_by for row in figures(office)}

    assert counted == {CountedBy.SOURCE, CountedBy.TARGET}


def test_a_figure_of_the_wrong_month_is_withdrawn(office, registrar, connected):
    send(registrar, file(line(), line(Tháng="2/2026")))

    shown, _ = send(registrar, file(line(**{"Tháng": "2/2026", "Số lượng": "rút"})))

    assert "0 mới · 1 đính chính" in shown.text
    assert "rút, trở lại chưa rõ" in shown.text
    assert [row.month.month for row in figures(office)] == [1]
    with office.system.database.reading() as session:
        found = audits.altered_measurements(session, TrafficFigure, [traffic.RECORDED])
    assert found == []


@pytest.mark.parametrize("amount", ["9" * 400 + "%", "9" * 16])
def test_a_number_without_bound_is_refused(office, registrar, connected, amount):
    unit = "%" if amount.endswith("%") else "lượt"

    shown, _ = send(registrar, file(line(**{"Số lượng": amount, "Đơn vị tính": unit})))

    assert "Ghi một số từ 0 trở lên" in shown.text
    assert office.client().get("/chia-se/luu-thong").status_code == 200
