"""What agencies ask of each other leaves as letters that can be signed: seven contents, reasons with their law, the unclear rule."""

import io

import pytest
from casework import act, case_of, lands, request, sent, staffed
from docx import Document
from people import Browser
from support import agency, law

from app.exchange.cases import service
from app.exchange.cases.inputs import Refusal
from app.permissions import Action, Role

SIGNED = {"signatory": "Nguyễn Văn A", "capacity": "dung-dau", "unit": "CĐS"}


def drawn(browser, kind, number):
    """Return what the paper says: its text, and the cells of its tables."""
    page = browser.get(f"/giay-to/{kind}/{number}")
    assert page.status_code == 200, page.text
    data = browser.post(f"/giay-to/{kind}/{number}", SIGNED).data
    document = Document(io.BytesIO(data))
    text = "\n".join(one.text for one in document.paragraphs)
    cells = [cell.text for table in document.tables for cell in table._cells]  # noqa: SLF001 - all cells at once
    plain = (text + "\n" + "\n".join(cells)).replace("\N{NO-BREAK SPACE}", " ")
    return plain.replace("\N{NON-BREAKING HYPHEN}", "-").replace("\u2060", "")


@pytest.fixture
def asked(office):
    staffed(office)
    database, basis = lands(office)
    more = {"frequency": "hang-ngay", "other": "Đầu mối: Phòng Công nghệ số"}
    return sent(office, "data-request", request(database, basis, **more))


def test_a_request_has_its_seven_contents_and_asks_for_an_answer(office, asked):
    text = drawn(Browser(office, Role.REGISTRAR), "de-nghi-khai-thac", asked)
    for heading in (
        "Bên đề nghị",
        "Ứng dụng sử dụng dữ liệu",
        "Mục đích, cách sử dụng",
        "Nội dung, hạng mục dữ liệu",
        "Dịch vụ chia sẻ dữ liệu",
        "Tần suất",
        "Nội dung khác",
    ):
        assert heading in text
    assert "1. Thửa đất" in text
    assert "Kính gửi" in text
    assert "Sở Nông nghiệp và Môi trường" in text
    assert "nêu lý do và căn cứ pháp luật hạn chế việc chia sẻ" in text
    assert "CSDL" not in text


def test_a_request_is_the_paper_of_who_asks(office, asked):
    owner = Browser(office, "elsewhere")
    assert owner.get(f"/giay-to/de-nghi-khai-thac/{asked}").status_code == 403


def test_a_refusal_is_the_owners_own_paper_with_the_law_that_restricts(office, asked):
    cited = "Nghị định số 1/2026/NĐ-CP ngày 05 tháng 01 năm 2026 của Chính phủ"
    restricting = office.enter(
        "legal-document", {**law("1/2026/NĐ-CP"), "citation": cited}
    )
    said = Refusal("Dữ liệu hạn chế tiếp cận", (restricting,))
    act(office, asked, Action.PREPARE_REFUSAL, "elsewhere", said)
    owner = Browser(office, "elsewhere")
    assert owner.get(f"/giay-to/tu-choi-chia-se/{asked}").status_code == 200
    act(office, asked, Action.CONFIRM_ANSWER, "head elsewhere")

    text = drawn(owner, "tu-choi-chia-se", asked)

    assert "THÔNG BÁO" in text
    assert f"Căn cứ {cited}" in text
    assert "dữ liệu hạn chế tiếp cận" in text
    page = owner.get(f"/viec/{asked}").text
    assert f"/giay-to/tu-choi-chia-se/{asked}" in page


def test_without_a_refusal_there_is_no_such_paper(office, asked):
    owner = Browser(office, "elsewhere")
    assert owner.get(f"/giay-to/tu-choi-chia-se/{asked}").status_code == 404


def test_obstacles_go_up_with_the_unclear_rule_and_its_article(office):
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    cited = "Nghị định số 9/2026/NĐ-CP ngày 05 tháng 01 năm 2026 của Chính phủ"
    rule = office.enter("legal-document", {**law("9/2026/NĐ-CP"), "citation": cited})
    content = {
        "title": "Chưa rõ ai được xem dữ liệu hộ tịch",
        "type": "quy-dinh",
        "description": "Quy định cho hai cách hiểu",
        "rule": str(rule),
        "article": "khoản 2 Điều 16",
        "proposal": "Hướng dẫn cách hiểu thống nhất",
        "addressee": str(office.other),
    }
    numbers = [sent(office, "obstacle", content) for _ in range(2)]
    together = {**content, "title": "Kiến nghị hướng dẫn chia sẻ dữ liệu hộ tịch"}
    together["addressee"] = str(ministry)
    with office.desk(Role.REVIEWER) as desk:
        into = service.gather(desk, numbers, together).number
    act(office, into, Action.SEND_CASE, Role.REVIEWER)
    assert case_of(office, into, Role.REVIEWER).level == 3

    text = drawn(Browser(office, Role.REVIEWER), "kien-nghi-bo", into)

    assert "Bộ Tư pháp" in text
    assert "khoản 2 Điều 16" in text
    assert "9/2026/NĐ-CP" in text
    assert "Hướng dẫn cách hiểu thống nhất" in text
    assert "gặp 02 khó khăn, vướng mắc" in text
