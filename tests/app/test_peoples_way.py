"""What people stumbled over on their first walk, each mended and held down."""

import re

import pytest
from people import KIND, Browser, act, content_of, draft, form_fields, number_of, recommended, status_of
from support import agency, database, law

from app.errors import InvalidError
from app.permissions import Action, Role
from app.web import wording
from app.workflow.desk import Remark
from app.workflow.models import ProposalType


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


@pytest.fixture
def reviewer(office):
    return Browser(office, Role.REVIEWER)


def test_days_pasted_from_excel_are_days_and_a_counting_column_is_no_fault(office, registrar):
    number = draft(office, data_items=[])
    address = f"/phieu/{number}/phan/content"
    rows = "STT\tTên hạng mục\tTừ ngày\n1\tThửa đất\t5/1/2026\n2\tNhà ở\t31-12-2025\n"

    sent = {**registrar.fields(address), "data_items.paste": rows, "do": "paste:data_items"}
    page = registrar.post(address, sent, follow_redirects=True).text

    days = [row["sharing"][0]["valid_from"] for row in content_of(office, number)["data_items"]]
    assert days == ["2026-01-05", "2025-12-31"]
    assert "Đã thêm 2 dòng" in page
    assert "đã bỏ qua" not in page


def test_an_error_in_a_row_names_its_row_and_field(office, registrar):
    row = {"key": "1", "name": {"vi": "Nhà ở"}, "updater": "Sở lạ"}
    number = draft(office, data_items=[row])

    page = registrar.get(f"/phieu/{number}/phan/content?kiem=1").text

    summary = page[page.index("error-summary") : page.index("<h1")]
    assert "Hạng mục dữ liệu 1 “Nhà ở” › Đơn vị cập nhật: " in summary


def test_what_was_refused_is_found_again_with_its_reason_and_copied_into_a_new_proposal(office, registrar):
    number, approver = recommended(office, title={"vi": "Cơ sở dữ liệu bị từ chối"}), Browser(office, Role.APPROVER)
    fields = {**form_fields(approver.get(f"/phieu/{number}").text), "sure": "1", "reason": "Trùng với CSDL khác"}
    approver.post(f"/phieu/{number}/viec/reject", fields)

    assert "Cơ sở dữ liệu bị từ chối" in registrar.get("/viec-cua-toi").text
    assert "Sao chép thành phiếu mới" in registrar.get(f"/phieu/{number}").text
    made = registrar.post(f"/phieu/{number}/sao-chep").headers["Location"]

    again = int(re.search(r"/phieu/(\d+)", made)[1])
    assert again != number
    assert content_of(office, again)["title"] == {"vi": "Cơ sở dữ liệu bị từ chối"}
    assert status_of(office, again) == "draft"


def test_an_open_proposal_is_not_copied(office, registrar):
    number = draft(office)

    assert registrar.post(f"/phieu/{number}/sao-chep").status_code == 409


def test_ending_an_entry_needs_a_reason_that_the_department_reads(office, registrar, reviewer):
    entry = office.land()
    number = number_of(office, office.propose(KIND, {}, type=ProposalType.END, entry_id=entry))
    address = f"/phieu/{number}/kiem-tra"

    refused = registrar.post(address, registrar.fields(address))
    assert refused.status_code == 422
    assert "Nêu rõ lý do" in refused.text
    registrar.post(address, {**registrar.fields(address), "reason": "Đã gộp vào CSDL-0009"})

    assert "Đã gộp vào CSDL-0009" in reviewer.get(f"/phieu/{number}").text


def test_an_amendment_that_changes_nothing_is_not_sent(office):
    entry = office.enter("agency", agency("Sở A"))
    same = office.propose("agency", agency("Sở A"), type=ProposalType.AMEND, entry_id=entry)

    with pytest.raises(InvalidError, match="chưa đổi gì"):
        office.act(same, Action.SUBMIT, Role.REGISTRAR)


def test_every_reason_that_was_given_stays_to_be_read(office, reviewer):
    number = draft(office)
    for reason in ("Lý do thứ nhất", "Lý do thứ hai"):
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
        act(office, number, Action.TAKE, Role.REVIEWER)
        act(office, number, Action.RETURN, Role.REVIEWER, reason=reason, remarks=(Remark("scope", "Nêu rõ"),))

    page = reviewer.get(f"/phieu/{number}").text

    assert "Lý do thứ nhất" in page
    assert "Lý do thứ hai" in page


def test_a_remark_is_not_told_to_be_mended_by_what_was_sent_before_it(office, registrar, reviewer):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    act(office, number, Action.RETURN, Role.REVIEWER, reason="Bổ sung", remarks=(Remark("scope", "Nêu rõ"),))
    act(office, number, Action.EDIT, Role.REGISTRAR, content={**content_of(office, number), "scope": {"vi": "Toàn xã"}})
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    mended = "cơ quan đã sửa trường này từ lần gửi trước"
    assert reviewer.get(f"/phieu/{number}").text.count(mended) == 1

    act(office, number, Action.FIND, Role.REVIEWER, remarks=(Remark("scope", "Còn một chỗ nữa"),))

    assert reviewer.get(f"/phieu/{number}").text.count(mended) == 1


def test_law_that_is_repealed_is_not_filled_in_beforehand(office, registrar):
    old = office.enter("legal-document", law("47/2020/NĐ-CP", status="het-hieu-luc", in_force_to="2025-10-22"))
    present = office.law("9/2026/QĐ-UBND")
    content = {**database(str(office.department), present), "legal_basis": [old, present]}
    content["legal_basis"] = [str(one) for one in content["legal_basis"]]
    office.enter(KIND, content)

    made = registrar.post("/dang-ky", {"kind": KIND, "ten": "Cơ sở dữ liệu mới"}).headers["Location"]

    number = int(re.search(r"/phieu/(\d+)", made)[1])
    assert content_of(office, number)["legal_basis"] == [str(present)]


def test_a_registration_without_a_name_says_what_is_missing(registrar):
    assert "Nhập tên để tiếp tục" in registrar.get(f"/dang-ky?kind={KIND}&ten=").text
    assert 'value="Tên cũ"' in registrar.get(f"/dang-ky?kind={KIND}&sua=Tên cũ").text


@pytest.mark.parametrize(
    ("typed", "found"), [("camera giao thông", False), ("Cơ sở dữ liệu giáo dục phổ thông", True), ("giáo dục", True)]
)
def test_one_word_in_common_is_not_yet_alike(office, registrar, typed, found):
    office.land(title="Cơ sở dữ liệu giáo dục phổ thông")

    page = registrar.get("/dang-ky", query_string={"kind": KIND, "ten": typed}).text

    assert ("Sở Khoa học và Công nghệ" in page[page.index("<h1") :]) is found
    assert ("giáo dục phổ thông</a>" in page) is found


def test_a_law_that_is_repealed_says_so_beside_the_state_of_its_entry(office):
    office.enter("legal-document", law("47/2020/NĐ-CP", status="het-hieu-luc", in_force_to="2025-10-22"))

    page = office.client().get("/doc/van-ban/VB-0001", base_url="https://danhmuc.example").text

    assert "Mục trong danh mục" in page
    assert re.search(r"<strong>[^<]*: Hết hiệu lực</strong>", page)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("NĐ 47/2020 Đ11(4)a [T, lịch sử]", "Nghị định 47/2020 Điều 11 khoản 4 điểm a"),
        ("QĐ 20/2020/QĐ-TTg Điều 4(1) [T]", "Quyết định 20/2020/QĐ-TTg Điều 4 khoản 1"),
        ("DCAT-AP 3.0.1", "DCAT-AP 3.0.1"),
    ],
)
def test_a_clause_of_law_is_said_in_words(office, kept, shown):
    with office.client().application.test_request_context():
        assert wording.clause(kept).startswith(shown)
        assert "[" not in wording.clause(kept)


def test_no_password_is_reset_unless_one_is_sure(office):
    person = office.actors[Role.REGISTRAR].person_id

    page = Browser(office, Role.ADMINISTRATOR).post(f"/quan-tri/nguoi/{person}/mat-khau")

    assert page.status_code == 422
    assert "Đánh dấu ô xác nhận" in page.text
