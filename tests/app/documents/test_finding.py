"""A sheet as offices send it: titles above, numbers under the heading, merged cells, totals, sheets that are hidden; nothing is left out unsaid."""

import io
from datetime import date

import pytest
import xlsxwriter
from people import Browser
from support import agency

from app import clock
from app.documents.tables import finding, headings, lookup, rows, sheets
from app.documents.tables.finding import Why
from app.operations.installation import open_register
from app.permissions import Role

HEAD = ["Tên cơ sở dữ liệu", "Nội dung dữ liệu", "Mục đích"]
FIRST = ["Đất đai", "Thửa đất", "Quản lý"]


def located(office, *lines):
    known = headings.known(office.system.profile.kinds["shared-database"])
    table = [(number, line) for number, line in enumerate(lines, 1) if any(line)]
    (found,) = finding.locate(sheets.Book([sheets.Sheet("", table)]), known)
    return found


@pytest.mark.parametrize(
    "heading",
    [
        "Cơ\nquan chủ quản",
        "Cơ\xa0quan  chủ quản",
        "CƠ QUAN CHỦ QUẢN",
        "Cơ quan chủ quản *",
        "Cơ quan chủ quản (*)",
        "Cơ quan chủ quản:",
        "(4) Cơ quan chủ quản",
        "4. Cơ quan chủ quản",
        "Cơ quan chủ quản\u200b",
    ],
)
def test_a_heading_is_known_however_it_is_set(office, heading):
    known = headings.known(office.system.profile.kinds["shared-database"])

    assert known[finding.heading_key(heading)] == "owner"


def test_what_stands_around_the_table_is_left_out_and_told(office):
    found = located(
        office,
        ["PHỤ LỤC 1", "", ""],
        ["", "", ""],
        HEAD,
        ["(1)", "(2)", "(3)"],
        FIRST,
        ["Tổng cộng: 1 cơ sở dữ liệu", "", ""],
    )

    assert [number for number, _cells in found.lines] == [3, 5]
    assert [(one.number, one.why) for one in found.left_out] == [
        (1, Why.ABOVE),
        (4, Why.NUMBERS),
        (6, Why.TOTAL),
    ]


@pytest.mark.parametrize(
    "line",
    [
        ["Tổng hợp hộ tịch", "Hộ tịch", "Quản lý"],
        ["Tổng cộng nợ thuế", "Nợ thuế", "Quản lý"],
        ["Cộng đồng doanh nghiệp", "Doanh nghiệp", "Quản lý"],
        ["1", "2", ""],
    ],
)
def test_a_row_that_only_begins_like_a_total_stays_a_row(office, line):
    found = located(office, HEAD, FIRST, line)

    assert len(found.lines) == 3
    assert found.left_out == []


def test_a_table_without_any_known_heading_is_read_from_its_first_line(office):
    assert located(office, ["a", "b"], ["1", "x"]).left_out == []


def book(*pages, merged=()):
    """Return a workbook of pages (name, hidden, lines)."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        for name, hidden, lines in pages:
            page = made.add_worksheet(name)
            for number, line in enumerate(lines):
                page.write_row(number, 0, line)
            for first, last, column, text in merged:
                page.merge_range(first, column, last, column, text)
            if hidden:
                page.hide()
        made.worksheets()[-1].activate()
    return stream.getvalue()


def test_the_first_visible_sheet_is_read_and_the_others_are_named():
    data = book(
        ("Danh mục", True, [["ẩn"]]),
        ("Bản in", False, [HEAD, FIRST]),
        ("Tiếp", False, [HEAD, FIRST]),
    )

    read = sheets.read_book(data)

    assert read.first.table == [(1, HEAD), (2, FIRST)]
    assert (read.others, read.hidden) == (["Tiếp"], ["Danh mục"])


def test_what_is_merged_downwards_holds_for_each_of_its_rows_wherever_it_begins():
    lines = [[], [], ["Tên", "Chủ"], ["Một", ""], ["Hai", ""], ["Ba", "Sở B"]]
    data = book(("Bảng", False, lines), merged=[(3, 4, 1, "Sở A")])

    assert sheets.read(data) == [
        (3, ["Tên", "Chủ"]),
        (4, ["Một", "Sở A"]),
        (5, ["Hai", "Sở A"]),
        (6, ["Ba", "Sở B"]),
    ]


def test_an_agency_is_found_as_people_write_it_and_by_its_code_marks_still_count(
    office,
):
    entry = office.enter("agency", agency("Sở Tài chính"))
    kind = office.system.profile.kinds["agency"]
    day = date(2026, 12, 1)
    with office.system.database.reading() as session:
        for written in ("SỞ TÀI CHÍNH", "Sở\xa0Tài  chính", "Sở Tài chính\u200b"):
            assert list(lookup.find(session, kind, written, day)) == [entry], written
        assert list(lookup.find(session, kind, "Sở Tai chinh", day)) == []


def test_the_very_same_name_goes_before_one_that_differs_in_case(office):
    entry = office.enter("agency", agency("Sở Kép"))
    office.enter("agency", agency("SỞ KÉP"))
    kind = office.system.profile.kinds["agency"]
    with office.system.database.reading() as session:
        assert list(lookup.find(session, kind, "Sở Kép", date(2026, 12, 1))) == [entry]


def test_the_page_reads_every_visible_sheet_and_tells_what_is_no_row(office):
    head = ["Tên cơ quan", "Loại cơ quan", "Mức xác thực"]
    lines = [["DANH SÁCH"], head, ["Phòng Thử", "so", "co-quan-khai"], ["Tổng: 1"]]
    other = [head, ["Phòng Khác", "so", "co-quan-khai"]]
    data = book(("Nháp", True, other), ("Một", False, lines), ("Hai", False, other))

    shown = Browser(office, Role.REGISTRAR).upload("agency", data)

    assert "đứng trên dòng tiêu đề" in shown.text, shown.text
    assert "dòng tổng cộng" in shown.text
    assert "trang ẩn “Nháp”" in shown.text
    assert "Phòng Thử" in shown.text
    assert "Phòng Khác" in shown.text


def test_headings_of_two_lines_groups_and_signatures_are_known(office):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        page = made.add_worksheet("Biểu")
        page.merge_range("A1:E1", "BIỂU TỔNG HỢP CƠ SỞ DỮ LIỆU")
        page.merge_range("A3:A4", "TT")
        page.merge_range("B3:B4", "Tên cơ sở dữ liệu")
        page.merge_range("C3:C4", "Mục đích")
        page.merge_range("D3:E3", "Đầu mối liên hệ")
        page.write_row("D4", ["Tên đơn vị đầu mối", "Điện thoại"])
        page.write_row("A5", ["(1)", "(2)", "(3)", "(4)", "(5)"])
        page.write_row("A6", ["I", "Lĩnh vực đất đai"])
        page.write_row("A7", ["1", "Đất đai", "Quản lý", "Phòng A", "0251"])
        page.write_row("A8", ["2", "Nhà ở", "Quản lý", "Phòng B", "0251"])
        page.write_row("A9", ["", "Tổng cộng: 2"])
        page.write_row("D11", ["Đồng Nai, ngày 3 tháng 11 năm 2026"])
        page.write_row("B12", ["Người lập biểu", "", "", "GIÁM ĐỐC"])
        page.write_row("B14", ["Nguyễn Văn A", "", "", "Trần Văn B"])
    known = headings.known(office.system.profile.kinds["shared-database"])

    (found,) = finding.locate(sheets.read_book(stream.getvalue()), known)

    assert [number for number, _cells in found.lines] == [4, 7, 8]
    read = headings.read(
        office.system.profile.kinds["shared-database"], found.lines[0][1]
    )
    assert [column.header for column in read] == [
        "",
        "title.vi",
        "purpose.vi",
        "contact_point.fn.vi",
        "contact_point.telephone",
    ]
    assert [(one.number, one.why) for one in found.left_out] == [
        (1, Why.ABOVE),
        (3, Why.ABOVE),
        (5, Why.NUMBERS),
        (6, Why.GROUP),
        (9, Why.TOTAL),
        (11, Why.SIGNED),
        (12, Why.SIGNED),
        (14, Why.SIGNED),
    ]


def test_a_second_table_below_the_first_is_read_too_and_a_repeated_heading_is_none(
    office,
):
    head = ["Mã", "Tên cơ sở dữ liệu", "Ghi chú"]
    data = book(("Bảng", False, [HEAD, FIRST, [], HEAD, FIRST, [], head, ["", "B"]]))
    known = headings.known(office.system.profile.kinds["shared-database"])

    first, second = finding.locate(sheets.read_book(data), known)

    assert [number for number, _cells in first.lines] == [1, 2, 5]
    assert [(one.number, one.why) for one in first.left_out] == [(4, Why.REPEATED)]
    assert [number for number, _cells in second.lines] == [7, 8]
    assert second.left_out == []


def test_a_file_for_the_command_line_has_its_own_line_numbers():
    data = "name.vi;parent\n\nSở Một;Sở A\n;;\n\nSở Hai;\n".encode()

    assert rows.read(data) == [
        rows.Row(3, {"name.vi": "Sở Một", "parent": "Sở A"}),
        rows.Row(6, {"name.vi": "Sở Hai"}),
    ]


def test_an_agency_is_found_by_the_code_that_it_holds_however_it_is_written(demo):
    kind = demo.profile.kinds["agency"]
    with open_register(demo, None, None) as register:
        for written in ("H19.7", "h19.7 ", "H19.7\u200b"):
            (found,) = lookup.find(register.session, kind, written, clock.today())
            assert register.by_ids([found])[found].title == "Sở Y tế", written


def test_a_row_that_was_broken_in_two_is_one(office):
    found = located(
        office,
        ["STT", *HEAD],
        ["1", "Hồ sơ cán bộ, công chức,", "Quá trình công tác", "Quản lý"],
        ["", "viên chức", "và bằng cấp", ""],
        ["2", *FIRST],
    )

    assert [cells[1:3] for _number, cells in found.lines[1:]] == [
        ["Hồ sơ cán bộ, công chức, viên chức", "Quá trình công tác và bằng cấp"],
        FIRST[:2],
    ]
    assert [(one.number, one.why) for one in found.left_out] == [(3, Why.CONTINUED)]


@pytest.mark.parametrize(
    "line",
    [
        ["", "Hộ tịch", "", ""],  # begins anew
        ["2", "hộ tịch", "", ""],  # has its number
        ["", "", "chủ sử dụng", ""],  # an item of the row above
    ],
)
def test_a_row_that_may_stand_alone_is_joined_to_none(office, line):
    found = located(office, ["STT", *HEAD], ["1", *FIRST], line)

    assert [cells for _number, cells in found.lines[1:]] == [["1", *FIRST], line]
