"""30/4/2026: the province became a city and ten communes wards; names changed, codes and borders did not."""

from collections import Counter
from datetime import date, timedelta

import pytest

from app.operations.installation import open_register
from app.register import codes
from app.register.filters import Filter

pytestmark = pytest.mark.slow
DAY = date(2026, 4, 30)
BEFORE = DAY - timedelta(days=1)


def of_the_day(demo, day, *texts):
    with open_register(demo, day, None) as register:
        return [titles(answer) for answer in codes.resolve(register, texts)]


def titles(answer):
    return [view.title for view in answer.names]


def test_there_are_62_communes_and_33_wards_where_72_and_23_were(demo):
    def units(day):
        with open_register(demo, day, None) as register:
            titles = [
                view.title for view in register.all(Filter(("agency",), ("in-force",)))
            ]
        words = Counter(
            title.removeprefix("Ủy ban nhân dân ").split()[0]
            for title in titles
            if title.startswith("Ủy ban nhân dân ")
        )
        return words["xã"], words["phường"]

    assert units(BEFORE) == (72, 23)
    assert units(DAY) == (62, 33)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("25270", "Ủy ban nhân dân xã Lộc Ninh", "Ủy ban nhân dân phường Lộc Ninh"),
        ("26485", "Ủy ban nhân dân xã Nhơn Trạch", "Ủy ban nhân dân phường Nhơn Trạch"),
        ("H19", "Ủy ban nhân dân tỉnh Đồng Nai", "Ủy ban nhân dân thành phố Đồng Nai"),
        ("K19", "Hội đồng nhân dân tỉnh Đồng Nai", "Hội đồng nhân dân thành phố Đồng Nai"),
        ("75", "Ủy ban nhân dân tỉnh Đồng Nai", "Ủy ban nhân dân thành phố Đồng Nai"),
    ],
)  # fmt: skip
def test_a_code_leads_to_the_name_of_the_day(demo, code, before, after):
    assert of_the_day(demo, BEFORE, code) == [[before]]
    assert of_the_day(demo, DAY, code) == [[after]]


def test_pages_name_the_province_as_what_it_was_on_the_day(demo_client):
    assert "dùng chung của tỉnh" in demo_client.get(f"/?as_of={BEFORE}").text
    assert "dùng chung của thành phố" in demo_client.get(f"/?as_of={DAY}").text
    # the frame too, on every page that has a day
    frame = '<small lang="vi">{} Đồng Nai</small>'
    for path in ("/", "/tim-kiem", "/doc/csdl/CSDL-0062"):
        page = demo_client.get(f"{path}?as_of={BEFORE}").text
        assert frame.format("Tỉnh") in page, path
        assert frame.format("Thành phố") in demo_client.get(path).text, path
