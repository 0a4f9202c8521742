"""Everybody is told once that it is their turn, and why; what else happened comes as a summary."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from people import Browser, number_of
from sqlalchemy import select
from support import agency, database, opened_office, replace

from app import clock
from app.accounts import service as accounts
from app.accounts.models import Person
from app.notify import letters, notices, reminders
from app.notify.models import Letter, Notice
from app.permissions import Action, Role
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Position, Question
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Answer, Remark
from app.workflow.proposals.models import Finding

REMARK = Remark("description", "Mô tả còn chung chung")


def follow(office):
    system = office.system
    notices.follow(system.database, system.profile, system.settings)


def told(office, who):
    """Return what somebody was told: (subject, whether it is their turn, path)."""
    with office.system.database.reading() as session:
        query = (
            select(Notice)
            .where(Notice.person_id == office.actors[who].person_id)
            .order_by(Notice.id)
        )
        return [
            (one.subject.split(":")[0], one.turn, one.path)
            for one in session.scalars(query)
        ]


def sent(office, title="Đất đai"):
    one = office.propose(
        "shared-database",
        database(str(office.department), str(office.law()), title=title),
    )
    follow(office)
    forget(office)
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    return one


def forget(office):
    with office.system.database.transaction() as session:
        for table in (Notice, Letter):
            for row in session.scalars(select(table)):
                session.delete(row)


def letters_of(office):
    with office.system.database.reading() as session:
        return [
            (letter.subject, letter.text)
            for letter in session.scalars(select(Letter).order_by(Letter.id))
        ]


def test_the_turn_goes_from_hand_to_hand_and_each_hears_of_theirs_only(office):
    one = sent(office)
    path = f"/phieu/{number_of(office, one)}"
    follow(office)
    assert told(office, Role.REVIEWER) == [("Phiếu chờ thẩm định", True, path)]
    office.act(one, Action.TAKE, Role.REVIEWER)
    office.act(one, Action.RETURN, Role.REVIEWER, remarks=(REMARK,), reason="Bổ sung")
    follow(office)
    assert told(office, Role.REGISTRAR) == [
        ("Phiếu cần bổ sung", True, f"{path}/phan/general#description")
    ]
    with office.desk() as desk:
        finding = desk.session.scalar(
            select(Finding.id).where(Finding.post_id.is_not(None))
        )
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)
    office.act(one, Action.REPLY, Role.REGISTRAR, answers=(Answer(finding, "Đã sửa"),))
    follow(office)
    assert [subject for subject, _, _ in told(office, Role.REVIEWER)][1:] == [
        "Phiếu chờ thẩm định",
        "Ý kiến thẩm định được trả lời",
    ]
    office.act(one, Action.RESOLVE, Role.REVIEWER)
    office.act(one, Action.RECOMMEND, Role.REVIEWER)
    follow(office)
    assert told(office, Role.APPROVER) == [("Phiếu chờ phê duyệt", True, path)]
    office.act(one, Action.APPROVE, Role.APPROVER)
    follow(office)

    assert told(office, Role.REGISTRAR)[1:] == [("Đã vào danh mục", False, path)]
    assert [
        told(office, who)
        for who in (Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR, "elsewhere")
    ] == [
        [],
        [],
        [],
        [],
    ]


def test_following_again_or_from_the_start_tells_nobody_twice(office):
    sent(office)
    follow(office)
    before = told(office, Role.REVIEWER), len(letters_of(office))
    with office.system.database.transaction() as session:
        from app import journal

        journal.advance(session, notices.NAME, 0)
    follow(office)

    assert (told(office, Role.REVIEWER), len(letters_of(office))) == before


def test_a_letter_says_why_and_leads_to_the_field(office):
    one = sent(office, title="Đất đai <thử>")
    office.act(one, Action.TAKE, Role.REVIEWER)
    office.act(one, Action.RETURN, Role.REVIEWER, remarks=(REMARK,), reason="Bổ sung")
    follow(office)

    subject, text = letters_of(office)[-1]
    assert subject == "Phiếu cần bổ sung: Đất đai <thử>"
    assert (
        f"https://danhmuc.example/phieu/{number_of(office, one)}/phan/general#description"
        in text
    )
    assert "Ông/Bà nhận thư này vì: Quý cơ quan đã gửi phiếu này." in text
    today = f"{clock.today():%d/%m/%Y}"
    assert (
        f"Tiến độ: Lập phiếu {today} → Tiếp nhận {today} → [Thẩm định: đang làm] → "
        "Phê duyệt → Vào danh mục\n" in text
    )
    address = re.search(r"https://danhmuc.example(/phieu/\S+)", text)[1]
    assert 'id="description"' in Browser(office, Role.REGISTRAR).get(address).text


def test_old_rows_are_no_news(office):
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    with clock.frozen(clock.now() + timedelta(days=8)):
        follow(office)

    assert told(office, Role.REVIEWER) == []


def test_who_is_asked_is_told_and_who_asked_hears_that_all_have_answered(office):
    one = sent(office)
    office.act(one, Action.TAKE, Role.REVIEWER)
    asked = Question(
        "Phạm vi có trùng không?", clock.today() + timedelta(days=5), (office.other,)
    )
    office.act(one, Action.CONSULT, Role.REVIEWER, question=asked)
    follow(office)
    with office.desk("elsewhere") as desk:
        number = consultation_queries.about(
            desk.session, office_row(desk.session, one)
        )[0].number
        consultations.answer(desk, number, Position("disagree", "Trùng"))
    follow(office)

    assert told(office, "elsewhere")[0][1:] == (True, f"/lay-y-kien/{number}")
    assert told(office, Role.REVIEWER)[-1][1:] == (True, f"/lay-y-kien/{number}")


def office_row(session, proposal_id):
    return session.get(proposals.Proposal, proposal_id)


def test_heads_are_told_and_the_reviewer_only_when_it_reaches_them(tmp_path):
    office = opened_office(
        tmp_path, steps=("endorsement", "receiving", "recommendation")
    )
    follow(office)
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    follow(office)
    before = told(office, Role.REVIEWER)
    office.act(one, Action.ENDORSE, Role.HEAD)
    follow(office)

    assert told(office, Role.HEAD)[-1][0] == "Chờ duyệt"
    assert len(told(office, Role.REVIEWER)) == len(before) + 1


def test_reminders_come_before_on_and_after_the_day_and_rise(office):
    one = sent(office)
    with clock.frozen(datetime(2026, 3, 2, 2, tzinfo=UTC)):
        office.act(one, Action.WITHDRAW, Role.REGISTRAR)
        two = office.propose(
            "shared-database",
            database(str(office.department), str(office.law()), title="Rừng"),
        )
        office.act(two, Action.SUBMIT, Role.REGISTRAR)
    forget(office)  # due on 30 March, twenty working days later
    for day in (
        date(2026, 3, 23),
        date(2026, 3, 27),
        date(2026, 3, 28),
        date(2026, 3, 30),
        date(2026, 3, 31),
    ):
        for _twice in range(2):
            remind(office, day)

    assert [subject for subject, _, _ in told(office, Role.REVIEWER)] == [
        "Còn 5 ngày làm việc",
        "Còn 1 ngày làm việc",
        "Hôm nay là hạn",
        "Quá hạn",
    ]
    assert [subject for subject, _, _ in told(office, Role.APPROVER)] == ["Quá hạn"]
    assert told(office, Role.REGISTRAR) == []


def remind(office, day):
    system = office.system
    with (
        clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)),
        system.database.transaction() as session,
    ):
        reminders.remind(session, system.profile, system.office, system.settings, day)


def test_the_description_and_the_data_have_clocks_of_their_own(office):
    office.land(frequency="MONTHLY", last_updated="2026-01-05", review_interval=12)
    forget(office)
    today = clock.today()
    until = date(today.year + 1, today.month, min(today.day, 28))

    remind(office, until - timedelta(days=7))
    assert [subject for subject, _, _ in told(office, Role.REGISTRAR)] == [
        "1 cơ sở dữ liệu đến hạn xác nhận thông tin còn đúng"
    ]
    remind(office, date(today.year + 1, 1, 1))
    assert (
        told(office, Role.REGISTRAR)[-1][0]
        == "1 cơ sở dữ liệu quá hạn cập nhật dữ liệu"
    )


def test_the_summary_is_written_once_for_who_wants_it(office):
    one = sent(office)
    for action, who in (
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
        (Action.REJECT, Role.APPROVER),
    ):
        office.act(
            one, action, who, **({"reason": "Trùng"} if action is Action.REJECT else {})
        )
    follow(office)
    with office.system.database.transaction() as session:
        session.query(Letter).delete()
    for _twice in range(2):
        with office.system.database.transaction() as session:
            letters.summarise(
                session, office.system.settings, clock.today() + timedelta(days=1)
            )
    ((subject, text),) = letters_of(office)
    assert subject == "Danh mục cơ sở dữ liệu dùng chung: 1 thông báo"
    assert "Không được phê duyệt: Đất đai" in text

    registrar = Browser(office, Role.REGISTRAR)
    assert registrar.post("/thong-bao/ban-tin", {"digest": "0"}).status_code == 302
    with office.system.database.transaction() as session:
        assert (
            session.scalar(
                select(Person.digest).where(
                    Person.id == office.actors[Role.REGISTRAR].person_id
                )
            )
            is False
        )
        session.query(Letter).delete()
        letters.summarise(
            session, office.system.settings, clock.today() + timedelta(days=1)
        )
    assert letters_of(office) == []


def test_the_page_counts_what_was_not_seen_and_forgets_the_count_when_told_to(office):
    sent(office, title="Đất đai <thử>")
    follow(office)
    reviewer = Browser(office, Role.REVIEWER)
    page = reviewer.get("/thong-bao").text
    assert "Thông báo (1)" in page
    assert "Đất đai &lt;thử&gt;" in page
    upto = re.search(r'name="upto" value="(\d+)"', page)[1]

    assert reviewer.post("/thong-bao/da-xem", {"upto": upto}).status_code == 302
    assert "Thông báo (1)" not in reviewer.get("/thong-bao").text
    assert (
        "Thông báo (1)" not in Browser(office, Role.AUDITOR).get("/viec-cua-toi").text
    )


def test_nobody_whose_account_is_closed_or_who_left_the_post_is_told(office):
    with office.system.database.transaction() as session:
        person = session.get_one(Person, office.actors[Role.REVIEWER].person_id)
        person.disabled_at, person.disabled_for = clock.now(), "asked"
    sent(office)
    follow(office)
    assert told(office, Role.REVIEWER) == []
    with office.system.database.transaction() as session:
        session.get_one(
            Person, office.actors[Role.REVIEWER].person_id
        ).disabled_at = None
        actor = office.actors[Role.REVIEWER]
        accounts.relieve(session, actor.post_id, actor.person_id, clock.today())
    sent(office, "Rừng")
    follow(office)

    assert told(office, Role.REVIEWER) == []


@pytest.mark.parametrize("upto", ["", "-1", "x", "9" * 30])
def test_nonsense_marks_nothing(office, upto):
    assert Browser(office, Role.REVIEWER).post(
        "/thong-bao/da-xem", {"upto": upto}
    ).status_code in (302, 400, 422)


def test_one_act_over_many_proposals_is_one_letter_and_a_notice_for_each(office):
    basis = str(office.law())
    ids = [
        office.propose(
            "shared-database",
            database(str(office.department), basis, title=f"CSDL {number}"),
        )
        for number in range(5)
    ]
    follow(office)
    forget(office)
    for one in ids:
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    follow(office)

    assert len(told(office, Role.REVIEWER)) == 5
    ((subject, text),) = letters_of(office)
    assert subject == "Phiếu chờ thẩm định: 5 phiếu"
    assert all(f"/phieu/{number_of(office, one)}" in text for one in ids)


def test_what_cannot_be_told_keeps_nothing_else_from_being_followed(
    office, monkeypatch
):
    def broken(_scene):
        raise RuntimeError("thử")

    monkeypatch.setitem(notices.TELLS, "proposal.submit", broken)
    entry = office.land()
    office.system.follow()

    with office.system.database.reading() as session:
        assert office.system.search_projection.missing(session) == []
    assert entry


def test_a_line_break_in_a_title_stops_neither_mail_nor_what_follows(office, tmp_path):
    sent(office, title="Đất\nđai")
    settings = replace(
        office.system.settings,
        mail_server=f"mbox:{tmp_path}/mail.mbox",
        mail_from="a@thu.example",
    )
    system = type(office.system)(settings)
    with system.database.transaction() as session:
        person = office.actors[Role.REVIEWER].person_id
        letters.write(session, person, "từ trước", "Dòng một\nDòng hai", "Kính gửi")

    system.follow()
    with system.database.reading() as session:
        assert [
            letter.sent_at is None for letter in session.scalars(select(Letter))
        ] == [False, False]
        assert system.search_projection.missing(session) == []
    system.database.engine.dispose()
    assert told(office, Role.REVIEWER)[0][0] == "Phiếu chờ thẩm định"


def test_on_a_saturday_nobody_is_told_that_fridays_term_ends_today(office):
    with clock.frozen(datetime(2026, 3, 2, 2, tzinfo=UTC)):
        sent(office)
    with office.system.database.transaction() as session:
        for row in session.scalars(select(proposals.Proposal)):
            row.due_on = date(2026, 3, 27) if row.due_on else None
    forget(office)
    remind(office, date(2026, 3, 28))

    assert told(office, Role.REVIEWER) == []


def test_what_was_entered_by_a_decision_is_told_once(tmp_path):
    office = opened_office(tmp_path)
    one = sent(office)
    for action, who in (
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
        (Action.APPROVE, Role.APPROVER),
    ):
        office.act(one, action, who)
    follow(office)

    assert [subject for subject, _, _ in told(office, Role.REGISTRAR)] == [
        "Đã vào danh mục"
    ]


def test_many_turns_in_an_hour_are_two_letters(office):
    """The first goes out at once, what comes within the hour together when it is over."""
    with clock.frozen(datetime(2026, 3, 2, 2, tzinfo=UTC)):
        follow(office)
        for number in range(12):
            one = office.propose("agency", agency(f"Chi cục {number}"))
            office.act(one, Action.SUBMIT, Role.REGISTRAR)
            follow(office)
        found = letters_to(office, Role.REVIEWER)
        assert len(found) == 2
        assert found[0].not_before is None
        assert "Chi cục 0" in found[0].text
        assert found[1].not_before == clock.now() + letters.GATHERED
        assert found[1].subject == "Phiếu chờ thẩm định: 11 phiếu"
        assert all(f"Chi cục {number}" in found[1].text for number in range(1, 12))
    with clock.frozen(datetime(2026, 3, 2, 5, tzinfo=UTC)):
        one = office.propose("agency", agency("Chi cục muộn"))
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
        follow(office)
        assert letters_to(office, Role.REVIEWER)[-1].not_before is None


def letters_to(office, role):
    person = office.actors[role].person_id
    with office.system.database.reading() as session:
        query = select(Letter).where(Letter.person_id == person)
        return session.scalars(query.order_by(Letter.id)).all()
