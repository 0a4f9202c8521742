"""Data items as a grid: paste first, the rest inherited, nothing lost that it does not show; and the way on."""

import re

import pytest
from people import Browser, content_of, draft

from app.permissions import Role

ITEM = {
    "key": "1",
    "name": {"vi": "Thửa đất", "en": "Parcel"},
    "meaning": {"vi": "Về thửa đất"},
    "layer": "chu",
    "source": "Hồ sơ",
    "protection": "noi-bo",
    "sharing": [
        {"consumer_group": "trong-tinh", "mode": "dung-chung"},
        {"consumer_group": "cong-chung", "mode": "mo"},
    ],
}


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


def page_of(number):
    return f"/phieu/{number}/phan/items"


def items(office, number):
    return content_of(office, number)["data_items"]


def sent(registrar, number, **typed):
    address = page_of(number)
    return registrar.post(address, {**registrar.fields(address), **typed})


def pasted(registrar, number, text):
    typed = {"data_items.paste": text, "do": "paste:data_items"}
    return registrar.get(sent(registrar, number, **typed).headers["Location"]).text


def test_what_the_grid_does_not_show_of_a_row_is_kept(office, registrar):
    number = draft(office, data_items=[ITEM])
    sent(
        registrar,
        number,
        **{
            "data_items.0.name": "Thửa đất mới",
            "data_items.0.bo-nganh-tinh-khac": "dung-rieng",
        },
    )
    (row,) = items(office, number)
    assert row["name"] == {"vi": "Thửa đất mới", "en": "Parcel"}
    assert row["protection"] == "noi-bo"
    assert row["sharing"] == [
        *ITEM["sharing"],
        {"consumer_group": "bo-nganh-tinh-khac", "mode": "dung-rieng"},
    ]
    sent(registrar, number)
    assert items(office, number) == [row]


def test_a_row_whose_cells_are_emptied_is_dropped_and_its_key_not_given_again(
    office, registrar
):
    number = draft(
        office, data_items=[ITEM, {**ITEM, "key": "2", "name": {"vi": "Nhà"}}]
    )
    shown = registrar.fields(page_of(number))
    emptied = {name: "" for name in shown if re.match(r"data_items\.1\.(?!key)", name)}
    sent(registrar, number, **emptied, **{"data_items.2.name": "Rừng"})
    assert [(row["key"], row["name"]["vi"]) for row in items(office, number)] == [
        ("1", "Thửa đất"),
        ("3", "Rừng"),
    ]


def test_an_inner_unit_may_update_and_blank_is_the_owner(office, registrar):
    number = draft(office, data_items=[])
    text = (
        "Hạng mục\tĐơn vị\tTrong tỉnh\tNgoài tỉnh\n"
        "Giếng\tPhòng Tài nguyên nước\tDùng chung\tDùng riêng\n"
        "Hồ\t\tDùng chung\t\n"
        "Sông\tSở Nông nghiệp và Môi trường\t\tmo\n"
    )
    shown = pasted(registrar, number, text)
    assert "Đã thêm 3 dòng chép từ bảng tính" in shown
    assert "3 dòng vừa dán" in shown
    well, lake, river = items(office, number)
    assert well["updater_unit"] == "Phòng Tài nguyên nước"
    assert "updater" not in well
    assert {one["consumer_group"]: one["mode"] for one in well["sharing"]} == {
        "trong-tinh": "dung-chung",
        "bo-nganh-tinh-khac": "dung-rieng",
    }
    assert not {"updater", "updater_unit"} & set(lake)
    assert river["updater"] == str(office.other)
    assert river["sharing"] == [{"consumer_group": "bo-nganh-tinh-khac", "mode": "mo"}]
    assert 'value="Phòng Tài nguyên nước"' in shown


def test_pasted_without_headings_columns_are_those_of_the_grid(office, registrar):
    number = draft(office, data_items=[])
    pasted(registrar, number, "Giếng\tVề giếng\tDữ liệu chủ\tHồ sơ\t\tDùng chung\n")
    (row,) = items(office, number)
    assert (row["meaning"], row["layer"]) == ({"vi": "Về giếng"}, "chu")


def test_columns_that_only_the_whole_form_has_are_taken_along_and_strange_ones_told(
    office, registrar
):
    number = draft(office, data_items=[])
    text = (
        "STT\tTên hạng mục\tMức bảo vệ\tĐối tượng khai thác\tHình thức chia sẻ\tCột lạ\n"
        "1\tGiếng\tHạn chế\ttrong-tinh\tDùng chung\tx\n"
    )
    shown = pasted(registrar, number, text)
    (row,) = items(office, number)
    assert row["protection"] == "han-che"
    assert row["sharing"] == [{"consumer_group": "trong-tinh", "mode": "dung-chung"}]
    assert "Cột lạ" in shown
    assert "STT" not in shown


def test_what_is_said_once_holds_for_rows_that_do_not_say_it(office, registrar):
    bare = {"key": "2", "name": {"vi": "Nhà"}}
    number = draft(office, data_items=[ITEM, bare])
    sent(registrar, number, **{"common.protection": "han-che"})
    assert [row["protection"] for row in items(office, number)] == ["noi-bo", "han-che"]


def test_a_wrong_cell_is_framed_and_told_below_its_row(office, registrar):
    number = draft(office, data_items=[{**ITEM, "layer": "khong-co"}])
    shown = registrar.get(f"{page_of(number)}?kiem=1").text
    assert 'class="dm-wrong"' in shown
    assert re.search(r'class="dm-said".*Dòng 1: Lớp dữ liệu: ', shown, re.DOTALL)


def test_a_button_adds_five_rows(office, registrar):
    number = draft(office, data_items=[ITEM])
    to = sent(registrar, number, do="more:data_items").headers["Location"]
    assert registrar.get(to).text.count('scope="row"') == 6


def test_saving_leads_to_the_next_section_that_lacks_something(office, registrar):
    number = draft(office, data_items=[ITEM], scope={}, sources={}, importance="")
    address, seen = f"/phieu/{number}/phan/nhanh", []
    for _ in range(3):
        saved = registrar.post(address, {**registrar.fields(address), "do": "next"})
        address = saved.headers["Location"]
        seen.append(address.rsplit("/", 1)[1])
    assert seen == ["general", "content", "sharing"]


def test_what_is_filled_already_is_folded(office, registrar):
    number = draft(office, scope={})
    shown = registrar.get(f"/phieu/{number}/phan/general").text
    asked, _fold, folded = shown.partition("<span>Đã điền</span>")
    assert 'name="scope.vi"' in asked
    assert 'name="title.vi"' not in asked
    assert 'name="title.vi"' in folded


def test_the_structure_of_a_database_becomes_rows_and_what_cannot_be_read_stays(
    office, registrar
):
    number = draft(office, data_items=[ITEM])
    ddl = "CREATE TABLE ho_khau (id int PRIMARY KEY, chu_ho varchar(100), ngay_sinh date);"

    page = pasted(registrar, number, ddl)

    added = items(office, number)[-1]
    assert "1 dòng vừa dán" in page
    assert added["name"]["vi"] == "ho khau"
    assert "Có thể là dữ liệu cá nhân: ngay_sinh" in added["meaning"]["vi"]
    pasted(registrar, number, "CREATE TABLE hỏng (")
    assert items(office, number)[-1]["name"]["vi"] == "CREATE TABLE hỏng ("
