"""Files as offices send them: nothing is taken that its sender does not see, nothing is turned round, nothing is left out unsaid."""

import io

import pytest
import xlsxwriter
from people import Browser
from support import agency
from uploading import HEAD, KIND, LAW, address, line, made, words, workbook

from app.documents.tables import sheets
from app.permissions import Role

GROUPS = ["STT", "Tên cơ sở dữ liệu", "Đầu mối liên hệ", "", "", "Bí mật nhà nước", ""]
BELOW = ["", "", "Đơn vị", "Điện thoại", "Email", "Có", "Không"]
SIDEWAYS = ((2, 4), (5, 6))


@pytest.fixture
def registrar(office):
    office.law(LAW)
    return Browser(office, Role.REGISTRAR)


def two_lines_of_heading(*rows):
    """Return a workbook with a title above, whose headings stand in groups."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Phụ lục")
        page.merge_range(0, 0, 0, 6, "(Kèm theo Công văn số 12/SNNMT-VP)")
        page.write_row(1, 0, GROUPS)
        for first, last in SIDEWAYS:
            page.merge_range(1, first, 1, last, GROUPS[first])
        page.write_row(2, 0, BELOW)
        for number, cells in enumerate(rows, start=3):
            page.write_row(number, 0, cells)
    return stream.getvalue()


def test_a_mark_answers_the_question_above_it(office, registrar):
    rows = [
        [
            "1",
            "Tài nguyên nước",
            "Phòng Nước",
            "0251 3822 931",
            "n@so.example",
            "",
            "x",
        ],
        [
            "2",
            "Kiểm lâm",
            "Chi cục Kiểm lâm",
            "(0251) 3822.932",
            "k@so.example",
            "",
            "X",
        ],
    ]
    registrar.upload(KIND, two_lines_of_heading(*rows), "draft")

    first, second = [content for _type, _status, content in made(office)]
    assert (first["state_secret"], second["state_secret"]) == (False, False)
    assert first["contact_point"] == {
        "fn": {"vi": "Phòng Nước"},
        "telephone": "02513822931",
        "email": "n@so.example",
    }
    assert second["contact_point"]["telephone"] == "02513822932"


def test_a_secret_is_none_the_less_one_and_two_marks_are_no_answer(registrar):
    rows = [
        ["1", "Tài nguyên nước", "Phòng", "0251", "n@so.example", "x", ""],
        ["2", "Kiểm lâm", "Chi cục", "0251", "k@so.example", "x", "x"],
    ]
    shown = registrar.upload(KIND, two_lines_of_heading(*rows))

    assert "2 có lỗi" in words(shown), words(shown)
    assert "bí mật nhà nước" in words(shown)
    assert 'value="draft"' not in shown.text


def test_a_hidden_column_is_left_out_until_somebody_says_what_it_is(office, registrar):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, [*HEAD, "Ghi chú"])
        page.write_row(1, 0, [*line("Đất đai"), "không gửi ra ngoài"])
        page.set_column(len(HEAD), len(HEAD), None, None, {"hidden": True})

    shown = registrar.upload(KIND, stream.getvalue())
    assert "Cột không dùng : Ghi chú (cột ẩn)" in words(shown), words(shown)

    registrar.decide(address(shown), shown, "draft")
    assert "note" not in made(office)[0][2]


def test_columns_that_are_not_used_are_told_however_often_it_is_looked_at(registrar):
    head = [*HEAD, "Dung lượng (GB)"]
    data = workbook([*line("Đất đai"), "12"], head=head)

    shown = registrar.upload(KIND, data)
    again = registrar.decide(address(shown), shown, "again")

    for page in (shown, again):
        assert "Cột không dùng : Dung lượng (GB)" in words(page), words(page)
        assert "đã nhận ra tất cả" not in words(page)


@pytest.mark.parametrize("total", ["TỔNG CỘNG", "Cộng", "Tổng số"])
def test_a_total_that_counts_in_another_cell_is_none(registrar, total):
    counts = ["", total, "", "07 CSDL", "", "", "", "", ""]

    shown = registrar.upload(KIND, workbook(line("Đất đai"), counts))

    assert "1 mới" in words(shown), words(shown)
    assert "(dòng tổng): TỔNG" in words(shown) or total in words(shown)


def test_a_list_of_values_to_choose_from_is_no_table_of_databases(registrar):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, line("Đất đai"))
        values = book.add_worksheet("DM chọn")
        values.write_row(0, 0, ["Tần suất", "Lĩnh vực"])
        values.write_row(1, 0, ["Hằng ngày", "Giáo dục"])

    shown = registrar.upload(KIND, stream.getvalue())

    assert "1 mới · 0 thay đổi" in words(shown), words(shown)
    assert "trang “DM chọn”: không thấy bảng nào" in words(shown)
    assert "có lỗi" not in words(shown)


def test_one_field_for_two_columns_leaves_the_second_to_be_looked_at(registrar):
    head = [*HEAD, "Cột một", "Cột hai"]
    data = workbook([*line("Đất đai"), "ghi", "chú"], head=head)
    shown = registrar.upload(KIND, data)

    twice = {f"cot:0.{len(HEAD) + place}": "note" for place in (0, 1)}
    again = registrar.decide(address(shown), shown, "again", **twice)

    assert again.status_code == 200
    assert "Cột hai Cần xem" in words(again), words(again)


def test_what_is_remembered_never_makes_two_columns_of_one_field(registrar):
    pair = [["1", "Tài nguyên nước", "Phòng", "0251", "n@so.example", "", "x"]]
    registrar.upload(KIND, workbook(line("Đất đai")), "draft")

    assert registrar.upload(KIND, two_lines_of_heading(*pair)).status_code == 200


def test_rows_of_one_name_keep_their_drafts_when_the_file_comes_again(
    office, registrar
):
    again = line("ĐẤT ĐAI", **{"Mục đích": "Một mục đích khác"})
    data = workbook(line("Đất đai"), again)
    new = {"chon:Danh sách!3": "new"}
    shown = registrar.upload(KIND, data)
    registrar.decide(
        address(shown), registrar.decide(address(shown), shown, "again", **new), "draft"
    )
    before = made(office)
    assert len(before) == 2

    shown = registrar.upload(KIND, data)
    settled = registrar.decide(address(shown), shown, "again", **new)

    assert "0 mới · 0 thay đổi · 2 không đổi" in words(settled), words(settled)
    assert made(office) == before


def test_what_another_agency_owns_is_said_before_it_is_sent(office, registrar):
    office.enter("agency", agency("Sở Tài chính"))
    head = [*HEAD, "Cơ quan chủ quản"]
    data = workbook([*line("Đất đai"), "Sở Tài chính"], head=head)

    shown = registrar.upload(KIND, data)

    assert "Chủ quản khác cơ quan gửi: Sở Tài chính" in words(shown), words(shown)


@pytest.mark.parametrize("cited", ["Luật Thủy lợi", "Luật số 08/2017/QH14", "99/ABC"])
def test_a_law_of_which_too_little_is_said_blocks_no_draft(office, registrar, cited):
    row = line("Đất đai", **{"Căn cứ pháp lý": cited})

    shown = registrar.upload(KIND, workbook(row), "draft")

    assert "Đã lưu 1 dự thảo" in words(shown), words(shown)
    [basis] = made(office)[0][2]["typed_bases"]
    assert cited.removeprefix("Luật số ") in basis.values()


def test_all_that_is_wrong_in_a_row_is_told_at_once(registrar):
    wrong = {"Tần suất cập nhật": "thỉnh thoảng", "Bí mật nhà nước": "có lẽ"}
    row = [*line("Đất đai", **wrong), "Sở Không Có"]

    shown = registrar.upload(KIND, workbook(row, head=[*HEAD, "Cơ quan chủ quản"]))

    for place in ("H2", "I2", "J2"):
        assert f"{place} “" in words(shown), words(shown)


def test_what_was_said_of_a_heading_goes_before_what_it_seems(office, registrar):
    head = [*HEAD, "Đơn vị"]
    data = workbook([*line("Đất đai"), "Phòng Một"], head=head)
    shown = registrar.upload(KIND, data)
    said = {f"cot:0.{len(HEAD)}": "note"}
    settled = registrar.decide(address(shown), shown, "again", **said)
    registrar.decide(address(shown), settled, "draft")
    assert made(office)[0][2]["note"] == "Phòng Một"

    data = workbook([*line("Hộ tịch"), "Phòng Hai"], head=head)
    registrar.upload(KIND, data, "draft")

    assert made(office)[1][2]["note"] == "Phòng Hai"


def test_what_no_column_says_is_filled_in_and_said(registrar):
    shown = registrar.upload(KIND, workbook(line("Đất đai")))

    assert "Tệp không có cột, điền sẵn: " in words(shown), words(shown)
    assert "Cơ quan chủ quản: Sở Khoa học và Công nghệ" in words(shown)


def test_a_column_for_each_value_and_parts_of_a_group_are_read(office, registrar):
    head = ["TT", "Tên CSDL", "Phân loại", "", "", "Tần suất", "", "Đầu mối", ""]
    below = ["", "", "Mở", "Dùng chung", "Dùng riêng", "Tháng", "Năm", "Đơn vị", "ĐT"]
    row = ["1", "Làng nghề", "", "x", "", "", "v", "Phòng Nghề", "0251.3822.115"]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Khảo sát")
        page.write_row(0, 0, head)
        for first, last in ((2, 4), (5, 6), (7, 8)):
            page.merge_range(0, first, 0, last, head[first])
        page.write_row(1, 0, below)
        page.write_row(2, 0, row)

    registrar.upload(KIND, stream.getvalue(), "draft")

    content = made(office)[0][2]
    assert content["sharing_class"] == "dung-chung"
    assert content["frequency"] == "ANNUAL"
    assert content["contact_point"]["fn"] == {"vi": "Phòng Nghề"}
    assert content["contact_point"]["telephone"] == "02513822115"


@pytest.mark.parametrize("cited", ["NĐ 47/2020", "Nghị định số 47/2020"])
def test_a_law_is_known_in_short_with_its_year(office, registrar, cited):
    decree = office.law("47/2020/NĐ-CP")
    row = line("Đất đai", **{"Căn cứ pháp lý": cited})

    registrar.upload(KIND, workbook(row), "draft")

    assert made(office)[0][2]["legal_basis"] == [str(decree)]


def test_how_data_are_shared_is_said_of_the_whole_where_no_items_are_named(
    office, registrar
):
    head = [*HEAD, "Hình thức chia sẻ", "Ý nghĩa hạng mục"]
    data = workbook([*line("Đất đai"), "Dùng chung", "thừa"], head=head)

    shown = registrar.upload(KIND, data)
    assert "Cột không dùng : Ý nghĩa hạng mục" in words(shown), words(shown)

    registrar.decide(address(shown), shown, "draft")
    assert made(office)[0][2]["sharing_class"] == "dung-chung"


def test_days_and_titles_of_laws_stand_in_columns_of_their_own(office, registrar):
    head = [*HEAD, "Ngày văn bản", "Trích yếu văn bản"]
    row = line("Đất đai", **{"Căn cứ pháp lý": "77/2024/QĐ-TTg"})
    data = workbook([*row, "05/03/2024", "Về đất đai"], head=head)

    registrar.upload(KIND, data, "draft")

    assert made(office)[0][2]["typed_bases"] == [
        {"number": "77/2024/QĐ-TTg", "issued": "2024-03-05", "title": "Về đất đai"}
    ]


def test_a_day_without_a_number_of_its_own_is_not_lost(office, registrar):
    head = [*HEAD, "Trích yếu văn bản"]
    row = line("Đất đai", **{"Căn cứ pháp lý": ""})

    registrar.upload(KIND, workbook([*row, "Luật Thủy sản"], head=head), "draft")

    assert made(office)[0][2]["typed_bases"] == [{"title": "Luật Thủy sản"}]


def test_a_basis_that_was_corrected_takes_the_place_of_the_old_one(office, registrar):
    unknown = line("Đất đai", **{"Căn cứ pháp lý": "77/2024/QĐ-TTg"})
    registrar.upload(KIND, workbook(unknown), "draft")

    registrar.upload(KIND, workbook(line("Đất đai")), "draft")

    [(_type, _status, content)] = made(office)
    assert len(content["legal_basis"]) == 1
    assert "typed_bases" not in content


def test_one_database_under_two_words_for_a_database_is_asked_about(registrar):
    first = line("CSDL cháy rừng phòng hộ")
    second = line("Cơ sở dữ liệu cháy rừng phòng hộ")

    shown = registrar.upload(KIND, workbook(first, second))

    assert "1 cần chọn" in words(shown), words(shown)


def test_faulty_rows_come_back_with_their_items_from_another_sheet(registrar):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh mục")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, line("Đất đai", **{"Tần suất cập nhật": "bất kỳ"}))
        page.write_row(2, 0, line("Hộ tịch"))
        items = book.add_worksheet("Hạng mục")
        items.write_row(0, 0, ["Tên cơ sở dữ liệu", "Tên hạng mục", "Ý nghĩa"])
        items.write_row(1, 0, ["Đất đai", "Thửa đất", "Thửa"])
        items.write_row(2, 0, ["Hộ tịch", "Khai sinh", "Việc khai sinh"])
    shown = registrar.upload(KIND, stream.getvalue())

    back = registrar.get(f"{address(shown)}/dong-loi.xlsx").data
    mended = registrar.upload(KIND, back)

    assert "1 có lỗi" in words(mended), words(mended)
    rows = [
        cells
        for sheet in sheets.read_book(back).visible
        for _number, cells in sheet.table
    ]
    assert ["Đất đai", "Thửa đất", "Thửa"] in rows
    assert not any("Khai sinh" in cells for cells in rows)
