"""Who hears of a case: the side whose turn it is, and, as its day comes and goes, who stands above."""

from datetime import date, timedelta

from casework import act, case_of, lands, request, sent, staffed
from sqlalchemy import select
from support import agency

from app import clock
from app.accounts.models import Person
from app.exchange.cases import service, settling
from app.exchange.cases.inputs import Grant, Reason, Remark
from app.exchange.cases.lifecycle import CaseStatus
from app.notify import notices, reminders
from app.notify.models import Notice
from app.permissions import Action, Role


def told(office):
    """Return (address, subject) of every notice, after the journal was followed."""
    system = office.system
    notices.follow(system.database, system.profile, system.settings)
    with system.database.reading() as session:
        query = select(Person.email, Notice.subject).join(
            Notice, Notice.person_id == Person.id
        )
        return set(map(tuple, session.execute(query)))


def remind(office, day):
    system = office.system
    with system.database.transaction() as session:
        reminders.remind(session, system.profile, system.office, system.settings, day)


def asked(office):
    staffed(office)
    database, law = lands(office)
    return sent(office, "data-request", request(database, law))


def heard(office, number, word):
    title = case_of(office, number).title
    return {who for who, subject in told(office) if subject == f"{word}: {title}"}


def test_each_turn_is_told_to_the_side_that_has_it(office):
    number = asked(office)
    assert heard(office, number, "Chờ trả lời") == {
        "khac@thu.example",
        "lanh-dao@thu.example",
    }
    act(office, number, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    confirming = heard(office, number, "Chờ xác nhận đồng ý")
    assert confirming == {"lanh-dao@thu.example"}
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")
    asking = heard(office, number, "Đã đồng ý, dữ liệu chưa chạy")
    assert "registrar@thu.example" in asking
    assert "khac@thu.example" not in asking


def test_what_is_said_is_told_to_the_other_side(office):
    number = asked(office)
    act(office, number, Action.NOTE_CASE, "elsewhere", Remark("Cần thêm thời gian"))
    who = heard(office, number, "Có trao đổi mới")
    assert "registrar@thu.example" in who
    assert "khac@thu.example" not in who


def test_an_owner_without_account_is_followed_by_the_department(office):
    insurance = office.enter("agency", agency("Bảo hiểm xã hội"))
    content = request(None, office.law(), addressee=str(insurance))
    del content["database"]
    number = sent(office, "data-request", content, since=date(2026, 11, 2))
    assert "reviewer@thu.example" in heard(office, number, "Chờ trả lời")
    remind(office, case_of(office, number).due_on)
    assert "reviewer@thu.example" in heard(office, number, "Hôm nay là hạn trả lời")


def test_reminders_climb_from_contact_to_head_to_department(office):
    number = asked(office)
    due = case_of(office, number).due_on
    calendar = office.system.office.calendar

    def late(days):
        day = due
        for _ in range(days):
            day = calendar.next(day)
        return day

    title = case_of(office, number).title
    for day, expected in (
        (due - timedelta(days=9), set()),
        (due, {"khac@thu.example"}),
        (late(1), {"khac@thu.example", "lanh-dao@thu.example"}),
    ):
        before = told(office)
        remind(office, day)
        new = {who for who, subject in told(office) - before if title in subject}
        assert new == expected, day
    before = told(office)
    remind(office, late(3))
    with office.system.database.reading() as session:
        query = select(Notice.key).where(Notice.key.like(f"case {number} %"))
        keys = set(session.scalars(query))
    last = {key for key in keys if f" {due} -3 " in key}
    assert len(last) >= 4
    remind(office, late(3))
    assert told(office) == told(office) | before


def test_what_is_answered_is_not_reminded_of(office):
    number = asked(office)
    due = case_of(office, number).due_on
    act(office, number, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")
    before = told(office)
    remind(office, due)
    assert told(office) == before


def test_a_case_is_over_by_itself_on_the_day_on_which_data_run(office):
    from sharing import connection

    number = asked(office)
    act(office, number, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")
    system = office.system
    with system.database.transaction() as session:
        assert settling.finish(session, system.profile, clock.today()) == 0
    line = connection(
        "Đất đai",
        office.other,
        source=str(office.other),
        target=str(office.department),
        source_database=str(case_of(office, number).about_id),
    )
    office.enter("connection", line, "elsewhere")
    with system.database.transaction() as session:
        assert settling.finish(session, system.profile, clock.today()) == 1
    assert case_of(office, number).status is CaseStatus.DONE
    assert "registrar@thu.example" in heard(office, number, "Đã xong")
    assert "finish-cases" in system.daily


def test_who_no_longer_has_to_answer_is_told_nothing_and_again_once_they_do(office):
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    content = {
        "title": "Chưa rõ thẩm quyền",
        "type": "khac",
        "description": "Hai nơi hiểu khác nhau",
        "addressee": str(office.other),
    }
    number = sent(office, "obstacle", content)
    title = case_of(office, number).title
    before = told(office)
    with office.desk(Role.REVIEWER) as desk:
        whole = {**content, "title": "Kiến nghị", "addressee": str(ministry)}
        into = service.gather(desk, [number], whole).number
    assert {one for one in told(office) - before if title in one[1]} == set()
    due = case_of(office, number).due_on
    remind(office, due)
    assert {one for one in told(office) - before if title in one[1]} == set()
    with office.system.database.transaction() as session:
        count = session.query(Notice).count()
    act(office, into, Action.WITHDRAW_CASE, Role.REVIEWER, Reason("Nhầm"))
    told(office)
    with office.system.database.transaction() as session:
        assert session.query(Notice).count() > count
