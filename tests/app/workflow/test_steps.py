"""The steps that an office takes: endorsement, receiving, recommending; the short lane; who examines; terms by law."""

from datetime import UTC, date, datetime

import pytest
from people import Browser, number_of
from support import agency, database, opened_office

from app import clock
from app.errors import (
    ConflictError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    SetupError,
    TransitionError,
)
from app.permissions import Action, Role
from app.register.latest_versions import latest_version
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import short_lane
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import Involvement, ProposalType
from app.workflow.review_help import earlier_findings, reasons
from app.workflow.time import clocks, terms

REMARK = Remark("description", "Mô tả còn chung chung")


def at(day):
    return clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def standing(office, proposal_id, who=Role.REVIEWER):
    with office.desk(who) as desk:
        found = proposals.get(desk, proposal_id)
        desk.session.expunge(found)
    return found


def small(office, **more):
    """Propose to change who is asked about a database, and whatever else."""
    entry = office.land()
    with office.desk() as desk:
        content = dict(latest_version(desk.session, entry).content)
    content["contact_point"] = {**content["contact_point"], "email": "moi@so.example"}
    return office.propose(
        "shared-database", {**content, **more}, type=ProposalType.AMEND, entry_id=entry
    )


def test_where_heads_endorse_nothing_reaches_the_department_before(tmp_path):
    office = opened_office(
        tmp_path, steps=("endorsement", "receiving", "consultation", "recommendation")
    )
    one = office.propose("agency", agency("Chi cục mới"))

    assert office.act(one, Action.SUBMIT, Role.REGISTRAR) == "endorsing"
    with pytest.raises(TransitionError):
        office.act(one, Action.TAKE, Role.REVIEWER)
    with pytest.raises(InvalidError, match="lý do"):
        office.act(one, Action.DECLINE, Role.HEAD)
    assert (
        office.act(one, Action.DECLINE, Role.HEAD, reason="Ghi tên đầy đủ") == "draft"
    )
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    with pytest.raises(ConflictError):
        office.act(one, Action.ENDORSE, Role.HEAD, seen_hash="0" * 64)
    assert office.act(one, Action.ENDORSE, Role.HEAD) == "submitted"
    assert standing(office, one).due_on is not None
    with office.desk(Role.REGISTRAR) as desk:
        said = [revision.reason for revision in proposals.get(desk, one).revisions]
    assert "Ghi tên đầy đủ" in said


def test_who_wrote_does_not_endorse_and_who_endorsed_does_not_decide(tmp_path):
    office = opened_office(tmp_path, steps=("endorsement",))
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    head, approver = office.actors[Role.HEAD], office.actors[Role.APPROVER]

    office.actors[Role.HEAD] = type(head)(
        office.actors[Role.REGISTRAR].person_id, head.post_id, head.role, head.agency_id
    )
    with pytest.raises(FourEyesError):
        office.act(one, Action.ENDORSE, Role.HEAD)
    office.actors[Role.HEAD] = head
    assert office.act(one, Action.ENDORSE, Role.HEAD) == "in-review"
    office.actors[Role.APPROVER] = type(approver)(
        head.person_id, approver.post_id, approver.role, approver.agency_id, signs=True
    )
    with pytest.raises(FourEyesError):
        office.act(one, Action.APPROVE, Role.APPROVER)


def test_the_agency_of_the_head_only(tmp_path):
    office = opened_office(tmp_path, steps=("endorsement",))
    one = office.propose("agency", agency("Chi cục khác"), "elsewhere")
    office.act(one, Action.SUBMIT, "elsewhere")

    with pytest.raises(NotFoundError):
        office.act(one, Action.ENDORSE, Role.HEAD)


def test_the_smallest_office_sends_and_approves(tmp_path):
    office = opened_office(tmp_path, steps=())
    one = office.propose("agency", agency("Chi cục mới"))

    assert office.act(one, Action.SUBMIT, Role.REGISTRAR) == "in-review"
    with pytest.raises(TransitionError):
        office.act(one, Action.RECOMMEND, Role.REVIEWER)
    office.act(one, Action.FIND, Role.REVIEWER, remarks=(Remark("name", "Ghi đủ tên"),))
    with pytest.raises(InvalidError, match="ý kiến"):
        office.act(one, Action.APPROVE, Role.APPROVER)
    office.act(one, Action.RESOLVE, Role.REVIEWER)
    assert office.act(one, Action.APPROVE, Role.APPROVER) == "entered"


def test_what_stands_in_a_step_that_is_switched_off_goes_on(tmp_path):
    office = opened_office(tmp_path)
    one = office.propose("agency", agency("Chi cục mới"))
    for action, who in ((Action.SUBMIT, Role.REGISTRAR), (Action.TAKE, Role.REVIEWER)):
        office.act(one, action, who)
    office.act(one, Action.RECOMMEND, Role.REVIEWER)

    office.system.__dict__.pop("office")
    object.__setattr__(office.system.settings, "steps", ())
    assert office.act(one, Action.APPROVE, Role.APPROVER) == "entered"


def test_a_small_change_is_closed_by_one_reviewer_who_had_no_hand_in_it(office):
    one = small(office)
    office.act(one, Action.SUBMIT, Role.REGISTRAR)

    with pytest.raises(ConflictError):
        office.act(one, Action.CLEAR, Role.REVIEWER, seen_hash="0" * 64)
    assert office.act(one, Action.CLEAR, Role.REVIEWER) == "entered"
    with office.reading() as register:
        view = register.by_ids([office.entry_of(one)])[office.entry_of(one)]
    assert view.content["contact_point"]["email"] == "moi@so.example"


def test_a_small_change_needs_no_decision_of_the_committee(tmp_path):
    office = opened_office(tmp_path)
    one = small(office)
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.system.__dict__.pop("office")
    object.__setattr__(office.system.settings, "promulgate", ("shared-database",))

    assert office.act(one, Action.CLEAR, Role.REVIEWER) == "entered"


@pytest.mark.parametrize(
    "more", [{"title": {"vi": "Tên khác"}}, {"sharing_class": "mo"}, {"data_items": []}]
)
def test_what_is_not_small_has_no_short_lane(office, more):
    one = small(office, **more)

    with office.desk(Role.REGISTRAR) as desk:
        assert not short_lane.is_short(desk, proposals.get(desk, one))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    with pytest.raises(InvalidError, match="chỗ nhỏ"):
        office.act(one, Action.CLEAR, Role.REVIEWER)


def test_who_mended_a_small_change_does_not_close_it(office):
    one = small(office)
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)
    content = {**standing(office, one).content, "keyword": ["thửa đất"]}
    office.act(one, Action.MEND, Role.REVIEWER, content=content)

    with pytest.raises(FourEyesError):
        office.act(one, Action.CLEAR, Role.REVIEWER)
    with office.reading() as register:
        parts = {
            hand.part
            for hand in register.session.query(Involvement).filter_by(proposal_id=one)
        }
    assert parts == {"author", "editor"}


def test_several_small_changes_are_closed_together_and_one_that_changed_meanwhile_is_told(
    office,
):
    ids = [small(office, keyword=[f"từ {number}"]) for number in range(3)]
    for one in ids:
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    reviewer, page = Browser(office, Role.REVIEWER), "/tham-dinh/sua-nho"
    shown = reviewer.get(page).text
    chosen = [
        part.split('"')[0]
        for part in shown.split('name="phieu" type="checkbox" value="')[1:]
    ]
    assert len(chosen) == 3
    office.act(ids[0], Action.WITHDRAW, Role.REGISTRAR)

    told = reviewer.post(page, {"phieu": chosen}, follow_redirects=True).text

    assert "Đã duyệt 2 phiếu" in told
    assert f"Phiếu số {number_of(office, ids[0])}" in told
    assert [standing(office, one).status for one in ids] == [
        "withdrawn",
        "entered",
        "entered",
    ]


def test_taking_makes_it_mine_and_it_can_be_handed_over(office):
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    assert office.act(one, Action.TAKE, Role.REVIEWER) == "in-review"
    mine = office.actors[Role.REVIEWER].post_id
    assert standing(office, one).assignee_id == mine

    with pytest.raises(InvalidError, match="vị trí thẩm định"):
        office.act(
            one,
            Action.ASSIGN,
            Role.REVIEWER,
            assignee=office.actors[Role.CLERK].post_id,
        )
    office.act(one, Action.ASSIGN, Role.APPROVER, assignee=mine)
    reviewer = Browser(office, Role.REVIEWER)
    assert "Chi cục mới" in reviewer.get("/tham-dinh?cua=toi").text
    assert "Chi cục mới" not in reviewer.get("/tham-dinh?cua=chua").text


def test_the_queue_shows_what_is_due_first_and_why_a_proposal_needs_care(office):
    basis = str(office.law())
    for day in (date(2026, 3, 9), date(2026, 3, 2)):
        content = database(
            str(office.department),
            basis,
            title=f"Ngày {day.day}",
            personal_data="nhay-cam",
        )
        with at(day):
            office.act(
                office.propose("shared-database", content),
                Action.SUBMIT,
                Role.REGISTRAR,
            )

    shown = Browser(office, Role.REVIEWER).get("/tham-dinh").text

    assert shown.index("Ngày 2<") < shown.index("Ngày 9<")
    assert shown.count("Dữ liệu nhạy cảm") == 2


def test_a_field_that_was_returned_before_is_told_with_who_and_why(office):
    first = office.propose(
        "shared-database",
        database(str(office.department), str(office.law()), title="Thứ nhất"),
    )
    office.act(first, Action.SUBMIT, Role.REGISTRAR)
    office.act(first, Action.TAKE, Role.REVIEWER)
    office.act(first, Action.RETURN, Role.REVIEWER, remarks=(REMARK,), reason="Bổ sung")
    second = office.propose(
        "shared-database",
        database(str(office.department), str(office.law()), title="Thứ hai"),
    )
    office.act(second, Action.SUBMIT, Role.REGISTRAR)

    with office.desk(Role.REVIEWER) as desk:
        (told,) = earlier_findings.precedents(desk, proposals.get(desk, second))[
            "description"
        ]
        assert earlier_findings.precedents(desk, proposals.get(desk, first)) == {}

    assert (told.number, told.message) == (number_of(office, first), REMARK.message)
    shown = (
        Browser(office, Role.REVIEWER).get(f"/phieu/{number_of(office, second)}").text
    )
    assert "Phiếu khác từng bị yêu cầu bổ sung ở nội dung này (1)" in shown


def test_reasons_are_kept_together_and_offered_until_they_are_dropped(office):
    reviewer, reason = Browser(office, Role.REVIEWER), "Ghi rõ phạm vi <toàn tỉnh>"
    assert reviewer.post("/tham-dinh/ly-do", {"text": " "}).status_code == 422
    assert reviewer.post("/tham-dinh/ly-do", {"text": reason}).status_code == 302
    assert "đã có" in reviewer.post("/tham-dinh/ly-do", {"text": reason}).text
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)

    offered = '<option value="Ghi rõ phạm vi &lt;toàn tỉnh&gt;">'
    assert offered in reviewer.get(f"/phieu/{number_of(office, one)}").text
    with office.reading() as register:
        (kept,) = reasons.reasons(register.session)
    assert reviewer.post(f"/tham-dinh/ly-do/{kept.id}/bo").status_code == 302
    assert reviewer.post(f"/tham-dinh/ly-do/{kept.id}/bo").status_code == 404
    assert offered not in reviewer.get(f"/phieu/{number_of(office, one)}").text


def test_the_term_is_that_of_the_day_on_which_it_began_whatever_rule_comes_later(
    tmp_path,
):
    rules = tmp_path / "own.csv"
    header = (
        "id,event,title,amount,unit,counted_from,basis,valid_from,valid_to,certainty\n"
    )
    early = "cu,examination,Thẩm định,10,working-day,ngày nhận,Quy chế cũ,2026-01-01,2026-03-10,\n"
    late = (
        "moi,examination,Thẩm định,3,working-day,ngày nhận,Quy chế mới,2026-03-10,,\n"
    )
    mending = "sua,mending,Bổ sung,5,day,ngày trả lại,Quy chế mới,2026-01-01,,\n"
    rules.write_text(header + early + late + mending, encoding="utf-8")
    office = opened_office(tmp_path / "office", deadlines=rules)
    one = office.propose("agency", agency("Chi cục mới"))
    with at(date(2026, 3, 2)):
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    assert (standing(office, one).due_on, standing(office, one).due_rule) == (
        date(2026, 3, 16),
        "cu",
    )
    with at(date(2026, 3, 11)):
        assert office.system.office.until(standing(office, one)) == date(2026, 3, 16)
        office.act(one, Action.TAKE, Role.REVIEWER)
        office.act(
            one,
            Action.RETURN,
            Role.REVIEWER,
            remarks=(Remark("name", "Ghi đủ"),),
            reason="Bổ sung",
        )
        assert (standing(office, one).due_on, standing(office, one).due_rule) == (
            date(2026, 3, 16),
            "sua",
        )
        assert standing(office, one).spent_days == 7
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    assert (standing(office, one).due_on, standing(office, one).due_rule) == (
        date(2026, 3, 11),
        "moi",
    )


def test_where_no_rule_holds_nothing_is_due_and_the_page_says_so(office):
    one = office.propose("agency", agency("Chi cục mới"))
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)
    office.act(
        one,
        Action.RETURN,
        Role.REVIEWER,
        remarks=(Remark("name", "Ghi đủ"),),
        reason="Bổ sung",
    )

    assert standing(office, one).due_on is None
    assert (
        "Bước này chưa có thời hạn quy định"
        in Browser(office, Role.REVIEWER).get(f"/phieu/{number_of(office, one)}").text
    )


@pytest.mark.parametrize(
    ("event", "day", "basis"),
    [
        ("answer-request", date(2025, 8, 18), "Điều 35 khoản 3"),
        # an amending decree shortened it, before the whole decree ended
        ("answer-request", date(2025, 8, 19), "194/2025"),
        ("answer-request", date(2025, 10, 21), "194/2025"),
        ("answer-request", date(2025, 10, 22), "278/2025"),
        ("announce-suspension", date(2025, 10, 21), "47/2020"),
        ("announce-suspension", date(2026, 1, 5), None),
        ("announce-suspension", date(2026, 7, 1), "224/2026"),
        ("mandatory-sharing", date(2026, 1, 1), "278/2025"),
    ],
)
def test_the_law_of_the_day(event, day, basis):
    found = terms.load(None, 20).rule(event, day)

    assert found is None if basis is None else basis in found.basis


def test_no_term_is_computed_where_none_could_be_read(office):
    rule = terms.load(None, 20).rule("answer-request", date(2025, 10, 22))
    since = datetime(2026, 1, 5, 3, tzinfo=UTC)

    assert rule.due(since, office.system.office.calendar) is None
    page = office.client().get("/thoi-han", base_url="https://danhmuc.example").text
    assert "chưa xác minh được thời hạn theo luật" in page


def test_terms_in_every_unit(office):
    # already the 31st here
    calendar, since = (
        office.system.office.calendar,
        datetime(2026, 1, 30, 20, tzinfo=UTC),
    )
    due = {
        rule.unit: rule.due(since, calendar)
        for rule in (
            rule_of(amount, unit)
            for amount, unit in (
                ("3", "day"),
                ("1", "month"),
                ("72", "hour"),
                ("0", "at-once"),
            )
        )
    }

    assert due == {
        "day": date(2026, 2, 3),
        "month": date(2026, 2, 28),
        "hour": date(2026, 2, 3),
        "at-once": date(2026, 1, 31),
    }
    assert rule_of("", "none").due(since, calendar) is None


def rule_of(amount, unit):
    return terms.Rule("x", "x", "", amount, unit, "", "x", date.min, date.max, "")


@pytest.mark.parametrize(
    "row",
    [
        "x,e,t,ba,day,,b,2026-01-01,,",
        "x,e,t,3,giờ,,b,,,",
        "x,e,t,3,day,,b,01/01/2026,,",
        "x,e",
    ],
)
def test_a_wrong_row_of_the_table_of_terms_is_named(tmp_path, row):
    path = tmp_path / "own.csv"
    path.write_text(
        f"id,event,title,amount,unit,counted_from,basis,valid_from,valid_to,certainty\n{row}\n"
    )

    with pytest.raises(SetupError, match="dòng 2"):
        terms.load(path, 20)


def test_a_step_that_there_is_not_is_named(office):
    from app import config

    data = {
        "database_url": "sqlite:///r.db", "search_url": "whoosh:i", "data_dir": "d", "base_uri": "https://a.example",
        "publisher_code": "Y99", "provinces": [{"name": "A", "type": "tỉnh"}], "steps": ["four-eyes"],
    }  # fmt: skip
    with pytest.raises(SetupError, match="four-eyes"):
        config.parse(data, office.system.settings.data_dir)


def test_everybody_can_read_how_long_a_step_takes_by_which_law_and_when_that_held(
    office,
):
    page = office.client().get("/thoi-han", base_url="https://danhmuc.example").text

    for words in (
        "20 ngày làm việc",
        "trước 7 ngày làm việc",
        "31/12/2026",
        "72 giờ",
        "không nêu số ngày",
        "trước ngày 15/12",
    ):
        assert words in page
    # eleven of NĐ 47 until it ended, three of it and one amended two months before
    assert page.count("Đã hết hiệu lực") == 14


def test_the_rule_of_the_province_goes_before_what_the_office_promises(tmp_path):
    path = tmp_path / "own.csv"
    header = (
        "id,event,title,amount,unit,counted_from,basis,valid_from,valid_to,certainty\n"
    )
    path.write_text(header + "own,examination,Thẩm định,7,working-day,,Quy chế,,,\n")
    assert terms.load(path, 20).rule("examination", date(2026, 3, 2)).id == "own"

    for row in (f"{'x' * 61},mending,t,7,day,,b,,,", "own,examination,t,1,month,,b,,,"):
        path.write_text(f"{header}{row}\n")
        with pytest.raises(SetupError, match="dòng 2"):
            terms.load(path, 20)


def test_what_was_sent_before_terms_were_kept_gets_the_one_that_it_has(office):
    one = office.propose("agency", agency("Chi cục mới"))
    with at(date(2026, 3, 2)):
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    with office.desk(Role.REVIEWER) as desk:
        found = proposals.get(desk, one)
        found.due_on = found.due_rule = None
        desk.session.flush()
        clocks.settle(desk.session, desk.office)
    assert (standing(office, one).due_on, standing(office, one).due_rule) == (
        date(2026, 3, 30),
        "review-days-20",
    )
