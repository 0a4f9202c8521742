"""Workbooks of the kinds that offices send: each reaches the right rows, and nothing of it is lost unsaid."""

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from support import agency

from app import clock
from app.documents.tables import finding, sheets, uploaded
from app.documents.tables.finding import Why
from app.documents.tables.lookup import Lookup
from app.documents.tables.uploaded import Plan

DATABASE, SYSTEM = "shared-database", "information-system"
HEAD = ["STT", "Tên CSDL", "Mục đích", "Nội dung", "Tần suất cập nhật"]
LAND = ["1", "Đất đai", "Quản lý", "Thửa đất", "Hằng tháng"]
CIVIL = ["2", "Hộ tịch", "Quản lý", "Sự kiện hộ tịch", "Hằng năm"]


class Book:
    """A workbook in the making: pages of lines, and what else is done to it."""

    def __init__(self):
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, {"in_memory": True})

    def page(self, name, *lines):
        page = self.book.add_worksheet(name)
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
        return page

    def done(self):
        self.book.close()
        return self.stream.getvalue()


def plain(*lines):
    book = Book()
    book.page("Danh mục", *lines)
    return book.done()


def protected():
    book = Book()
    book.page("Danh mục", HEAD, LAND, CIVIL).protect("mật khẩu")
    return book.done()


def with_macros():
    source, made = zipfile.ZipFile(io.BytesIO(plain(HEAD, LAND, CIVIL))), io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return made.getvalue()


def of_a_mac():
    lines = [HEAD, LAND, CIVIL]
    return plain(
        *([unicodedata.normalize("NFD", text) for text in line] for line in lines)
    )


def annex_with_an_item_a_row():
    """As the annex of Decree 47/2020: the database is merged over its items."""
    book = Book()
    page = book.book.add_worksheet("Phụ lục")
    page.write_row(0, 0, ["STT", "Tên cơ sở dữ liệu", "Mục đích", "Hạng mục dữ liệu"])
    for first, last, number, name in ((1, 3, "1", "Đất đai"), (4, 5, "2", "Hộ tịch")):
        page.merge_range(first, 0, last, 0, number)
        page.merge_range(first, 1, last, 1, name)
        page.merge_range(first, 2, last, 2, "Quản lý")
    for row, item in enumerate(
        ["Thửa đất", "Chủ sử dụng", "Giá đất", "Khai sinh", "Kết hôn"], 1
    ):
        page.write(row, 3, item)
    return book.done()


def ministry_form():
    """Mẫu số 03: objects, and further sheets with other headings."""
    book = Book()
    head = [
        "Mã đối tượng",
        "Loại bản ghi",
        "Mã định danh gốc/mã nguồn",
        "Tên đối tượng",
    ]
    head += ["Loại đối tượng", "Phạm vi sử dụng", "Cơ quan chủ quản", "Đơn vị vận hành"]
    head += ["Trạng thái vòng đời", "Nguồn/minh chứng", "Đầu mối xác nhận", "Ghi chú"]
    rest = ["", "Bản ghi gốc", "", "", "CSDL", "", "", "", "Đang vận hành", "Tờ trình"]
    book.page(
        "DM_DOITUONG",
        head,
        *(
            [*rest[:3], name, *rest[4:], "Trưởng phòng", ""]
            for name in ("Đất đai", "Hộ tịch")
        ),
    )
    book.page("QH_KETNOI", ["Mã quan hệ", "Đối tượng nguồn", "Loại quan hệ"])
    book.page("HUONG_DAN", ["Ghi theo hướng dẫn"])
    return book.done()


def cover_and_hidden_sheets():
    book = Book()
    book.page("Ẩn", HEAD, ["9", "Không lấy"]).hide()
    book.page("Bìa", ["UBND TỈNH"], ["DANH MỤC CƠ SỞ DỮ LIỆU"]).activate()
    book.page("Đất", HEAD, LAND)
    book.page("Hộ tịch", HEAD, CIVIL)
    return book.done()


def from_column_c_with_blank_lines():
    book = Book()
    page = book.book.add_worksheet("Danh mục")
    for row, line in ((5, HEAD), (7, LAND), (10, CIVIL)):
        page.write_row(row, 2, line)
    return book.done()


def open_document():
    """An ODS as LibreOffice saves it, repeated blank cells and rows included."""
    space = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
            for text in line
        )
        + '<table:table-cell table:number-columns-repeated="1019"/></table:table-row>'
        for line in (HEAD, LAND, CIVIL)
    )
    blank = (
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="1024"/></table:table-row>'
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {space} office:version="1.3">'
        f'<office:body><office:spreadsheet><table:table table:name="Danh mục">{rows}'
        f"{blank}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            f'manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return made.getvalue()


def csv(encoding, parts=";", before=""):
    lines = [parts.join(line) for line in (HEAD, LAND, CIVIL)]
    return (before + "\r\n".join(lines) + "\r\n").encode(encoding)


BOTH = ["Đất đai", "Hộ tịch"]
WORKBOOKS = {
    "as our own": (plain(HEAD, LAND, CIVIL), BOTH),
    "titles above": (plain(["SỞ Y TẾ"], [], ["DANH MỤC"], HEAD, LAND, CIVIL), BOTH),
    "numbers under the heading": (
        plain(HEAD, [f"({n})" for n in range(1, 6)], LAND, CIVIL),
        BOTH,
    ),
    "groups and totals": (
        plain(
            HEAD,
            ["I", "Lĩnh vực đất đai"],
            LAND,
            ["II", "Lĩnh vực tư pháp"],
            CIVIL,
            ["", "Tổng cộng: 2"],
        ),
        BOTH,
    ),
    "signatures and notes": (
        plain(
            HEAD,
            LAND,
            CIVIL,
            [],
            ["", "", "", "Đồng Nai, ngày 3 tháng 11 năm 2026"],
            ["", "Người lập biểu", "", "KT. GIÁM ĐỐC"],
            ["", "Nguyễn Văn A", "", "Trần Văn B"],
        ),
        BOTH,
    ),
    "two tables on a sheet": (
        plain(
            HEAD,
            LAND,
            [],
            ["B. Đợt hai"],
            ["TT", "Tên cơ sở dữ liệu", "Ghi chú"],
            ["1", "Hộ tịch", ""],
        ),
        BOTH,
    ),
    "the heading on every page": (plain(HEAD, LAND, [], HEAD, CIVIL), BOTH),
    "sheet protected": (protected(), BOTH),
    "with macros": (with_macros(), BOTH),
    "written on a Mac": (of_a_mac(), BOTH),
    "an item a row": (annex_with_an_item_a_row(), BOTH),
    "Mẫu số 03": (ministry_form(), BOTH),
    "cover, two sheets, a hidden one": (cover_and_hidden_sheets(), BOTH),
    "from column C on": (from_column_c_with_blank_lines(), BOTH),
    "XLS of 1997": (Path(__file__).with_name("danh-muc.xls").read_bytes(), BOTH),
    "ODS": (open_document(), BOTH),
    "CSV in UTF-16": (csv("utf-16", "\t"), BOTH),
    "CSV that says its separator": (csv("utf-8-sig", ";", "sep=;\r\n"), BOTH),
    "capitals, breaks, colons": (
        plain(
            ["STT:", "TÊN\nCSDL (*)", "Mục\xa0đích:", "(4) Nội dung"],
            LAND[:4],
            CIVIL[:4],
        ),
        BOTH,
    ),
    "old letters": (
        "Tªn CSDL;Môc ®Ých\n§Êt ®ai;Qu¶n lý\nHé tÞch;Qu¶n lý".encode("cp1252"),
        BOTH,
    ),
}


def read(office, data, kind=DATABASE):
    book = sheets.read_book(data, unicode=True)
    declared = office.system.profile.kinds[kind]
    planned = uploaded.tables(declared, book, Plan(), {})
    with office.system.database.reading() as session:
        lookup = Lookup(session, office.system.profile)
        return book, planned, uploaded.read_rows(lookup, declared, planned)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_each_kind_of_workbook_reaches_its_rows_and_loses_nothing(office, name):
    data, titles = WORKBOOKS[name]

    book, planned, rows = read(office, data)

    assert [row.content["title"]["vi"] for row in rows] == titles
    assert [error.message for row in rows for error in row.errors] == []
    told = sum(len(one.located.lines) + len(one.located.left_out) for one in planned)
    told += sum(
        len(sheet.table) for sheet in finding.unread([t.located for t in planned])
    )
    kept = sum(len(sheet.table) for sheet in book.sheets)
    assert told == kept  # each line is a row, a heading, left out, or on a sheet named


def test_an_item_a_row_is_a_database_with_its_items(office):
    _book, _planned, rows = read(office, annex_with_an_item_a_row())

    names = [[item["name"]["vi"] for item in row.content["data_items"]] for row in rows]
    assert names == [["Thửa đất", "Chủ sử dụng", "Giá đất"], ["Khai sinh", "Kết hôn"]]


def test_a_list_of_systems_of_another_province_is_read_by_meaning(office):
    """The columns of Vĩnh Long's form, whose headings nobody could read: as its code names them."""
    office.enter("agency", agency("Sở Nội vụ"))
    head = ["STT", "Tên hệ thống", "URL", "Cấp", "Cơ quan", "Năm", "Mô tả", "Ghi chú"]
    lines = [
        [
            "1",
            "Một cửa",
            "https://motcua.example",
            "",
            "Sở Nội vụ",
            "2019",
            "Hồ sơ",
            "",
        ],
        ["2", "Văn thư", "", "", "SỞ NỘI VỤ", "2020", "Văn bản", ""],
    ]

    _book, planned, rows = read(office, plain(head, *lines), SYSTEM)

    assert [row.content["title"]["vi"] for row in rows] == ["Một cửa", "Văn thư"]
    assert [row.content["since_year"] for row in rows] == [2019, 2020]
    assert len({row.content["owner"] for row in rows}) == 1
    # a system has no such field: the page asks whether it is another, or none
    unsure = [column.heading for column in planned[0].columns if not column.sure]
    assert unsure == ["Ghi chú"]


def test_what_is_left_out_is_told_with_its_reason(office):
    data, _titles = WORKBOOKS["signatures and notes"]

    _book, planned, _rows = read(office, data)

    assert [one.why for one in planned[0].located.left_out] == [Why.SIGNED] * 3


def test_items_on_a_sheet_of_their_own_go_to_their_databases(office):
    book = Book()
    book.page("Cơ sở dữ liệu", HEAD, LAND, CIVIL)
    book.page(
        "Hạng mục",
        ["Tên CSDL", "Tên hạng mục", "Ý nghĩa", "Nguồn", "Trong tỉnh"],
        ["Đất đai", "Thửa đất", "Về thửa đất", "Hồ sơ địa chính", ""],
        ["ĐẤT ĐAI", "Giá đất", "Bảng giá", "Quyết định", ""],
        ["Hộ tịch", "Khai sinh", "Sự kiện", "Sổ hộ tịch", ""],
    )

    _book, _planned, rows = read(office, book.done())

    items = {row.content["title"]["vi"]: row.content["data_items"] for row in rows}
    assert [one["name"]["vi"] for one in items["Đất đai"]] == ["Thửa đất", "Giá đất"]
    assert items["Đất đai"][0]["meaning"] == {"vi": "Về thửa đất"}
    assert items["Hộ tịch"][0]["source"] == "Sổ hộ tịch"


def test_a_source_of_a_database_is_not_taken_for_that_of_its_items(office):
    data = plain([*HEAD, "Nguồn"], [*LAND, "Hồ sơ địa chính"])

    _book, _planned, (row,) = read(office, data)

    assert row.content["sources"] == {"vi": "Hồ sơ địa chính"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Luật Đất đai", "31/2024/QH15"),  # the one that is in force
        ("luật đất đai năm 2013", "45/2013/QH13"),
        ("Luật Đất đai 2024", "31/2024/QH15"),
        ("Luật Đất đai 1999", None),
        ("Luật Nhà ở", None),
    ],
)
def test_a_law_is_known_by_its_name_alone(office, text, number):
    name = {"title": {"vi": "Luật Đất đai"}, "document_type": "luat"}
    laws = {
        "45/2013/QH13": office.law(
            "45/2013/QH13",
            **name,
            in_force_from="2014-07-01",
            in_force_to="2024-08-01",
            status="het-hieu-luc",
        ),
        "31/2024/QH15": office.law("31/2024/QH15", **name, in_force_from="2024-08-01"),
    }

    with office.system.database.reading() as session:
        meant = Lookup(session, office.system.profile).meant(
            "legal-document", text, clock.today()
        )

    assert list(meant.entries) == ([laws[number]] if number else [])
