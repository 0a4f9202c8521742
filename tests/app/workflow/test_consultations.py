"""Other agencies are asked for their opinion, answer or stay silent, and each answer is handled before it goes up."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from people import Browser, form_fields, number_of
from support import agency, authority, database, opened_office, working_day

from app import clock
from app.errors import ForbiddenError, InvalidError, NotFoundError, TransitionError
from app.notify import notices
from app.permissions import Action, Role
from app.workflow import reassignment
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Position, Question
from app.workflow.consultations.models import Opinion
from app.workflow.consultations.verdicts import Verdict
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Issuer
from app.workflow.decisions.service import Draft
from app.workflow.decisions.text import Wording
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Remark

TITLE = "Cơ sở dữ liệu đất đai"
DISAGREES = Position(
    "disagree", "Trùng với cơ sở dữ liệu nông nghiệp", [("title", "Đổi tên cho rõ")]
)


def ahead(days=5):
    return clock.today() + timedelta(days=days)


@pytest.fixture
def examined(office):
    one = office.propose(
        "shared-database",
        database(str(office.department), str(office.law()), title=TITLE),
    )
    office.act(one, Action.SUBMIT, Role.REGISTRAR)
    office.act(one, Action.TAKE, Role.REVIEWER)
    return one


def ask(office, proposal_id, *agencies, due=None):
    asked = Question(
        "Đề nghị cho ý kiến về phạm vi", due or ahead(), agencies or (office.other,)
    )
    office.act(proposal_id, Action.CONSULT, Role.REVIEWER, question=asked)
    with office.desk(Role.REVIEWER) as desk:
        return consultation_queries.about(
            desk.session, proposals.get(desk, proposal_id)
        )[-1].number


def answer(office, number, answered, who="elsewhere"):
    with office.desk(who) as desk:
        consultations.answer(desk, number, answered)


def verdicts(office, number):
    with office.desk(Role.REVIEWER) as desk:
        found = consultation_queries.get(desk, number)
        return [one.verdict for one in found.opinions], found.closed_at is not None


def test_an_objection_bars_the_way_up_until_it_is_handled(office, examined):
    number = ask(office, examined)
    with pytest.raises(InvalidError, match="còn chờ trả lời"):
        office.act(examined, Action.RECOMMEND, Role.REVIEWER)
    answer(office, number, DISAGREES)
    assert verdicts(office, number) == (["disagree"], True)
    with pytest.raises(InvalidError, match="chưa được giải trình"):
        office.act(examined, Action.RECOMMEND, Role.REVIEWER)

    with office.desk(Role.REVIEWER) as desk:
        consultations.handle(
            desk, number, office.other, "Phạm vi khác nhau; đã ghi rõ trong mô tả"
        )
    assert office.act(examined, Action.RECOMMEND, Role.REVIEWER) == "recommended"


def test_who_stays_silent_is_recorded_when_the_day_is_over_and_bars_nothing(
    office, examined
):
    number = ask(office, examined, due=ahead(1))

    with office.system.database.transaction() as session:
        consultations.lapse(session, ahead(1))
    assert verdicts(office, number) == ([None], False)
    with office.system.database.transaction() as session:
        consultations.lapse(session, ahead(2))
    assert verdicts(office, number) == ([Verdict.SILENT], True)
    assert office.act(examined, Action.RECOMMEND, Role.REVIEWER) == "recommended"


def test_who_agrees_with_comments_has_to_say_so(office, examined):
    number = ask(office, examined)

    with pytest.raises(InvalidError) as refused:
        answer(office, number, Position("agree", "", [("title", "Đổi tên")]))

    assert [one.field for one in refused.value.fields] == ["verdict"]


def test_an_answer_may_be_given_anew_until_the_consultation_is_over(office, examined):
    number = ask(office, examined, office.other, third(office))
    theirs = Browser(office, "elsewhere")
    assert f"Lấy ý kiến số {number}" in theirs.get("/viec-cua-toi").text

    answer(office, number, DISAGREES)
    assert f"Lấy ý kiến số {number}" not in theirs.get("/viec-cua-toi").text
    answer(office, number, Position("agree"))
    assert sorted(verdicts(office, number)[0], key=str) == [None, "agree"]
    with office.desk(Role.REVIEWER) as desk:
        consultations.close(desk, number, "Đã đủ ý kiến")
    assert sorted(verdicts(office, number)[0]) == ["agree", Verdict.UNASKED]
    with pytest.raises(TransitionError, match="hết hạn"):
        answer(office, number, DISAGREES)
    with office.desk(Role.REVIEWER) as desk, pytest.raises(TransitionError):
        consultations.close(desk, number, "Đã đủ ý kiến")


def third(office):
    return office.enter("agency", agency("Sở Xây dựng"))


@pytest.mark.parametrize(
    ("answered", "field"),
    [
        (Position("disagree", "  "), "reason"),
        (Position("comments", "  "), "reason"),
        (Position("silent"), "verdict"),
        (Position(""), "verdict"),
        (Position("comments", "", [("title", "x" * 5001)]), "comments"),
    ],
)
def test_what_an_answer_lacks_is_said(office, examined, answered, field):
    number = ask(office, examined)

    with pytest.raises(InvalidError) as refused:
        answer(office, number, answered)
    assert field in [one.field for one in refused.value.fields]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": " "}, "question"),
        ({"due_on": None}, "due_on"),
        ({"due_on": "today"}, "due_on"),
        ({"agencies": ()}, "agencies"),
        ({"agencies": "own"}, "agencies"),
        ({"agencies": "law"}, "agencies"),
    ],
)
def test_what_a_question_lacks_is_said(office, examined, change, field):
    asked = {
        "question": "Xin ý kiến",
        "due_on": ahead(),
        "agencies": (office.other,),
        **change,
    }
    if asked["due_on"] == "today":
        asked["due_on"] = clock.today()
    named = {"own": (office.department,), "law": (office.law("9/2026/QĐ-UBND"),)}
    asked["agencies"] = named.get(asked["agencies"], asked["agencies"])

    with pytest.raises(InvalidError) as refused:
        office.act(examined, Action.CONSULT, Role.REVIEWER, question=Question(**asked))
    assert field in [one.field for one in refused.value.fields]


def test_only_who_is_asked_answers_and_reads(office, examined):
    number = ask(office, examined)

    with office.desk(Role.REGISTRAR) as desk, pytest.raises(ForbiddenError):
        consultations.answer(desk, number, Position("agree"))
    with office.desk(Role.ADMINISTRATOR) as desk, pytest.raises(NotFoundError):
        consultation_queries.get(desk, number)
    with office.desk("elsewhere") as desk:
        assert consultation_queries.get(desk, number).number == number
        with pytest.raises(ForbiddenError):
            consultations.handle(desk, number, office.other, "x")
        with pytest.raises(NotFoundError):
            consultation_queries.get(desk, number + 1)


def test_what_is_withdrawn_asks_nobody_any_more(office, examined):
    number = ask(office, examined)
    office.act(examined, Action.WITHDRAW, Role.REGISTRAR)

    with pytest.raises(TransitionError, match="không cần trả lời"):
        answer(office, number, Position("agree"))


def test_the_pages_show_each_reader_what_is_theirs(office, examined):
    reviewer, asked, own = (
        Browser(office, Role.REVIEWER),
        Browser(office, "elsewhere"),
        Browser(office, Role.REGISTRAR),
    )
    form = f"/phieu/{number_of(office, examined)}/lay-y-kien"
    assert reviewer.get(form).status_code == 200
    lock = reviewer.fields(form)["lock"]
    sent = {
        "lock": lock,
        "question": "Phạm vi <có> trùng không?",
        "due_on": f"{working_day(5):%d/%m/%Y}",
    }
    wrong = reviewer.post(form, {**sent, "agencies": "Sở Không Có"})
    assert wrong.status_code == 422
    assert "Sở Không Có" in wrong.text
    assert "Phạm vi &lt;có&gt; trùng không?" in wrong.text
    made = reviewer.post(form, {**sent, "agencies": "Sở Nông nghiệp và Môi trường"})
    page = made.headers["Location"]

    shown = asked.get(page).text
    assert "Cần trả lời" in shown
    assert TITLE in shown
    assert "Trưởng phòng" not in shown  # a field of the owner's only
    kept = asked.post(
        f"{page}/tra-loi", {"verdict": "disagree", "reason": "", "comment.0": "Đổi tên"}
    )
    assert kept.status_code == 422
    assert 'value="Đổi tên"' in kept.text
    answered = {
        "verdict": "disagree",
        "reason": "Trùng <nông nghiệp>",
        "field.0": "title",
        "comment.0": "Đổi tên",
    }
    assert asked.post(f"{page}/tra-loi", answered).status_code == 302
    assert "Trùng &lt;nông nghiệp&gt;" in own.get(page).text
    assert asked.get(f"{page}/bang-tong-hop.xlsx").status_code in {403, 404}
    said = {
        "agency": str(office.other),
        f"handling.{office.other}": "Giữ tên, bổ sung phạm vi",
    }
    assert reviewer.post(f"{page}/giai-trinh", said).status_code == 302
    table = page.replace("/lay-y-kien/", "/giay-to/tong-hop-y-kien/")
    signing = {"signatory": "Phạm Thị D", "compiler": "Võ Văn E"}
    assert asked.post(table, signing).status_code == 403
    paper = reviewer.post(table, signing).data
    text = zipfile.ZipFile(io.BytesIO(paper)).read("word/document.xml").decode()
    for words in (
        "BẢNG TỔNG HỢP",
        "Sở Nông nghiệp và Môi trường",
        "Giải trình. Giữ tên, bổ sung phạm vi",
    ):
        assert words in text
    assert reviewer.get(f"{page}/bang-tong-hop.xlsx").data[:2] == b"PK"
    lines = reviewer.get(f"{page}/bang-tong-hop.csv").data.decode("utf-8-sig")
    assert "Giải trình. Giữ tên, bổ sung phạm vi" in lines
    assert "Không đồng ý" in reviewer.get(f"/phieu/{number_of(office, examined)}").text
    for who in (reviewer, asked):
        assert TITLE in who.get("/lay-y-kien").text


def test_everything_about_a_consultation_is_in_the_journal(office, examined):
    number = ask(office, examined)
    answer(office, number, DISAGREES)
    with office.desk(Role.REVIEWER) as desk:
        consultations.handle(desk, number, office.other, "Đã ghi rõ")
        told = [
            row.action
            for row in proposals.history(desk.session, proposals.get(desk, examined))
        ]
        kept = desk.session.query(Opinion).one().comments

    assert told[-5:] == [
        "consultation.asked",
        "proposal.consult",
        "consultation.answered",
        "consultation.closed",
        "consultation.handled",
    ]
    assert kept == [{"field": "title", "message": "Đổi tên cho rõ"}]


def test_a_draft_decision_is_asked_about_and_not_frozen_before_objections_are_handled(
    tmp_path,
):
    office = opened_office(tmp_path, promulgate=("shared-database",))
    basis = office.law(**authority())
    one = office.propose(
        "shared-database", database(str(office.department), str(basis), title=TITLE)
    )
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        office.act(one, action, who)
    office.act(one, Action.APPROVE, Role.APPROVER)
    wording = Wording(signatory="Nguyễn Văn A", unit="CĐS")
    title = "Ban hành danh mục"
    draft = Draft(title, Issuer.COMMITTEE, [basis], ahead(30), wording=wording)
    with office.desk(Role.CLERK) as desk:
        made = decisions.begin(desk, draft)
        decisions.write(
            desk, made.number, made.lock_version, draft, [number_of_row(desk, one)]
        )
        serial = made.number
    clerk, asked = Browser(office, Role.CLERK), Browser(office, "elsewhere")
    form = f"/quyet-dinh/{serial}/lay-y-kien"
    said = {
        "lock": clerk.fields(form)["lock"],
        "question": "Góp ý dự thảo",
        "due_on": f"{working_day(5):%d/%m/%Y}",
    }
    assert clerk.post(form, {**said, "due_on": "hôm nào"}).status_code == 422
    page = clerk.post(
        form, {**said, "agencies": "Sở Nông nghiệp và Môi trường"}
    ).headers["Location"]

    assert TITLE in asked.get(page).text
    with pytest.raises(InvalidError) as refused, office.desk(Role.CLERK) as desk:
        decisions.reserve(desk, serial)
    assert "còn chờ trả lời" in refused.value.fields[0].message
    asked.post(
        f"{page}/tra-loi",
        {"verdict": "comments", "comment.0": "Bổ sung cơ sở dữ liệu nông nghiệp"},
    )
    clerk.post(
        f"{page}/giai-trinh",
        {"agency": str(office.other), f"handling.{office.other}": "Đợt sau"},
    )
    with office.desk(Role.CLERK) as desk:
        decisions.reserve(desk, serial)
        decisions.freeze(
            desk, serial, decision_queries.get(desk, serial).lock_version, ("a", "b")
        )
        assert decision_queries.get(desk, serial).step == "frozen"
    assert "Đồng ý, có góp ý" in clerk.get(f"/quyet-dinh/{serial}").text


def number_of_row(desk, proposal_id):
    return proposals.get(desk, proposal_id).number


def test_who_is_asked_reads_what_was_sent_and_not_what_is_written_afterwards(
    office, examined
):
    number = ask(office, examined)
    office.act(
        examined,
        Action.RETURN,
        Role.REVIEWER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    with office.desk(Role.REGISTRAR) as desk:
        content = {
            **proposals.get(desk, examined).content,
            "title": {"vi": "BÍ MẬT CHƯA GỬI"},
        }
    office.act(examined, Action.EDIT, Role.REGISTRAR, content=content)

    asked = Browser(office, "elsewhere")
    for page in (f"/lay-y-kien/{number}", "/lay-y-kien"):
        assert TITLE in asked.get(page).text
        assert "BÍ MẬT" not in asked.get(page).text


def test_what_was_handled_is_not_said_anew(office, examined):
    number = ask(office, examined, office.other, third(office))
    answer(office, number, DISAGREES)
    with office.desk(Role.REVIEWER) as desk:
        consultations.handle(desk, number, office.other, "Đã ghi rõ")

    with pytest.raises(TransitionError, match="đã được giải trình"):
        answer(office, number, Position("agree"))


def test_nothing_typed_is_lost_when_somebody_else_was_first(office, examined):
    reviewer, asked = Browser(office, Role.REVIEWER), Browser(office, "elsewhere")
    form = f"/phieu/{number_of(office, examined)}/lay-y-kien"
    said = {
        "lock": "0",
        "question": "Câu hỏi dài",
        "due_on": f"{working_day(5):%d/%m/%Y}",
        "agency": str(office.other),
    }
    stale = reviewer.post(form, said)
    assert stale.status_code == 409
    assert "Câu hỏi dài" in stale.text
    number = ask(office, examined)
    with office.desk(Role.REVIEWER) as desk:
        consultations.close(desk, number, "Đã đủ ý kiến")
    late = asked.post(
        f"/lay-y-kien/{number}/tra-loi", {"verdict": "disagree", "reason": "Ý kiến dài"}
    )

    assert late.status_code == 409
    assert "Ý kiến dài" in late.text


def test_a_successor_answers_what_the_agency_was_asked(office, examined):
    number, heir = ask(office, examined), third(office)
    with office.system.database.transaction() as session:
        reassignment.hand_over(session, office.other, heir)

    with office.desk(Role.REVIEWER) as desk:
        assert [
            one.agency_id for one in consultation_queries.get(desk, number).opinions
        ] == [heir]


PDF = b"%PDF-1.4 van ban tra loi"


def reviewer_of(office):
    return Browser(office, Role.REVIEWER)


def test_a_general_remark_is_an_answer_with_comments_and_has_to_be_handled(
    office, examined
):
    number = ask(office, examined)

    answer(office, number, Position("comments", "Nên gộp với dữ liệu quy hoạch"))

    assert verdicts(office, number) == (["comments"], True)
    with pytest.raises(InvalidError, match="chưa được giải trình"):
        office.act(examined, Action.RECOMMEND, Role.REVIEWER)


def test_agencies_are_named_as_offices_write_them_and_none_is_ticked(office, examined):
    parent = office.enter("agency", agency("Ủy ban nhân dân tỉnh Thử Nghiệm"))
    named = {
        name: office.enter("agency", agency(name, parent=str(parent)))
        for name in ("Sở Tài nguyên và Môi trường", "Ủy ban nhân dân phường Trấn Biên")
    }
    browser, form = (
        reviewer_of(office),
        f"/phieu/{number_of(office, examined)}/lay-y-kien",
    )
    page = browser.get(form).text
    assert page.count('name="agency"') >= 1
    assert not re.search(r'name="agency"[^>]*checked', page)
    assert "chưa có tài khoản" in page
    sent = {
        **form_fields(page),
        "question": "Có trùng không?",
        "due_on": f"{working_day(5):%d/%m/%Y}",
        "agencies": "sở TN&mt\nUBND P. Trấn Biên",
    }

    told = browser.post(form, sent)
    assert told.status_code == 422
    assert "Chưa có ai ở các cơ quan này có tài khoản" in told.text
    assert "Sở Tài nguyên và Môi trường" in told.text
    assert browser.post(form, {**sent, "on_paper": "1"}).status_code == 302
    with office.desk(Role.REVIEWER) as desk:
        (found,) = consultation_queries.latest(desk)
        assert {one.agency_id for one in found.opinions} == set(named.values())


def test_an_answer_on_paper_is_written_down_with_number_day_and_file(office, examined):
    number = ask(office, examined)
    browser, page = reviewer_of(office), f"/lay-y-kien/{number}"
    said = {
        "paper_agency": str(office.other),
        "paper_verdict": "disagree",
        "paper_reason": "Trùng",
        "paper_number": "12/SNN-VP",
        "paper_day": f"{clock.today():%d/%m/%Y}",
    }
    refused = browser.post(f"{page}/van-ban", said)
    assert refused.status_code == 422
    assert "Chọn tệp của văn bản trả lời" in refused.text
    assert "12/SNN-VP" in refused.text
    sent = {**said, "signed": (io.BytesIO(PDF), "12-SNN.pdf")}
    assert browser.post(f"{page}/van-ban", sent).status_code == 302

    shown = browser.get(page).text
    assert f"Văn bản số 12/SNN-VP ngày {clock.today():%d/%m/%Y}" in shown
    assert browser.get(f"{page}/van-ban/{office.other}").data == PDF
    assert (
        Browser(office, "elsewhere").get(f"{page}/van-ban/{office.other}").status_code
        == 404
    )
    assert verdicts(office, number) == (["disagree"], True)
    theirs = Browser(office, "elsewhere").post(f"{page}/van-ban", said)
    assert theirs.status_code == 403


def test_a_day_on_which_no_office_works_is_asked_about_once(office, examined):
    sunday = clock.today() + timedelta(days=13 - clock.today().weekday())
    browser = reviewer_of(office)
    form = f"/phieu/{number_of(office, examined)}/lay-y-kien"
    said = {
        "lock": browser.fields(form)["lock"],
        "question": "Có trùng không?",
        "agency": str(office.other),
        "due_on": f"{sunday:%d/%m/%Y}",
    }
    asked = browser.post(form, said)
    assert asked.status_code == 422
    assert f"{sunday:%d/%m/%Y} không phải ngày làm việc" in asked.text
    assert f"ví dụ {working_day(1, sunday):%d/%m/%Y}" in asked.text
    page = browser.post(form, {**said, "day_off": "1"}).headers["Location"]
    later = {"new_due_on": f"{sunday + timedelta(days=7):%d/%m/%Y}"}
    later["extend_reason"] = "Có lễ"
    assert "không phải ngày làm việc" in browser.post(f"{page}/gia-han", later).text
    assert browser.post(f"{page}/gia-han", {**later, "day_off": "1"}).status_code == 302


def test_more_time_and_an_early_end_have_a_reason_that_all_may_read(office, examined):
    number = ask(office, examined)
    browser, page = reviewer_of(office), f"/lay-y-kien/{number}"
    later = {"new_due_on": f"{working_day(9):%d/%m/%Y}", "extend_reason": "Có lễ"}
    assert (
        browser.post(f"{page}/gia-han", {**later, "extend_reason": ""}).status_code
        == 422
    )
    assert (
        browser.post(f"{page}/gia-han", {**later, "new_due_on": ""}).status_code == 422
    )
    assert browser.post(f"{page}/gia-han", later).status_code == 302
    assert browser.post(f"{page}/khep", {}).status_code == 422
    assert (
        browser.post(f"{page}/khep", {"close_reason": "Rút phiếu"}).status_code == 302
    )

    shown = Browser(office, "elsewhere").get(page).text
    assert f"đến {working_day(9):%d/%m/%Y}" in shown
    assert "Có lễ" in shown
    assert "Rút phiếu" in shown


def test_who_has_not_answered_is_reminded_once_a_day(office, examined):
    number = ask(office, examined)
    browser, page = reviewer_of(office), f"/lay-y-kien/{number}"

    assert browser.post(f"{page}/nhac", {}).status_code == 302
    assert browser.post(f"{page}/nhac", {}).status_code == 409
    notices.follow(
        office.system.database, office.system.profile, office.system.settings
    )
    with office.system.database.reading() as session:
        person = office.actors["elsewhere"].person_id
        subjects = [one.subject for one in notices.of(session, person, 10)]
    assert [one for one in subjects if one.startswith("Nhắc: Xin ý kiến")]
