"""What one asks and another has to answer, as its people live it: an owner without account answers late on paper, another gives two of three items, demands are ranked, a rule is cleared by its ministry, a task is late.

With PICTURES set to a folder, the pages that people see and the letters that they print are kept there.
"""

import io
import re
from uuid import UUID

import pytest
from chromium import MARKS, follow
from docx import Document
from journeys.test_decision_in_chromium import hire
from journeys.test_people_in_chromium import Person
from journeys.test_signed_decision_in_chromium import Album
from journeys.test_year_of_sharing import Year
from people import PASSWORD
from support import SIGNED_PDF

from app import clock
from app.accounts.models import Holding, Post
from app.accounts.models import Person as Known
from app.notify.models import Notice
from app.permissions import Role
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import PRESENT, moment

pytestmark = [*MARKS, pytest.mark.nightly("browser")]
ASKS, GIVES, HEAD = "hoi@vi-du.example", "cho@vi-du.example", "duyet@vi-du.example"
DEPARTMENT = "tham-dinh-2@vi-du.example"
LAND, INSURANCE = "Cơ sở dữ liệu đất đai", "Bảo hiểm xã hội tỉnh"
GIVING = "Sở Nông nghiệp và Môi trường"
LAW = "60/2024/QH15"


@pytest.fixture
def year(demo_copy):
    year = Year(demo_copy)
    with demo_copy.database.transaction() as session:
        register = Register(session, demo_copy.profile, moment(session))
        standing = register.all(Filter(("agency",), PRESENT))
        views = {view.title: view for view in standing}
        hire(session, ASKS, views["Sở Nội vụ"].id, Role.REGISTRAR)
        hire(session, GIVES, views[GIVING].id, Role.REGISTRAR)
        hire(session, HEAD, views[GIVING].id, Role.HEAD)
        department = views["Sở Khoa học và Công nghệ"].id
        hire(session, DEPARTMENT, department, Role.REVIEWER)
        databases = register.all(Filter(("shared-database",)))
        year.land = next(view for view in databases if view.title == LAND)
        year.insured = next(
            view
            for view in databases
            if view.content.get("owner") == str(views[INSURANCE].id)
        )
        _without_accounts(session, views[INSURANCE].id)
        assert UUID(year.land.content["owner"]) == views[GIVING].id
    return year


def _without_accounts(session, agency):
    """Close the accounts of an agency, as of one that never had any."""
    query = session.query(Known).join(Holding, Holding.person_id == Known.id)
    query = query.join(Post, Post.id == Holding.post_id)
    for person in query.filter(Post.agency_id == agency):
        person.disabled_at = clock.now()


def test_what_is_asked_is_answered(browser, year):
    album = Album()
    with year.serve() as address:

        def person(email):
            return Person(
                browser, address, (email, PASSWORD), scripts=True, system=year.system
            )

        _insurance_answers_late_on_paper(year, person, album)
        _two_of_three_items_are_given(year, person, album)
        _demands_are_ranked(person, album)
        _a_rule_is_cleared_by_its_ministry(year, person, album)
        _a_task_is_late(person, album)


def _ask(person, view, album, name, items):
    """Ask for items of a database, from its page; return the number of the case."""
    page = person.page
    page.goto(f"{person.address}/doc/csdl/{view.local_id}")
    follow(page, page.get_by_role("link", name="Lập đề nghị khai thác").first)
    page.locator("[name=items]").fill("\n".join(items))
    person.give("purpose", "Xét trợ cấp, không yêu cầu nộp lại giấy tờ")
    person.give("legal_basis", LAW)
    album.page(person, f"{name}-form")
    person.press("Lưu và gửi")
    assert "Chờ trả lời" in person.text()
    return int(page.url.rsplit("/", 1)[1])


def _items(view):
    return [item["name"]["vi"] for item in view.content["data_items"]]


def _open(person, number):
    person.page.goto(f"{person.address}/viec/{number}")


def _unfold(person, text):
    person.page.locator("main summary").filter(has_text=text).first.click()


def _letter(person, kind, number, album):
    """Print a letter of a case, and return what it says."""
    page = person.page
    page.goto(f"{person.address}/giay-to/{kind}/{number}")
    person.give("signatory", "Nguyễn Văn A")
    person.give("unit", "VP")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải DOCX").click()
    with open(download.value.path(), "rb") as stream:  # noqa: PTH123 - a path of the browser's
        data = stream.read()
    album.paper(f"{kind}-{number}", data)
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for cell in table._cells]  # noqa: SLF001 - all cells at once
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def _told(year, email, words):
    with year.system.database.reading() as session:
        query = session.query(Notice).join(Known, Known.id == Notice.person_id)
        found = query.filter(Known.email == email)
        return any(words in notice.subject for notice in found)


def _insurance_answers_late_on_paper(year, person, album):
    asker = person(ASKS)
    number = _ask(asker, year.insured, album, "bao-hiem", _items(year.insured)[:1])
    assert "chưa xác minh được thời hạn theo luật" in asker.text()
    album.page(asker, "bao-hiem-da-gui")
    said = _letter(asker, "de-nghi-khai-thac", number, album)
    assert "Bên đề nghị" in said
    assert INSURANCE in said.replace("\N{NO-BREAK SPACE}", " ")

    year.later(14)
    assert _told(year, DEPARTMENT, "Quá hạn trả lời")
    department = person(DEPARTMENT)
    department.page.goto(f"{department.address}/viec?cho=qua-han&loai=data-request")
    album.page(department, "qua-han")
    assert INSURANCE in department.text()
    _open(department, number)
    _unfold(department, "Ghi văn bản đồng ý")
    form = department.page.locator("form", has_text="Ghi văn bản đồng ý").last
    form.locator("[name=paper_number]").fill("88/BHXH-CNTT")
    form.locator("[name=paper_day]").fill(f"{year.today:%d/%m/%Y}")
    file = {"name": "tra-loi.pdf", "mimeType": "application/pdf", "buffer": SIGNED_PDF}
    form.locator("[name=file]").set_input_files(file)
    follow(department.page, form.locator("button"))
    album.page(department, "bao-hiem-tra-loi")
    assert "Đã đồng ý, dữ liệu chưa chạy" in department.text()
    assert "88/BHXH-CNTT" in department.text()
    department.page.goto(f"{department.address}/viec/{number}?as_of=01/01/2020")
    assert "chưa có việc này" in department.page.inner_text("body")


def _two_of_three_items_are_given(year, person, album):
    asker, owner, head = person(ASKS), person(GIVES), person(HEAD)
    items = _items(year.land)
    assert len(items) == 3
    number = _ask(asker, year.land, album, "dat-dai", items)
    owner.page.goto(f"{owner.address}/viec-cua-toi")
    album.page(owner, "viec-cua-toi")
    assert year.land.title in owner.text()
    _open(owner, number)
    _unfold(owner, "Đồng ý cung cấp")
    form = owner.page.locator("form", has_text="Đồng ý cung cấp").last
    form.locator(f'[name=items][value="{items[-1]}"]').uncheck()
    form.locator("[name=text]").fill("Chỉ đối chiếu, không lưu")
    follow(owner.page, form.locator("button"))
    assert "Chờ xác nhận đồng ý" in owner.text()
    assert "Xác nhận câu trả lời" not in owner.text()
    _open(head, number)
    _unfold(head, "Xác nhận câu trả lời")
    head.press("Xác nhận câu trả lời")
    assert "Đồng ý cung cấp một phần" in head.text()
    album.page(head, "dat-dai-da-dong-y")
    _open(owner, number)
    owner.press("Lập thỏa thuận và kết nối")
    album.page(owner, "dat-dai-thoa-thuan")
    drafted = owner.page.locator('main a[href*="/phieu/"]')
    assert drafted.count() == 2
    follow(owner.page, drafted.first)
    assert "Thỏa thuận chia sẻ" in owner.text()


def _demands_are_ranked(person, album):
    department = person(DEPARTMENT)
    department.page.goto(f"{department.address}/viec?loai=demand")
    album.page(department, "nhu-cau")
    rows = department.page.locator("tbody tr")
    assert rows.count() == 5
    assert "CSDL quốc gia về dân cư" in rows.first.inner_text()


def _a_rule_is_cleared_by_its_ministry(year, person, album):
    asker = person(ASKS)
    asker.page.goto(f"{asker.address}/viec/moi/vuong-mac")
    asker.give("title", "Chưa rõ ai được xem thông tin người hưởng")
    asker.give("type", "quy-dinh")
    asker.give("description", "Hai cơ quan hiểu khác nhau")
    asker.give("addressee", "Sở Tư pháp")
    _unfold(asker, "Thông tin không bắt buộc")
    asker.give("rule", LAW)
    asker.give("article", "khoản 2 Điều 11")
    asker.give("proposal", "Hướng dẫn cách hiểu thống nhất")
    asker.press("Lưu và gửi")
    number = int(asker.page.url.rsplit("/", 1)[1])
    for agency in ("Sở Khoa học và Công nghệ", "Bộ Công an"):
        _unfold(asker, "Chuyển lên mức tiếp theo")
        form = asker.page.locator("form", has_text="Chuyển lên mức tiếp theo").last
        form.locator("[name=addressee]").fill(agency)
        form.locator("[name=reason]").fill("Chưa thống nhất được")
        follow(asker.page, form.locator("button"))
    assert "Mức 3" in asker.text()
    department = person(DEPARTMENT)
    said = _letter(department, "kien-nghi-bo", number, album)
    assert "khoản 2 Điều 11" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "UBND THÀNH PHỐ" not in said  # nobody stands above the committee
    _open(asker, number)
    _unfold(asker, "Ghi văn bản trả lời")
    form = asker.page.locator("form", has_text="Ghi văn bản trả lời").last
    form.locator("[name=paper_number]").fill("99/BCA-V03")
    form.locator("[name=paper_day]").fill(f"{year.today:%d/%m/%Y}")
    form.locator("[name=text]").fill("Cơ quan giải quyết thủ tục được xem")
    file = {"name": "tra-loi.pdf", "mimeType": "application/pdf", "buffer": SIGNED_PDF}
    form.locator("[name=file]").set_input_files(file)
    follow(asker.page, form.locator("button"))
    album.page(asker, "vuong-mac-da-giai-dap")
    assert "Cơ quan giải quyết thủ tục được xem" in asker.text()
    law = asker.page.locator('main a[href*="/van-ban/"]').first
    follow(asker.page, law)
    assert "Quy định này đã được giải đáp" in asker.text()


def _a_task_is_late(person, album):
    lead = person(ASKS)
    lead.page.goto(f"{lead.address}/viec?loai=task&cho=qua-han")
    album.page(lead, "nhiem-vu-qua-han")
    assert re.search(r"quá hạn \d+ ngày làm việc", lead.text())
    follow(lead.page, lead.page.locator("tbody a").first)
    _unfold(lead, "Cập nhật tiến độ")
    form = lead.page.locator("form", has_text="Cập nhật tiến độ").last
    form.locator("[name=text]").fill("Đã có dịch vụ, chờ nghiệm thu")
    form.locator("[name=task_state]").select_option("dang")
    follow(lead.page, form.locator("button"))
    assert "Đã có dịch vụ, chờ nghiệm thu" in lead.text()
    album.page(lead, "nhiem-vu")
