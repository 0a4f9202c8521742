"""What the shared warehouse holds: of a database and its items, on a day, by hand and by file; what is missing is named."""

import io
from datetime import date

import pytest
from people import Browser
from sqlalchemy import update
from support import agency, database

from app.documents.tables import cells, warehouse_sheet
from app.exchange import warehouse
from app.exchange.models import Integrated, WarehouseLoad
from app.operations import audits
from app.permissions import Role

FORM = "/chia-se/kho/nhap"
HEAD = warehouse_sheet.HEADINGS


def line(**more):
    usual = {
        "Mã cơ sở dữ liệu": "CSDL-0001",
        "Tích hợp": "toàn bộ",
        "Ngày tích hợp": "31/1/2026",
        "Số bản ghi": "1.200",
        "Nguồn số liệu": "Nhật ký của kho",
    }
    return [{**usual, **more}.get(name, "") for name in HEAD]


def of_item(name, how, **more):
    return line(**{"Hạng mục dữ liệu": name, "Tích hợp": how, **more})


def file(*lines):
    return cells.table(HEAD, lines)


@pytest.fixture
def there(office):
    (item,) = database(str(office.department), str(office.law()))["data_items"]
    named = [
        {**item, "name": {"vi": name}} for name in ("Thửa đất", "Người sử dụng đất")
    ]
    return office.land(data_items=named)


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


@pytest.fixture
def reviewer(office):
    return Browser(office, Role.REVIEWER)


def send(browser, data, name="kho.csv"):
    """Send a file, look at it, and record it; return both pages."""
    shown = browser.post(
        FORM,
        {"tep": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )
    digest = shown.get_data(as_text=True).partition('name="tep" value="')[2][:64]
    if len(digest) != 64:
        return shown, None
    return shown, browser.post("/chia-se/kho/ghi", {"tep": digest})


def holding(office, as_of=None, **more):
    with office.reading(as_of=as_of, **more) as register:
        view = register.get("shared-database", "CSDL-0001")
        return warehouse.held(register, [view])[view.id]


def test_nobody_ever_said_is_told_apart_from_not_there(office, there, registrar):
    before = holding(office)

    send(registrar, file(line(**{"Tích hợp": "chưa", "Số bản ghi": ""})))

    assert (before.integrated, before.last) == (None, None)
    assert holding(office).integrated is Integrated.NONE
    assert holding(office).last is None
    assert holding(office).lacking == ["Thửa đất", "Người sử dụng đất"]


def test_all_of_a_database_is_all_of_its_items(office, there, registrar):
    send(registrar, file(line()))

    known = holding(office)

    assert known.integrated is Integrated.WHOLE
    assert (known.lacking, known.last) == ([], date(2026, 1, 31))
    assert known.whole.records == 1200


def test_what_is_missing_is_named_item_by_item(office, there, registrar):
    send(registrar, file(of_item("thửa đất", "toàn bộ")))

    known = holding(office)

    assert known.integrated is Integrated.PART
    assert known.lacking == ["Người sử dụng đất"]
    page = office.client().get("/chia-se/kho").get_data(as_text=True)
    assert "1/2 hạng mục đủ" in page
    assert "Người sử dụng đất" in page


@pytest.mark.parametrize(
    ("item_day", "how", "left"),
    [
        ("15/1/2026", "toàn bộ", []),  # the whole was said later, and all of it
        ("15/2/2026", "toàn bộ", ["Thửa đất"]),  # the item was said later
        ("15/1/2026", "một phần", ["Thửa đất", "Người sử dụng đất"]),
    ],
)
def test_what_was_said_later_holds(office, there, registrar, item_day, how, left):
    whole = line(**{"Tích hợp": how})
    send(
        registrar,
        file(
            whole,
            of_item(
                "Thửa đất", "chưa", **{"Ngày tích hợp": item_day, "Số bản ghi": ""}
            ),
        ),
    )

    assert holding(office).lacking == left


def test_an_earlier_day_knows_what_was_there_then(office, there, registrar):
    none = {"Tích hợp": "chưa", "Số bản ghi": ""}
    later = line(**none, **{"Ngày tích hợp": "1/3/2026"})
    send(registrar, file(line(), later))

    assert holding(office).integrated is Integrated.NONE
    assert holding(office, as_of=date(2026, 2, 1)).integrated is Integrated.WHOLE
    assert holding(office, as_of=date(2026, 1, 1)).integrated is None
    page = office.client().get("/chia-se/kho/CSDL-0001?as_of=2026-02-01").text
    assert "31/01/2026" in page
    assert "01/03/2026" not in page


def test_a_correction_supersedes_and_what_was_known_before_stays(
    office, there, registrar
):
    send(registrar, file(line()))
    with office.reading() as register:
        before = register.at.known_at

    shown, _ = send(registrar, file(line(**{"Số bản ghi": "1300"})))

    assert "1.200 bản ghi</del> → <ins>Đã tích hợp, 1.300 bản ghi" in shown.text
    assert holding(office).whole.records == 1300
    assert holding(office, known_at=before).whole.records == 1200
    with office.system.database.reading() as session:
        found = audits.altered_measurements(
            session, WarehouseLoad, [warehouse.RECORDED]
        )
    assert found == []


def test_a_row_altered_behind_the_journal_is_found(office, there, registrar):
    send(registrar, file(line()))

    with office.system.database.transaction() as session:
        session.execute(update(WarehouseLoad).values(records=9))

    with office.system.database.reading() as session:
        assert audits.altered_measurements(session, WarehouseLoad, [warehouse.RECORDED])


def test_what_leaves_is_filled_in_and_comes_back(office, there, registrar):
    blank = registrar.get("/chia-se/kho.csv").data
    assert "CSDL-0001" in blank.decode("utf-8-sig")
    shown, _ = send(registrar, blank)
    assert "chưa có dòng số liệu nào" in shown.text
    send(registrar, file(line(), of_item("Thửa đất", "một phần")))

    shown, _ = send(registrar, registrar.get("/chia-se/kho.xlsx").data, "kho.xlsx")

    assert "0 mới · 0 đính chính · 2 không đổi · 0 ô lỗi" in shown.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"Mã cơ sở dữ liệu": "CSDL-9999"}, "không phải một cơ sở dữ liệu"),
        ({"Mã cơ sở dữ liệu": ""}, "Ghi mã hoặc tên cơ sở dữ liệu"),
        ({"Ngày tích hợp": ""}, "Ghi ngày mà số liệu này đúng"),
        ({"Ngày tích hợp": "31/2/2026"}, "“31/2/2026” không phải một ngày"),
        ({"Ngày tích hợp": "15/11/1026"}, "Năm 1026 quá sớm"),
        ({"Còn thiếu": "Hồ sơ cũ"}, "Đã ghi còn thiếu thì chọn “một phần”"),
        ({"Tích hợp": "chưa"}, "Chưa tích hợp thì để trống số bản ghi"),
        ({"Số bản ghi": "9.999.999.999.999.999.999"}, "Ghi một số"),
        ({"Ngày tích hợp": "1/1/2999"}, "không được sau hôm nay"),
        ({"Số bản ghi": "-1"}, "Ghi một số từ 0 trở lên"),
        ({"Số bản ghi": "1,5"}, "là số nguyên"),
        ({"Tích hợp": "gần hết"}, "Ghi toàn bộ, một phần, chưa"),
        ({"Hạng mục dữ liệu": "Nhóm máu"}, "không có hạng mục dữ liệu “Nhóm máu”"),
    ],
)
def test_a_wrong_cell_is_told_at_its_place_and_nothing_is_written(
    office, there, registrar, wrong, told
):
    shown, _ = send(registrar, file(line(**wrong)))

    assert shown.status_code == 200
    assert told in shown.text
    assert holding(office).integrated is None


def test_one_is_written_by_hand_and_a_wrong_form_keeps_what_was_typed(
    office, there, registrar
):
    typed = {"csdl": "CSDL-0001", "tich-hop": "một phần", "ngay": "31/2/2026"}

    refused = registrar.post("/chia-se/kho/mot", typed)
    done = registrar.post("/chia-se/kho/mot", {**typed, "ngay": "28/2/2026"})

    assert refused.status_code == 422
    assert 'value="31/2/2026"' in refused.text
    assert "“31/2/2026” không phải một ngày" in refused.text
    assert done.status_code == 302
    assert holding(office).integrated is Integrated.PART


def test_an_agency_writes_only_its_own_and_who_runs_the_warehouse_all(
    office, there, registrar, reviewer
):
    third = office.enter("agency", agency("Sở Thứ ba"))
    office.enter(
        "shared-database", database(str(third), str(office.law()), title="CSDL thứ ba")
    )
    data = file(line(), line(**{"Mã cơ sở dữ liệu": "CSDL-0002"}))

    shown, _ = send(registrar, data)

    assert "dòng 3, cột “Mã cơ sở dữ liệu”: Chỉ ghi được" in shown.text
    shown, _ = send(reviewer, data)
    assert "1 mới · 0 đính chính · 1 không đổi · 0 ô lỗi" in shown.text


def test_what_was_recorded_by_mistake_is_withdrawn(office, there, registrar):
    later = line(**{"Ngày tích hợp": "1/3/2026", "Số bản ghi": "7"})
    send(registrar, file(line(), later))
    gone = line(**{"Ngày tích hợp": "1/3/2026", "Tích hợp": "rút", "Số bản ghi": ""})

    shown, _ = send(registrar, file(gone))

    assert "0 mới · 1 đính chính" in shown.text
    assert "Rút, trở lại như trước" in shown.text
    assert holding(office).whole.records == 1200
    shown, _ = send(registrar, file(gone))
    assert "0 mới · 0 đính chính · 1 không đổi" in shown.text
    page = office.client().get("/chia-se/kho/CSDL-0001").get_data(as_text=True)
    assert "31/01/2026" in page
    assert "01/03/2026" not in page
    with office.system.database.reading() as session:
        found = audits.altered_measurements(
            session, WarehouseLoad, [warehouse.RECORDED]
        )
    assert found == []


def test_what_is_said_twice_in_a_file_is_told_and_the_first_is_taken(
    office, there, registrar
):
    send(registrar, file(of_item("Thửa đất", "một phần")))

    shown, _ = send(
        registrar,
        file(of_item("Thửa đất", "toàn bộ"), of_item("thửa đất", "toàn bộ")),
    )

    assert "dòng 3, cột “Mã cơ sở dữ liệu”: Nói hai lần về cùng một thứ" in shown.text
    assert holding(office).lacking == ["Người sử dụng đất"]
    with office.system.database.reading() as session:
        found = audits.altered_measurements(
            session, WarehouseLoad, [warehouse.RECORDED]
        )
    assert found == []


def test_items_that_came_later_make_a_database_whole(office, there, registrar):
    none = line(**{"Tích hợp": "chưa", "Số bản ghi": ""})
    items = [
        of_item(name, "toàn bộ", **{"Ngày tích hợp": "1/3/2026"})
        for name in ("Thửa đất", "Người sử dụng đất")
    ]

    send(registrar, file(none, *items))

    assert holding(office).integrated is Integrated.WHOLE


def test_rows_of_others_that_came_back_unchanged_are_no_faults(
    office, there, registrar, reviewer
):
    third = office.enter("agency", agency("Sở Thứ ba"))
    other = database(str(third), str(office.law()), title="CSDL thứ ba")
    office.enter("shared-database", other)
    send(reviewer, file(line(), line(**{"Mã cơ sở dữ liệu": "CSDL-0002"})))

    shown, _ = send(registrar, registrar.get("/chia-se/kho.xlsx").data, "kho.xlsx")

    assert "0 mới · 0 đính chính · 1 không đổi · 0 ô lỗi" in shown.text


def test_another_agencys_database_is_refused_in_the_form(office, there, registrar):
    third = office.enter("agency", agency("Sở Thứ ba"))
    other = database(str(third), str(office.law()), title="CSDL thứ ba")
    office.enter("shared-database", other)
    typed = {"csdl": "csdl-0002", "tich-hop": "chưa", "ngay": "28/2/2026"}

    refused = registrar.post("/chia-se/kho/mot", typed)

    assert refused.status_code == 422
    assert "Chỉ ghi được cơ sở dữ liệu của cơ quan mình" in refused.text
    assert 'value="28/2/2026"' in refused.text


def test_the_page_of_a_name_that_no_agency_has_says_so(office, there):
    page = office.client().get("/chia-se/kho?co-quan-loc=Sở Không có")

    assert "Không có cơ quan “Sở Không có” vào ngày này" in page.text
