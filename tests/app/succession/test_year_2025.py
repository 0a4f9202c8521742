"""What is known of the reorganisation of 2025 comes out right: both trees, every old commune, every closed code."""

import csv
import io
from collections import defaultdict
from datetime import date

import pytest
from conftest import ROOT

from app.register import codes, tree
from app.register.codes import CodeStatus
from app.register.conditions import Condition
from app.register.queries import Register
from app.register.standing import moment

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
UNIT = "administrative_unit"


@pytest.fixture(scope="module")
def at(demo):
    """The demonstration on a day."""

    def opened(day):
        return Register(session, demo.profile, moment(session, day))

    with demo.database.reading() as session:
        yield opened


@pytest.fixture(scope="module")
def links():
    """Which old communes went into which new ones: codes of the source, (old code, old name) → {new code}."""
    found = defaultdict(set)
    path = ROOT / "fixtures" / "data" / "successions_2025.csv"
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        for old in row["from"].split("|"):
            for new in row["to"].split("|"):
                if old.startswith("ĐVHC ") and new.startswith("ĐVHC "):
                    found[old.removeprefix("ĐVHC ")].add(new.removeprefix("ĐVHC "))
    return found


def provinces(at, day):
    """Return name → branch of the two provincial committees, where they stand on a day."""
    named = {branch.agency.title: branch for branch in tree.agencies(at(day))}
    names = ("Ủy ban nhân dân tỉnh Bình Phước", "Ủy ban nhân dân tỉnh Đồng Nai")
    return [named.get(name) for name in names]


def units(branch, length):
    return [
        b
        for b in branch.below
        if len(b.agency.content.get(UNIT, {}).get("code", "")) == length
    ]


def test_the_tree_of_the_last_day_has_two_provinces_with_districts_and_their_communes(
    at,
):
    north, south = provinces(at, BEFORE)

    assert [len(units(branch, 3)) for branch in (north, south)] == [11, 11]
    assert [len(units(branch, 5)) for branch in (north, south)] == [0, 0]
    assert (
        sum(
            len(units(district, 5))
            for branch in (north, south)
            for district in units(branch, 3)
        )
        == 270
    )
    assert [code.title for code in north.codes] == ["H10"]


def test_the_tree_of_the_first_day_has_one_province_with_95_communes_and_no_district(
    at,
):
    north, south = provinces(at, AFTER)

    assert north is None
    assert (len(units(south, 3)), len(units(south, 5))) == (0, 95)
    assert [code.title for code in south.codes] == ["H19"]


def test_each_of_the_270_old_communes_leads_to_what_has_come_in_its_place(at, links):
    before, after = at(BEFORE), at(AFTER)
    old = codes.resolve(before, links)
    assert len(links) == 270
    for answer in old:
        (hit,) = answer.hits
        assert hit.standing is CodeStatus.IN_USE
        gone = after.by_ids([hit.entry.id])[hit.entry.id]
        by_name = codes.resolve(after, [gone.local_id])[0]
        assert by_name.standing is CodeStatus.CLOSED
        assert {view.content[UNIT]["code"] for view in by_name.names} == links[
            answer.asked
        ], gone.title
    assert len(next(answer for answer in old if answer.asked == "26449").hits) == 1


def test_a_commune_code_that_was_used_again_answers_by_the_day(at):
    def name(day):
        (hit,) = codes.resolve(at(day), ["25217"])[0].hits
        return hit.entry.content[UNIT]["name"]["vi"]

    assert (name(BEFORE), name(AFTER)) == ("Phường Long Thủy", "Phường Phước Long")


@pytest.mark.parametrize(("code", "successor"), [("H10", "H19"), ("K10", "K19")])
def test_the_codes_of_the_province_that_was_taken_in_close_on_the_day(
    at, code, successor
):
    (before,), (after,) = (
        codes.resolve(at(BEFORE), [code]),
        codes.resolve(at(AFTER), [code]),
    )

    # it was there, and nobody knows since when
    assert before.standing is CodeStatus.IN_USE
    assert before.hits[0].entry.thing.condition is Condition.START_UNKNOWN
    assert (after.standing, [view.title for view in after.names]) == (
        CodeStatus.CLOSED,
        [successor],
    )


def test_the_code_of_a_department_of_before_leads_to_who_took_it_in(at):
    (answer,) = codes.resolve(at(AFTER), ["H19.4"])

    assert [view.title for view in answer.names] == ["Sở Tài chính"]
    assert answer.names[0].valid_from == date(2025, 3, 1)
