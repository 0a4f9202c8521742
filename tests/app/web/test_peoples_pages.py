"""The pages of people at work, as a browser without JavaScript sends and sees them."""

import re

import pytest
import sharing
from people import (
    KIND,
    Browser,
    act,
    content_of,
    draft,
    form_fields,
    number_of,
    recommended,
    status_of,
)

from app.accounts import passwords, service
from app.permissions import Action, Role
from app.register.latest_versions import latest_version
from app.web.display import wording
from app.web.forms import reading
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import ProposalType

PASSWORD = "mot cau de nho ma dai"


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


@pytest.fixture
def reviewer(office):
    return Browser(office, Role.REVIEWER)


# Log-in


@pytest.fixture
def account(office):
    with office.system.database.transaction() as session:
        passwords.set_password(
            session, service.find(session, "registrar@thu.example"), PASSWORD
        )
    return {"email": "registrar@thu.example", "password": PASSWORD}


def test_after_the_log_in_come_my_tasks_and_the_log_out_ends_the_session(
    office, account
):
    nobody = Browser(office)

    entered = nobody.post("/dang-nhap", account)
    assert entered.headers["Location"] == "/viec-cua-toi"
    cookie = next(
        c
        for c in entered.headers.getlist("Set-Cookie")
        if c.startswith("__Host-danhmuc=")
    )
    assert all(
        part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
    )
    page = nobody.get("/viec-cua-toi")
    assert "Việc của tôi" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    nobody.token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    kept = nobody.client.get_cookie("__Host-danhmuc", domain="danhmuc.example").value
    assert nobody.post("/dang-xuat").status_code == 302
    thief = Browser(office)
    thief.client.set_cookie(
        "__Host-danhmuc", kept, domain="danhmuc.example", secure=True
    )
    assert thief.get("/viec-cua-toi").headers["Location"].startswith("/dang-nhap")


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(office, account):
    nobody = Browser(office)

    wrong = nobody.post("/dang-nhap", {**account, "password": "sai"})
    unknown = nobody.post("/dang-nhap", {**account, "email": "registrar@thu.exampla"})

    assert wrong.status_code == unknown.status_code == 401
    pages = [
        re.sub(r'value="[^"]{60,}"', "", page.text.replace("exampla", "example"))
        for page in (wrong, unknown)
    ]
    assert pages[0] == pages[1]
    assert "Lỗi: Đăng nhập" in wrong.text


def test_after_five_wrong_tries_the_door_is_shut_for_a_while(office, account):
    nobody = Browser(office)
    for _ in range(5):
        nobody.post("/dang-nhap", {**account, "password": "sai"})

    shut = nobody.post("/dang-nhap", account)

    assert shut.status_code == 429
    assert shut.headers["Retry-After"] == "900"
    elsewhere = nobody.post(
        "/dang-nhap", account, environ_base={"REMOTE_ADDR": "10.9.8.7"}
    )
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        *(
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "///evil.example",
        ),
        *(
            "javascript:alert(1)",
            "/\t/evil.example",
            "/phieu/1\r\nX: y",
            "/khong-co-trang-nay",
            "evil",
            "",
        ),
    ],
)
def test_next_never_leads_out(office, account, target):
    entered = Browser(office).post("/dang-nhap", {**account, "next": target})

    assert entered.headers["Location"] == "/viec-cua-toi"


def test_next_leads_to_where_one_wanted(office, account):
    nobody = Browser(office)

    asked = nobody.get("/phieu/7?lang=en").headers["Location"]

    assert asked == "/dang-nhap?lang=en&next=/phieu/7?lang%3Den" or "next=" in asked
    assert (
        nobody.post("/dang-nhap", {**account, "next": "/phieu/7?lang=en"}).headers[
            "Location"
        ]
        == "/phieu/7?lang=en"
    )


@pytest.mark.parametrize("token", [None, "", "x", "another's"])
def test_a_forged_form_changes_nothing(office, registrar, token):
    number = draft(office)
    before = content_of(office, number)
    other = Browser(office, "elsewhere").token
    sent = (
        {}
        if token is None
        else {"csrf_token": other if token == "another's" else token}
    )

    answer = registrar.client.post(
        f"/phieu/{number}/phan/nhanh",
        data={**sent, "title.vi": "Giả"},
        base_url="https://danhmuc.example",
    )

    assert answer.status_code == 400
    assert "Yêu cầu không đúng dạng" in answer.text
    assert content_of(office, number) == before


def test_ones_own_password_is_changed_with_the_present_one(office, account):
    browser = Browser(office, Role.REGISTRAR)
    other = Browser(office, Role.REGISTRAR)

    wrong = browser.post(
        "/tai-khoan", {"present": "sai", "password": "mot cau moi rat dai"}
    )
    right = browser.post(
        "/tai-khoan", {"present": PASSWORD, "password": "mot cau moi rat dai"}
    )

    assert wrong.status_code == 422
    assert "Mật khẩu hiện tại không đúng" in wrong.text
    assert right.status_code == 302
    assert browser.get("/viec-cua-toi").status_code == 200
    assert other.get("/viec-cua-toi").status_code == 302


def test_a_key_is_shown_once_and_can_be_revoked(office, registrar):
    made = registrar.post(
        "/tai-khoan/khoa", {"name": "Đồng bộ", "scopes": ["read"], "days": "30"}
    )
    key = re.search(r"dmk_[0-9a-f]{8}_[\w-]+", made.text)[0]

    assert (
        office.client()
        .get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
        .status_code
        == 200
    )
    page = registrar.get("/tai-khoan").text
    assert key not in page
    registrar.post(re.search(r"/tai-khoan/khoa/[^\"]+/thu-hoi", page)[0])
    assert (
        office.client()
        .get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
        .status_code
        == 401
    )
    assert (
        registrar.post("/tai-khoan/khoa", {"name": "", "days": "x"}).status_code == 422
    )


# The registrar


def test_a_database_is_registered_in_few_pages(office, registrar):
    office.land(title="Cơ sở dữ liệu nhà ở")
    office.system.follow()

    begun = registrar.get(
        "/dang-ky?kind=shared-database&ten=Cơ sở dữ liệu nhà ở xã hội"
    )
    assert "CSDL-0001" in begun.text
    made = registrar.post(
        "/dang-ky", {"kind": KIND, "ten": "Cơ sở dữ liệu nhà ở xã hội"}
    )
    address = made.headers["Location"]
    fields = registrar.fields(address)
    assert fields["title.vi"] == "Cơ sở dữ liệu nhà ở xã hội"
    assert "Sở Khoa học và Công nghệ (CQ-0001)" in fields["owner"]
    assert fields["contact_point.email"] == "cntt@so.example"
    typed = {
        "purpose.vi": "Quản lý",
        "description.vi": "Nhà ở",
        "frequency": "DAILY",
        "state_secret": "false",
    }
    saved = registrar.post(address, {**fields, **typed, "do": "check"})
    check = registrar.get(saved.headers["Location"])
    assert "Gửi thẩm định" in check.text
    sent = registrar.post(saved.headers["Location"], form_fields(check.text))
    confirmation = registrar.get(sent.headers["Location"]).text
    number = int(re.search(r"/phieu/(\d+)/da-gui", sent.headers["Location"])[1])

    assert f"Phiếu số {number}" in " ".join(confirmation.split())
    assert "Hạn trả lời" in confirmation
    assert "Đơn vị thẩm định tiếp nhận hồ sơ" in confirmation
    assert status_of(office, number) == "submitted"


def test_a_copy_starts_from_a_similar_entry(office):
    office.land()
    other = Browser(office, "elsewhere")

    made = other.post(
        "/dang-ky", {"kind": KIND, "ten": "Bản của tôi", "source": "CSDL-0001"}
    )

    page = other.get(made.headers["Location"]).text
    assert "Cần xem lại" in page
    assert form_fields(page)["title.vi"] == "Bản của tôi"
    assert "Sở Nông nghiệp và Môi trường" in form_fields(page)["owner"]


def test_what_is_wrong_is_saved_and_said_beside_its_field(office, registrar):
    line = sharing.connection("Một – Hai", office.department)
    number = number_of(office, office.propose("connection", line))
    address = f"/phieu/{number}/phan/sharing"

    saved = registrar.post(
        address,
        {**registrar.fields(address), "term_end.d": "31/02/2026", "do": "next"},
    )
    page = registrar.get(saved.headers["Location"]).text

    assert "Lỗi: " in page
    assert "Ngày không hợp lệ" in page
    assert form_fields(page)["term_end.d"] == "31"
    assert content_of(office, number)["term_end"] == "2026-02-31"


def test_a_name_that_is_no_entry_is_kept_as_typed(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/owner"

    saved = registrar.post(
        address, {**registrar.fields(address), "owner": "Sở Không Có", "do": "next"}
    )
    page = registrar.get(saved.headers["Location"]).text

    assert "Chọn một mục có trong danh mục" in page
    assert form_fields(page)["owner"] == "Sở Không Có"


def test_rows_are_added_moved_and_cut(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    fields = registrar.fields(address)

    added = registrar.post(address, {**fields, "do": "add:data_items"}).headers[
        "Location"
    ]
    assert "them=data_items" in added
    fields = registrar.fields(added)
    registrar.post(
        address, {**fields, "data_items.1.name.vi": "Nhà", "do": "up:data_items:1"}
    )
    assert [row["name"]["vi"] for row in content_of(office, number)["data_items"]] == [
        "Nhà",
        "Thửa đất",
    ]
    registrar.post(address, {**registrar.fields(address), "do": "cut:data_items:0"})
    assert [row["name"]["vi"] for row in content_of(office, number)["data_items"]] == [
        "Thửa đất"
    ]


def test_the_row_whose_button_was_pressed_goes_even_when_another_was_emptied(
    office, registrar
):
    rows = [
        {"key": str(n), "name": {"vi": name}} for n, name in enumerate("ABCDE", start=1)
    ]
    number = draft(office, data_items=rows)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"

    registrar.post(
        address,
        {
            **registrar.fields(address),
            "data_items.1.name.vi": "",
            "do": "cut:data_items:2",
        },
    )

    assert [row["name"]["vi"] for row in content_of(office, number)["data_items"]] == [
        "A",
        "D",
        "E",
    ]


def test_rows_are_pasted_from_a_spreadsheet(office, registrar):
    number = draft(office, data_items=[])
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    rows = (
        "Tên hạng mục\tÝ nghĩa\tLớp dữ liệu\tĐơn vị cập nhật\tĐối tượng khai thác\tHình thức chia sẻ\n"
        "Thửa đất\tVề thửa đất\tDữ liệu chủ\tCQ-0001\tkhông có\tdung-chung\n"
        "Nhà ở\tVề nhà\tchu\tSở lạ\t\t\n"
    )

    registrar.post(
        address,
        {
            **registrar.fields(address),
            "data_items.paste": rows,
            "do": "paste:data_items",
        },
    )

    first, second = content_of(office, number)["data_items"]
    assert first["name"] == {"vi": "Thửa đất"}
    assert first["updater"] == str(office.department)
    assert first["sharing"] == [{"consumer_group": "không có", "mode": "dung-chung"}]
    assert second["updater"] == "Sở lạ"
    assert (first["key"], second["key"]) == ("1", "2")


def test_a_stale_form_answers_409_with_what_was_typed_and_the_difference(
    office, registrar
):
    number = draft(office)
    address = f"/phieu/{number}/phan/general"
    mine, theirs = registrar.fields(address), registrar.fields(address)
    registrar.post(address, {**theirs, "scope.vi": "Của người khác"})

    refused = registrar.post(address, {**mine, "scope.vi": "Của tôi"})

    assert refused.status_code == 409
    kept = form_fields(refused.text)
    assert kept["scope.vi"] == "Của tôi"
    assert "<del>" in refused.text
    assert content_of(office, number)["scope"]["vi"] == "Của người khác"
    again = registrar.post(address, kept)
    assert again.status_code == 302
    assert content_of(office, number)["scope"]["vi"] == "Của tôi"


def test_autosave_answers_with_the_new_seal_and_says_when(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/general"
    fields = registrar.fields(address)

    answer = registrar.post(
        address, {**fields, "scope.vi": "Tự lưu"}, headers={"HX-Request": "true"}
    )

    assert "tự lưu lúc" in answer.text
    assert content_of(office, number)["scope"]["vi"] == "Tự lưu"
    assert registrar.post(address, {**fields, "scope.vi": "Rồi lưu"}).status_code == 302


def test_a_return_is_mended_beside_its_field_and_sent_again(
    office, registrar, reviewer
):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    page = reviewer.get(f"/phieu/{number}")
    sent = {
        **form_fields(page.text),
        "remark.scope": "Nêu rõ địa bàn",
        "reason": "Bổ sung",
    }
    assert reviewer.post(f"/phieu/{number}/viec/return", sent).status_code == 302

    hub = registrar.get(f"/phieu/{number}").text
    assert "Nêu rõ địa bàn" in hub
    address = f"/phieu/{number}/phan/general"
    assert "Nêu rõ địa bàn" in registrar.get(address).text
    registrar.post(
        address, {**registrar.fields(address), "scope.vi": "Địa bàn 95 xã, phường"}
    )
    assert "Đã sửa từ lần gửi trước (1)" in registrar.get(f"/phieu/{number}").text
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    seen = reviewer.get(f"/phieu/{number}").text
    assert "Cơ quan đã sửa từ lần gửi trước" in seen
    assert "<ins>Địa bàn 95 xã, phường</ins>" in seen or "<ins>" in seen


def test_an_entry_of_ones_own_offers_its_changes_and_one_click_confirms_it(
    office, registrar
):
    office.land()
    page = registrar.get("/doc/csdl/CSDL-0001").text
    version = re.search(r'name="version" value="([^"]+)"', page)[1]

    confirmed = registrar.post("/muc/csdl/CSDL-0001/xac-nhan", {"version": version})
    assert "còn chính xác tại ngày" in registrar.get(confirmed.headers["Location"]).text
    amended = registrar.post("/muc/csdl/CSDL-0001/phieu", {"type": "amend"}).headers[
        "Location"
    ]
    assert "Sửa đổi" in registrar.get(amended).text
    assert "Có phiếu đang mở" in registrar.get("/doc/csdl/CSDL-0001").text
    for other in (Browser(office, "elsewhere"), Browser(office)):
        seen = other.get("/doc/csdl/CSDL-0001").text
        assert "Có phiếu đang mở" not in seen
        assert "Thao tác" not in seen


def test_hidden_fields_are_shown_to_the_owner_and_the_department_only(office):
    office.land(note="Ghi chú kín", evidence="Minh chứng nội bộ")
    page = "/doc/csdl/CSDL-0001"

    assert "Ghi chú kín" in Browser(office, Role.REGISTRAR).get(page).text
    assert "Ghi chú kín" in Browser(office, Role.APPROVER).get(page).text
    elsewhere = Browser(office, "elsewhere").get(page).text
    assert "Ghi chú kín" not in elsewhere
    assert "Minh chứng nội bộ" in elsewhere
    assert "Minh chứng nội bộ" not in Browser(office).get(page).text
    turtle = Browser(office, Role.REGISTRAR).get(page + ".ttl").text
    assert "Minh chứng nội bộ" not in turtle


def test_two_versions_are_merged_and_conflicts_are_chosen(office, registrar):
    entry = office.land()
    with office.desk() as desk:
        latest = latest_version(desk.session, entry).content
    mine = {**latest, "scope": {"vi": "Của tôi"}, "title": {"vi": "Tên của tôi"}}
    number = number_of(
        office, office.propose(KIND, mine, type=ProposalType.AMEND, entry_id=entry)
    )
    theirs = {**latest, "scope": {"vi": "Của họ"}, "frequency": "WEEKLY"}
    office.enter(KIND, theirs, type=ProposalType.AMEND, entry_id=entry)

    assert "phiên bản mới hơn" in registrar.get(f"/phieu/{number}").text
    page = registrar.get(f"/phieu/{number}/hop-nhat").text
    assert "Của họ" in page
    assert "Tần suất cập nhật dữ liệu" in page
    merged = registrar.post(
        f"/phieu/{number}/hop-nhat", {**form_fields(page), "scope": "theirs"}
    )
    assert merged.status_code == 302
    content = content_of(office, number)
    assert (content["scope"]["vi"], content["title"]["vi"]) == ("Của họ", "Tên của tôi")
    assert content["frequency"] == "WEEKLY"


# The department


def test_the_queue_narrows_by_status_agency_and_kind(office, reviewer):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)

    assert f"/phieu/{number}" in reviewer.get("/tham-dinh").text
    assert (
        f"/phieu/{number}"
        in reviewer.get(f"/tham-dinh?agency={office.department}&kind={KIND}").text
    )
    assert (
        f"/phieu/{number}" not in reviewer.get(f"/tham-dinh?agency={office.other}").text
    )
    assert f"/phieu/{number}" not in reviewer.get("/tham-dinh?status=recommended").text
    assert f"/phieu/{number}" not in reviewer.get("/tham-dinh?cho=co-quan").text
    assert "còn 20 ngày làm việc" in reviewer.get("/tham-dinh").text
    assert (
        reviewer.get("/tham-dinh?agency=x&status=y&kind=z&after=w").status_code == 200
    )


def test_what_is_missing_becomes_findings_with_one_tick(office, reviewer):
    number = draft(office, scope={}, theme=[])
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)

    page = reviewer.get(f"/phieu/{number}").text
    assert "Còn thiếu trước khi vào danh mục (2)" in page
    reviewer.post(
        f"/phieu/{number}/viec/return",
        {**form_fields(page), "missing": "1", "reason": "Bổ sung"},
    )

    with office.desk() as desk:
        said = proposals.open_remarks(proposals.by_number(desk, number))
        assert {finding.field for finding in said} == {"scope", "theme"}


def test_a_return_without_a_finding_keeps_what_was_typed(office, reviewer):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    page = reviewer.get(f"/phieu/{number}").text

    refused = reviewer.post(
        f"/phieu/{number}/viec/return", {**form_fields(page), "reason": "Lý do đã gõ"}
    )

    assert refused.status_code == 422
    assert "Ghi ít nhất một ý kiến" in refused.text
    assert form_fields(refused.text)["reason"] == "Lý do đã gõ"


def test_an_approver_decides_on_one_page_naming_what_was_seen(office):
    number, approver = recommended(office), Browser(office, Role.APPROVER)
    page = approver.get(f"/phieu/{number}").text
    fields = form_fields(page)

    assert content_hash(office, number) in page
    unsure = approver.post(f"/phieu/{number}/viec/approve", fields)
    assert unsure.status_code == 422
    stale = approver.post(
        f"/phieu/{number}/viec/approve", {**fields, "sure": "1", "seen": "0" * 64}
    )
    assert stale.status_code == 409
    assert (
        approver.post(
            f"/phieu/{number}/viec/approve", {**fields, "sure": "1"}
        ).status_code
        == 302
    )
    assert status_of(office, number) == "entered"
    assert "CSDL-0001" in approver.get(f"/phieu/{number}").text


def content_hash(office, number):
    with office.desk(Role.REVIEWER) as desk:
        return proposals.by_number(desk, number).content_hash


def test_a_rejection_needs_its_reason_and_shows_it(office):
    number, approver = recommended(office), Browser(office, Role.APPROVER)
    fields = {**form_fields(approver.get(f"/phieu/{number}").text), "sure": "1"}

    assert (
        approver.post(
            f"/phieu/{number}/viec/reject", {**fields, "reason": " "}
        ).status_code
        == 422
    )
    approver.post(
        f"/phieu/{number}/viec/reject", {**fields, "reason": "Trùng với CSDL khác"}
    )
    assert (
        "Trùng với CSDL khác"
        in Browser(office, Role.REGISTRAR).get(f"/phieu/{number}").text
    )


def test_what_a_reviewer_mends_is_shown_as_theirs(office, registrar, reviewer):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    address = f"/phieu/{number}/phan/general"

    assert "Đang sửa thay cơ quan" in reviewer.get(address).text
    reviewer.post(address, {**reviewer.fields(address), "scope.vi": "Toàn tỉnh, cả xã"})

    assert "Cán bộ thẩm định đã sửa" in registrar.get(f"/phieu/{number}").text


def test_history_names_posts_and_hashes(office, reviewer):
    number = recommended(office)

    page = reviewer.get(f"/phieu/{number}").text

    for word in (
        "Tạo phiếu",
        "Gửi thẩm định",
        "Tiếp nhận",
        "Trình phê duyệt",
        # who, and in which post
        "Người registrar – registrar",
        "Người reviewer – reviewer",
        content_hash(office, number)[:12],
    ):
        assert word in page
    assert (
        "Tạo phiếu"
        in Browser(office, Role.REGISTRAR).get(f"/phieu/{draft(office)}").text
    )


# The administrator


def test_people_posts_and_passwords_are_managed(office):
    admin = Browser(office, Role.ADMINISTRATOR)
    new = {
        "email": "moi@thu.example", "name": "Người Mới", "title": "Đầu mối", "agency": "CQ-0002", "role": "registrar",
        "since": "01/01/2026",
    }  # fmt: skip

    made = admin.post("/quan-tri/nguoi", new)
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", made.text)[0]
    entered = Browser(office).post(
        "/dang-nhap", {"email": "moi@thu.example", "password": password}
    )
    assert entered.status_code == 302
    assert admin.post("/quan-tri/nguoi", {**new, "agency": "Sở lạ"}).status_code == 422
    assert admin.post("/quan-tri/nguoi", {**new, "email": "x"}).status_code == 422
    assert (
        admin.post("/quan-tri/nguoi", {**new, "since": "40/01/2026"}).status_code == 422
    )
    page = admin.get("/quan-tri/nguoi").text
    leave = re.findall(r'/quan-tri/vi-tri/[^"]+/thoi-giu', page)
    assert len(leave) == len(Role) + 2


def test_no_code_stands_before_people_where_there_is_a_word(office):
    page = Browser(office, Role.ADMINISTRATOR).get("/quan-tri/cau-hinh").text

    assert "tiếp nhận; lấy ý kiến; trình phê duyệt" in page
    assert "(&#39;" not in page
    assert "datetime.date" not in page
    named = {*office.system.daily, *(one.name for one in office.system.projections)}
    assert named <= set(wording.PARTS)


def test_settings_lists_and_operation_are_shown(office):
    office.system.follow()
    admin = Browser(office, Role.ADMINISTRATOR)

    assert "review_days" in admin.get("/quan-tri/cau-hinh").text
    assert "hinh-thuc-chia-se" in admin.get("/quan-tri/bang-ma").text
    with office.reading() as register:
        from app import journal

        head = register.session.get(
            journal.JournalRow, journal.head(register.session)
        ).leaf
    assert head in admin.get("/van-hanh").text


# Bad input

SCRIPT = "<script>alert(1)</script>"


def everywhere(fields):
    return {
        n: (SCRIPT if n.endswith((".vi", ".en")) or not v else v)
        for n, v in fields.items()
        if n != "csrf_token"
    }


def test_script_in_every_text_field_is_text_on_every_page(office, registrar, reviewer):
    number = draft(office)
    for name in (
        "nhanh",
        "general",
        "owner",
        "content",
        "sharing",
        "validity",
        "provenance",
    ):
        address = f"/phieu/{number}/phan/{name}"
        fields = registrar.fields(address)
        kept = {k: v for k, v in fields.items() if k in {"seal", "form"}}
        saved = registrar.post(
            address,
            {
                **everywhere(fields),
                **kept,
                "data_items.0.name.vi": SCRIPT,
                "do": "next",
            },
        )
        assert saved.status_code == 302
    pages = [
        f"/phieu/{number}",
        f"/phieu/{number}/kiem-tra",
        "/viec-cua-toi",
        "/tham-dinh?cho=co-quan",
    ]
    pages += [
        f"/phieu/{number}/phan/{name}?kiem=1"
        for name in ("nhanh", "general", "owner", "content", "sharing")
    ]
    for page in pages:
        for who in (registrar, reviewer):
            assert SCRIPT not in who.get(page).text, page
    assert SCRIPT in content_of(office, number)["scope"]["vi"]


@pytest.mark.parametrize("odd", ["²", "٣٤", "1e9", "-1", "9" * 40, ""])
def test_odd_numbers_in_forms_are_no_numbers(office, registrar, reviewer, odd):
    number = draft(office)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    fields = registrar.fields(address)
    for sent in (
        {"data_items.0.key": odd},
        {"do": f"cut:data_items:{odd}"},
        {"do": f"cut:review_interval:{odd}"},
        {"do": f"up:data_items.{odd}.sharing:0"},
        {"turn": odd},
    ):
        assert registrar.post(address, {**fields, **sent}).status_code in {302, 409}
    assert (
        registrar.post(
            address, {**fields, "seal": registrar.fields(address)["seal"]}
        ).status_code
        == 302
    )
    assert registrar.post(f"/phieu/{number}/kiem-tra", {"lock": odd}).status_code in {
        409,
        422,
    }
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    lock = form_fields(reviewer.get(f"/phieu/{number}").text)["lock"]
    reviewer.post(
        f"/phieu/{number}/viec/find", {"lock": lock, f"remark.data_items.{odd}": "x"}
    )
    assert reviewer.get(f"/phieu/{number}").status_code == 200


def test_a_key_that_was_cut_is_not_given_again(office, registrar):
    rows = [{"key": str(n), "name": {"vi": f"Mục {n}"}} for n in (1, 2, 3)]
    number = draft(office, data_items=rows)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.RECALL, Role.REGISTRAR)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"

    registrar.post(address, {**registrar.fields(address), "do": "cut:data_items:2"})
    fields = registrar.fields(f"{address}&them=data_items")
    registrar.post(address, {**fields, "data_items.2.name.vi": "Mục mới"})

    assert [row["key"] for row in content_of(office, number)["data_items"]] == [
        "1",
        "2",
        "4",
    ]


@pytest.mark.slow
def test_the_largest_draft_that_may_be_is_saved(office, registrar):
    item = {
        "name": {"vi": "x"},
        "sharing": [{"consumer_group": "trong-tinh", "mode": "dung-chung"}] * 3,
    }
    number = draft(office, data_items=[item] * 200)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"

    assert registrar.post(address, registrar.fields(address)).status_code == 302


def test_pasted_columns_go_where_they_are_named_and_strange_ones_are_told(
    office, registrar
):
    number = draft(office, data_items=[])
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    rows = "Tên hạng mục\tCăn cứ\tCột lạ\nThửa đất\tVB-0001\tgì đó\n"

    answer = registrar.post(
        address,
        {
            **registrar.fields(address),
            "data_items.paste": rows,
            "do": "paste:data_items",
        },
    )

    assert "Cột lạ" in registrar.get(answer.headers["Location"]).text
    (row,) = content_of(office, number)["data_items"]
    assert len(row["legal_basis"]) == 1
    assert "sharing" not in row


def test_what_was_typed_after_the_proposal_was_sent_is_shown_to_be_copied(
    office, registrar
):
    number = draft(office)
    address = f"/phieu/{number}/phan/general"
    fields = registrar.fields(address)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)

    refused = registrar.post(address, {**fields, "scope.vi": "Gõ muộn một chút"})

    assert refused.status_code == 409
    assert "Gõ muộn một chút" in refused.text


def test_a_form_that_was_open_when_the_session_ended_is_saved_after_a_new_log_in(
    office, account
):
    browser = Browser(office)
    browser.post("/dang-nhap", account)
    number = draft(office)
    address = f"/phieu/{number}/phan/general"
    page = browser.get(address).text
    fields, browser.token = (
        form_fields(page),
        re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
    )
    browser.client.delete_cookie("__Host-danhmuc", domain="danhmuc.example")

    assert browser.post(address, {**fields, "scope.vi": "Chờ lưu"}).status_code == 401
    assert browser.post("/dang-nhap", account).status_code == 302
    assert browser.post(address, {**fields, "scope.vi": "Chờ lưu"}).status_code == 302
    assert content_of(office, number)["scope"]["vi"] == "Chờ lưu"


def test_remarks_are_never_dropped_unseen(office, reviewer):
    number = recommended(office)
    approver = Browser(office, Role.APPROVER)
    fields = {
        **form_fields(approver.get(f"/phieu/{number}").text),
        "sure": "1",
        "remark.scope": "Ý kiến đã gõ",
    }

    refused = approver.post(f"/phieu/{number}/viec/approve", fields)
    assert refused.status_code == 422
    assert "Ý kiến đã gõ" in refused.text
    approver.post(f"/phieu/{number}/viec/reject", {**fields, "reason": "Không đạt"})
    assert "Ý kiến đã gõ" in reviewer.get(f"/phieu/{number}").text


def test_a_merge_whose_other_side_moved_again_is_shown_anew(office, registrar):
    entry = office.land()
    with office.desk() as desk:
        latest = latest_version(desk.session, entry).content
    mine = {**latest, "scope": {"vi": "Của tôi"}}
    number = number_of(
        office, office.propose(KIND, mine, type=ProposalType.AMEND, entry_id=entry)
    )
    office.enter(
        KIND,
        {**latest, "scope": {"vi": "Hai"}},
        type=ProposalType.AMEND,
        entry_id=entry,
    )
    fields = form_fields(registrar.get(f"/phieu/{number}/hop-nhat").text)
    office.enter(
        KIND, {**latest, "scope": {"vi": "Ba"}}, type=ProposalType.AMEND, entry_id=entry
    )

    again = registrar.post(f"/phieu/{number}/hop-nhat", {**fields, "scope": "theirs"})

    assert again.status_code == 409
    assert "Theo phiên bản mới: " in again.text
    assert content_of(office, number)["scope"]["vi"] == "Của tôi"


def test_an_administrator_gives_no_post_to_themselves_nor_to_what_is_no_agency(office):
    admin, law = Browser(office, Role.ADMINISTRATOR), office.law()
    own = {
        "email": "administrator@thu.example",
        "title": "Phê duyệt",
        "agency": "CQ-0001",
        "role": "approver",
    }
    new = {"email": "la@thu.example", "name": "Lạ", "title": "x", "role": "registrar"}

    assert admin.post("/quan-tri/nguoi", own).status_code == 422
    post = office.actors[Role.APPROVER].post_id
    assert (
        admin.post(f"/quan-tri/vi-tri/{post}/giao", {"email": own["email"]}).status_code
        == 422
    )
    for agency in (str(law), "00000000-0000-0000-0000-000000000009", "Sở không có"):
        assert (
            admin.post("/quan-tri/nguoi", {**new, "agency": agency}).status_code == 422
        )


def test_a_password_that_is_reset_closes_the_keys_too(office, registrar):
    made = registrar.post(
        "/tai-khoan/khoa", {"name": "Đồng bộ", "scopes": ["read"], "days": "30"}
    )
    key = {
        "Authorization": "Bearer " + re.search(r"dmk_[0-9a-f]{8}_[\w-]+", made.text)[0]
    }

    person = office.actors[Role.REGISTRAR].person_id
    Browser(office, Role.ADMINISTRATOR).post(
        f"/quan-tri/nguoi/{person}/mat-khau", {"sure": "1"}
    )

    assert office.client().get("/api/v1/me", headers=key).status_code == 401


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "http://a@b/"],
)
def test_an_address_that_runs_something_is_never_a_link(office, registrar, address):
    number = draft(office, landing_page=address)

    for page in (
        f"/phieu/{number}",
        f"/phieu/{number}/kiem-tra",
        f"/phieu/{number}/phan/sharing?kiem=1",
    ):
        assert f'href="{address}' not in registrar.get(page).text
    assert (
        "chỗ phải bổ sung hoặc sửa" in registrar.get(f"/phieu/{number}/kiem-tra").text
    )


@pytest.mark.slow
def test_a_megabyte_in_a_title_is_kept_and_asked_to_be_shortened(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/nhanh"

    saved = registrar.post(
        address, {**registrar.fields(address), "title.vi": "ă" * 350_000, "do": "next"}
    )

    assert (
        "Rút gọn còn tối đa 300 ký tự" in registrar.get(saved.headers["Location"]).text
    )
    assert len(content_of(office, number)["title"]["vi"]) == 350_000
    assert registrar.get(f"/phieu/{number}").status_code == 200
    assert registrar.get("/viec-cua-toi").status_code == 200


def test_ten_thousand_fields_are_refused_in_words_and_nothing_is_lost(
    office, registrar
):
    number = draft(office)
    before = content_of(office, number)
    many = {f"data_items.{n}.source": "x" for n in range(10_000)}

    refused = registrar.post(f"/phieu/{number}/phan/content", many)

    assert refused.status_code == 413
    assert "bản đã lưu trước đó còn nguyên" in refused.text
    huge = registrar.post(f"/phieu/{number}/phan/content", {"note": "x" * 4_000_000})
    assert huge.status_code == 413
    assert "Dữ liệu gửi lên quá lớn" in huge.text
    assert content_of(office, number) == before


def test_two_hundred_data_items_are_saved(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    many = {f"data_items.{n}.name.vi": f"Hạng mục {n}" for n in range(200)}

    assert (
        registrar.post(address, {**registrar.fields(address), **many}).status_code
        == 302
    )
    assert len(content_of(office, number)["data_items"]) == 200
    assert registrar.get(address).status_code == 200


@pytest.mark.parametrize(
    "extra",
    [
        {"status": "entered"},
        {"agency_id": "00000000-0000-0000-0000-000000000001"},
        {"number": "1", "local_id": "CSDL-0001", "approved_hash": "x", "is_admin": "1"},
        {
            "data_items.x.name.vi": "x",
            "data_items.99999999.source": "x",
            "khong.co.truong": "x",
            "": "x",
        },
    ],
)
def test_what_the_form_does_not_ask_is_ignored(office, registrar, extra):
    number = draft(office)
    address = f"/phieu/{number}/phan/general"

    assert (
        registrar.post(address, {**registrar.fields(address), **extra}).status_code
        == 302
    )
    assert status_of(office, number) == "draft"
    assert set(content_of(office, number)) <= {
        f.name for f in office.system.profile.kinds[KIND].fields
    }


JUNK = [
    None,
    7,
    1.5,
    True,
    "x",
    [],
    ["x"],
    [[1]],
    {"vi": 7},
    {"vi": ["x"]},
    [{"key": 7}],
    [{"name": 7}],
    {"x": {"y": 1}},
]


@pytest.mark.slow
@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_a_draft_may_hold_anything_and_every_page_shows_it(
    office, registrar, reviewer, junk
):
    kind = office.system.profile.kinds[KIND]
    content = {field.name: junk for field in kind.fields}
    nested = {
        "data_items": [{f.name: junk for f in kind.field("data_items").fields}],
        "contact_point": {"fn": junk},
    }
    for typed in (content, {**content, **nested}):
        number = number_of(office, office.propose(KIND, typed))
        for page in (
            "",
            "/kiem-tra",
            *(
                f"/phan/{name}?kiem=1"
                for name in ("nhanh", "general", "owner", "content")
            ),
        ):
            assert registrar.get(f"/phieu/{number}{page}").status_code == 200, page
        assert reviewer.get(f"/phieu/{number}").status_code == 200
        address = f"/phieu/{number}/phan/content"
        assert registrar.post(address, registrar.fields(address)).status_code == 302
    assert registrar.get("/viec-cua-toi").status_code == 200
    assert reviewer.get("/tham-dinh?cho=co-quan").status_code == 200


def test_a_remark_on_no_field_of_the_profile_is_refused(office, reviewer):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    lock = form_fields(reviewer.get(f"/phieu/{number}").text)["lock"]

    for sent in (
        {"remark.khong_co": "x"},
        {"other_field": "khong", "other_remark": "x"},
        {"remark.title": "x" * 6000},
        {"finding": "khong-phai-uuid"},
        {"lock": "x" * 50, "remark.title": "x"},
    ):
        answer = reviewer.post(f"/phieu/{number}/viec/find", {"lock": lock, **sent})
        assert answer.status_code in {404, 409, 422}, sent
    assert Remark("title", "x").severity == "error"


def test_the_limits_of_forms_are_told_apart():
    assert reading.operate({"a": [1, 2]}, "up:a:1") == {"a": [2, 1]}
    assert reading.operate({"a": [1, 2]}, "down:a:0") == {"a": [2, 1]}
    assert reading.operate({"a": [1, 2]}, "cut:a:5") == {"a": [1, 2]}
    for nonsense in (
        "",
        "up",
        "up:",
        "up:a",
        "up:b:0",
        "up:a.0.b:0",
        "cut:a.9.b:1",
        "add:a",
        "next",
    ):
        assert reading.operate({"a": [1, {}]}, nonsense) == {"a": [1, {}]}
