"""What one agency asks another goes on with whoever comes after them, and comes back with a correction."""

import pytest
from casework import act, case_of, sent
from province import settled

from app.exchange.cases.inputs import Answer
from app.exchange.cases.lifecycle import CaseStatus
from app.operations import audits
from app.permissions import Action, Role

pytestmark = pytest.mark.slow


@pytest.fixture
def province(office):
    return settled(office)


def obstacle(province, addressee):
    return {
        "title": "Chưa rõ thẩm quyền",
        "type": "khac",
        "description": "Hai nơi hiểu khác nhau",
        "addressee": str(addressee),
    }


def asked(province, asking, answering):
    """Have one agency raise an obstacle with another."""
    if asking not in province.people:
        province.hire(asking, 1)
    province.office.actors["asking"] = province.people[asking][0]
    return sent(province.office, "obstacle", obstacle(province, answering), "asking")


def test_both_sides_of_an_open_case_move_and_the_answer_is_the_heirs_to_give(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    office = province.office
    number = asked(province, one, two)
    over = asked(province, one, two)
    act(office, over, Action.WITHDRAW_CASE, "asking", _reason())
    due = case_of(office, number, Role.REVIEWER).due_on

    shown = province.plan("hop-nhat", [one, two], [new])
    keys = [line.key for line in shown.lines if line.what == "case"]
    province.succeed("hop-nhat", [one, two], [new])

    assert set(keys) == {f"việc {number}"}
    case = case_of(office, number, Role.REVIEWER)
    assert (case.asking_id, case.answering_id) == (new, new)
    assert case.content["addressee"] == str(new)
    assert case.due_on == due
    assert case_of(office, over, Role.REVIEWER).asking_id == one
    _sound(office)


def test_the_heir_answers_and_a_correction_brings_it_back(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    office = province.office
    number = asked(province, one, two)
    wrong = province.succeed("sap-nhap", [two], [new])
    province.hire(new, 1)
    office.actors["heir"] = province.people[new][0]
    assert case_of(office, number, "heir").answering_id == new

    province.succeed("dinh-chinh", [new], [two], corrects=str(wrong))

    case = case_of(office, number, "asking")
    assert case.answering_id == two
    assert case.content["addressee"] == str(two)
    _sound(office)


def test_an_answer_that_was_given_before_stays_whose_it_was(province):
    one, two, new = (province.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    office = province.office
    number = asked(province, one, two)
    province.hire(two, 1)
    office.actors["answering"] = province.people[two][0]
    act(office, number, Action.ANSWER_CASE, "answering", Answer("Được"))
    act(office, number, Action.FINISH_CASE, "asking")
    province.succeed("sap-nhap", [two], [new])
    case = case_of(office, number, "asking")
    assert (case.answering_id, case.status) == (two, CaseStatus.DONE)


def _reason():
    from app.exchange.cases.inputs import Reason

    return Reason("Ghi nhầm")


def _sound(office):
    with office.system.database.reading() as session:
        assert audits.altered_cases(session) == []
        table, actions = audits.MEASURED["cases"]
        assert audits.altered_measurements(session, table, actions) == []
