"""How many screens, inputs and clicks the work takes: it fails when that grows."""

from uuid import UUID

import xlsxwriter
from chromium import MARKS, follow, served
from journeys.test_people_in_chromium import Person
from people import recovery_code

from app import clock
from app.accounts import service as accounts
from app.permissions import Action, Actor, Role
from app.register.filters import Filter
from app.register.latest_versions import latest_version
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import ProposalRequest
from app.workflow.proposals.models import Proposal, ProposalType
from fixtures.load import Demo

pytestmark = MARKS
# what the work may take
SCREENS, TYPED, CHOSEN, QUESTIONS = 9, 8, 15, 6
FILE_SCREENS = 5  # and nothing typed
QUEUE, CLICKS, APPROVAL = 22, 50, 3
ITEMS = (
    "STT\tTên hạng mục\tÝ nghĩa\tLớp dữ liệu\tNguồn\tĐơn vị cập nhật\tTrong tỉnh\tNgoài tỉnh\n"
    "1\tGiếng khoan\tGiếng được cấp phép\tDữ liệu chủ\tHồ sơ cấp phép\tPhòng Tài nguyên nước\tDùng chung\tDùng riêng\n"
    "2\tTrạm quan trắc\tTrạm đo mực nước\tDữ liệu chủ\tHồ sơ trạm\t\tDùng chung\tMở\n"
)
TEXTS = {
    "purpose.vi": "Quản lý tài nguyên nước dưới đất",
    "description.vi": "Giếng khoan, trạm quan trắc và mực nước",
    "scope.vi": "Toàn thành phố",
    "evidence": "Tờ trình của phòng",
    "sources.vi": "Hồ sơ cấp phép",
    "collection_mechanism.vi": "Khi giải quyết hồ sơ",
    "update_mechanism.vi": "Hằng ngày",
}
CHOICES = {
    "frequency": "DAILY",
    "state_secret": "false",
    "category": "dia-phuong",
    "theme": "ENVI",
    "lifecycle": "dang-van-hanh",
    "model_state": "hien-trang",
    "sharing_class": "dung-chung",
    "sharing_scope": "cap-tinh",
    "usage_scope": "cap-tinh",
    "access_rights": "RESTRICTED",
    "importance": "khac",
    "personal_data": "khong",
}
# groups of a form that are seen without opening anything
SEEN = """() => [...document.querySelectorAll('main form .govuk-form-group')].filter(
  each => each.checkVisibility() && !each.parentElement.closest('.govuk-form-group') && !each.closest('details:not([open])')
).length"""


def fill(person, given):
    """Answer what a screen asks; return how many questions stand open on it."""
    asked = person.page.evaluate(SEEN)
    for answers in (TEXTS, CHOICES):
        for name, value in answers.items():
            field = person.page.locator(f'[name="{name}"]')
            if name not in given and field.count() and field.first.is_visible():
                person.give(name, value)
                given.add(name)
    return asked


def test_a_database_that_can_be_entered_takes_few_screens_and_inputs(
    browser, demo_copy
):
    made = {email: password for _role, email, password in Demo(demo_copy).passwords()}
    email = "dau-moi.cq-0062@vi-du.example"
    with served(demo_copy) as address:
        person = Person(browser, address, (email, made[email]), scripts=True)
        follow(person.page, "text=Tạo phiếu đăng ký")
        screens, given = [person.page.url], set()
        person.give("ten", "Cơ sở dữ liệu tài nguyên nước dưới đất")
        person.press("Tiếp tục")
        screens.append(person.page.url)
        person.press("Tạo phiếu đăng ký mới")
        while "/kiem-tra" not in person.page.url and len(screens) <= SCREENS:
            screens.append(person.page.url)
            if person.page.url.endswith("/phan/items"):
                person.page.fill('[name="data_items.paste"]', ITEMS)
                person.press("Nhập vào bảng")
                person.give("common.protection", "noi-bo")
            else:
                assert fill(person, given) <= QUESTIONS, person.page.url
            person.press("Lưu, sang phần tiếp")
        screens.append(person.page.url)
        text = person.text()
        person.page.context.close()

    assert "/kiem-tra" in screens[-1]
    assert "cần điền thêm trước khi vào danh mục" not in text
    assert "Phòng Tài nguyên nước" in text
    assert len(set(screens)) <= SCREENS, screens
    typed = {"ten"} | (given & set(TEXTS))
    assert len(typed) <= TYPED, typed
    assert len(given & set(CHOICES)) + 1 <= CHOSEN
    assert given == {*TEXTS, *CHOICES}


def test_ten_databases_of_a_spreadsheet_are_sent_in_few_screens(
    browser, demo_copy, tmp_path
):
    made = {email: password for _role, email, password in Demo(demo_copy).passwords()}
    email = "dau-moi.cq-0062@vi-du.example"
    path = tmp_path / "danh mục của sở.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Danh mục")
        page.merge_range("A1:I1", "DANH MỤC CƠ SỞ DỮ LIỆU CỦA SỞ")
        head = ["TT", "Tên CSDL", "Mục đích", "Nội dung", "Loại bản ghi"]
        head += ["Căn cứ pháp lý", "Đầu mối", "Tần suất cập nhật", "Bí mật nhà nước"]
        page.write_row(2, 0, head)
        for n in range(1, 11):
            row = [str(n), f"Quan trắc giếng khoan số {n}", "Quản lý", "Mực nước"]
            row += ["Bản ghi gốc", "Nghị định số 278/2025/NĐ-CP", "Phòng Nước"]
            page.write_row(2 + n, 0, [*row, "Hàng tháng", "không"])
        page.write(14, 1, "Tổng cộng: 10")
    with served(demo_copy) as address:
        person = Person(browser, address, (email, made[email]), scripts=True)
        follow(person.page, "text=Tạo phiếu đăng ký")
        screens = [person.page.url]
        person.page.set_input_files("[name=tep]", path)
        person.press("Xem trước")
        screens.append(person.page.url)
        assert "10 mới" in person.text()
        person.press("Gửi thẩm định 10 phiếu")
        screens.append(person.page.url)
        text = person.text()
        person.page.context.close()

    assert "Đã gửi thẩm định 10 phiếu" in text, text
    assert len(screens) <= FILE_SCREENS
    with demo_copy.database.reading() as session:
        query = session.query(Proposal).order_by(Proposal.number.desc()).limit(10)
        assert {str(row.status) for row in query} == {"submitted"}


def waiting(system):
    """Have amendments of one field wait to be received; return their numbers."""
    numbers = []
    with system.database.transaction() as session:
        today = clock.today()
        writer = accounts.actor(
            session, "registrar@vi-du.example", Role.REGISTRAR, today
        )
        register = Register(session, system.profile, moment(session))
        laws = register.all(Filter(("legal-document",)))
        law = next(view for view in laws if view.title == "278/2025/NĐ-CP")
        for view in register.all(Filter(("shared-database",))):
            owner = view.content.get("owner")
            content = dict(latest_version(session, view.id).content)
            if owner is None or content.get("record_kind") != "goc":
                continue
            actor = Actor(
                writer.person_id,
                writer.post_id,
                Role.REGISTRAR,
                UUID(owner),
                signs=True,
            )
            desk = Desk(session, system.profile, actor, system.office)
            content["scope"] = {"vi": "Toàn thành phố, cả vùng ven"}
            content["legal_basis"] = [str(law.id)]
            asked = ProposalRequest(
                "shared-database", content, ProposalType.AMEND, view.id
            )
            found = service.propose(desk, asked)
            sent = request_of(Action.SUBMIT, {})
            numbers.append(service.act(desk, found.id, found.lock_version, sent).number)
            if len(numbers) == QUEUE:
                break
    return numbers


def statuses(system, numbers):
    with system.database.reading() as session:
        rows = session.query(Proposal).filter(Proposal.number.in_(numbers))
        return [str(row.status) for row in rows]


def test_a_queue_of_unproblematic_proposals_and_one_approval_take_few_clicks(
    browser, demo_copy
):
    made = {
        role: (email, password) for role, email, password in Demo(demo_copy).passwords()
    }
    numbers = waiting(demo_copy)
    assert len(numbers) == QUEUE
    with served(demo_copy) as address:
        reviewer = Person(browser, address, made["Cán bộ thẩm định"], scripts=True)
        page, clicks = reviewer.page, 0
        follow(page, "text=Hồ sơ chờ thẩm định >> nth=0")
        follow(page, page.get_by_role("link", name="phiếu chờ tiếp nhận"))
        reviewer.press("Tiếp nhận phiếu đã chọn")
        clicks += 3
        assert set(statuses(demo_copy, numbers)) == {"in-review"}
        for number in numbers:
            page.check(f"#phieu-{number}")
            clicks += 1
        reviewer.press("Trình phê duyệt")
        clicks += 1
        assert set(statuses(demo_copy, numbers)) == {"recommended"}
        assert clicks <= CLICKS
        page.context.close()

        account = made["Người phê duyệt"]
        approver = Person(browser, address, account, scripts=True, system=demo_copy)
        page, clicks = approver.page, 0
        follow(page, page.locator(f'main a[href="/phieu/{numbers[0]}"]').first)
        page.check("#sure")
        if page.locator("#one_time_code").count():
            page.fill("#one_time_code", recovery_code(demo_copy, account[0]))
        follow(page, page.get_by_role("button", name="Phê duyệt", exact=True))
        clicks += 3
        assert statuses(demo_copy, numbers[:1])[0] in {"approved", "entered"}
        assert clicks <= APPROVAL
        page.context.close()
