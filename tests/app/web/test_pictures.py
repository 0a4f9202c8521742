"""Pictures say what the table beside them says, and are drawn by the server alone."""

import re
from datetime import date
from html import unescape
from itertools import pairwise

from app.web.display import pictures


def test_a_bar_is_as_wide_as_its_counts():
    parts = [("k-shared", 3), ("k-private", 0), ("k-open", 1)]
    assert pictures.stacked(parts, 8) == [
        pictures.Segment("k-shared", 0.0, 37.5),
        pictures.Segment("k-open", 37.5, 12.5),
    ]
    assert pictures.stacked([("k-shared", 0)], 0) == []


def test_a_flow_leads_everybody_to_whoever_they_became():
    links = [("A", "A"), ("B", "A"), ("C", "D")]
    drawn = pictures.flow(links)
    assert [ribbon.moved for ribbon in drawn.ribbons] == [False, True, True]
    left = {node.name: node for node in drawn.nodes if node.left}
    right = {node.name: node for node in drawn.nodes if not node.left}
    assert (set(left), set(right)) == ({"A", "B", "C"}, {"A", "D"})
    assert {name for name, node in left.items() if node.moved} == {"B", "C"}
    assert right["A"].height == 2 * right["D"].height
    for side in (left, right):
        spans = sorted((node.y, node.y + node.height) for node in side.values())
        assert spans[0][0] >= 0
        assert spans[-1][1] <= drawn.height
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_owners_by_class_stand_in_a_table_with_their_bars(demo_client):
    page = demo_client.get("/chu-quan").get_data(as_text=True)
    row = next(part for part in page.split("<tr") if "Sở Nội vụ</a>" in part)
    counts = [
        int(re.sub("<[^>]+>", "", cell))
        for cell in re.findall(r'class="dm-num"[^>]*>(.*?)</td>', row)
    ]
    assert counts[0] == sum(counts[1:])
    widths = [float(one) for one in re.findall(r'<rect[^>]*width="([\d.]+)%"', row)]
    assert len(widths) == sum(count > 0 for count in counts[1:])
    assert "<script" not in row
    assert "style=" not in row


def test_mergers_are_drawn_titled_and_in_a_table(demo_client):
    page = demo_client.get("/co-quan").get_data(as_text=True)
    section = page[page.index('id="sap-xep"') :].split("</section>")[0]
    assert 'role="img"' in section
    assert "<title" in section
    assert "<desc" in section
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", section)
    assert ("Sở Giao thông vận tải", "Sở Xây dựng") in rows
    assert section.count("k-ribbon") >= len(rows)
    before = demo_client.get("/co-quan?as_of=2021-12-31").get_data(as_text=True)
    assert 'id="sap-xep"' not in before


def test_days_to_look_back_to_are_links(demo_client):
    page = demo_client.get("/").get_data(as_text=True)
    stops = re.search('<ol class="dm-stops">.*?</ol>', page, re.DOTALL)[0]
    assert 'href="/?as_of=2021-12-31"' in stops
    assert 'href="/?as_of=2025-07-01"' in stops
    assert 'aria-current="date"' in stops


def test_a_lane_has_what_held_between_its_days_and_words_only_where_they_fit():
    start, end, today = date(2022, 1, 1), date(2026, 1, 1), date(2025, 1, 1)
    spans = [
        pictures.Span(date(2020, 1, 1), date(2024, 1, 1), pictures.KEPT, "Sở A"),
        pictures.Span(date(2024, 1, 1), end, pictures.VOID, "không " * 20),
    ]
    drawn = pictures.lanes([("Chủ quản", spans)], start, end, today)

    (lane,) = drawn.rows
    first, second = lane.bars
    assert (first.x, first.words, second.words) == (0, "Sở A", "")
    assert first.width == second.x
    assert second.x + second.width == 100
    assert drawn.today == second.x + round(second.width * 366 / 731, 2)
    assert drawn.void
    assert [year for year, _x in drawn.years] == [2022, 2023, 2024, 2025]


def test_the_lanes_of_a_database_say_in_words_what_is_drawn(demo_client):
    page = demo_client.get("/doc/csdl/CSDL-0062").get_data(as_text=True)
    told = re.search('<desc id="hieu-luc-d">(.*?)</desc>', page, re.DOTALL)[1]

    assert " ".join(unescape(told).split()) == (
        "Cơ quan chủ quản: Sở Tài nguyên và Môi trường từ 31/12/2021; "
        "Sở Nông nghiệp và Môi trường từ 01/03/2025. "
        "Căn cứ pháp lý: không có gì từ 31/12/2021; 31/2024/QH15 từ 01/08/2024; "
        "31/2024/QH15, 60/2024/QH15 từ 01/07/2025. "
        "Xác nhận của cơ quan: chưa có."
    )
    assert "Phần gạch chéo đỏ: không căn cứ nào đã khai có hiệu lực." in page


def test_of_a_day_that_is_past_no_lanes_are_drawn(demo_client):
    for path in ("/doc/csdl/CSDL-0062?as_of=2022-01-01", "/doc/co-quan/CQ-0001"):
        page = demo_client.get(path).get_data(as_text=True)
        assert "dm-lane" not in page
