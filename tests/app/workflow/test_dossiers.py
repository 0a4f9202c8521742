"""Proposals sent together under one letter; campaigns in which “no change” is an answer."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from people import Browser, number_of
from support import agency, database, opened_office, working_day

from app import clock
from app.accounts import service as accounts
from app.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
    TransitionError,
)
from app.permissions import Action, Actor, Role
from app.register.content.facts import UNDETERMINED
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.campaigns import service as campaigns
from app.workflow.consultations.inputs import Question
from app.workflow.dossiers import queries as dossier_queries
from app.workflow.dossiers import service as dossiers
from app.workflow.dossiers.models import Dossier
from app.workflow.dossiers.service import OfficialLetter, Seen
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import ProposalType
from app.workflow.time import confirmations
from catalog_schema.profile import Stage

PDF = b"%PDF-1.4\n%%EOF\n"
LETTER = OfficialLetter("12/SKHCN-CNTT", clock.today(), "a" * 64)


def drafts(office, count, who=Role.REGISTRAR):
    basis = str(office.law())
    owner = str(office.actors[who].agency_id)
    return [
        office.propose(
            "shared-database", database(owner, basis, title=f"CSDL số {number}"), who
        )
        for number in range(count)
    ]


def gathered(office, ids, who=Role.REGISTRAR):
    with office.desk(who) as desk:
        made = dossiers.begin(desk, "Đăng ký đợt 1")
        dossiers.write(
            desk,
            made.number,
            made.lock_version,
            made.title,
            [number_of(office, one) for one in ids],
        )
        return made.number


def send(office, number, letter=LETTER, who=Role.REGISTRAR):
    with office.desk(who) as desk:
        dossiers.send(
            desk, number, dossier_queries.get(desk, number).lock_version, letter
        )


def seen(office, ids):
    with office.desk(Role.REVIEWER) as desk:
        rows = [proposals.get(desk, one) for one in ids]
        return [Seen(row.number, row.lock_version, row.content_hash) for row in rows]


def together(office, number, action, ids, who):
    found = seen(office, ids)
    with office.desk(who) as desk:
        return dossiers.together(desk, number, action, found)


def statuses(office, ids):
    with office.desk(Role.REGISTRAR) as desk:
        return [proposals.get(desk, one).status for one in ids]


def test_a_dossier_is_sent_examined_and_approved_together_but_for_what_is_returned(
    office,
):
    ids = drafts(office, 3)
    number = gathered(office, ids)
    send(office, number)
    assert statuses(office, ids) == ["submitted"] * 3
    assert together(office, number, Action.TAKE, ids, Role.REVIEWER) == 3
    office.act(
        ids[2],
        Action.RETURN,
        Role.REVIEWER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    with pytest.raises(TransitionError, match=f"Phiếu số {number_of(office, ids[2])}"):
        together(office, number, Action.RECOMMEND, ids, Role.REVIEWER)
    together(office, number, Action.RECOMMEND, ids[:2], Role.REVIEWER)

    assert together(office, number, Action.APPROVE, ids[:2], Role.APPROVER) == 2
    assert statuses(office, ids) == ["entered", "entered", "returned"]
    with office.desk(Role.REGISTRAR) as desk:
        rows = [
            proposals.history(desk.session, proposals.get(desk, one)) for one in ids[:2]
        ]
        hashes = [
            [row.hash for row in each if row.action == "proposal.approve"]
            for each in rows
        ]
        kept = [proposals.get(desk, one).content_hash for one in ids[:2]]
    assert hashes == [[kept[0]], [kept[1]]]


def test_one_proposal_that_cannot_be_sent_keeps_all_back_and_is_named(office):
    ids = drafts(office, 2)
    bad = office.propose("shared-database", {"title": {"vi": "Thiếu nhiều thứ"}})
    number = gathered(office, [*ids, bad])

    with pytest.raises(InvalidError) as refused:
        send(office, number)
    assert all(
        f"Phiếu số {number_of(office, bad)}" in one.message
        for one in refused.value.fields
    )
    assert statuses(office, ids) == ["draft", "draft"]
    with office.desk() as desk:
        assert dossier_queries.get(desk, number).sent_at is None


@pytest.mark.parametrize(
    ("symbol", "days_ahead", "signed", "field"),
    [
        (" ", 0, "a" * 64, "symbol"),
        ("1/A", None, "a" * 64, "signed_on"),
        ("1/A", 1, "a" * 64, "signed_on"),
        ("1/A", 0, None, "signed"),
    ],
)
def test_what_the_letter_lacks_is_said(office, symbol, days_ahead, signed, field):
    day = None
    if days_ahead is not None:
        day = clock.today() + timedelta(days=days_ahead)
    letter = OfficialLetter(symbol, day, signed)
    number = gathered(office, drafts(office, 1))

    with pytest.raises(InvalidError) as refused:
        send(office, number, letter)
    assert [one.field for one in refused.value.fields] == [field]


def test_an_empty_dossier_and_one_without_a_name_are_refused(office):
    with office.desk() as desk, pytest.raises(InvalidError, match="tên hồ sơ"):
        dossiers.begin(desk, " ")
    with pytest.raises(InvalidError) as refused:
        send(office, gathered(office, []))
    assert refused.value.fields[0].field == "proposals"


def test_approving_is_signed_once_and_four_eyes_holds_for_each(office):
    ids = drafts(office, 2)
    number = gathered(office, ids)
    send(office, number)
    for action in (Action.TAKE, Action.RECOMMEND):
        together(office, number, action, ids, Role.REVIEWER)
    approver = office.actors[Role.APPROVER]
    office.actors[Role.APPROVER] = Actor(
        approver.person_id, approver.post_id, approver.role, approver.agency_id
    )
    with pytest.raises(SecondFactorError):
        together(office, number, Action.APPROVE, ids, Role.APPROVER)
    author = office.actors[Role.REGISTRAR].person_id
    office.actors[Role.APPROVER] = Actor(
        author, approver.post_id, approver.role, approver.agency_id, signs=True
    )
    with pytest.raises(ForbiddenError):
        together(office, number, Action.APPROVE, ids, Role.APPROVER)
    assert statuses(office, ids) == ["recommended"] * 2


def test_what_changed_since_it_was_seen_is_not_approved(office):
    ids = drafts(office, 2)
    number = gathered(office, ids)
    send(office, number)
    before = seen(office, ids)
    together(office, number, Action.TAKE, ids[:1], Role.REVIEWER)

    with (
        office.desk(Role.REVIEWER) as desk,
        pytest.raises((ConflictError, TransitionError)),
    ):
        dossiers.together(desk, number, Action.TAKE, before)


def test_a_dossier_that_was_not_sent_is_as_absent_to_others_as_one_that_never_was(
    office,
):
    number = gathered(office, drafts(office, 1, "elsewhere"), "elsewhere")

    for who in (Role.REVIEWER, Role.APPROVER, Role.REGISTRAR, Role.ADMINISTRATOR):
        with office.desk(who) as desk, pytest.raises(NotFoundError) as refused:
            dossier_queries.get(desk, number)
        with office.desk(who) as desk, pytest.raises(NotFoundError) as never:
            dossier_queries.get(desk, 999)
        assert refused.value.message == never.value.message


def test_a_draft_is_in_one_dossier_only_and_may_be_taken_out_again(office):
    ids = drafts(office, 2)
    first = gathered(office, ids)

    with pytest.raises(ConflictError):
        gathered(office, ids[:1])
    with office.desk() as desk:
        kept = dossier_queries.get(desk, first)
        dossiers.write(
            desk, first, kept.lock_version, kept.title, [number_of(office, ids[1])]
        )
        assert [one.id for one in dossier_queries.held(desk.session, kept)] == [ids[1]]
        with pytest.raises(ConflictError):
            dossiers.write(desk, first, kept.lock_version - 1, kept.title, [])
    gathered(office, ids[:1])


def test_one_letter_sends_one_dossier_in_a_year(office):
    ids = drafts(office, 2)
    send(office, gathered(office, ids[:1]))
    second = gathered(office, ids[1:])

    with pytest.raises(InvalidError) as refused:
        send(office, second)

    assert [one.field for one in refused.value.fields if one.code == "taken"] == [
        "symbol"
    ]
    send(office, second, replace(LETTER, symbol="13/SKHCN"))


def test_the_whole_way_in_the_browser(office):
    ids = drafts(office, 2)
    registrar, reviewer, approver = (
        Browser(office, who) for who in (Role.REGISTRAR, Role.REVIEWER, Role.APPROVER)
    )
    assert registrar.post("/ho-so", {"title": ""}).status_code == 422
    page = registrar.post("/ho-so", {"title": "Đợt <một>"}).headers["Location"]
    lock = registrar.fields(page)["lock"]
    chosen = [str(number_of(office, one)) for one in ids]
    registrar.post(f"{page}/luu", {"lock": lock, "title": "Đợt <một>", "phieu": chosen})
    letter_page = page.replace("/ho-so/", "/giay-to/gui-ho-so/")
    assert "CSDL số 1" not in registrar.get(letter_page).text
    signing = {"signatory": "Lê Văn C", "unit": "VP"}
    paper = registrar.post(letter_page, signing).data
    text = zipfile.ZipFile(io.BytesIO(paper)).read("word/document.xml").decode()
    assert "CSDL số 1" in text
    assert "Kính gửi: Sở Khoa học và Công nghệ" in text
    lock = registrar.fields(page)["lock"]
    kept = registrar.post(
        f"{page}/gui", {"lock": lock, "symbol": "12/<x>", "signed_on": "hôm nay"}
    )
    assert kept.status_code == 422
    assert "12/&lt;x&gt;" in kept.text
    sent = {
        "lock": lock,
        "symbol": "12/SKHCN",
        "signed_on": f"{clock.today():%d/%m/%Y}",
    }
    files = {
        **sent,
        "signed": (io.BytesIO(PDF), "công văn.pdf"),
        "csrf_token": registrar.token,
    }
    answer = registrar.client.post(
        f"{page}/gui",
        data=files,
        base_url="https://danhmuc.example",
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302, answer.text
    assert registrar.get(f"{page}/ban-ky").data == PDF

    def all_seen(browser):
        shown = browser.get(page).text
        return [
            part.split('"')[0]
            for part in shown.split('name="seen" type="checkbox" value="')[1:]
        ]

    for verb in ("tiep-nhan", "trinh"):
        assert (
            reviewer.post(f"{page}/{verb}", {"seen": all_seen(reviewer)}).status_code
            == 302
        )
    assert (
        approver.post(f"{page}/phe-duyet", {"seen": all_seen(approver)}).status_code
        == 422
    )
    assert (
        approver.post(
            f"{page}/phe-duyet", {"seen": all_seen(approver), "sure": "1"}
        ).status_code
        == 302
    )
    assert statuses(office, ids) == ["entered", "entered"]
    assert reviewer.post(f"{page}/khong-co", {}).status_code == 404
    with office.reading() as register:
        assert register.session.query(Dossier).one().symbol == "12/SKHCN"


def opened(office, *agencies):
    asked = Question(
        "Rà soát các mục của cơ quan",
        clock.today() + timedelta(days=9),
        agencies or (office.department,),
    )
    with office.desk(Role.REVIEWER) as desk:
        return campaigns.begin(desk, "Rà soát 6 tháng", asked).number


def test_no_change_is_an_answer_and_confirms_what_the_agency_owns(office):
    entry = office.land()
    number = opened(office, office.department, office.other)
    mine = Browser(office, Role.REGISTRAR)
    assert "Rà soát 6 tháng" in mine.get("/viec-cua-toi").text

    with office.desk() as desk:
        assert campaigns.answer(desk, number, "unchanged", "") == 1
    assert "Rà soát 6 tháng" not in mine.get("/viec-cua-toi").text
    with office.desk(Role.REVIEWER) as desk:
        rows = {
            row.answer.agency_id: row
            for row in campaign_queries.progress(
                desk, campaign_queries.get(desk, number)
            )
        }
        assert rows[office.department].answer.answer == "unchanged"
        assert rows[office.other].answer.answer is None
        assert campaign_queries.silent(
            desk.session, campaign_queries.get(desk, number)
        ) == [office.other]
        confirmed = proposals.latest(desk, ("entered",), 1)[0]
        assert (confirmed.type, confirmed.entry_id) == ("confirm", entry)


def test_a_campaign_counts_what_was_proposed_since_and_is_closed(office):
    number = opened(office)
    office.propose("agency", agency("Chi cục mới"))
    with office.desk() as desk:
        assert campaigns.answer(desk, number, "changing", "Sẽ lập phiếu") == 0
        with pytest.raises(InvalidError):
            campaigns.answer(desk, number, "maybe", "")
        assert (
            campaign_queries.progress(desk, campaign_queries.get(desk, number))[
                0
            ].proposals
            == 1
        )
    with office.desk(Role.CLERK) as desk:
        campaigns.close(desk, number, "Đã đủ")
    with office.desk() as desk, pytest.raises(TransitionError):
        campaigns.answer(desk, number, "unchanged", "")
    with office.desk(Role.CLERK) as desk, pytest.raises(TransitionError):
        campaigns.close(desk, number, "Đã đủ")


def test_no_change_said_twice_confirms_once(office):
    office.land()
    number = opened(office)

    with office.desk() as desk:
        assert campaigns.answer(desk, number, "unchanged", "") == 1
    with office.desk() as desk:
        assert campaigns.answer(desk, number, "unchanged", "") == 0


def test_a_campaign_is_for_whom_it_names(office):
    number = opened(office)

    with office.desk("elsewhere") as desk, pytest.raises(NotFoundError):
        campaign_queries.get(desk, number)
    with office.desk("elsewhere") as desk:
        assert campaign_queries.latest(desk) == []
    with office.desk(Role.REGISTRAR) as desk, pytest.raises(ForbiddenError):
        campaigns.begin(
            desk, "x", Question("x", clock.today() + timedelta(days=1), (office.other,))
        )


def test_a_campaign_in_the_browser(office):
    office.land()
    reviewer, registrar = (
        Browser(office, Role.REVIEWER),
        Browser(office, Role.REGISTRAR),
    )
    assert "Sở Khoa học và Công nghệ" in reviewer.get("/dot-ra-soat").text
    sent = {
        "title": "Rà soát <1>",
        "question": "Xem lại",
        "due_on": f"{working_day(9):%d/%m/%Y}",
    }
    assert reviewer.post("/dot-ra-soat", sent).status_code == 422
    page = reviewer.post(
        "/dot-ra-soat", {**sent, "agency": str(office.department)}
    ).headers["Location"]
    number = page.rsplit("/", 1)[1]
    letter = reviewer.post(
        f"/giay-to/don-doc/{number}", {"signatory": "Lê Văn C", "unit": "CĐS"}
    ).data
    assert (
        "chưa trả lời"
        in zipfile.ZipFile(io.BytesIO(letter)).read("word/document.xml").decode()
    )

    assert registrar.post(f"{page}/tra-loi", {"answer": ""}).status_code == 422
    done = registrar.post(
        f"{page}/tra-loi", {"answer": "unchanged"}, follow_redirects=True
    ).text
    assert "1 cơ sở dữ liệu được xác nhận còn đúng" in done
    assert "Không thay đổi" in reviewer.get(page).text
    assert reviewer.post(f"{page}/khep", {"close_reason": "Xong"}).status_code == 302


def test_no_change_certifies_nothing_of_which_a_problem_is_known(office):
    fine = office.land(title="Rừng")
    ended = office.law(
        "9/2020/QĐ-UBND", in_force_to="2025-01-01", status="het-hieu-luc"
    )
    owner = str(office.department)
    office.enter(
        "shared-database", database(owner, str(ended), title="Đất"), why="Chờ luật mới"
    )
    pending = office.land(title="Nước")
    office.propose(
        "shared-database",
        database(owner, str(office.law("8/2026/QĐ-UBND")), title="Nước ngầm"),
        type=ProposalType.AMEND,
        entry_id=pending,
    )
    number = opened(office)
    shown = Browser(office, Role.REGISTRAR).get(f"/dot-ra-soat/{number}").text
    assert "căn cứ đã hết hiệu lực: 9/2020/QĐ-UBND" in shown
    assert "đang có phiếu sửa đổi số" in shown
    assert "xác nhận 1 cơ sở dữ liệu dưới đây còn đúng" in shown

    with office.desk() as desk:
        assert campaigns.answer(desk, number, "unchanged", "") == 1
        assert set(confirmations.confirmed(desk.session, [fine, pending])) == {fine}


def test_a_campaign_is_reminded_extended_and_answered_on_paper(office):
    number = opened(office)
    browser, page = Browser(office, Role.REVIEWER), f"/dot-ra-soat/{number}"
    assert browser.post(f"{page}/nhac", {}).status_code == 302
    sent = {"new_due_on": f"{working_day(20):%d/%m/%Y}", "extend_reason": "Thiếu người"}
    assert browser.post(f"{page}/gia-han", sent).status_code == 302
    paper = {
        "paper_agency": str(office.department),
        "paper_verdict": "unchanged",
        "paper_number": "3/SKHCN",
        "paper_day": f"{clock.today():%d/%m/%Y}",
        "signed": (io.BytesIO(b"%PDF-1.4 x"), "3.pdf"),
    }
    assert browser.post(f"{page}/van-ban", paper).status_code == 302
    shown = browser.get(page).text
    assert "Văn bản số 3/SKHCN" in shown
    assert "Thiếu người" in shown
    assert browser.get(f"{page}/van-ban/{office.department}").status_code == 200


def test_what_waits_for_the_head_of_the_agency_is_not_shown_to_the_department_by_its_dossier(
    tmp_path,
):
    office = opened_office(
        tmp_path, steps=("endorsement", "receiving", "recommendation")
    )
    with office.system.database.transaction() as session:
        post = accounts.add_post(session, office.other, "Lãnh đạo", Role.HEAD)
        person = accounts.add_person(session, "Lãnh đạo", "lanh-dao@thu.example")
        accounts.appoint(session, post, person, clock.today())
        office.actors["head elsewhere"] = Actor(
            person.id, post.id, Role.HEAD, office.other
        )
    ids = [
        office.propose("agency", agency(f"Chi cục {number}"), "elsewhere")
        for number in range(2)
    ]
    number = gathered(office, ids, "elsewhere")
    send(office, number, who="elsewhere")
    for who in (Role.REVIEWER, Role.APPROVER):
        with office.desk(who) as desk, pytest.raises(NotFoundError):
            dossier_queries.get(desk, number)
        assert "Đăng ký đợt 1" not in Browser(office, who).get("/ho-so").text

    office.act(ids[0], Action.ENDORSE, "head elsewhere")
    page = Browser(office, Role.REVIEWER).get(f"/ho-so/{number}").text
    assert "Chi cục 0" in page
    assert "Chi cục 1" not in page


def test_a_title_with_characters_that_no_paper_holds_makes_a_paper_all_the_same(office):
    one = office.propose("shared-database", {"title": {"vi": "Đất\x0bđai \x01"}})
    number = gathered(office, [one])

    signing = {"signatory": "Lê \x01Văn C", "unit": "VP"}
    paper = Browser(office, Role.REGISTRAR).post(
        f"/giay-to/gui-ho-so/{number}", signing
    )
    assert paper.status_code == 200


def test_what_ends_an_entry_is_sent_with_its_own_reason_and_nobody_elses_words(office):
    entry = office.land()
    end = office.propose("shared-database", {}, type="end", entry_id=entry)
    back = office.propose("agency", agency("Chi cục mới"))
    for action, who in ((Action.SUBMIT, Role.REGISTRAR), (Action.TAKE, Role.REVIEWER)):
        office.act(back, action, who)
    office.act(
        back,
        Action.RETURN,
        Role.REVIEWER,
        reason="Lời thẩm định",
        remarks=(Remark("name", "Rõ hơn"),),
    )
    number = gathered(office, [end, back])
    with pytest.raises(InvalidError) as refused:
        send(office, number)
    assert [one.message for one in refused.value.fields] == [
        f"Phiếu số {number_of(office, end)}: Nhập lý do, tối đa 5000 ký tự"
    ]
    with office.desk() as desk:
        lock = dossier_queries.get(desk, number).lock_version
        dossiers.send(
            desk,
            number,
            lock,
            LETTER,
            {number_of(office, end): "Đã chuyển sang hệ thống khác"},
        )
        reasons = [
            proposals.last_sent(proposals.get(desk, one)).reason for one in (end, back)
        ]
    assert reasons == ["Đã chuyển sang hệ thống khác", None]


def test_one_that_went_another_way_is_named(office):
    ids = drafts(office, 2)
    number = gathered(office, ids)
    office.act(ids[0], Action.WITHDRAW, Role.REGISTRAR)

    with pytest.raises(InvalidError) as refused:
        send(office, number)
    assert f"Phiếu số {number_of(office, ids[0])}" in refused.value.fields[0].message


def test_what_an_agency_leaves_undetermined_is_counted_and_has_to_be_settled(office):
    law, owner = str(office.law()), str(office.department)
    content = database(owner, law, importance="chua-xac-dinh")
    proposal = office.propose("shared-database", content)

    def told():
        with office.desk() as desk:
            found = proposals.problems(
                desk, proposals.get(desk, proposal), Stage.SUBMIT
            )
        return {one.field for one in found if one.rule == "unknown-unsettled"}

    undetermined = {name for name, value in content.items() if value == UNDETERMINED}
    assert told() == undetermined
    kind = office.system.profile.kinds["shared-database"]
    settled = [
        {
            "what": kind.field(name).labels["vi"],
            "unit": "Phòng Công nghệ",
            "due": "2027-01-29",
        }
        for name in undetermined
    ]
    office.act(
        proposal, Action.EDIT, Role.REGISTRAR, content={**content, "unknowns": settled}
    )
    assert told() == set()

    office.enter("shared-database", {**content, "title": {"vi": "CSDL khác"}})
    number = opened(office)
    with office.desk(Role.REVIEWER) as desk:
        campaign = campaign_queries.get(desk, number)
        (row,) = campaign_queries.progress(desk, campaign)
    assert row.unknowns == len(undetermined)
    counted = f"<div>{len(undetermined)}</div></td></tr>"
    inside = Browser(office, Role.REVIEWER).get("/chu-quan").get_data(as_text=True)
    outside = office.client().get("/chu-quan").get_data(as_text=True)
    assert "Thông tin chưa xác định" in inside
    assert counted in inside
    assert "Thông tin chưa xác định" not in outside
