"""Twenty-six databases of fifteen agencies come by a decision; its number and its day are corrected after it.

With PICTURES set to a folder, the pages that people see and the papers that they print are kept there.
"""

import io
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from chromium import MARKS, follow, served
from docx import Document
from journeys.test_decision_in_chromium import hire
from journeys.test_people_in_chromium import Person
from people import PASSWORD, recovery_code
from support import PATH, database, working_day

from app import clock
from app.accounts import service as accounts
from app.documents.papers import pdf
from app.factory import System
from app.permissions import Action, Role
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import ProposalRequest

pytestmark = [*MARKS, pytest.mark.nightly("browser")]
DAY = clock.today()
LATER = DAY + timedelta(days=32)
CLERK, SECOND = "van-thu-1@vi-du.example", "van-thu-2@vi-du.example"
ASKED = ("CQ-0070", "CQ-0071")
TITLES = (
    "đất đai",
    "hộ tịch",
    "giá",
    "giáo dục",
    "y tế cơ sở",
    "giao thông",
    "quy hoạch",
)
GROUPS = ("trong-tinh", "bo-nganh-tinh-khac", "doanh-nghiep", "ca-nhan")
MODES = ("dung-chung", "dung-chung", "mo", "dung-rieng")


@pytest.fixture
def system(demo_copy):
    settings = type(demo_copy.settings)(
        **{**vars(demo_copy.settings), "promulgate": ("shared-database",)}
    )
    found = System(settings)
    with found.database.transaction() as session:
        reviewer = accounts.actor(session, "reviewer@vi-du.example", Role.REVIEWER, DAY)
        for email in (CLERK, SECOND):
            hire(session, email, reviewer.agency_id, Role.CLERK)
        register = Register(session, found.profile, moment(session))
        views = register.all(Filter(("agency",), facts={"classification": ("so",)}))
        others = register.all(Filter(("agency",), facts={"classification": ("ubnd",)}))
        owners = [view.id for view in views if view.content.get("parent")]
        for place, local_id in enumerate(ASKED):
            asked = register.get("agency", local_id)
            hire(session, f"hoi-{place}@vi-du.example", asked.id, Role.REGISTRAR)
        owners = [*owners, *(view.id for view in others)][:15]
        law = register.all(Filter(("legal-document",)))
        current = next(view for view in law if view.title == "278/2025/NĐ-CP")
        _approve(found, session, owners, str(current.id))
    return found


def _approve(system, session, owners, law):
    """Have twenty-six databases examined and approved, by whoever does that."""
    actors = {
        Role.REGISTRAR: accounts.actor(session, "registrar@vi-du.example", None, DAY),
        Role.REVIEWER: accounts.actor(session, "reviewer@vi-du.example", None, DAY),
        Role.APPROVER: accounts.actor(session, "approver@vi-du.example", None, DAY),
    }
    desks = {
        role: Desk(session, system.profile, actor, system.office)
        for role, actor in actors.items()
    }
    for number in range(26):
        content = _content(str(owners[number % len(owners)]), law, number)
        request = ProposalRequest("shared-database", content)
        made = service.propose(desks[Role.REGISTRAR], request)
        for action, role in PATH:
            proposal = proposals.get(desks[role], made.id)
            values = (
                {"seen_hash": proposal.content_hash} if action is Action.APPROVE else {}
            )
            said = request_of(action, values)
            service.act(desks[role], made.id, proposal.lock_version, said)


def _content(owner, law, number):
    title = f"Cơ sở dữ liệu {TITLES[number % len(TITLES)]}, phần {number + 1}"
    base = database(owner, law, title=title, illustrative=True, certainty="minh-hoa")
    item = base["data_items"][0]
    items = [
        {
            **item,
            "name": {"vi": f"Hạng mục {name}"},
            "sharing": [
                {"consumer_group": group, "mode": mode}
                for group, mode in list(zip(GROUPS, MODES, strict=True))[: 4 - place]
            ],
        }
        for place, name in enumerate(("hồ sơ", "kết quả giải quyết")[: 1 + number % 2])
    ]
    return {**base, "data_items": items}


class Album:
    """Where pictures of pages, and papers, are kept."""

    def __init__(self):
        self.folder = Path(os.environ["PICTURES"]) if "PICTURES" in os.environ else None
        self.count = 0
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)

    def page(self, person, name):
        if self.folder:
            self.count += 1
            path = self.folder / f"{self.count:02d}-{name}.png"
            person.page.screenshot(path=path, full_page=True)

    def paper(self, name, data):
        if self.folder:
            (self.folder / f"{name}.docx").write_bytes(data)
            (self.folder / f"{name}.pdf").write_bytes(pdf.of(data))


def test_a_decision_is_signed_and_corrected(browser, system):
    album = Album()
    with served(system) as address:
        clerk, second = (
            Person(browser, address, (email, PASSWORD), scripts=True, system=system)
            for email in (CLERK, SECOND)
        )
        number = _draft(clerk, album)
        consultation = _consult(clerk, album)
        for place in range(len(ASKED)):
            account = (f"hoi-{place}@vi-du.example", PASSWORD)
            asked = Person(browser, address, account, scripts=True, system=system)
            _answer(asked, consultation, place)
        _handle(clerk, consultation)
        frozen = _freeze(clerk, number, album)
        _papers(clerk, number, consultation, album)
        _sign(clerk, number, frozen, album, recovery_code(system, CLERK))
        _correct_number(clerk, second, number, album, recovery_code(system, SECOND))
        _amend_day(clerk, number, album, recovery_code(system, CLERK))


def _fill_signer(person):
    person.give("signatory", "Nguyễn Văn A")
    person.give("unit", "CĐS")
    person.give("capacity", "ky-thay")


def _draft(clerk, album):
    follow(clerk.page, "text=Ban hành >> nth=0")
    clerk.give("title", "Ban hành Danh mục cơ sở dữ liệu dùng chung của {tỉnh}")
    clerk.give("effective_from", f"{DAY:%d/%m/%Y}")
    clerk.page.fill(
        "#bases", "278/2025/NĐ-CP\n72/2025/QH15\n60/2024/QH15\n165/2025/NĐ-CP"
    )
    _fill_signer(clerk)
    album.page(clerk, "soan-du-thao")
    clerk.press("Mở dự thảo")
    for box in clerk.page.locator("[name=phieu][type=checkbox]").all():
        box.check()
    clerk.press("Lưu dự thảo")
    album.page(clerk, "du-thao")
    return int(clerk.page.url.rsplit("/", 1)[1])


def _consult(clerk, album):
    follow(clerk.page, "text=Lấy ý kiến các cơ quan về dự thảo này")
    clerk.page.fill("#agencies", "\n".join(ASKED))
    clerk.page.fill(
        "#question", "Trách nhiệm thực hiện.\nHình thức chia sẻ từng hạng mục."
    )
    clerk.page.fill("#due_on", f"{working_day(10):%d/%m/%Y}")
    clerk.press("Gửi xin ý kiến")
    album.page(clerk, "lay-y-kien")
    return int(re.search(r"/lay-y-kien/(\d+)", clerk.page.url)[1])


def _answer(person, consultation, place):
    person.page.goto(f"{person.address}/lay-y-kien/{consultation}")
    person.give("verdict", ("agree", "comments")[place])
    if place:
        person.page.locator("[name^='comment.']").first.fill(
            "Ghi rõ đầu mối tiếp nhận."
        )
    person.press("Gửi ý kiến")
    person.page.context.close()


def _handle(clerk, consultation):
    clerk.page.goto(f"{clerk.address}/lay-y-kien/{consultation}")
    clerk.page.locator("textarea[name^=handling]").fill("Tiếp thu. Đã bổ sung Điều 2.")
    clerk.press("Ghi giải trình")
    if "còn chờ" in clerk.text() or clerk.page.locator("#close_reason").count():
        clerk.page.goto(f"{clerk.address}/lay-y-kien/{consultation}")


def _freeze(clerk, number, album):
    clerk.page.goto(f"{clerk.address}/quyet-dinh/{number}")
    clerk.press("Chốt phụ lục")
    assert "Đã chốt phụ lục" in clerk.text()
    assert "CSDL-" in clerk.page.content()
    album.page(clerk, "da-chot")
    frozen = _download(clerk, f"/quyet-dinh/{number}/tep/quyet-dinh.docx")
    album.paper("01-quyet-dinh", frozen)
    clerk.page.fill("#report", f"15/TTr-SKHCN ngày {DAY:%d/%m/%Y}")
    clerk.press("Ghi nhận đã trình")
    return frozen


def _download(person, path):
    answer = person.page.context.request.get(person.address + path)
    assert answer.ok, path
    return answer.body()


def _papers(clerk, number, consultation, album):
    """Draw up what goes with the decision; each page remembers how the last was signed."""
    for name, path in (
        ("02-to-trinh", f"to-trinh/{number}"),
        ("03-bao-cao", f"bao-cao/{number}"),
        ("04-phieu-trinh", f"phieu-trinh/{number}"),
        ("05-lay-y-kien", f"lay-y-kien/{consultation}"),
        ("06-tong-hop", f"tong-hop-y-kien/{consultation}"),
    ):
        clerk.page.goto(f"{clerk.address}/giay-to/{path}")
        for field, text in (
            ("signatory", "Phạm Thị D"),
            ("unit", "CĐS"),
            ("compiler", "Võ Văn E"),
            ("leader", "Giám đốc Sở"),
            ("unit_name", "Phòng Chuyển đổi số"),
            ("drafter", "Võ Văn E"),
            ("unit_head", "Đỗ Thị G"),
        ):
            if clerk.page.locator(f"#{field}").count():
                clerk.page.fill(f"#{field}", text)
        album.page(clerk, f"lap-{name}")
        with clerk.page.expect_download() as started:
            clerk.page.get_by_role("button", name="Tải DOCX").click()
        data = Path(started.value.path()).read_bytes()
        assert Document(io.BytesIO(data)).paragraphs
        album.paper(name, data)


def _signed_copy(frozen, number):
    """Return the frozen paper with a number and a day, as the clerk of the committee makes it."""
    document = Document(io.BytesIO(frozen))
    cell = document.tables[0].rows[1].cells[0]
    run = cell.paragraphs[0].runs[0]
    run.text = f"Số: {number}/QĐ-UBND"
    stream = io.BytesIO()
    document.save(stream)
    return pdf.of(stream.getvalue())


def _fill_signature(clerk, number, frozen, code, why="Ký ngoài ngày làm việc"):
    clerk.page.fill("#number", f"{number}/QĐ-UBND")
    clerk.page.fill("#signed_on", f"{DAY:%d/%m/%Y}")
    if clerk.page.locator("#why").count():
        clerk.page.fill("#why", why)
    copy = {"name": "ban-ky.pdf", "mimeType": "application/pdf"}
    copy["buffer"] = _signed_copy(frozen, 4312)
    clerk.page.set_input_files("#signed", copy)
    if clerk.page.locator("#one_time_code").count():
        clerk.page.fill("#one_time_code", code)


def _sign(clerk, number, frozen, album, code):
    clerk.page.goto(f"{clerk.address}/quyet-dinh/{number}")
    album.page(clerk, "ghi-nhan-ky")
    _fill_signature(clerk, 4321, frozen, code)  # the paper says 4312
    clerk.press("Ban hành, đưa tất cả vào danh mục")
    if clerk.page.locator("#why").count():
        _fill_signature(clerk, 4321, frozen, code)
        clerk.press("Ban hành, đưa tất cả vào danh mục")
    assert "Đã ban hành" in clerk.text()
    album.page(clerk, "da-ban-hanh")
    follow(clerk.page, "text=Trang công khai của quyết định này")
    assert "4321/QĐ-UBND" in clerk.text()
    album.page(clerk, "trang-cong-khai")


def _correct_number(clerk, second, number, album, code):
    clerk.page.goto(f"{clerk.address}/quyet-dinh/{number}/sua-thong-tin")
    clerk.page.fill("#number", "4312/QĐ-UBND")
    clerk.page.fill("#reason", "Gõ nhầm 4321, bản ký ghi 4312")
    clerk.press("Đề nghị sửa")
    second.page.goto(f"{second.address}/quyet-dinh/{number}/sua-thong-tin")
    album.page(second, "xac-nhan-sua")
    if second.page.locator("#one_time_code").count():
        second.page.fill("#one_time_code", code)
    second.press("Xác nhận sửa")
    assert "4312/QĐ-UBND" in second.text()


def _amend_day(clerk, number, album, code):
    """The paper itself says a wrong effective day: another decision amends it."""
    follow(clerk.page, "text=Ban hành >> nth=0")
    clerk.give("kind", "amend")
    clerk.give("title", "Sửa đổi quy định về hiệu lực của {văn bản}")
    clerk.give("effect", "signing")
    clerk.page.fill("#bases", "278/2025/NĐ-CP\n72/2025/QH15")
    _fill_signer(clerk)
    clerk.page.click("text=Văn bản được sửa đổi, thay thế hoặc bãi bỏ")
    clerk.give("target", "4312/QĐ-UBND")
    clerk.give("target_from", f"{LATER:%d/%m/%Y}")
    clerk.press("Mở dự thảo")
    amending = int(clerk.page.url.rsplit("/", 1)[1])
    clerk.press("Chốt phụ lục")
    frozen = _download(clerk, f"/quyet-dinh/{amending}/tep/quyet-dinh.docx")
    album.paper("07-sua-ngay-hieu-luc", frozen)
    album.page(clerk, "sua-ngay-hieu-luc")
    _fill_signature(clerk, 4313, frozen, code)
    clerk.press("Ban hành, đưa tất cả vào danh mục")
    if clerk.page.locator("#why").count():
        _fill_signature(clerk, 4313, frozen, code)
        clerk.press("Ban hành, đưa tất cả vào danh mục")
    assert "Đã ban hành" in clerk.text()
    clerk.page.goto(f"{clerk.address}/quyet-dinh/{number}")
    assert f"Từ ngày {LATER:%d/%m/%Y}" in clerk.text()
    album.page(clerk, "sau-khi-sua-ngay")
