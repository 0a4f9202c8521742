"""In a register of 2,000 databases and 10,000 connections every planted question is answered right, every list is exact."""

import planted
import pytest
from people import Browser

from app.exchange import discrepancies, paths
from app.permissions import Audience, Role
from catalog_schema.profile import Visibility

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    from support import opened_office

    office = opened_office(tmp_path_factory.mktemp("planted"))
    return office, planted.plant(office)


def test_every_path_is_answered_right_on_its_days(world):
    office, what = world
    wrong = []
    for agency, item, day, expected in what.questions:
        with office.reading(as_of=day) as register:
            databases = paths.with_item(register, item)
            found = paths.paths(register, agency, databases, item)
        held = {link.link: link.held for link in found[0].links} if found else None
        if held != expected:
            wrong.append((item, day, held, expected))

    assert len(what.questions) >= 600
    assert wrong == []


def test_every_list_is_exactly_what_was_planted(world):
    office, what = world
    with office.reading(audience=Audience(Visibility.STATE)) as register:
        lists = discrepancies.lists(register)

    for gap, lines in lists.items():
        assert {line.view.title for line in lines} == what.lists[gap], gap
        assert len(lines) == len(what.lists[gap])
        assert len(lines) >= planted.OF_EACH_LIST


def test_the_pages_open(world):
    office, what = world
    reviewer = Browser(office, Role.REVIEWER)

    for address in (
        "/chia-se",
        "/chia-se?co-quan=Cơ quan thứ 20&du-lieu=Hạng mục cần 0",
        "/chia-se/do-moi",
        "/chia-se/luu-thong",
        "/chia-se/doi-chieu",
    ):
        assert reviewer.get(address).status_code == 200, address
    page = reviewer.get("/chia-se").get_data(as_text=True)
    assert f"{what.connections:,} kết nối".replace(",", ".") in page
