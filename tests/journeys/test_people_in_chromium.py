"""The story as three people live it, each in a browser of their own, with and without JavaScript."""

import re

import pytest
from chromium import MARKS, follow, listened, log_in, served
from people import recovery_code
from rdflib import Graph, Literal, URIRef

from catalog_schema.namespaces import DCT
from fixtures.load import Demo

pytestmark = MARKS

TITLE = "Cơ sở dữ liệu giấy phép xây dựng thử nghiệm"
ITEMS = (
    "Tên hạng mục\tÝ nghĩa\tLớp dữ liệu\tNguồn\tĐơn vị cập nhật\tMức bảo vệ\tĐối tượng khai thác\tHình thức chia sẻ\n"
    "Giấy phép\tGiấy phép đã cấp\tchu\tHồ sơ cấp phép\t{agency}\tnoi-bo\ttrong-tinh\tdung-chung\n"
    "Công trình\tCông trình được phép\tchu\tHồ sơ cấp phép\t{agency}\tnoi-bo\ttrong-tinh\tdung-chung\n"
)
REST = {
    "general": {
        "scope.vi": "Toàn tỉnh",
        "category": "dia-phuong",
        "theme": "REGI",
    },
    "owner": {
        "usage_regulation": "Chưa xác định",
        "evidence": "Tờ trình",
        "confirmed_by": "Trưởng phòng",
    },
    "content": {
        "sources.vi": "Hồ sơ cấp phép",
        "collection_mechanism.vi": "Khi giải quyết hồ sơ",
        "update_mechanism.vi": "Hằng ngày",
        "lifecycle": "dang-van-hanh",
        "model_state": "hien-trang",
    },
    "sharing": {
        "sharing_class": "dung-chung",
        "sharing_scope": "cap-tinh",
        "usage_scope": "cap-tinh",
        "access_rights": "RESTRICTED",
        "importance": "khac",
        "personal_data": "co-ban",
    },
    "provenance": {"certainty": "minh-hoa", "illustrative": "true"},
}


class Person:
    """A person at a browser; counts the pages they see and what they have to fill in."""

    def __init__(self, browser, address, account, *, scripts, system=None):
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        self.page, self.address, self.pages, self.inputs = (
            listened(context),
            address,
            0,
            0,
        )
        self.page.on("framenavigated", self._count)
        log_in(self.page, address, account, system)

    def _count(self, _frame):
        self.pages += 1

    def give(self, name, value):
        """Fill in, choose or tick what is named."""
        self.inputs += 1
        page = self.page
        choice = page.locator(f'[name="{name}"][value="{value}"]')
        if choice.count() and choice.first.get_attribute("type") in {
            "radio",
            "checkbox",
        }:
            choice.first.check()
        elif page.locator(f'select[name="{name}"]').count():
            page.locator(f'select[name="{name}"]').select_option(value)
        else:
            page.locator(f'[name="{name}"]').first.fill(value)

    def press(self, text):
        follow(
            self.page,
            self.page.locator("main")
            .get_by_role("button", name=text, exact=True)
            .first,
        )

    def text(self):
        return self.page.inner_text("main")


WITHOUT = pytest.param(
    False, marks=pytest.mark.nightly("browser"), id="without scripts"
)


@pytest.mark.parametrize("scripts", [pytest.param(True, id="with scripts"), WITHOUT])
def test_from_the_log_in_to_turtle(browser, demo_copy, scripts):
    made = Demo(demo_copy).passwords()
    accounts = {role: (email, password) for role, email, password in made}
    with served(demo_copy) as address:
        registrar = Person(
            browser, address, accounts["Cán bộ đầu mối"], scripts=scripts
        )
        number = _register(registrar)
        assert registrar.pages <= 9
        assert registrar.inputs <= 8
        reviewer = Person(
            browser, address, accounts["Cán bộ thẩm định"], scripts=scripts
        )
        _return(reviewer, number)
        _mend(registrar, number, accounts["Cán bộ đầu mối"][0])
        _recommend(reviewer, number)
        approver = Person(
            browser,
            address,
            accounts["Người phê duyệt"],
            scripts=scripts,
            system=demo_copy,
        )
        local_id = _approve(
            approver, number, recovery_code(demo_copy, accounts["Người phê duyệt"][0])
        )
        demo_copy.follow()
        _found_and_fetched(browser, address, local_id)
        for person in (registrar, reviewer, approver):
            assert person.page.said == []
            assert [
                url
                for url in person.page.asked
                if not url.startswith((address, "data:"))
            ] == []
            person.page.context.close()


def _register(person):
    follow(person.page, "text=Tạo phiếu đăng ký")
    person.give("ten", TITLE)
    person.press("Tiếp tục")
    person.press("Tạo phiếu đăng ký mới")
    person.give("purpose.vi", "Quản lý giấy phép xây dựng")
    person.give("description.vi", "Giấy phép xây dựng đã cấp và công trình")
    person.give("frequency", "DAILY")
    person.give("state_secret", "false")
    person.press("Lưu và kiểm tra để gửi")
    assert TITLE in person.text()
    person.press("Gửi thẩm định")
    assert "Hạn trả lời" in person.text()
    return int(re.search(r"/phieu/(\d+)/da-gui", person.page.url)[1])


def _return(person, number):
    follow(person.page, "text=Hồ sơ chờ thẩm định >> nth=0")
    follow(person.page, f"text={TITLE}")
    person.press("Tiếp nhận")
    person.page.locator("#purpose summary").filter(has_text="Ghi ý kiến").click()
    person.give("remark.purpose", "Nêu rõ phục vụ nghiệp vụ nào")
    person.give("missing", "1")
    person.give("reason", "Bổ sung các phần còn thiếu")
    person.press("Yêu cầu bổ sung")
    assert "Yêu cầu bổ sung" in person.text()
    assert person.page.url.endswith(f"/phieu/{number}")


def _mend(person, number, email):
    follow(person.page, "text=Việc của tôi >> nth=0")
    follow(person.page, f"text={TITLE}")
    assert "Nêu rõ phục vụ nghiệp vụ nào" in person.text()
    for section, answers in REST.items():
        person.page.goto(f"{person.address}/phieu/{number}/phan/{section}")
        for each in person.page.locator("main details").all():
            if each.get_attribute("open") is None:
                each.locator("> summary").click()
        if section == "general":
            person.give("purpose.vi", "Phục vụ cấp phép và thanh tra xây dựng")
        for name, value in answers.items():
            person.give(name, value)
        person.press("Lưu, sang phần tiếp")
    person.page.goto(f"{person.address}/phieu/{number}/phan/items")
    person.page.fill('[name="data_items.paste"]', ITEMS.format(agency="CQ-0001"))
    person.press("Nhập vào bảng")
    assert "2 dòng vừa dán" in person.text()
    person.press("Lưu, về danh sách")
    assert "Đã sửa từ lần gửi trước" in person.text()
    assert "Công trình được phép" in person.text()
    finding = person.page.locator(".app-thread").first
    finding.locator("details > summary").click()
    follow(person.page, finding.get_by_role("button", name="Báo đã sửa"))
    follow(person.page, "text=Kiểm tra và gửi")
    person.press("Gửi thẩm định")
    assert email


def _recommend(person, number):
    person.page.goto(f"{person.address}/phieu/{number}")
    person.press("Tiếp nhận")
    assert "Cơ quan đã sửa từ lần gửi trước" in person.text()
    assert "Còn thiếu trước khi vào danh mục" not in person.text()
    follow(person.page, person.page.get_by_role("button", name=re.compile("Đóng cả")))
    person.press("Trình phê duyệt")
    assert "Chờ phê duyệt" in person.text()


def _approve(person, number, code):
    before = person.pages
    follow(person.page, f"text={TITLE}")
    assert person.page.url.endswith(f"/phieu/{number}")
    person.page.check("#sure")
    person.page.fill("#one_time_code", code)
    person.press("Phê duyệt")
    # the proposal, and the same page with what became of it
    assert person.pages - before == 2
    return re.search(r"CSDL-\d+", person.text())[0]


def _found_and_fetched(browser, address, local_id):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.fill("#q", "giay phep xay dung thu nghiem")
    follow(page, "main button[type=submit]")
    follow(page, f"text={TITLE}")
    assert page.url.endswith(f"/doc/csdl/{local_id}")
    turtle = context.request.get(
        f"{address}/id/csdl/{local_id}", headers={"Accept": "text/turtle"}
    ).text()
    graph = Graph().parse(data=turtle, format="turtle")
    context.close()
    things = set(graph.subjects(DCT.title, Literal(TITLE, lang="vi")))
    assert things == {
        thing
        for thing in things
        if isinstance(thing, URIRef) and str(thing).endswith(f"/{local_id}")
    }
    assert things
