"""Tasks as HOANTHIEN_NV: no cell is blank, closed lists are kept, what goes out comes back."""

import io
from datetime import date

import pytest
from casework import task
from python_calamine import load_workbook

from app.documents.tables import sheets, task_table
from app.documents.tables.lookup import Lookup
from app.documents.tables.workbook import Editable, editable
from app.errors import MalformedError
from app.register.queries import Register
from app.register.standing import moment

DUE = date(2027, 1, 29)
FORM = {  # heading → its closed list, of the draft of 13/9/2026
    "Mã nội dung": [],
    "Đối tượng liên quan": [],
    "Hiện trạng": [],
    "Yêu cầu cần đạt": [],
    "Nội dung cần hoàn thiện": [],
    "Phương án xử lý ở mức kiến trúc": [
        "Tiếp tục sử dụng",
        "Chuẩn hóa, kết nối hoặc tích hợp",
        "Nâng cấp, mở rộng",
        "Hợp nhất, tổ chức lại",
        "Thay thế, kết thúc sử dụng",
        "Bổ sung mới",
    ],
    "Phạm vi quản trị": [
        "Thuộc phạm vi quản lý trực tiếp",
        "Phối hợp tại ranh giới liên thông",
    ],
    "Mã nhiệm vụ chuyển đổi kiến trúc": [],
    "Tên/mục tiêu nhiệm vụ chuyển đổi kiến trúc": [],
    "Kết quả kiến trúc cần đạt": [],
    "Cơ quan/đơn vị chủ trì nhiệm vụ chuyển đổi kiến trúc": [],
    "Cơ quan phối hợp": [],
    "Mức ưu tiên/phụ thuộc": [],
    "Thời hạn/giai đoạn chuyển đổi dự kiến": [],
    "Nguồn lực dự kiến": [],
    "Tình trạng cụ thể hóa nhiệm vụ": [
        "Mới xác định tại Khung",
        "Đã đưa vào chương trình/kế hoạch",
        "Đã được giao nhiệm vụ hoặc phê duyệt đề án, dự án",
        "Thực hiện trong hoạt động thường xuyên",
    ],
    "Chương trình/kế hoạch/đề án/nhiệm vụ/dự án liên quan": [],
    "Tiến độ thực hiện": [],
    "Tiêu chí và nguồn dữ liệu kiểm chứng kết quả kiến trúc": [],
    "Mức sẵn sàng dữ liệu": ["Đầy đủ", "Chưa đầy đủ", "Chưa có", "Không áp dụng"],
    "Trạng thái thực hiện": [
        "Chưa thực hiện",
        "Đang thực hiện",
        "Chậm",
        "Điều chỉnh",
        "Hoàn thành - chờ kiểm chứng",
        "Hoàn thành - đã kiểm chứng",
        "Tạm dừng",
        "Dừng",
    ],
    "Ghi chú": [],
}


def written(office, *tasks):
    """Return the workbook of tasks."""
    with office.system.database.reading() as session:
        profile = office.system.profile
        register = Register(session, profile, moment(session))
        views = register.by_ids([office.other, office.department])
        return task_table.xlsx(profile, tasks, views, DUE)


def back(office, data):
    with office.system.database.reading() as session:
        lookup = Lookup(session, office.system.profile)
        return task_table.read(lookup, sheets.read_book(data))


def cells(data):
    return (
        load_workbook(io.BytesIO(data)).get_sheet_by_name(task_table.SHEET).to_python()
    )


def changed(data, column, text):
    """Return the workbook with another text in a column of its first row."""
    head, first, *more = cells(data)
    first[head.index(column)] = text
    sheet = Editable(task_table.SHEET, head, [first, *more], frozen=1)
    return editable([sheet])


def test_the_columns_are_those_of_the_form():
    assert [column.heading for column in task_table.COLUMNS] == list(FORM)


def test_closed_lists_are_spelled_as_in_the_form(office):
    lists = office.system.profile.lists.schemes
    for column in task_table.COLUMNS:
        concepts = lists[column.scheme].concepts.values() if column.scheme else ()
        assert [one.labels["vi"] for one in concepts] == FORM[column.heading]


def test_no_cell_is_blank_and_what_is_unknown_names_unit_and_day(office):
    blank = {
        "title": "Kho dữ liệu",
        "code": "NV-4",
        "lead": str(office.other),
        "contents": [{"key": "1", "code": "ND-4"}],
        "settle_by": "2026-12-31",
        "certainty": "bai-bao-2021",
    }
    rows = cells(written(office, task(office), blank))
    assert all(cell for row in rows for cell in row)
    assert rows[2][2] == (
        "Chưa xác định; đơn vị: Sở Nông nghiệp và Môi trường; thời hạn: 31/12/2026 "
        "(minh họa)"
    )


@pytest.mark.parametrize("partners", [True, False])
def test_what_goes_out_comes_back_unchanged(office, partners):
    second = {**task(office)["contents"][0], "key": "2", "code": "ND-2"}
    two = task(office)
    two["contents"] = [two["contents"][0], second]
    if partners:
        two["partners"] = [str(office.department)]
    unknown = {
        "title": "Kho",
        "code": "NV-4",
        "lead": str(office.other),
        "contents": [{"key": "1", "code": "ND-4"}],
        "settle_by": "2026-12-31",
    }
    found = back(office, written(office, two, unknown))
    assert found.faults == []
    for case in (two, unknown):
        assert task_table.merged(case, found.tasks[case["code"]], DUE) == case


def test_a_changed_cell_is_a_change_and_nothing_else(office):
    data = changed(written(office, task(office)), "Hiện trạng", "Đã nối một nửa")
    found = back(office, data).tasks["NV-1"]
    merged = task_table.merged(task(office), found, DUE)
    assert merged["contents"][0]["present"] == "Đã nối một nửa"
    merged["contents"][0]["present"] = "Chưa nối"
    assert merged == task(office)


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("Thời hạn/giai đoạn chuyển đổi dự kiến", "dài hạn", "không ghi"),
        ("Trạng thái thực hiện", "Sắp xong", "không có trong danh sách"),
        (
            "Cơ quan/đơn vị chủ trì nhiệm vụ chuyển đổi kiến trúc",
            "Sở Lạ",
            "không phải một cơ quan",
        ),
        ("Mã nội dung", "", "Thiếu mã"),
    ],
)
def test_a_wrong_cell_is_told_with_its_column(office, column, text, told):
    found = back(office, changed(written(office, task(office)), column, text))
    assert [(fault.heading, told in fault.message) for fault in found.faults] == [
        (column, True)
    ]


def test_the_same_code_says_the_same(office):
    other = {**task(office), "code": "NV-2"}
    other["contents"] = [{**other["contents"][0], "present": "Khác"}]
    found = back(office, written(office, task(office), other))
    assert "Cùng mã nội dung" in found.faults[0].message
    twice = back(office, written(office, task(office), task(office)))
    assert "đã có ở dòng trên" in twice.faults[0].message


def test_a_file_without_the_table_is_refused(office):
    data = editable([Editable("Tờ 1", ["Tên", "Mã"], [["Sở Lạ", "1"]], frozen=1)])
    with pytest.raises(MalformedError, match="HOANTHIEN_NV"):
        back(office, data)


def test_a_column_that_is_missing_or_unknown_is_said_and_nothing_is_lost_unseen(office):
    head, *rows = cells(written(office, task(office)))
    head[head.index("Hiện trạng")] = "Hiện trạng mới"
    data = editable([Editable(task_table.SHEET, head, rows, frozen=1)])
    told = {(fault.heading, fault.line) for fault in back(office, data).faults}
    assert told == {("Hiện trạng", 1), ("Hiện trạng mới", 1)}


def test_what_changes_is_told_cell_by_cell(office):
    before, after = task(office), task(office, title="Nối đất đai")
    after["contents"][0]["present"] = "Đã nối"
    profile = office.system.profile
    told = task_table.changes(profile, before, after, {})
    assert [(one.content, one.heading, one.before, one.after) for one in told] == [
        (
            "",
            "Tên/mục tiêu nhiệm vụ chuyển đổi kiến trúc",
            before["title"],
            "Nối đất đai",
        ),
        ("ND-1", "Hiện trạng", "Chưa nối", "Đã nối"),
    ]
