"""A year of sharing as its people live it: an agreement printed and signed, a connection tried and then live, months counted, one of them silent, a database late and said to be current; the same question asked before and after.

With PICTURES set to a folder, the pages that people see and the papers that they print are kept there.
"""

import io
import re
from contextlib import closing, contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from chromium import MARKS, follow, served
from docx import Document
from journeys.test_decision_in_chromium import hire
from journeys.test_people_in_chromium import Person
from journeys.test_signed_decision_in_chromium import Album
from people import PASSWORD

from app import clock
from app.accounts import service as accounts
from app.documents.tables import traffic_sheet
from app.exchange import traffic
from app.notify import reminders
from app.permissions import Action, Audience, Role
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.actions import request_of
from catalog_schema.profile import Visibility

pytestmark = [*MARKS, pytest.mark.nightly("browser")]
BEGUN = clock.midnight(clock.today()) + timedelta(hours=9)
GIVER, TAKER = "cap-du-lieu@vi-du.example", "can-du-lieu@vi-du.example"
LAND, TAKING = "CSDL-0062", "Sở Xây dựng"
ITEM = "Thửa đất"
AGREEMENT = "Thỏa thuận chia sẻ thửa đất thử nghiệm"
LINE = "Đất đai – Xây dựng thử nghiệm"
GIVING = "Sở Nông nghiệp và Môi trường"
MADE_UP = {"certainty": "minh-hoa", "illustrative": "true"}


class Year:
    """The office in its year: what day it is for the server and for who works behind it."""

    def __init__(self, system):
        self.system = system
        self.now = BEGUN

    @property
    def today(self):
        return clock.local(self.now).date()

    def serve(self):
        """Serve the installation; every request is answered on the day that it is."""
        return served(self.system, wrapped=self._on_the_day)

    def _on_the_day(self, application):
        def answer(environ, start):
            with clock.frozen(self.now), closing(application(environ, start)) as body:
                return list(body)

        return answer

    @contextmanager
    def desk(self, email, role):
        with clock.frozen(self.now), self.system.database.transaction() as session:
            actor = accounts.actor(session, email, role, self.today)
            yield Desk(session, self.system.profile, actor, self.system.office)

    def approve(self, number):
        """Have a proposal examined and approved by the department, which other journeys walk through."""
        for action, email, role in (
            (Action.TAKE, "reviewer@vi-du.example", Role.REVIEWER),
            (Action.RECOMMEND, "reviewer@vi-du.example", Role.REVIEWER),
            (Action.APPROVE, "approver@vi-du.example", Role.APPROVER),
        ):
            with self.desk(email, role) as desk:
                found = proposals.by_number(desk, number)
                seen = {"seen_hash": found.content_hash}
                said = request_of(action, seen if action is Action.APPROVE else {})
                service.act(desk, found.id, found.lock_version, said)
        self.follow()

    def follow(self):
        with clock.frozen(self.now):
            self.system.follow()

    def later(self, days):
        """Go on in the year, day by day, as the follower does."""
        for _day in range(days):
            self.now += timedelta(days=1)
            with clock.frozen(self.now), self.system.database.transaction() as session:
                system = self.system
                reminders.remind(
                    session,
                    system.profile,
                    system.office,
                    system.settings,
                    self.today,
                )


@pytest.fixture
def year(demo_copy):
    with demo_copy.database.transaction() as session:
        register = Register(session, demo_copy.profile, moment(session))
        land = register.get("shared-database", LAND)
        owner = register.by_ids([UUID(land.content["owner"])]).popitem()[1]
        hire(session, GIVER, owner.id, Role.REGISTRAR)
        taking = next(
            view for view in register.all(Filter(("agency",))) if view.title == TAKING
        )
        hire(session, TAKER, taking.id, Role.REGISTRAR)
    return Year(demo_copy)


def test_a_year_of_sharing(browser, year):
    album = Album()
    with year.serve() as address:

        def person(email):
            return Person(
                browser, address, (email, PASSWORD), scripts=True, system=year.system
            )

        taker = person(TAKER)
        before = _asked(taker, album, "hoi-truoc")
        assert "chưa khai thác được dữ liệu Thửa đất" in before
        assert "chưa có kết nối" in before

        giver = person(GIVER)
        line = _connect(year, giver, _agree(year, giver, album))
        assert "kết nối chưa khai thác chính thức" in _asked(taker, album, "chay-thu")

        year.later(31)
        giver, taker = person(GIVER), person(TAKER)
        _go_live(year, giver, line)
        assert "đang khai thác dữ liệu Thửa đất" in _asked(taker, album, "hoi-sau")

        _count_months(year, person, line, album)
        _silent_month(year, person, line, album)
        _late_and_current_again(year, person, album)


def _asked(person, album, name):
    """Ask for the path to the data, and return the answer."""
    person.page.goto(f"{person.address}/chia-se")
    person.page.fill("#who", TAKING)
    person.page.fill("#what", ITEM)
    person.press("Tra cứu nguồn")
    album.page(person, name)
    return person.page.inner_text(".dm-answer >> nth=0")


def _registered(year, person, kind, title, *sections):
    """Register something, section by section, send it and have it approved; return its identifier."""
    person.page.goto(f"{person.address}/dang-ky?kind={kind}&ten={title}")
    person.press("Tạo phiếu đăng ký mới")
    number = int(re.search(r"/phieu/(\d+)", person.page.url)[1])
    for section, answers in sections:
        _fill(person, number, section, answers)
    _send(person, number)
    year.approve(number)
    with year.desk("reviewer@vi-du.example", Role.REVIEWER) as desk:
        entry = proposals.by_number(desk, number).entry_id
        now, inside = moment(desk.session), Audience(Visibility.STATE)
        register = Register(desk.session, desk.profile, now, inside)
        return register.by_ids([entry])[entry].local_id


def _fill(person, number, section, answers):
    person.page.goto(f"{person.address}/phieu/{number}/phan/{section}")
    for each in person.page.locator("main details").all():
        if each.get_attribute("open") is None:
            each.locator("> summary").click()
    for name, value in answers.items():
        person.give(name, value)
    person.press("Lưu, sang phần tiếp")


def _send(person, number):
    person.page.goto(f"{person.address}/phieu/{number}/kiem-tra")
    person.press("Gửi thẩm định")


def _amended(year, person, word, local_id, section, answers):
    """Amend an entry on one section's page, send it and have it approved."""
    person.page.goto(f"{person.address}/doc/{word}/{local_id}")
    follow(person.page, person.page.get_by_role("button", name="Đề nghị sửa đổi").first)
    number = int(re.search(r"/phieu/(\d+)", person.page.url)[1])
    _fill(person, number, section, answers)
    _send(person, number)
    year.approve(number)


def _agree(year, giver, album):
    local_id = _registered(
        year,
        giver,
        "agreement",
        AGREEMENT,
        (
            "nhanh",
            {
                "purpose": "Đối chiếu thửa đất khi cấp phép xây dựng",
                "consumers": TAKING,
                "legal_basis": "278/2025/NĐ-CP",
                "databases": LAND,
                "method": "truc-tuyen",
                "state_secret": "false",
            },
        ),
        ("provenance", MADE_UP),
    )
    giver.page.goto(f"{giver.address}/doc/thoa-thuan/{local_id}")
    album.page(giver, "thoa-thuan")
    href = giver.page.get_by_role("link", name="DOCX", exact=True).get_attribute("href")
    paper = giver.page.context.request.get(giver.address + href)
    assert paper.ok
    printed = Document(io.BytesIO(paper.body()))
    assert any(TAKING in one.text for one in printed.paragraphs)
    album.paper("thoa-thuan", paper.body())
    # both sides have signed what was printed
    signed = {"signed.d": f"{year.today:%d/%m/%Y}", "number": "01/TTCS-2026"}
    _amended(year, giver, "thoa-thuan", local_id, "general", signed)
    return local_id


def _connect(year, giver, agreement):
    return _registered(
        year,
        giver,
        "connection",
        LINE,
        (
            "nhanh",
            {
                "connection_state": "thu-nghiem",
                "direction": "nguon-den-dich",
                "source": GIVING,
                "target": TAKING,
                "evidence": "Biên bản chạy thử",
                "state_secret": "false",
            },
        ),
        ("owner", {"source_database": LAND}),
        ("content", {"frequency": "hang-ngay"}),
        ("sharing", {"channel": "lgsp", "agreement": agreement}),
        ("provenance", MADE_UP),
    )


def _go_live(year, giver, line):
    live = {"connection_state": "dang-khai-thac"}
    _amended(year, giver, "ket-noi", line, "general", live)


def _counted(person, line, album, name, **months):
    """Send a spreadsheet of what ran, look at what it would do, and record it; return what was shown."""
    usual = {
        "Mã kết nối": line,
        "Chiều": "gửi",
        "Bên đếm": "đầu nguồn",
        "Đơn vị tính": "bản ghi",
        "Nguồn số liệu": "Nhật ký LGSP",
    }
    lines = []
    for month, amount in months.items():
        row = {**usual, "Tháng": month.replace("_", "/")[1:], "Số lượng": str(amount)}
        lines.append([row.get(heading, "") for heading in traffic_sheet.HEADINGS])
    person.page.goto(f"{person.address}/chia-se/luu-thong/nhap")
    file = {"name": "luu-thong.xlsx", "mimeType": "application/octet-stream"}
    file["buffer"] = traffic_sheet.workbook(lines)
    person.page.set_input_files("[name=tep]", file)
    person.press("Xem trước")
    shown = person.text()
    album.page(person, name)
    person.press(f"Ghi {len(months)} số liệu")
    return shown


def _named(month):
    return f"T{month.month}_{month.year}"


def _count_months(year, person, line, album):
    """Four months go by: one is counted by nobody, one is corrected."""
    first = year.today.replace(day=1)
    year.later(125)
    giver = person(GIVER)
    counted = [month for month in traffic.months(year.today, 6) if month >= first]
    one, two, _missing, four = counted[:4]
    shown = _counted(
        giver,
        line,
        album,
        "luu-thong",
        **{_named(one): 900, _named(two): 950, _named(four): 70},
    )
    assert "3 mới · 0 đính chính" in shown
    shown = _counted(giver, line, album, "dinh-chinh", **{_named(four): 990})
    assert "70 bản ghi" in shown
    assert "990 bản ghi" in shown
    giver.page.goto(f"{giver.address}/chia-se/luu-thong")
    album.page(giver, "theo-thang")
    missing = f"{_missing.month}/{_missing.year % 100:02d}"
    assert f"chưa có số liệu tháng {missing}" in giver.text()
    assert "2.840" in giver.text()


def _silent_month(year, person, line, album):
    """A month comes of which it is known that nothing ran."""
    year.later(31)
    giver = person(GIVER)
    last = traffic.months(year.today, 2)[0]
    _counted(giver, line, album, "thang-im-lang", **{_named(last): 0})
    giver.page.goto(f"{giver.address}/chia-se/doi-chieu")
    album.page(giver, "khai-bao-va-thuc-te")
    assert LINE in giver.text()


def _late_and_current_again(year, person, album):
    """The data, promised daily, were never said to be current since: late, reminded, said."""
    giver = person(GIVER)
    giver.page.goto(f"{giver.address}/chia-se/do-moi?tinh-trang=late")
    album.page(giver, "qua-han")
    assert "Cơ sở dữ liệu đất đai" in giver.text()
    giver.page.goto(f"{giver.address}/thong-bao")
    album.page(giver, "nhac")
    assert "quá hạn cập nhật dữ liệu" in giver.text()
    giver.page.goto(f"{giver.address}/doc/csdl/{LAND}")
    giver.press("Xác nhận ngày dữ liệu")
    giver.page.goto(f"{giver.address}/doc/csdl/{LAND}")
    album.page(giver, "da-xac-nhan")
    assert f"Dữ liệu cập nhật đến ngày {year.today:%d/%m/%Y}" in giver.text()
    assert "Đúng hạn" in giver.page.inner_text("#do-moi") or "Sắp đến hạn" in (
        giver.page.inner_text("#do-moi")
    )
