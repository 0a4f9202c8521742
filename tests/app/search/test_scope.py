"""A search finds what the province itself keeps; what others keep is a click away."""

import html
import re

import pytest
from people import Visitor
from support import database, opened_office

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path):
    office = opened_office(tmp_path)
    basis, owner = str(office.law()), str(office.department)
    texts = {"description": {"vi": "Chỉ biết tên."}, "frequency": "UNKNOWN"}
    kept = {
        "record_kind": "tham-chieu",
        "access_rights": "RESTRICTED",
        "importance": "chua-xac-dinh",
        "personal_data": "chua-xac-dinh",
    }
    names = {"dia-phuong": "Rừng của tỉnh bạn", "quoc-gia": "Rừng cả nước"}
    office.enter("shared-database", database(owner, basis, title="Rừng của tỉnh"))
    for category, title in names.items():
        content = database(owner, basis, title=title)
        office.enter(
            "shared-database", {**content, **texts, **kept, "category": category}
        )
    office.system.follow()
    return office


def found(page):
    """Return the titles of the results of a page."""
    results = page.text.partition('class="dm-hits')[2].partition("</form>")[0]
    return {
        title
        for title in ("Rừng của tỉnh bạn", "Rừng cả nước", "Rừng của tỉnh")
        if re.search(rf">[^<]*{title}\s*<", re.sub("</?mark>", "", results))
    }


@pytest.mark.parametrize("text", ["rừng", ""])
def test_what_other_provinces_keep_is_brought_by_one_click(office, text):
    visitor = Visitor(office)
    page = visitor.get(f"/tim-kiem?kind=shared-database&q={text}")

    assert found(page) == {"Rừng của tỉnh", "Rừng cả nước"}
    (address,) = re.findall(r'href="([^"]*scope=all[^"]*)"', page.text)
    assert re.search(r"Trong tỉnh\s*\(2\)", page.text)
    assert re.search(r"Cả địa phương khác\s*\(3\)", page.text)
    everything = visitor.get(html.unescape(address))
    assert found(everything) == {"Rừng của tỉnh", "Rừng cả nước", "Rừng của tỉnh bạn"}
    (back,) = re.findall(r'<a href="([^"]*)">\s*Trong tỉnh', everything.text)
    assert found(visitor.get(html.unescape(back))) == found(page)


def test_on_a_day_that_is_not_today_it_is_the_same(office):
    visitor = Visitor(office)

    page = visitor.get("/tim-kiem?q=rừng&sort=title&kind=shared-database")

    assert found(page) == {"Rừng của tỉnh", "Rừng cả nước"}


def test_who_asks_for_reference_records_gets_them(office):
    page = Visitor(office).get("/tim-kiem?q=rừng&record_kind=tham-chieu")

    assert found(page) == {"Rừng cả nước", "Rừng của tỉnh bạn"}


def test_nothing_of_others_is_suggested(office):
    listed = Visitor(office).get("/goi-y?q=rừng").json

    assert not [row for row in listed if "tỉnh bạn" in row["text"]]
    assert [row for row in listed if "cả nước" in row["text"]]


def test_a_file_holds_what_the_page_shows(office):
    rows = Visitor(office).get("/tim-kiem.csv?q=rừng").text

    assert "Rừng cả nước" in rows
    assert "tỉnh bạn" not in rows
    assert "tỉnh bạn" in Visitor(office).get("/tim-kiem.csv?q=rừng&scope=all").text
