"""No page asks the database more because there is more to show."""

import re
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import casework
import pytest
from people import Browser, number_of
from sqlalchemy import event
from support import agency, database, opened_office

from app import clock
from app.exchange.cases.inputs import Remark as CaseRemark
from app.permissions import Action, Role
from app.workflow.campaigns import service as campaigns
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Position, Question
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Issuer
from app.workflow.decisions.service import Draft
from app.workflow.dossiers import queries as dossier_queries
from app.workflow.dossiers import service as dossiers
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Answer, Remark
from app.workflow.review_help import reasons

pytestmark = pytest.mark.slow

KIND = "shared-database"
FEW, MANY = 2, 5
MOST = 40  # queries of a page, whatever it shows

LISTS = {  # pages by who reads them
    Role.REGISTRAR: (
        "/viec-cua-toi",
        "/viec",
        "/viec/1",
        "/ho-so",
        "/ho-so/1",
        "/lay-y-kien",
        "/dot-ra-soat",
        "/dot-ra-soat/1",
        "/thong-bao",
        "/tai-khoan",
        "/dang-ky",
        "/phieu/{returned}",
        "/phieu/{returned}/kiem-tra",
        "/phieu/{returned}/phan/general",
    ),
    Role.REVIEWER: (
        "/viec-cua-toi",
        "/viec",
        "/viec?loai=demand",
        "/viec/qua-han",
        "/viec/nhiem-vu.xlsx",
        "/viec/vuong-mac/gop",
        "/tham-dinh",
        "/tham-dinh/sua-nho",
        "/tham-dinh/ly-do",
        "/ho-so",
        "/ho-so/1",
        "/lay-y-kien",
        "/lay-y-kien/1",
        "/dot-nhap",
        "/dot-ra-soat",
        "/dot-ra-soat/1",
        "/ten-goi",
        "/quyet-dinh",
        "/quyet-dinh/1",
        "/phieu/{examined}",
        "/phieu/{examined}/lay-y-kien",
        "/thong-bao",
    ),
    Role.APPROVER: ("/viec-cua-toi", "/tham-dinh", "/phieu/{recommended}"),
    Role.CLERK: ("/viec-cua-toi", "/quyet-dinh", "/quyet-dinh/1"),
    Role.ADMINISTRATOR: (
        "/quan-tri/nguoi",
        "/quan-tri/ra-soat",
        "/quan-tri/cau-hinh",
        "/quan-tri/bang-ma",
        "/van-hanh",
    ),
    None: (
        "/",
        "/tim-kiem",
        "/co-quan",
        "/chu-quan",
        "/thay-doi",
        "/tieu-chuan",
        "/tra-ma",
        "/tai-ve",
        "/moi-nhat.atom",
        "/sitemap-1.xml",
        "/catalog.ttl",
        "/oai?verb=ListRecords&metadataPrefix=dcat_ap",
        "/changes",
        "/api/v1/entries?kind=legal-document",
        "/doc/co-quan/{agency}",
        "/doc/van-ban/{law}",
    ),
}


@pytest.fixture
def office(tmp_path):
    opened = opened_office(tmp_path, promulgate=(KIND,))
    opened.basis = str(opened.law())
    with opened.desk(Role.REGISTRAR) as desk:
        dossiers.begin(desk, "Đăng ký đợt một")
    with opened.desk(Role.CLERK) as desk:
        decisions.begin(
            desk, Draft("Ban hành", Issuer.COMMITTEE, [opened.basis], clock.today())
        )
    with opened.desk(Role.REVIEWER) as desk:
        agencies = [opened.department, opened.other]
        campaigns.begin(desk, "Rà soát", Question("Rà soát", ahead(9), agencies))
    opened.examined = sent(opened, "Đang thẩm định", Action.TAKE)
    opened.recommended = sent(opened, "Đã trình", Action.TAKE, Action.RECOMMEND)
    opened.returned = sent(opened, "Trả lại", Action.TAKE)
    opened.grown = 0
    return opened


def ahead(days):
    return clock.today() + timedelta(days=days)


BY = {Action.SUBMIT: Role.REGISTRAR, Action.APPROVE: Role.APPROVER}


def sent(office, title, *actions, owner=None, **more):
    """Propose a database and take it on; return its id."""
    content = database(str(owner or office.department), office.basis, title=title)
    proposal_id = office.propose(KIND, {**content, **more})
    for action in (Action.SUBMIT, *actions):
        office.act(proposal_id, action, BY.get(action, Role.REVIEWER))
    return proposal_id


def grow(office, upto):
    """Add one of everything that lists show, and to what pages of one thing show."""
    while office.grown < upto:
        office.grown += 1
        n = office.grown
        gather_dossier(office, n)
        sent(office, f"Mới gửi {n}")
        examine(office, n)
        promulgate(office, n)
        enter(office, n)
        ask(office, n)
        with office.desk(Role.REVIEWER) as desk:
            reasons.keep(desk, f"Thiếu căn cứ số {n}")
    office.system.follow()


def ask(office, n):
    """Have one more obstacle and one more demand, and more said of the first."""
    obstacle = {
        "title": f"Vướng mắc {n}",
        "type": "khac",
        "description": "Thử",
        "addressee": str(office.other),
    }
    casework.sent(office, "obstacle", obstacle)
    demand = {
        "title": f"Nhu cầu {n}",
        "holder": str(office.other),
        "purpose": "Thử",
        "waiting": [str(office.department)],
    }
    casework.sent(office, "demand", demand, Role.REVIEWER)
    said = CaseRemark(f"Trao đổi {n}")
    casework.act(office, 1, Action.NOTE_CASE, Role.REGISTRAR, said)


def gather_dossier(office, n):
    content = database(str(office.department), office.basis, title=f"Trong hồ sơ {n}")
    with office.desk(Role.REGISTRAR) as desk:
        dossiers.begin(desk, f"Hồ sơ {n}")
    number = number_of(office, office.propose(KIND, content))
    with office.desk(Role.REGISTRAR) as desk:
        dossier = dossier_queries.get(desk, 1)
        members = [row.number for row in dossier_queries.held(desk.session, dossier)]
        chosen = [*members, number]
        dossiers.write(desk, 1, dossier.lock_version, "Đợt một", chosen)


def examine(office, n):
    """Have more said about the proposals that pages of one are asked for."""
    remarks = (Remark("title", f"Ghi rõ hơn {n}"), Remark("purpose", f"Nói rõ {n}"))
    office.act(office.examined, Action.FIND, Role.REVIEWER, remarks=remarks)
    with office.desk() as desk:
        proposal = proposals.get(desk, office.examined)
        finding = proposals.open_remarks(proposal)[-1].id
        content = {**proposal.content, "purpose": {"vi": f"Mục đích {n}"}}
    answers = (Answer(finding, f"Đã sửa {n}"),)
    office.act(office.examined, Action.REPLY, Role.REGISTRAR, answers=answers)
    office.act(office.examined, Action.MEND, Role.REVIEWER, content=content)
    question = Question(f"Có trùng không ({n})?", ahead(5), (office.other,))
    office.act(office.examined, Action.CONSULT, Role.REVIEWER, question=question)
    with office.desk() as desk:
        proposal = proposals.get(desk, office.examined)
        asked = consultation_queries.about(desk.session, proposal)[-1].number
    with office.desk("elsewhere") as desk:
        consultations.answer(desk, asked, Position("comments", "", [("title", "Rõ")]))
    remarks = (Remark("title", f"Thiếu {n}"),)
    returned = sent(office, f"Trả lại {n}", Action.TAKE)
    for proposal_id in (returned, office.returned):
        said = {"remarks": remarks, "reason": "Thiếu"}
        office.act(proposal_id, Action.RETURN, Role.REVIEWER, **said)
    take_again(office)


def give_back(office):
    said = {"remarks": (Remark("title", "Thiếu"),), "reason": "Thiếu"}
    office.act(office.returned, Action.RETURN, Role.REVIEWER, **said)


def take_again(office):
    office.act(office.returned, Action.SUBMIT, Role.REGISTRAR)
    office.act(office.returned, Action.TAKE, Role.REVIEWER)


def promulgate(office, n):
    proposal_id = sent(
        office, f"Chờ ban hành {n}", Action.TAKE, Action.RECOMMEND, Action.APPROVE
    )
    sent(office, f"Chờ nữa {n}", Action.TAKE, Action.RECOMMEND, Action.APPROVE)
    number = number_of(office, proposal_id)
    with office.desk(Role.CLERK) as desk:
        draft = Draft("Ban hành", Issuer.COMMITTEE, [office.basis], clock.today())
        decisions.begin(desk, draft)
        decision = decision_queries.get(desk, 1)
        decisions.write(desk, 1, decision.lock_version, draft, [number])


def enter(office, n):
    office.law(f"{n}/2026/QĐ-UBND")
    office.enter("agency", agency(f"Sở thứ {n}"))


@contextmanager
def counted(office):
    """Count the statements that the database is asked meanwhile, by their text."""
    statements = Counter()

    def note(_connection, _cursor, statement, *_):
        text = re.sub(r"\s+", " ", statement)
        statements[re.sub(r"\(\?(, \?)+\)", "(?)", text)] += 1

    engine = office.system.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked(office, browser, page):
    browser.get(page)  # what is kept for later is no matter
    with counted(office) as statements:
        answer = browser.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    return statements


def test_no_page_asks_more_because_there_is_more_to_show(office):
    names = {}
    grow(office, FEW)
    names["returned"] = number_of(office, office.returned)
    names["examined"] = number_of(office, office.examined)
    names["recommended"] = number_of(office, office.recommended)
    names["agency"] = office.get(office.department).local_id
    names["law"] = office.get(office.law("99/2026/QĐ-UBND")).local_id
    browsers = {who: Browser(office, who) for who in LISTS}
    pages = [
        (who, path.format_map(names)) for who, paths in LISTS.items() for path in paths
    ]
    give_back(office)
    few = {page: asked(office, browsers[page[0]], page[1]) for page in pages}
    take_again(office)
    grow(office, MANY)
    give_back(office)
    many = {page: asked(office, browsers[page[0]], page[1]) for page in pages}

    grown = {page: (many[page] - few[page]).most_common(4) for page in pages}
    assert {page: rows for page, rows in grown.items() if rows} == {}
    assert {page: rows for page, rows in many.items() if rows.total() > MOST} == {}
