"""From a draft to what a decision put in force, as seven people live it, without JavaScript."""

import re

import pytest
from chromium import MARKS, follow, served
from journeys.test_people_in_chromium import TITLE, Person, _mend, _recommend, _register
from people import PASSWORD, recovery_code
from rdflib import Graph, Literal
from support import SIGNED_PDF, working_day

from app import clock
from app.accounts import factors
from app.accounts import service as accounts
from app.accounts.passwords import set_password
from app.factory import System
from app.permissions import Role
from app.register.models import Entry
from catalog_schema.namespaces import DCT
from fixtures.load import Demo

pytestmark = MARKS
ASKED = ("CQ-0070", "CQ-0071")
DAY = clock.today()
PDF = {
    "name": "quyết định.pdf",
    "mimeType": "application/pdf",
    "buffer": SIGNED_PDF,
}


@pytest.fixture
def system(demo_copy):
    """The demonstration, with databases that enter by a decision, and people of two more agencies and a clerk."""
    settings = type(demo_copy.settings)(
        **{**vars(demo_copy.settings), "promulgate": ("shared-database",)}
    )
    found = System(settings)
    with found.database.transaction() as session:
        reviewer = accounts.actor(session, "reviewer@vi-du.example", Role.REVIEWER, DAY)
        hire(session, "van-thu-3@vi-du.example", reviewer.agency_id, Role.CLERK)
        for place, local_id in enumerate(ASKED):
            agency = (
                session.query(Entry).filter_by(kind="agency", local_id=local_id).one()
            )
            hire(session, f"duoc-hoi-{place}@vi-du.example", agency.id, Role.REGISTRAR)
    return found


def hire(session, email, agency_id, role):
    person = accounts.add_person(session, f"{role} (minh họa)", email)
    accounts.appoint(
        session,
        accounts.add_post(session, agency_id, f"{role} (minh họa)", role),
        person,
        DAY,
    )
    set_password(session, person, PASSWORD)
    factors.set_up(session, person.id)


@pytest.mark.nightly("browser")
def test_from_a_draft_to_what_is_in_force_and_harvested(browser, system):
    known = {
        role: (email, password) for role, email, password in Demo(system).passwords()
    }
    with served(system) as address:

        def someone(account):
            return Person(browser, address, account, scripts=False, system=system)

        registrar = someone(known["Cán bộ đầu mối"])
        number = _register(registrar)
        reviewer = someone(known["Cán bộ thẩm định"])
        follow(reviewer.page, "text=Hồ sơ chờ thẩm định >> nth=0")
        follow(reviewer.page, f"text={TITLE}")
        reviewer.press("Tiếp nhận")
        consultation = _ask(reviewer, number)
        for place, said in enumerate(
            (("agree", ""), ("disagree", "Trùng với hồ sơ cấp phép của sở"))
        ):
            _answer(
                someone((f"duoc-hoi-{place}@vi-du.example", PASSWORD)),
                consultation,
                *said,
            )
        _handle(reviewer, consultation)
        _returned(reviewer, number)
        _mend(registrar, number, "x")
        _recommend(reviewer, number)
        approver = someone(known["Người phê duyệt"])
        follow(approver.page, f"text={TITLE}")
        approver.page.check("#sure")
        approver.page.fill(
            "#one_time_code", recovery_code(system, known["Người phê duyệt"][0])
        )
        approver.press("Phê duyệt")
        assert "Đã duyệt, chờ ban hành" in approver.text()
        clerk = someone(("van-thu-3@vi-du.example", PASSWORD))
        _promulgate(clerk, number, recovery_code(system, "van-thu-3@vi-du.example"))
        system.follow()
        _in_force(browser, address)
        registrar.page.goto(address + "/thong-bao")
        assert "Phiếu cần bổ sung" in registrar.text()
        assert "Đã vào danh mục" in registrar.text()


def _ask(person, number):
    follow(person.page, "text=Lấy ý kiến các cơ quan")
    person.page.fill("#agencies", "\n".join(ASKED))
    for box in person.page.locator("[name=agency]").all():
        box.uncheck()
    person.page.fill(
        "#question", "Phạm vi có trùng với cơ sở dữ liệu của quý sở không?"
    )
    person.page.fill("#due_on", f"{working_day(10):%d/%m/%Y}")
    person.press("Gửi xin ý kiến")
    assert person.text().count("Chưa trả lời") == len(ASKED)
    assert number
    return re.search(r"/lay-y-kien/(\d+)", person.page.url)[1]


def _answer(person, consultation, verdict, reason):
    follow(person.page, "text=Lấy ý kiến >> nth=0")
    follow(person.page, f"text={TITLE}")
    assert person.page.url.endswith(f"/lay-y-kien/{consultation}")
    person.give("verdict", verdict)
    person.page.fill("#reason", reason)
    person.press("Gửi ý kiến")
    assert "Đã ghi ý kiến" in person.page.inner_text("body")
    person.page.context.close()


def _handle(person, consultation):
    person.page.goto(f"{person.address}/lay-y-kien/{consultation}")
    person.page.locator("textarea[name^=handling]").fill(
        "Phạm vi khác nhau: giấy phép xây dựng, không gồm quy hoạch"
    )
    person.press("Ghi giải trình")
    assert "Phạm vi khác nhau" in person.text()


def _returned(person, number):
    person.page.goto(f"{person.address}/phieu/{number}")
    person.page.locator("#purpose summary").filter(has_text="Chưa đạt").click()
    person.give("remark.purpose", "Nêu rõ phục vụ nghiệp vụ nào")
    person.give("missing", "1")
    person.give("reason", "Bổ sung các phần còn thiếu")
    person.press("Yêu cầu bổ sung")
    assert "Yêu cầu bổ sung" in person.text()


def _promulgate(person, number, code):
    follow(person.page, "text=Ban hành >> nth=0")
    person.page.fill("#title", "Ban hành Danh mục cơ sở dữ liệu dùng chung (minh họa)")
    person.page.fill("#effective_from", f"{DAY:%d/%m/%Y}")
    person.page.fill("#bases", "278/2025/NĐ-CP\n72/2025/QH15")
    person.page.fill("#signatory", "Minh họa")
    person.page.fill("#unit", "CĐS")
    follow(person.page, person.page.locator("main form button[type=submit]").last)
    person.page.check(f"#phieu-{number}")
    person.press("Lưu dự thảo")
    person.press("Chốt phụ lục")
    assert "Đã chốt phụ lục" in person.text()
    person.page.fill("#report", "15/TTr-SKHCN (minh họa)")
    person.press("Ghi nhận đã trình")
    for name, text in (
        ("number", "4321/QĐ-UBND"),
        ("signed_on", f"{DAY:%d/%m/%Y}"),
        ("signatory", "Minh họa"),
    ):
        person.page.fill(f"#{name}", text)
    person.page.set_input_files("#signed", PDF)
    person.page.fill("#one_time_code", code)
    person.press("Ban hành, đưa tất cả vào danh mục")
    if person.page.locator("#why").count():  # today is no working day
        person.page.fill("#why", "Ký ngoài ngày làm việc")
        person.page.set_input_files("#signed", PDF)
        person.press("Ban hành, đưa tất cả vào danh mục")
    assert "Đã ban hành" in person.text()
    follow(person.page, "text=Nội dung thay đổi của quyết định")
    assert TITLE in person.text()


def _in_force(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/tim-kiem?q=giay+phep+xay+dung+thu+nghiem")
    follow(page, f"text={TITLE}")
    assert "4321/QĐ-UBND" in page.inner_text("main")
    turtle = context.request.get(page.url, headers={"Accept": "text/turtle"}).text()
    found = Graph().parse(data=turtle, format="turtle")
    context.close()
    assert list(found.subjects(DCT.title, Literal(TITLE, lang="vi")))
