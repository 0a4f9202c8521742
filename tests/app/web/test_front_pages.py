"""Home, agencies and search answer first what is asked first, and each figure is that of its list."""

import html
import re
from datetime import date

import pytest

from app.operations.installation import open_register
from app.register import tree
from app.web.display import pictures
from app.web.public import state_of_register


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def get(demo):
    from app.factory import create_app

    client = create_app(demo).test_client()
    return lambda path: client.get(path, base_url=demo.settings.base_uri)


def test_home_says_how_the_list_stands_and_how_large_it_was_on_other_days(demo, get):
    page = words(get("/"))
    with open_register(demo, None, None) as register:
        state = state_of_register.state(register)
        first = demo.settings.featured_day
        then = state_of_register.size(register, first)

    assert (
        f"Có căn cứ pháp lý còn hiệu lực {state.in_force} / {state.databases}" in page
    )
    assert f"{then.databases} CSDL · {then.owners} cơ quan chủ quản" in page
    assert state.in_force == state.databases - 2
    assert f"2 cơ sở dữ liệu còn dẫn {state.lapsed[0]}" in page


def test_home_as_of_a_past_day_tells_nothing_of_later_ones(get):
    page = get("/?as_of=2022-01-01")
    feed = page.text.partition('class="dm-feed"')[2].partition("</ol>")[0]

    days = re.findall(r'datetime="([0-9-]+)"', feed)
    assert all(day <= "2022-01-01" for day in days)
    assert "ghi nhận" not in feed


def test_what_was_recorded_opens_as_many_as_it_says(get):
    feed = get("/").text.partition('class="dm-feed"')[2].partition("</ol>")[0]
    links = re.findall(r'href="(/tim-kiem[^"]*)"[^>]*>([\d.]+) ', feed)
    assert links

    for href, count in links:
        page = get(html.unescape(href)).text
        assert f"<h2>{count} kết quả" in re.sub(r"\s+<", "<", page)


def test_an_agency_stands_with_what_it_was_and_where_somebody_looks_for_it(demo, get):
    page = get("/co-quan").text
    rows = re.findall(r'<tr role="row">.*?</tr>', page, re.DOTALL)
    (row,) = [row for row in rows if ">Sở Nông nghiệp và Môi trường</a></th>" in row]

    assert "Sở Tài nguyên và Môi trường" in row
    assert "H19.1" in row
    assert "01/03/2025" in row
    with open_register(demo, None, None) as register:
        committee = demo.settings.province(date(2026, 11, 30)).committee
        grouped = tree.province_first(tree.agencies(register), committee)
    assert [one.agency.title.split()[0] for one in grouped.province] == ["Hội", "Ủy"]
    assert {one.agency.title for one in grouped.vertical} == {
        "Công an tỉnh",
        "Bảo hiểm xã hội tỉnh",
        "Cục Thuế tỉnh",
    }
    assert len(grouped.communes) == 95


def test_who_names_an_entry_is_called_by_what_it_is_to_them(get):
    amending = words(get("/doc/van-ban/VB-0001"))

    assert "Sửa đổi, bổ sung (1) 20/2020/QĐ-TTg" in amending
    assert "Mã đóng theo văn bản này (" in amending
    code = words(get("/doc/ma-dinh-danh/H19"))
    assert "Mã cấp dưới (" in code
    assert "Thay cho mã (1)" in code


def test_a_long_list_of_those_that_name_an_entry_can_be_seen_whole(get):
    page = get("/doc/co-quan/CQ-0027")
    (count,) = set(re.findall(r"Xem cả ([0-9]+)", page.text))

    whole = get("/doc/co-quan/CQ-0027?lien-quan=tat-ca")

    assert "Xem cả" not in whole.text
    assert whole.text.count("<li>") >= page.text.count("<li>") + int(count) - 30


def test_results_are_databases_with_their_facts_and_other_things(get):
    page = get("/tim-kiem?q=môi trường").text

    databases, _sub, others = page.partition("dm-sub--next")
    assert "Căn cứ pháp lý: " in databases
    assert "Cơ quan, văn bản và đối tượng khác" in others
    assert "dm-hits--small" in others


def test_what_is_named_exactly_comes_first_whatever_it_is(get):
    page = get("/tim-kiem?q=Sở Tài chính").text

    first = page.partition('class="dm-hits')[2].partition("</li>")[0]
    assert "Sở Tài chính" in re.sub("</?mark>", "", first)


def test_strands_keep_the_lines_of_an_owner_together():
    pairs = [("A", "X"), ("A", "Y"), ("B", "X")]

    lines = pictures.strands(pairs)

    assert len(lines) == 3
    assert all(line.moved for line in lines)
    assert not pictures.strands([("A", "A")])[0].moved


def test_results_are_downloaded_with_the_columns_that_were_chosen(get):
    address = "/tim-kiem.csv?kind=shared-database&record_kind=goc"
    rows = get(
        f"{address}&cot=ten&cot=tan-suat&cot=muc-chia-se&cot=lạ"
    ).text.splitlines()

    heading = rows[0].removeprefix("\ufeff")
    assert heading == '"Tên","Mức độ công khai","Tần suất cập nhật dữ liệu"'
    assert (
        '"Cơ sở dữ liệu đất đai","Dùng chung trong cơ quan nhà nước","Hằng ngày"'
        in rows
    )
    assert get(address).text.splitlines()[0].count(",") == 8
    assert 'name="cot"' in get("/tim-kiem?q=đất").text


def test_a_law_among_results_says_who_issued_it(get):
    page = get("/tim-kiem?q=47/2024/NĐ-CP").text

    assert re.search(
        r"Văn bản · <span>Chính phủ</span> · <span class=\"dm-code\">VB-", page
    )
