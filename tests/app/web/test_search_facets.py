"""The filters beside a search: each count is what one finds who chooses it, whatever else is chosen."""

import html
import re

import pytest

from app.search.service import FACETS
from app.web.public.search_facets import meant

pytestmark = pytest.mark.slow
BOX = re.compile(
    r'name="([a-z_.]+)" type="checkbox" value="([^"]+)"( checked)?>'
    r'<label[^>]*><span>([^<]*)</span>(?:<span class="dm-fig">([\d.]+)</span>)?'
)
NAMES = (*FACETS, "freshness")


def choices(page):
    """Return the choices of a page: name and value → how many."""
    text = re.sub(r">\s+<", "><", page)
    return {
        (name, html.unescape(value)): int(count.replace(".", "")) if count else None
        for name, value, _checked, _label, count in BOX.findall(text)
        if name in NAMES
    }


def total(page):
    return int(re.search(r"<h2>([\d.]+) kết quả", page)[1].replace(".", ""))


def test_every_filter_is_there(demo_client):
    page = demo_client.get("/tim-kiem?kind=shared-database").text

    assert {name for name, _value in choices(page)} == set(NAMES)


@pytest.mark.parametrize(
    "address",
    [
        "/tim-kiem?kind=shared-database",
        "/tim-kiem?q=dữ+liệu",
        "/tim-kiem?q=đất",
        "/tim-kiem?kind=shared-database&sharing_class=dung-chung",
        "/tim-kiem?q=dữ+liệu&freshness=late",
        "/tim-kiem?q=dữ+liệu&frequency=DAILY&personal_data=co-ban",
    ],
)
def test_a_count_is_what_is_found_by_choosing_it(demo_client, address):
    page = demo_client.get(address).text
    chosen = re.findall(r"[?&]([a-z_]+)=", address)
    looked_at = {
        pair: count for pair, count in choices(page).items() if pair[0] not in chosen
    }
    assert looked_at
    for (name, value), count in list(looked_at.items())[:30]:
        more = demo_client.get(f"{address}&{name}={value}").text
        assert count is None or total(more) == count, (name, value)


def test_how_fresh_data_are_is_a_filter_of_files_too(demo_client):
    rows = demo_client.get("/tim-kiem.csv?kind=shared-database&freshness=late").text
    page = demo_client.get("/tim-kiem?kind=shared-database&freshness=late").text

    assert len(rows.strip().splitlines()) - 1 == total(page) > 0


def test_a_word_that_is_no_state_is_refused_in_words(demo_client):
    answer = demo_client.get("/tim-kiem?freshness=xyz")

    assert answer.status_code == 400
    assert "Độ mới không có trong danh sách" in answer.text


def test_every_value_is_read_as_people_say_it(demo_client):
    page = re.sub(r">\s+<", "><", demo_client.get("/tim-kiem").text)

    labels = [label for _name, _value, _checked, label, _count in BOX.findall(page)]
    assert labels
    assert not [
        label for label in labels if re.fullmatch(r"[A-Z_0-9]+|[a-z\-]+", label)
    ]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("cơ sở dữ liệu nào chậm cập nhật", {"freshness=late"}),
        ("dữ liệu mở", {"sharing_class=mo"}),
        (
            "dữ liệu cá nhân chia sẻ qua LGSP",
            {
                "personal_data=co-ban",
                "personal_data=nhay-cam",
                "connection_guides.channel=lgsp",
            },
        ),
        (
            "CSDL nào có dữ liệu cá nhân, cập nhật hàng ngày",
            {
                "personal_data=co-ban",
                "personal_data=nhay-cam",
                "frequency=DAILY",
            },
        ),
        ("dữ liệu nào mở cho người dân", {"sharing_class=mo"}),
        ("dữ liệu mỏ đá", set()),
        ("đất đai", set()),
    ],
)
def test_what_a_filter_knows_is_offered_to_who_says_it(demo_client, text, filters):
    page = demo_client.get("/tim-kiem", query_string={"q": text}).text
    offered = re.search(
        r'Lọc cơ sở dữ liệu: <a[^>]*href="([^"]*)">[^<]*</a>\s*\(([\d.]+)\)', page
    )

    if not filters:
        assert offered is None
        return
    href = html.unescape(offered[1])
    assert filters | {"kind=shared-database"} == set(href.split("?")[1].split("&"))
    assert total(demo_client.get(href).text) == int(offered[2])


def test_the_agency_that_a_sentence_names_is_in_the_filter_too(demo_client):
    text = "cơ sở dữ liệu của Sở Tư pháp chậm cập nhật"
    page = demo_client.get("/tim-kiem", query_string={"q": text}).text

    (href,) = re.findall(r'Lọc cơ sở dữ liệu: <a[^>]*href="([^"]*)"', page)
    found = demo_client.get(html.unescape(href)).text
    assert "owner=" in href
    assert 0 < total(found) == found.count("Cơ quan chủ quản: </dt><dd>Sở Tư pháp")


def test_two_values_are_never_read_alike(demo_client):
    page = re.sub(r">\s+<", "><", demo_client.get("/tim-kiem").text)

    read = [(name, label) for name, _value, _on, label, _count in BOX.findall(page)]
    assert len(read) == len(set(read))


def test_a_result_says_whose_it_is_and_that_its_data_are_late(demo_client):
    page = demo_client.get("/tim-kiem?kind=shared-database&freshness=late").text

    assert page.count("Cơ quan chủ quản: ") >= 10
    assert re.search(r"quá hạn \d+ ngày", page)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("dữ liệu chia sẻ qua API", {"kind": ["data-service"]}),
        ("dữ liệu cá nhân nhạy cảm", {"personal_data": ["nhay-cam"]}),
        ("dữ liệu cá nhân", {"personal_data": ["co-ban", "nhay-cam"]}),
        ("đất đai", {}),
    ],
)
def test_a_text_speaks_of_filters(text, filters):
    assert meant(text) == filters


def test_who_asks_for_interfaces_is_led_to_services(demo_client):
    page = demo_client.get("/tim-kiem?q=dữ+liệu+chia+sẻ+qua+API").text
    offered = re.search(r'href="([^"]*kind=data-service[^"]*)"', page)[1]

    assert (
        total(
            demo_client.get(
                f"/tim-kiem{html.unescape(offered)}"
                if offered.startswith("?")
                else html.unescape(offered)
            ).text
        )
        == 3
    )
