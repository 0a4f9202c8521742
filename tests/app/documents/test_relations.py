"""QH_KETNOI: what leaves the register keeps the rules of the form, and comes back unchanged."""

import io
import json

import pytest
import sharing
from people import Browser
from python_calamine import load_workbook
from support import database

from app.documents.tables import relations
from app.permissions import Role
from app.register.content import schema
from app.workflow.proposals import drafting
from catalog_schema.profile import Stage


@pytest.fixture
def three(office):
    """Enter a connection of databases over a service, one of agencies alone by file, one with a group."""
    own, other, law = office.department, office.other, str(office.law())
    land = office.enter("shared-database", database(str(own), law))
    service = office.enter("data-service", sharing.service("Tra cứu", own, land))
    whole = sharing.connection(
        "Đất đai – Nông nghiệp",
        own,
        source=own,
        source_database=land,
        service=service,
        target=other,
        exchanged=["Thửa đất", "Người sử dụng đất"],
        channel=["lgsp", "ndxp"],
        legal_basis=[law],
        service_level="Giờ hành chính",
        protection="Nội bộ",
        coordination=[str(other)],
    )
    by_file = sharing.connection(
        "Hai cơ quan",
        own,
        source=own,
        target=other,
        direction="chua-xac-dinh",
        frequency="khi-co-vu-viec",
        channel=["khac"],
        other_channel="tep",
        note="Theo vụ việc",
    )
    group = sharing.connection(
        "Xã – sở",
        own,
        source_group="UBND cấp xã",
        target=own,
        target_database=land,
        frequency="chua-xac-dinh",
        channel=["chua-xac-dinh"],
    )
    for content in (whole, by_file, group):
        office.enter("connection", content)
    office.system.follow()


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


def rows_of(data):
    lines = load_workbook(io.BytesIO(data)).get_sheet_by_name("QH_KETNOI").to_python()
    return lines[0], lines[1:]


def test_every_row_keeps_the_rules_of_the_form(registrar, three, standards):
    form = json.loads(
        (standards.parent / "data" / "mau03_fields.json").read_text("utf-8")
    )
    head, rows = rows_of(registrar.get("/chia-se/QH_KETNOI.xlsx").data)

    assert head == [field["truong"] for field in form["QH_KETNOI"]]
    assert len(rows) == 3
    for row in rows:
        for cell, field in zip(row, form["QH_KETNOI"], strict=True):
            assert str(cell).strip(), field["truong"]
            if isinstance(field["gia_tri"], list):
                for part in cell.split("; ") if "đơn vị" not in cell else []:
                    assert part in field["gia_tri"], (field["truong"], cell)
            if str(cell).startswith("Chưa xác định"):
                assert "đơn vị: " in cell, field["truong"]
                assert "thời hạn: " in cell, field["truong"]


def test_what_left_comes_back_unchanged(registrar, three):
    data = registrar.get("/chia-se/QH_KETNOI.xlsx").data

    page = registrar.upload("connection", data).get_data(as_text=True)

    assert "0 mới · 0 thay đổi · 3 không đổi" in page
    assert "Có lỗi" not in page


def test_a_changed_state_is_one_change(registrar, three):
    head, rows = rows_of(registrar.get("/chia-se/QH_KETNOI.xlsx").data)
    rows[0][head.index("Trạng thái")] = "Đang nâng cấp"
    table = relations.Relations(rows)

    page = registrar.upload("connection", table.xlsx()).get_data(as_text=True)

    assert "0 mới · 1 thay đổi · 2 không đổi" in page


def test_a_row_without_a_code_is_a_new_connection_of_these_ends(registrar, three):
    _head, rows = rows_of(registrar.get("/chia-se/QH_KETNOI.xlsx").data)
    new = ["", *rows[0][1:]]
    new[1] = "Chưa xác định; đơn vị: Sở KH&CN; thời hạn: 31/12/2026"
    table = relations.Relations([new])

    page = registrar.upload("connection", table.xlsx()).get_data(as_text=True)

    assert "1 mới · 0 thay đổi · 0 không đổi" in page
    assert "Có lỗi" not in page


def test_the_public_copy_holds_nothing_that_is_for_agencies(office, three):
    body = office.client().get("/chia-se/QH_KETNOI.csv").get_data(as_text=True)

    assert "Đất đai" not in body  # things stand by their codes
    assert "Hồ sơ kỹ thuật" not in body
    assert "Nội bộ" not in body
    assert "Không công khai" in body


def test_columns_of_the_form_stay_what_they_are_when_it_is_saved(registrar, three):
    """Also those that are several fields, which the page offers as columns of their own."""
    head, rows = rows_of(registrar.get("/chia-se/QH_KETNOI.xlsx").data)
    rows[1][head.index("Tần suất/mức dịch vụ")] = "Hằng tuần"
    rows[2][head.index("Ghi chú")] = "Đã đổi"
    table = relations.Relations(rows)

    page = registrar.upload("connection", table.xlsx(), "draft").get_data(as_text=True)

    assert "2 trên 2 dòng đã thành phiếu" in page


def test_a_foreign_row_is_told_before_anything_is_saved(office, registrar, three):
    ends = {"source": office.other, "target": office.department}
    foreign = sharing.connection("Của cơ quan khác", office.other, **ends)
    office.enter("connection", foreign)
    head, rows = rows_of(registrar.get("/chia-se/QH_KETNOI.xlsx").data)
    for row in rows[:2] + rows[3:]:
        row[head.index("Trạng thái")] = "Đang nâng cấp"
    data = relations.Relations(rows).xlsx()

    shown = registrar.upload("connection", data).get_data(as_text=True)
    done = registrar.upload("connection", data, "draft").get_data(as_text=True)

    assert "0 mới · 2 thay đổi · 1 không đổi · " in shown
    assert "Mục của cơ quan khác" in shown
    assert "2 trên 2 dòng đã thành phiếu" in done


def test_both_ends_are_asked_for_unless_a_group_is_named(office):
    kind = office.system.profile.kinds["connection"]
    content = {"source_group": "UBND cấp xã", "connection_state": "du-kien"}

    asked = {one.name for one in drafting.quick_fields(kind)}
    checked = schema.check(kind, content, Stage.SUBMIT, office.system.profile.base)
    lacking = {one.field for one in checked.errors if one.code == "required"}

    assert {"source", "source_group", "target", "target_group"} <= asked
    assert "target" in lacking
    assert "source" not in lacking
