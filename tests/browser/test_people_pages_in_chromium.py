"""The pages of people at work in a real browser: accessible, quiet, usable on a phone, in large type, by keyboard."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import xlsxwriter
from axe_playwright_python.sync_playwright import Axe
from chromium import MARKS, follow, listened, log_in, served
from people import PASSWORD, recovery_code
from sqlalchemy import select
from support import copied

from app import clock, files
from app.accounts import factors, links
from app.accounts import service as accounts
from app.accounts.passwords import set_password
from app.documents.tables import sheets, uploaded
from app.documents.tables.lookup import Lookup
from app.permissions import Action, Role
from app.register.latest_versions import latest_version
from app.register.models import Entry, Version
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.campaigns import service as campaigns
from app.workflow.consultations.inputs import Question
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Issuer
from app.workflow.decisions.service import Draft
from app.workflow.decisions.text import Wording
from app.workflow.dossiers import service as dossiers
from app.workflow.intake import service as intake
from app.workflow.intake.rows import IntakeRows
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import ProposalRequest, Remark
from app.workflow.proposals.models import ProposalType
from app.workflow.uploads import comparing
from app.workflow.uploads import service as uploads
from app.workflow.uploads.models import Wish
from fixtures.load import Demo

pytestmark = MARKS

NOBODY, REGISTRAR, REVIEWER, APPROVER, ADMIN = (
    "nobody",
    "registrar",
    "reviewer",
    "approver",
    "administrator",
)
CLERK, AUDITOR = "clerk at work", "auditor at work"
# log-ins that lack a step
AT_THE_DOOR, WITHOUT_APP, NEWCOMER = (
    "approver before the code",
    "clerk",
    "auditor",
)
PAGES = {
    NOBODY: [
        *(
            "/dang-nhap",
            "/huong-dan",
            "/huong-dan/tra-cuu",
            "/huong-dan/can-bo-dau-moi",
            "/huong-dan/can-bo-tham-dinh",
        ),
        *("/huong-dan/van-thu", "/huong-dan/lanh-dao-co-quan", "/thoi-han"),
        *(
            "/huong-dan/nguoi-phe-duyet",
            "/huong-dan/quan-tri",
            "/huong-dan/kiem-tra-vien",
            "/kha-nang-tiep-can",
        ),
        *(
            "/tai-lieu-api",
            "/tai-lieu-api/thu",
            "/moi/{link}",
            "/moi/khong-co",
            "/tra-ma",
            "/tra-ma/H10",
        ),
        *("/thay-doi", "/muc/csdl/CSDL-0062/phien-ban/2"),
        *("/chia-se", "/chia-se?co-quan=Cục Thuế tỉnh&du-lieu=thửa đất"),
        *("/chia-se/chua-ket-noi", "/chia-se/do-moi", "/chia-se/luu-thong"),
        *("/chia-se/kho", "/chia-se/kho/CSDL-0062"),
        *(
            "/sparql",
            "/sparql?query=SELECT ?t WHERE {{ ?s a dcat:DataService ; dct:title ?t }}",
            "/sparql?query=ASK {{}}",
            "/dien-tap",
            "/profile",
        ),
    ],
    REGISTRAR: [
        *(
            "/viec-cua-toi",
            "/dang-ky",
            "/dang-ky?kind=shared-database&ten=Cơ sở dữ liệu đất đai",
        ),
        *(
            f"/phieu/{{draft}}{rest}"
            for rest in ("", "/kiem-tra", "/phan/nhanh", "/phan/general?kiem=1")
        ),
        *(
            f"/phieu/{{draft}}/phan/{name}"
            for name in ("owner", "content", "items", "items?chi-tiet=1", "sharing")
        ),
        *(
            "/phieu/{returned}",
            "/phieu/{returned}/phan/owner",
            "/phieu/{sent}",
            "/phieu/{sent}/da-gui",
        ),
        *(
            "/phieu/{late}",
            "/phieu/{late}/hop-nhat",
            "/doc/csdl/CSDL-0062",
            "/tai-khoan",
            "/quan-tri/bang-ma",
        ),
        *(
            "/phieu/{succession}/tac-dong",
            "/phieu/{succession}",
            "/dang-ky/tep?kind=succession",
            "/dang-ky/tep/{upload}",
            "/dang-ky/tep/{ordered}",
        ),
        *("/lay-y-kien/2", "/ho-so", "/ho-so/1", "/dot-ra-soat", "/dot-ra-soat/1"),
        *("/viec", "/viec?cho=toi", "/viec/moi/de-nghi?database=CSDL-0001"),
        *("/viec/moi/vuong-mac", "/viec/9"),
        *(
            "/goi-y/giong?kind=shared-database&q=đất đai",
            "/phieu/987654",
            "/quan-tri/nguoi",
        ),
    ],
    REVIEWER: [
        *("/chia-se/doi-chieu", "/chia-se/luu-thong/nhap", "/chia-se/kho/nhap"),
        *("/viec", "/viec?loai=demand", "/viec/1", "/viec/1/sua", "/viec/24"),
        *("/viec/25", "/viec/27", "/viec/qua-han", "/viec/vuong-mac/gop"),
        *("/viec/moi/nhiem-vu", "/viec/nhiem-vu/tu-tep", "/giay-to/kien-nghi-bo/28"),
        "/thong-bao",
        *("/dot-nhap", "/dot-nhap/1"),
        *(
            "/viec-cua-toi",
            "/tham-dinh",
            "/tham-dinh?cho=co-quan",
            "/tham-dinh?cho=xong&status=rejected",
            "/phieu/{sent}",
            "/phieu/{reviewed}",
        ),
        *(
            "/phieu/{reviewed}/phan/content",
            "/phieu/{amended}",
            "/tham-dinh/sua-nho",
            "/tham-dinh/ly-do",
        ),
        *("/ten-goi", "/tim-kiem?q=dat&explain=1"),
        *(
            "/lay-y-kien",
            "/phieu/{reviewed}/lay-y-kien",
            "/lay-y-kien/1",
            "/dot-ra-soat",
            "/ho-so/2",
        ),
    ],
    APPROVER: ["/viec-cua-toi", "/phieu/{recommended}", "/dot-nhap/1"],
    CLERK: [
        "/viec-cua-toi",
        "/quyet-dinh",
        "/quyet-dinh/1",
        "/quyet-dinh/2",
        "/quyet-dinh/987",
        *(
            "/quyet-dinh/1/lay-y-kien",
            "/quyet-dinh/1/sua-thong-tin",
            "/giay-to/to-trinh/1",
            "/giay-to/phieu-trinh/1",
            "/quyet-dinh/1/thay-doi",
            "/quyet-dinh/1/thay-doi?voi=2",
        ),
    ],
    ADMIN: [
        "/viec-cua-toi",
        "/quan-tri/nguoi",
        "/quan-tri/ra-soat",
        "/quan-tri/cau-hinh",
        "/van-hanh",
        "/van-hanh/dien-tap",
        "/tai-khoan",
    ],
    AUDITOR: ["/nhat-ky", "/nhat-ky?viec=proposal.take&muc=CSDL-0062"],
    AT_THE_DOOR: ["/dang-nhap/ma"],
    WITHOUT_APP: ["/dang-nhap/ung-dung"],
    NEWCOMER: ["/dang-nhap/mat-khau"],
}
# JSON and files
NOT_PAGES = {
    "suggestions.suggestions",
    "exchange.relations",
    "freshness.as_table",
    "warehouse.as_table",
    "freshness.as_measurements",
    "traffic.as_table",
    "traffic_upload.sample",
    "discrepancies.as_table",
    *("cases.file", "task_tables.export"),
    "agreement_paper.paper",
    "status.alive",
    "status.ready",
    "rights_review.download",
    "journal_log.table",
    "attachments.download",
    "intake.download",
    *(
        "decisions.download",
        "decisions.published",
        "consultations.table",
        "consultations.letter",
        "campaigns.answer_letter",
        "promulgated.signed_copy",
    ),
    "dossiers.signed",
    *(
        "code_lookup.alias",
        "code_lookup.dump",
        "code_lookup.dump_signature",
        "code_lookup.public_key",
    ),
    "changes_page.table",
    *("bulk_upload.empty", "bulk_upload.held", "upload_preview.faulty"),
    "status.security",
    "metrics.metrics",
    *(
        "catalogue.negotiated",
        "catalogue.fixed",
        "catalogue.plain",
        "catalogue.packed",
        "catalogue.checksum",
        "oai_pmh.answer",
    ),
    *(
        "catalogue.void",
        "sitemap.sitemap",
        "sitemap.sitemap_part",
        "catalogue.newest",
        "code_lookup.nightly",
    ),
    *(
        "code_lookup.nightly_signature",
        "profile.public",
        "profile.shapes",
        "profile.context",
    ),
    *(
        "change_feed.changes",
        "change_feed.change",
        "practice_feed.before",
        "practice_feed.after",
    ),
    *("search.file", "search.suggestions"),
}
WHO = {
    REGISTRAR: "dau-moi.cq-0062@vi-du.example",
    **{
        role: f"{role}@vi-du.example"
        for role in (REVIEWER, APPROVER, ADMIN, WITHOUT_APP, NEWCOMER)
    },
    CLERK: "van-thu-2@vi-du.example",
    AUDITOR: "kiem-tra-2@vi-du.example",
    AT_THE_DOOR: "approver@vi-du.example",
}
STATUS = {"draft": 1, "sent": 2, "reviewed": 3, "returned": 4, "recommended": 5}


@pytest.fixture(scope="module")
def office(demo_folder, tmp_path_factory, socket_enabled_module):
    """A copy of the demonstration with an amendment in review and a proposal that the register has overtaken."""
    system = copied(demo_folder, tmp_path_factory.mktemp("people") / "copy")
    with system.database.transaction() as session:
        reviewer = accounts.actor(session, WHO[REVIEWER], Role.REVIEWER, clock.today())
        for who, title, role in (
            (CLERK, "Văn thư thứ hai", Role.CLERK),
            (AUDITOR, "Kiểm tra viên thứ hai", Role.AUDITOR),
        ):
            second = accounts.add_person(session, f"{title} (minh họa)", WHO[who])
            post = accounts.add_post(session, reviewer.agency_id, title, role)
            accounts.appoint(session, post, second, clock.today())
            factors.set_up(session, second.id)
        session.flush()
        numbers = _numbers(session, system)
    passwords = {email: password for _role, email, password in Demo(system).passwords()}
    with system.database.transaction() as session:
        for who in (CLERK, AUDITOR):
            passwords[WHO[who]] = PASSWORD
            set_password(session, accounts.find(session, WHO[who]), PASSWORD)
        people = {
            who: accounts.find(session, WHO[who])
            for who in (WITHOUT_APP, NEWCOMER, REVIEWER)
        }
        factors.forget(session, people[WITHOUT_APP].id)
        people[NEWCOMER].must_change = True
        numbers["link"] = links.make(session, people[REVIEWER])
    with served(system) as address:
        yield address, passwords, numbers, system


def _upload(session, system, desk, *, order):
    """Keep a file with what is new, doubted and wrong; have its rows done where that is ordered."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh mục")
        page.write_row(
            0, 0, ["TT", "Tên CSDL", "Mục đích", "Tần suất cập nhật", "Cột lạ"]
        )
        page.write_row(1, 0, ["1", "Giếng khoan", "Quản lý", "Hàng tháng", "x"])
        page.write_row(2, 0, ["2", "Cơ sở dữ liệu khoáng sản rắn", "Quản lý", "", ""])
        page.write_row(3, 0, ["3", "Giếng  khoan", "Quản lý", "thỉnh thoảng", ""])
        page.write(4, 1, "Tổng cộng: 3")
    data = stream.getvalue()
    kept = files.put(session, system.settings.data_dir, "danh mục.xlsx", data)
    kind = system.profile.kinds["shared-database"]
    upload = uploads.keep(desk, kind.name, kept, "danh mục.xlsx")
    if order:
        plan = uploaded.Plan()
        planned = uploaded.tables(kind, sheets.read_book(data), plan, {})
        rows = uploaded.read_rows(Lookup(session, system.profile), kind, planned)
        register = Register(session, system.profile, moment(session))
        found = comparing.compare(desk, register, kind, rows[:1], {})
        uploads.order(desk, upload, found, Wish.DRAFT, uploads.last_proposal(desk))
        uploads.go_on(desk, upload)
    return upload.number


def _numbers(session, system):
    def desk(email, role):
        actor = accounts.actor(session, email, role, clock.today())
        return Desk(session, system.profile, actor, system.office)

    author, reviewer = (
        desk(WHO[REGISTRAR], Role.REGISTRAR),
        desk(WHO[REVIEWER], Role.REVIEWER),
    )
    approver = desk(WHO[APPROVER], Role.APPROVER)
    entry = (
        session.query(Entry)
        .filter_by(kind="shared-database", local_id="CSDL-0062")
        .one()
    )
    content = latest_version(session, entry.id).content
    items = [
        {**content["data_items"][0], "source": "Nguồn mới"},
        {"name": {"vi": "Hạng mục mới"}},
    ]
    asked = {
        "late": {**content, "scope": {"vi": "Phạm vi của phiếu này"}},
        "now": {**content, "scope": {"vi": "Phạm vi mới của danh mục"}},
    }
    made = {
        name: service.propose(
            author,
            ProposalRequest("shared-database", new, ProposalType.AMEND, entry.id),
        )
        for name, new in asked.items()
    }
    walk = (
        (author, Action.SUBMIT),
        (reviewer, Action.TAKE),
        (reviewer, Action.RECOMMEND),
        (approver, Action.APPROVE),
    )
    for who, action in walk:
        _act(who, made["now"], action)
    new = {
        **content,
        "scope": {"vi": "Phạm vi mới của danh mục, sửa lần nữa"},
        "data_items": items,
    }
    amended = service.propose(
        author, ProposalRequest("shared-database", new, ProposalType.AMEND, entry.id)
    )
    _act(author, amended, Action.SUBMIT)
    _act(reviewer, amended, Action.TAKE)
    _act(
        reviewer,
        amended,
        Action.FIND,
        remarks=(Remark("scope", "Nêu rõ hơn"), Remark("data_items.0.name", "Ghi đủ")),
    )
    first = (
        min(
            p.number
            for p in session.query(proposals.Proposal).filter_by(status="draft")
        )
        - 1
    )
    numbers = {name: first + place for name, place in STATUS.items()}
    heirs = [
        e.id
        for e in session.query(Entry).filter(
            Entry.kind == "agency", Entry.local_id.in_(("CQ-0070", "CQ-0071"))
        )
    ]
    divided = {
        "title": {"vi": "Chia sở (minh họa)"},
        "type": "chia",
        "date": "2027-01-01",
        "certainty": "minh-hoa",
        "original": [str(author.actor.agency_id)],
        "resulting": [str(heir) for heir in heirs],
    }
    numbers["succession"] = service.propose(
        author, ProposalRequest("succession", divided)
    ).number
    code = {
        "value": "H19.900",
        "scheme": "QD20",
        "status": "du-kien",
        "holder_name": {"vi": "Minh họa"},
    }
    code |= {
        "schema_agency": {"vi": "Minh họa"},
        "certainty": "minh-hoa",
        "illustrative": True,
    }
    wanted = IntakeRows(
        "Giữ trước mã (minh họa)", "identifier-code", [(1, code)], clock.today()
    )
    intake.prepare(reviewer, wanted)
    asked = Question(
        "Đề nghị cho ý kiến (minh họa)", clock.today() + timedelta(days=9), heirs[:2]
    )
    _act(reviewer, amended, Action.CONSULT, question=asked)
    _together(session, author, reviewer, content)
    _decisions(session, walk, content)
    numbers |= {
        "upload": _upload(session, system, author, order=False),
        "ordered": _upload(session, system, author, order=True),
    }
    return {**numbers, "late": made["late"].number, "amended": amended.number}


def _together(session, author, reviewer, content):
    """Leave a dossier that is gathered, one that was sent, and a campaign that asks the author's agency."""
    for number in range(2):
        new = {
            **content,
            "title": {"vi": f"Cơ sở dữ liệu trong hồ sơ {number} (minh họa)"},
        }
        held = service.propose(author, ProposalRequest("shared-database", new))
        made = dossiers.begin(author, "Hồ sơ (minh họa)")
        dossiers.write(
            author, made.number, made.lock_version, made.title, [held.number]
        )
    letter = dossiers.OfficialLetter("1/MH", clock.today(), "c" * 64)
    dossiers.send(author, made.number, made.lock_version, letter)
    asked = Question(
        "Xem lại các mục (minh họa)",
        clock.today() + timedelta(days=9),
        [author.actor.agency_id],
    )
    campaigns.begin(reviewer, "Rà soát (minh họa)", asked)


def _decisions(session, walk, content):
    """Leave a draft decision that gathers, one that is frozen, and something that waits for one."""
    office = replace(walk[0][0].office, promulgated=frozenset({"shared-database"}))
    waiting = []
    for number in range(3):
        new = {
            **content,
            "title": {"vi": f"Cơ sở dữ liệu chờ ban hành {number} (minh họa)"},
        }
        proposal = service.propose(walk[0][0], ProposalRequest("shared-database", new))
        for who, action in walk:
            _act(replace(who, office=office), proposal, action)
        waiting.append(proposal.number)
    clerk = replace(
        walk[0][0],
        actor=accounts.actor(session, WHO[CLERK], Role.CLERK, clock.today()),
        office=office,
    )
    laws = session.scalars(
        select(Version.entry_id).where(
            Version.content["gives_authority"].as_boolean(),
            Version.content["number"].as_string() == "72/2025/QH15",
        )
    )
    draft = Draft(
        "Ban hành Danh mục (minh họa)",
        Issuer.COMMITTEE,
        [next(laws)],
        clock.today(),
        wording=Wording(signatory="Nguyễn Văn A", unit="CĐS"),
    )
    for number in waiting[:2]:
        decision = decisions.begin(clerk, draft)
        decisions.write(clerk, decision.number, decision.lock_version, draft, [number])
    first = decision_queries.get(clerk, decision.number - 1)
    asked = Question(
        "Góp ý dự thảo (minh họa)",
        clock.today() + timedelta(days=9),
        [walk[0][0].actor.agency_id],
    )
    decisions.consult(clerk, first.number, first.lock_version, asked)
    decisions.reserve(clerk, decision.number)
    decisions.freeze(
        clerk, decision.number, decision.lock_version, ("a" * 64, "b" * 64)
    )


def _act(desk, proposal, action, **values):
    service.act(
        desk,
        proposal.id,
        proposal.lock_version,
        request_of(action, {"seen_hash": proposal.content_hash, **values}),
    )


def opened(browser, office, who, width, **options):
    """Return a page of somebody who is logged in, and what turns a path of the table into an address."""
    address, passwords, numbers, system = office
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = listened(context)
    if who != NOBODY:
        log_in(
            page,
            address,
            (WHO[who], passwords[WHO[who]]),
            None if who == AT_THE_DOOR else system,
        )
    page.said.clear()
    return page, lambda path: address + path.format(**numbers)


NIGHTLY = pytest.mark.nightly("browser")
BY_DAY = [pytest.param(who, marks=[] if who == REGISTRAR else NIGHTLY) for who in PAGES]
AXE_BY_DAY = [
    pytest.param(who, marks=[] if who in (REGISTRAR, REVIEWER) else NIGHTLY)
    for who in PAGES
]


def test_every_page_is_in_the_table(demo_client):
    rules = [
        r for r in demo_client.application.url_map.iter_rules() if "GET" in r.methods
    ]
    machines = (
        *("v1.", "proposals.", "codes.", "changes.", "harvest.", "openapi"),
        *("measurements.", "cases_api."),
    )
    others = (
        *machines,
        "home.",
        "agencies.",
        "standards.",
        "downloads.",
        "promulgated.",
        "static_files.",
        "entry.",
    )
    people = [r for r in rules if not r.endpoint.startswith(others)]
    adapter = demo_client.application.url_map.bind("")
    listed = [
        re.sub(r"\{\w+\}", "1", path.partition("?")[0])
        for paths in PAGES.values()
        for path in paths
    ]
    visited = {adapter.match(path)[0] for path in listed}

    assert {rule.endpoint for rule in people} - visited - NOT_PAGES == set()


@pytest.mark.parametrize(
    "lang", ["vi", pytest.param("en", marks=pytest.mark.nightly("browser"))]
)
@pytest.mark.parametrize(
    "width", [390, pytest.param(1280, marks=pytest.mark.nightly("browser"))]
)
@pytest.mark.parametrize("who", AXE_BY_DAY)
def test_axe_finds_nothing(browser, office, who, width, lang):
    axe, found = Axe(), {}
    page, to = opened(browser, office, who, width, bypass_csp=True)
    for path in PAGES[who]:
        joined = to(path) + (
            ("&" if "?" in path else "?") + "lang=en" if lang == "en" else ""
        )
        page.goto(joined, wait_until="networkidle" if path.endswith("/thu") else "load")
        page.wait_for_selector("main", state="attached")
        # theirs; what it shows is on our own page too
        context = {"exclude": [["#swagger"]]}
        violations = axe.run(page, context).response["violations"]
        if violations:
            found[path] = [
                (v["id"], [n["target"] for n in v["nodes"]][:3]) for v in violations
            ]
    page.context.close()

    assert found == {}


@pytest.mark.parametrize("who", [pytest.param(who, marks=NIGHTLY) for who in PAGES])
def test_the_console_is_silent_and_no_other_host_is_asked(browser, office, who):
    page, to = opened(browser, office, who, 1280)
    for path in PAGES[who]:
        page.goto(to(path), wait_until="networkidle")
    said = [
        text
        for text in page.said
        if "404 (NOT FOUND)" not in text and "403 (FORBIDDEN)" not in text
    ]

    assert said == []
    assert [
        url for url in page.asked if not url.startswith((office[0], "data:", "blob:"))
    ] == []
    page.context.close()


@pytest.mark.parametrize("who", BY_DAY)
def test_nothing_is_wider_than_a_small_phone_or_a_page_in_double_size(
    browser, office, who
):
    page, to = opened(browser, office, who, 320, bypass_csp=True)
    wide = {}
    for path in PAGES[who]:
        page.goto(to(path))
        narrow = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 640, "height": 900})
        page.add_style_tag(content="html{font-size:200% !important}")
        large = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 320, "height": 900})
        if narrow > 320 or large > 640:
            wide[path] = (narrow, large)
    page.context.close()

    assert wide == {}


ENGLISH = (
    "Error:",
    "There is a problem",
    "Important",
    "Success",
    "Back to top",
    "Menu",
    "Search",
    "Skip to main",
)


@pytest.mark.parametrize("who", BY_DAY)
def test_no_english_of_the_components_is_left_in_vietnamese(browser, office, who):
    page, to = opened(browser, office, who, 1280, java_script_enabled=False)
    for path in PAGES[who]:
        if path == "/tai-lieu-api":
            continue  # names of parameters are English
        page.goto(to(path))
        text = page.inner_text("body")
        assert not [word for word in ENGLISH if word in text], path
    page.context.close()


def test_signing_is_asked_for_on_a_page_of_its_own_where_the_code_was_left_out(
    browser, office
):
    page, to = opened(browser, office, APPROVER, 1280, bypass_csp=True)
    page.goto(to("/phieu/{recommended}"))
    page.check("#sure")
    follow(page, page.get_by_role("button", name="Phê duyệt", exact=True))

    assert page.inner_text("h1") == "Xác nhận bằng mã xác thực"
    assert Axe().run(page).response["violations"] == []
    page.fill("#one_time_code", "000000")
    follow(page, page.get_by_role("button", name="Xác nhận và làm tiếp"))
    assert "Mã không đúng" in page.inner_text(".govuk-error-summary")
    page.context.close()


def test_the_end_of_a_session_is_told_and_put_off_with_one_click(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.clock.install()
    page.goto(to("/viec-cua-toi"))
    box = page.locator("#session")

    page.clock.run_for(9 * 60_000)
    assert not box.is_visible()
    page.clock.run_for(2 * 60_000)
    assert box.is_visible()
    box.get_by_role("button", name="Làm việc tiếp").click()
    box.wait_for(state="hidden")
    page.clock.run_for(16 * 60_000)
    assert "Phiên đã kết thúc" in box.inner_text()
    page.context.close()


def test_a_draft_is_filled_in_by_keyboard_alone(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/general"))
    unfold(page)

    page.keyboard.press("Tab")
    assert (
        page.evaluate("document.activeElement.textContent.trim()")
        == "Chuyển đến nội dung chính"
    )
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "title":
            break
    page.keyboard.press("End")
    page.keyboard.type(" bằng bàn phím")
    with page.expect_navigation(url=re.compile(r"/phieu/\d+$")):
        page.keyboard.press("Enter")

    assert "bằng bàn phím" in page.inner_text("h1")
    page.context.close()


def test_an_error_takes_the_focus_and_leads_to_its_field(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/content"))
    page.locator("details > summary").filter(
        has_text="Thông tin không bắt buộc"
    ).click()
    page.fill("#review_interval", "999")
    follow(page, page.get_by_role("button", name="Lưu, sang phần tiếp"))

    assert page.title().startswith("Lỗi:")
    assert "govuk-error-summary" in page.evaluate("document.activeElement.className")
    page.click(".govuk-error-summary__list a")
    assert "review_interval" in page.evaluate("document.activeElement.id")
    page.context.close()


def test_a_draft_saves_itself_and_says_so(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/general"))
    unfold(page)

    page.fill('[name="scope.vi"]', "Phạm vi tự lưu")
    page.wait_for_selector("#saved >> text=tự lưu lúc")
    page.goto(to("/phieu/{draft}/phan/general"))
    unfold(page)

    assert page.input_value('[name="scope.vi"]') == "Phạm vi tự lưu"
    page.context.close()


def test_a_save_that_fails_is_said_and_keeps_the_page(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/general"))
    unfold(page)
    page.context.clear_cookies()

    page.fill('[name="scope.vi"]', "Mất phiên")
    page.wait_for_selector("#saved >> text=Chưa lưu được")

    assert page.input_value('[name="scope.vi"]') == "Mất phiên"
    page.context.close()


def test_a_name_is_picked_from_suggestions(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/owner"))
    unfold(page)

    page.fill("#owner", "")
    page.type("#owner", "khoa hoc va cong")
    page.wait_for_selector(".autocomplete__option >> text=/^Sở Khoa học và Công nghệ/")
    names = page.locator(".autocomplete__option").all_inner_texts()
    for _ in range(
        1
        + next(
            n
            for n, name in enumerate(names)
            if name.startswith("Sở Khoa học và Công nghệ")
        )
    ):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    assert "Sở Khoa học và Công nghệ (CQ-" in page.input_value("#owner")
    page.context.close()


def test_escape_in_suggestions_keeps_what_was_typed(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/owner"))
    unfold(page)
    page.fill("#owner", "")
    page.type("#owner", "khoa hoc va cong")
    page.wait_for_selector(".autocomplete__option >> text=/^Sở Khoa học và Công nghệ/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(".autocomplete__menu--visible").count() == 0
    assert page.input_value("#owner") == "khoa hoc va cong"
    page.keyboard.press("Tab")
    assert page.input_value("#owner") == "khoa hoc va cong"
    page.goto(to("/tim-kiem"))
    page.focus("[name=q]")
    page.wait_for_selector(".autocomplete__input")
    page.type("[name=q]", "dat dai")
    page.wait_for_selector(".autocomplete__option")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.input_value("[name=q]") == "dat dai"
    page.context.close()


def test_similar_names_are_shown_while_typing(browser, office):
    page, to = opened(browser, office, REGISTRAR, 1280)
    page.goto(to("/phieu/{draft}/phan/nhanh"))
    unfold(page)

    page.fill("#title", "Cơ sở dữ liệu đất đai mới")
    page.wait_for_selector("#giong >> text=CSDL-0062")
    page.context.close()


def unfold(page):
    """Open what is folded, as its reader would by a click each."""
    page.evaluate(
        "document.querySelectorAll('main details').forEach(each => { each.open = true })"
    )


def stale(page, to):
    """Save a section in which another window changed the same field meanwhile."""
    page.goto(to("/phieu/{draft}/phan/owner"))
    unfold(page)
    page.evaluate("document.querySelector('#seal').value = 'x'")
    page.evaluate("document.querySelector('[name=form]').value = 'another'")
    page.fill('[name="contact_point.fn.vi"]', "Đầu mối gõ ở cửa sổ cũ")
    follow(page, page.get_by_role("button", name="Lưu, sang phần tiếp"))


def unsure(page, to):
    """Withdraw without saying that one is sure."""
    page.goto(to("/phieu/{sent}"))
    follow(page, page.get_by_role("button", name="Rút hồ sơ"))


def unnamed(page, to):
    page.goto(to("/dang-ky?ten="))


def new_key(page, to):
    """Make a key, which is shown this once."""
    page.goto(to("/tai-khoan"))
    page.fill("#name", "Đồng bộ hằng đêm")
    page.check("#scope-read")
    follow(page, page.get_by_role("button", name="Tạo khóa"))


def wrong_password(page, to):
    page.goto(to("/tai-khoan"))
    follow(page, page.get_by_role("button", name="Đổi mật khẩu"))


STATES = {
    "a stale form": (REGISTRAR, stale, "Phần này vừa được sửa ở nơi khác"),
    "not sure": (REGISTRAR, unsure, "Đánh dấu ô “Tôi rút phiếu"),
    "no name": (REGISTRAR, unnamed, "Nhập tên để tiếp tục"),
    "a new key": (REGISTRAR, new_key, "dmk_"),
    "a wrong password": (REGISTRAR, wrong_password, "Mật khẩu hiện tại không đúng"),
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_where_something_went_wrong_or_is_shown_once(
    browser, office, state, width
):
    who, bring, shown = STATES[state]
    page, to = opened(browser, office, who, width, bypass_csp=True)

    bring(page, to)

    assert shown in page.inner_text("main")
    assert [
        (v["id"], [n["target"] for n in v["nodes"]])
        for v in Axe().run(page).response["violations"]
    ] == []
    page.context.close()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (NOBODY, "/doc/csdl/CSDL-0062"),
        (REVIEWER, "/phieu/{amended}"),
        (REGISTRAR, "/phieu/{sent}"),
    ],
)
def test_paper_carries_the_matter_and_no_buttons(browser, office, who, path):
    page, to = opened(browser, office, who, 1280)
    page.goto(to(path))
    page.emulate_media(media="print")

    assert page.locator("h1").is_visible()
    assert page.locator("main dd").first.is_visible()
    shown = [
        each
        for each in page.locator("button, nav, .govuk-footer, .app-search").all()
        if each.is_visible()
    ]
    assert [each.inner_text() for each in shown] == []
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.context.close()


def test_a_proposal_is_approved_by_keyboard_alone(
    browser, demo_copy, socket_enabled_module
):
    passwords = {
        email: password for _role, email, password in Demo(demo_copy).passwords()
    }
    with served(demo_copy) as address:
        page = listened(browser.new_context())
        log_in(page, address, (WHO[APPROVER], passwords[WHO[APPROVER]]), demo_copy)
        for wanted in ("a[href^='/phieu/']", "#sure"):
            for _ in range(80):
                page.keyboard.press("Tab")
                if page.evaluate(
                    "selector => document.activeElement.matches(selector)", wanted
                ):
                    break
            if wanted == "#sure":
                page.keyboard.press("Space")
                page.keyboard.press("Tab")
                page.keyboard.type(recovery_code(demo_copy, WHO[APPROVER]))
            else:
                with page.expect_navigation():
                    page.keyboard.press("Enter")
        for _ in range(10):
            page.keyboard.press("Tab")
            if (
                page.evaluate("document.activeElement.textContent.trim()")
                == "Phê duyệt"
            ):
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert "Đã vào danh mục" in page.inner_text("main")
        page.context.close()
