"""The page of an entry answers first: whose it is, who may use it, whether its law holds, when it was confirmed."""

import re
from html import unescape

import pytest
from conftest import ROOT


def said(markup):
    """Return the words of a part of a page, one blank between them."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup)).split())


def facts(client, path, **asked):
    page = client.get(path, query_string=asked).text
    head = re.search('<dl class="dm-facts">.*?</dl>', page, re.DOTALL)[0]
    return {
        said(name): said(fact)
        for name, fact in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", head, re.DOTALL)
    }


def test_a_database_says_whose_it_is_who_may_have_it_and_how_it_stands(demo_client):
    today = facts(demo_client, "/doc/csdl/CSDL-0062")

    assert list(today) == [
        "Cơ quan chủ quản",
        "Mức chia sẻ",
        "Căn cứ pháp lý",
        "Xác nhận gần nhất",
    ]
    assert today["Cơ quan chủ quản"] == "Sở Nông nghiệp và Môi trường"
    assert today["Mức chia sẻ"].startswith("Dùng chung trong cơ quan nhà nước")
    assert today["Căn cứ pháp lý"] == "Đang hiệu lực 31/2024/QH15 ; 60/2024/QH15"
    assert re.match(
        "Chưa xác nhận lại cần xác nhận trước [0-9/]{10}", today["Xác nhận gần nhất"]
    )


def test_on_an_earlier_day_the_head_is_of_that_day_and_nothing_is_told_of_confirming(
    demo_client,
):
    then = facts(demo_client, "/doc/csdl/CSDL-0062", as_of="2021-12-31")

    assert then["Cơ quan chủ quản"].startswith("Sở Tài nguyên và Môi trường")
    assert "Xác nhận gần nhất" not in then


def test_who_may_have_which_item_is_a_table_with_a_sign_and_a_word_in_every_cell(
    demo_client,
):
    page = demo_client.get("/doc/csdl/CSDL-0062").text
    table = re.search(
        '<table class="govuk-table dm-matrix.*?</table>', page, re.DOTALL
    )[0]
    heads = [said(each) for each in re.findall("<th[^>]*columnheader.*?</th>", table)]
    rows = re.findall('<th role="rowheader".*?</tr>', table, re.DOTALL)

    assert heads == [
        "Hạng mục dữ liệu",
        "Cơ quan trong tỉnh, thành phố",
        "Bộ, ngành, tỉnh khác",
        "Đơn vị sự nghiệp; Tổ chức, doanh nghiệp; Cá nhân; Công chúng",
    ]
    assert [said(row) for row in rows] == [
        "Thửa đất Dữ liệu chủ Dùng chung Dùng riêng Chưa quy định",
        "Người sử dụng đất Dữ liệu giao dịch Dùng chung Dùng riêng Chưa quy định",
        "Giấy chứng nhận Dữ liệu giao dịch Dùng chung Dùng riêng Chưa quy định",
    ]
    assert all(row.count("<svg") == 3 for row in rows)
    assert all("<circle" in row and "&lt;circle" not in row for row in rows)
    assert "Hình thức chia sẻ ghi theo Luật Dữ liệu." in page


def test_where_data_comes_from_and_goes_stands_in_four_columns(demo_client):
    page = demo_client.get("/doc/csdl/CSDL-0062").text
    flow = re.search('<ol class="dm-flow">.*?</ol>', page, re.DOTALL)[0]

    columns = [said(each) for each in re.findall("<h3>.*?(?=<h3>|$)", flow, re.DOTALL)]
    assert [re.match("(.*?) ", each + " ")[0].strip() for each in columns] == [
        "Nguồn",
        "Cơ",
        "Dịch",
        "Bên",
    ]
    assert "Hệ thống thông tin đất đai" in columns[0]
    assert "Số thửa đất" in columns[1]
    assert "Dịch vụ tra cứu thửa đất" in columns[2]
    assert "Hệ thống quan trắc môi trường tự động" in columns[3]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/doc/van-ban/VB-0020", ["Ngày ban hành", "Các mục liên quan"]),
        ("/doc/ma-dinh-danh/H19", ["Cơ quan được cấp mã", "Các mục liên quan"]),
        ("/doc/co-quan/CQ-0027", ["Loại cơ quan", "Các mục liên quan"]),
    ],
)
def test_other_kinds_have_facts_of_their_own(demo_client, path, named):
    found = facts(demo_client, path)

    assert set(named) <= set(found)
    assert 2 <= len(found) <= 4


def test_every_sign_of_a_mode_is_drawn():
    from app.web.display.entry_head import Sign

    drawn = (ROOT / "app/web/templates/layout/drawings.html").read_text("utf-8")
    assert {sign for sign in Sign if f'"{sign}":' in drawn} == set(Sign)


def test_an_entry_without_english_says_so_once_and_only_on_the_english_page(
    demo_client,
):
    told = "The content of this entry is in Vietnamese only."
    path = "/doc/csdl/CSDL-0062"

    assert demo_client.get(path + "?lang=en").text.count(told) == 1
    assert "chỉ có bằng tiếng Việt" not in demo_client.get(path).text
