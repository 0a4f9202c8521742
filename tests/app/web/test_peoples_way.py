"""What people stumbled over on their first walk, each mended and held down."""

import re
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from http.client import HTTPConnection

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
from support import agency, database, law
from waitress.server import create_server
from werkzeug.datastructures import MultiDict

from app import clock
from app.accounts import api_keys
from app.errors import ConflictError, InvalidError, TooLargeError
from app.operations.serving import proxy
from app.permissions import Action, Role, Scope
from app.web.display import wording
from app.web.forms import controls as forms_controls
from app.web.forms import reading
from app.workflow.proposals import diff
from app.workflow.proposals.diff import Mark
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import ProposalType
from catalog_schema import profile as profiles


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


@pytest.fixture
def reviewer(office):
    return Browser(office, Role.REVIEWER)


def test_days_pasted_from_excel_are_days_and_a_counting_column_is_no_fault(
    office, registrar
):
    number = draft(office, data_items=[])
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    rows = "STT\tTên hạng mục\tTừ ngày\n1\tThửa đất\t5/1/2026\n2\tNhà ở\t31-12-2025\n"

    sent = {
        **registrar.fields(address),
        "data_items.paste": rows,
        "do": "paste:data_items",
    }
    page = registrar.post(address, sent, follow_redirects=True).text

    days = [
        row["sharing"][0]["valid_from"]
        for row in content_of(office, number)["data_items"]
    ]
    assert days == ["2026-01-05", "2025-12-31"]
    assert "Đã thêm 2 dòng" in page
    assert "đã bỏ qua" not in page


def test_an_error_in_a_row_names_its_row_and_field(office, registrar):
    row = {"key": "1", "name": {"vi": "Nhà ở"}, "updater": "Sở lạ"}
    number = draft(office, data_items=[row])

    page = registrar.get(f"/phieu/{number}/phan/items?kiem=1&chi-tiet=1").text

    summary = page[page.index("error-summary") : page.index("<h1")]
    assert "Hạng mục dữ liệu 1 “Nhà ở” › Đơn vị cập nhật: " in summary


def test_what_was_refused_is_found_again_with_its_reason_and_copied_into_a_new_proposal(
    office, registrar
):
    number, approver = (
        recommended(office, title={"vi": "Cơ sở dữ liệu bị từ chối"}),
        Browser(office, Role.APPROVER),
    )
    fields = {
        **form_fields(approver.get(f"/phieu/{number}").text),
        "sure": "1",
        "reason": "Trùng với CSDL khác",
    }
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


def test_ending_an_entry_needs_a_reason_that_the_department_reads(
    office, registrar, reviewer
):
    entry = office.land()
    number = number_of(
        office, office.propose(KIND, {}, type=ProposalType.END, entry_id=entry)
    )
    address = f"/phieu/{number}/kiem-tra"

    refused = registrar.post(address, registrar.fields(address))
    assert refused.status_code == 422
    assert "Nhập lý do" in refused.text
    registrar.post(
        address, {**registrar.fields(address), "reason": "Đã gộp vào CSDL-0009"}
    )

    assert "Đã gộp vào CSDL-0009" in reviewer.get(f"/phieu/{number}").text


def test_whoever_suspends_an_entry_may_say_when_it_comes_back(
    office, registrar, reviewer
):
    entry = office.land()
    number = number_of(
        office, office.propose(KIND, {}, type=ProposalType.SUSPEND, entry_id=entry)
    )
    address, back = f"/phieu/{number}/kiem-tra", clock.today() + timedelta(days=30)

    for wrong, said in (
        ("31/02/2027", "31/02/2027"),
        (f"{clock.today():%d/%m/%Y}", "phải sau ngày bắt đầu tạm ngừng"),
    ):
        typed = {
            **registrar.fields(address),
            "reason": "Nâng cấp hệ thống",
            "until": wrong,
        }
        refused = registrar.post(address, typed)
        assert refused.status_code == 422
        assert said in refused.text
        assert "until-error" in refused.text
        assert "Nâng cấp hệ thống" in refused.text
    typed = {
        **registrar.fields(address),
        "reason": "Nâng cấp hệ thống",
        "until": f"{back:%d/%m/%Y}",
    }
    assert registrar.post(address, typed).status_code == 302

    assert f"đến trước {back:%d/%m/%Y}" in reviewer.get(f"/phieu/{number}").text
    late = office.propose(
        KIND,
        {},
        type=ProposalType.SUSPEND,
        entry_id=entry,
        effective_to=date(2020, 2, 1),
    )
    with pytest.raises(InvalidError, match="sau hôm nay"):
        office.act(late, Action.SUBMIT, Role.REGISTRAR, reason="Hết")
    with pytest.raises(InvalidError, match="Chỉ phiếu tạm ngừng"):
        office.act(
            office.propose(KIND, {}, type=ProposalType.END, entry_id=entry),
            Action.SUBMIT,
            Role.REGISTRAR,
            reason="Hết",
            until=back,
        )


def test_an_amendment_that_changes_nothing_is_not_sent(office):
    entry = office.enter("agency", agency("Sở A"))
    same = office.propose(
        "agency", agency("Sở A"), type=ProposalType.AMEND, entry_id=entry
    )

    with pytest.raises(InvalidError, match="chưa đổi gì"):
        office.act(same, Action.SUBMIT, Role.REGISTRAR)


def test_every_reason_that_was_given_stays_to_be_read(office, reviewer):
    number = draft(office)
    for reason in ("Lý do thứ nhất", "Lý do thứ hai"):
        act(office, number, Action.SUBMIT, Role.REGISTRAR)
        act(office, number, Action.TAKE, Role.REVIEWER)
        act(
            office,
            number,
            Action.RETURN,
            Role.REVIEWER,
            reason=reason,
            remarks=(Remark("scope", "Nêu rõ"),),
        )

    page = reviewer.get(f"/phieu/{number}").text

    assert "Lý do thứ nhất" in page
    assert "Lý do thứ hai" in page


def test_what_was_typed_about_a_proposal_that_went_on_meanwhile_is_not_lost(
    office, reviewer
):
    proposal = office.propose("agency", agency("Chi cục mới"))
    for action, who in ((Action.SUBMIT, Role.REGISTRAR), (Action.TAKE, Role.REVIEWER)):
        office.act(proposal, action, who)
    number = number_of(office, proposal)
    form = reviewer.fields(f"/phieu/{number}")
    office.act(
        proposal,
        Action.RETURN,
        Role.REVIEWER,
        reason="Thiếu",
        remarks=(Remark("name", "Sai tên"),),
    )

    late = {
        **form,
        "reason": "Cần thêm căn cứ",
        "remark.name": "Tên chưa đúng quyết định",
    }
    answer = reviewer.post(f"/phieu/{number}/viec/return", late)

    assert answer.status_code == 409
    assert "đã sang bước khác" in answer.text
    assert "Cần thêm căn cứ" in answer.text
    assert "Tên chưa đúng quyết định" in answer.text


def test_a_remark_is_not_told_to_be_mended_by_what_was_sent_before_it(
    office, registrar, reviewer
):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    act(
        office,
        number,
        Action.RETURN,
        Role.REVIEWER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    act(
        office,
        number,
        Action.EDIT,
        Role.REGISTRAR,
        content={**content_of(office, number), "scope": {"vi": "Toàn xã"}},
    )
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    mended = "cơ quan đã sửa trường này từ lần gửi trước"
    assert reviewer.get(f"/phieu/{number}").text.count(mended) == 1

    act(
        office,
        number,
        Action.FIND,
        Role.REVIEWER,
        remarks=(Remark("scope", "Còn một chỗ nữa"),),
    )

    assert reviewer.get(f"/phieu/{number}").text.count(mended) == 1


def test_law_that_is_repealed_is_not_filled_in_beforehand(office, registrar):
    old = office.enter(
        "legal-document",
        law("47/2020/NĐ-CP", status="het-hieu-luc", in_force_to="2025-10-22"),
    )
    present = office.law("9/2026/QĐ-UBND")
    content = {
        **database(str(office.department), present),
        "legal_basis": [old, present],
    }
    content["legal_basis"] = [str(one) for one in content["legal_basis"]]
    office.enter(KIND, content, why="Lập theo nghị định cũ")

    made = registrar.post(
        "/dang-ky", {"kind": KIND, "ten": "Cơ sở dữ liệu mới"}
    ).headers["Location"]

    number = int(re.search(r"/phieu/(\d+)", made)[1])
    assert content_of(office, number)["legal_basis"] == [str(present)]


def test_a_registration_without_a_name_says_what_is_missing(registrar):
    assert "Nhập tên để tiếp tục" in registrar.get(f"/dang-ky?kind={KIND}&ten=").text
    assert 'value="Tên cũ"' in registrar.get(f"/dang-ky?kind={KIND}&sua=Tên cũ").text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("camera giao thông", False),
        ("Cơ sở dữ liệu giáo dục phổ thông", True),
        ("giáo dục", True),
    ],
)
def test_one_word_in_common_is_not_yet_alike(office, registrar, typed, found):
    office.land(title="Cơ sở dữ liệu giáo dục phổ thông")

    page = registrar.get("/dang-ky", query_string={"kind": KIND, "ten": typed}).text

    assert ("Sở Khoa học và Công nghệ" in page[page.index("<h1") :]) is found
    assert ("giáo dục phổ thông</a>" in page) is found


def test_a_law_that_is_repealed_is_never_shown_as_in_force(office):
    newer = office.enter("legal-document", law("278/2025/NĐ-CP", issued="2025-10-22"))
    repealed = law(
        "47/2020/NĐ-CP",
        issued="2020-04-09",
        in_force_from="2020-05-25",
        status="het-hieu-luc",
        in_force_to="2025-10-22",
        repealed_by=[str(newer)],
    )
    basis = office.enter("legal-document", repealed)

    page = (
        office.client()
        .get("/doc/van-ban/VB-0002", base_url="https://danhmuc.example")
        .text
    )

    assert re.search(r'govuk-tag--grey">Hết hiệu lực từ 22/10/2025</strong>', page)
    assert "Đang hiệu lực" not in page
    # on a day before its end nothing is told of the end
    then = office.client().get("/doc/van-ban/VB-0002?as_of=2021-12-31").text
    assert "Đang hiệu lực" in then
    assert "2025" not in re.sub("(?s).*<main", "", then).replace("278/2025", "278/2025")
    entry = office.enter(
        "shared-database",
        database(str(office.department), str(basis)),
        why="Lập theo nghị định cũ",
    )
    citing = office.client().get(f"/doc/csdl/{office.get(entry).local_id}").text
    said = "Hết hiệu lực từ 22/10/2025 – thay bằng 278/2025/NĐ-CP"
    assert f"({said})" in citing
    fact = re.search(r"<dt>Căn cứ pháp lý</dt>.*?</div>", citing, re.DOTALL)[0]
    assert "dm-state--bad" in fact
    assert "Hết hiệu lực</span></span>" in fact


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

    page = Browser(office, Role.ADMINISTRATOR).post(
        f"/quan-tri/nguoi/{person}/mat-khau"
    )

    assert page.status_code == 422
    assert "Đánh dấu ô xác nhận" in page.text


# What a sceptical reader found


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind": "\\ud800", "content": {}}',
        b"[" * 100_000,
        b'{"kind": "agency", "content": {"n": ' + b"9" * 5000 + b"}}",
    ],
)
def test_a_body_that_nobody_can_keep_is_refused_in_words(office, body):
    with office.system.database.transaction() as session:
        key = api_keys.issue(
            session, office.actors[Role.REGISTRAR], "thử", frozenset(Scope), 30
        )
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    answer = office.client().post("/api/v1/proposals", data=body, headers=headers)

    assert answer.status_code == 400
    assert "JSON" in answer.json["detail"]


@pytest.mark.slow
def test_more_rows_than_a_group_may_have_are_kept_until_they_are_mended(
    office, registrar
):
    number = draft(
        office, data_items=[{"name": {"vi": f"Hạng mục {n}"}} for n in range(230)]
    )
    address = f"/phieu/{number}/phan/items?chi-tiet=1"

    registrar.post(address, {**registrar.fields(address), "scope.vi": "x"})

    assert len(content_of(office, number)["data_items"]) == 230


def test_too_many_pasted_rows_are_refused_and_what_was_there_stays(office, registrar):
    number = draft(office)
    address = f"/phieu/{number}/phan/items?chi-tiet=1"
    before = content_of(office, number)

    answer = registrar.post(
        address, {**registrar.fields(address), "data_items.paste": "Hạng mục\n" * 500}
    )

    assert answer.status_code == 413
    assert "Dán 500 dòng" in answer.text
    assert content_of(office, number) == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-01-31", "2026-01-31"),
        ("31/1/2026", "2026-01-31"),
        ("cuối năm", "--cuối năm"),
    ],
)
def test_a_day_in_the_first_box_is_kept_whole_and_shown_again(
    office, registrar, typed, kept
):
    line = sharing.connection("Một – Hai", office.department)
    number = number_of(office, office.propose("connection", line))
    address = f"/phieu/{number}/phan/sharing"

    registrar.post(address, {**registrar.fields(address), "term_end.d": typed})
    assert content_of(office, number)["term_end"] == kept
    registrar.post(address, registrar.fields(address))

    assert content_of(office, number)["term_end"] == kept


def without_scope(office):
    content = {**database(str(office.department), str(office.law("2/2026/QĐ-UBND")))}
    del content["scope"]
    return content


def test_near_duplicates_are_shown_to_the_reviewer_even_while_something_is_missing(
    office, reviewer
):
    office.land()
    number = number_of(office, office.propose(KIND, without_scope(office)))
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)

    page = reviewer.get(f"/phieu/{number}").text

    assert "Còn thiếu trước khi vào danh mục" in page
    assert "Đã có mục cùng tên" in page


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ({"reason": "Lý do đã gõ"}, "find"),
        ({"other_remark": "Ý kiến không rõ về trường nào"}, "return"),
        ({"reply.1": "Câu trả lời"}, "recommend"),
    ],
)
def test_nothing_typed_is_left_behind_unseen(office, reviewer, typed, action):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    act(
        office, number, Action.FIND, Role.REVIEWER, remarks=(Remark("scope", "Nêu rõ"),)
    )
    page = reviewer.get(f"/phieu/{number}").text
    reply = re.search(r'name="(reply\.[^"]+)"', page)[1]
    typed = {reply if name == "reply.1" else name: text for name, text in typed.items()}

    answer = reviewer.post(
        f"/phieu/{number}/viec/{action}", {**form_fields(page), **typed}
    )

    assert answer.status_code == 422
    assert next(iter(typed.values())) in answer.text


def test_nothing_is_approved_while_a_remark_is_open(office):
    number = recommended(office)
    act(
        office,
        number,
        Action.FIND,
        Role.APPROVER,
        remarks=(Remark("scope", "Xem lại"),),
    )

    with pytest.raises(InvalidError, match="chưa được đóng"):
        act(office, number, Action.APPROVE, Role.APPROVER)


def test_a_refusal_names_the_content_that_was_seen(office):
    number = recommended(office)

    with pytest.raises(ConflictError):
        act(
            office, number, Action.REJECT, Role.APPROVER, reason="Trùng", seen_hash=None
        )


def test_a_form_of_ten_thousand_scattered_rows_is_read_in_one_pass():
    members = profiles.load("https://danhmuc.example").kinds[KIND].fields
    posted = MultiDict((f"data_items.{n}.sharing.{n}.mode", "x") for n in range(9400))
    with pytest.raises(TooLargeError):
        reading.read(members, posted, lambda _kind, text: text)
    few = MultiDict((f"data_items.{n}.sharing.{n}.mode", "x") for n in range(500))
    looked = []

    class Counting(MultiDict):
        def __iter__(self):
            looked.append(1)
            return super().__iter__()

    assert (
        len(
            reading.read(members, Counting(few), lambda _kind, text: text)["data_items"]
        )
        == 500
    )
    assert len(looked) == 1


def test_the_days_that_were_asked_for_are_shown_to_who_decides(office):
    content = {**database(str(office.department), str(office.law()))}
    proposal = office.propose(KIND, content, effective_from=date(2030, 5, 1))
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)

    page = (
        Browser(office, Role.APPROVER).get(f"/phieu/{number_of(office, proposal)}").text
    )

    assert "từ 01/05/2030" in page


def test_a_text_of_repeated_words_is_compared_in_bounded_work():
    before, after = "a " * 1499, "a " * 1400 + "b " * 99

    assert diff.words(before, after) == [(Mark.REMOVED, before), (Mark.ADDED, after)]


def test_errors_are_found_for_each_control_without_looking_at_all_of_them(office):
    profile = office.system.profile
    members = profile.kinds[KIND].fields
    errors = {
        f"data_items.{n}.sharing.{m}.mode": ["Sai"]
        for n in range(200)
        for m in range(3)
    }
    content = {"data_items": [{"sharing": [{"mode": "x"}] * 3}] * 200}

    class Counting(dict):
        looked = 0

        def __iter__(self):
            Counting.looked += 1
            return super().__iter__()

    with office.client().application.test_request_context():
        builder = forms_controls.Builder(profile, str, Counting(errors))
        controls = builder.controls(members, content)

    items = next(control for control in controls if control.name == "data_items")
    sharing = next(
        one for one in items.rows[7].controls if one.name.endswith(".sharing")
    )
    assert sharing.rows[2].opened
    assert Counting.looked <= 2


def test_a_list_beyond_all_use_is_refused_before_it_is_kept(office):
    with pytest.raises(InvalidError, match="501 dòng"):
        office.propose(KIND, {"data_items": [{}] * 501})


def test_a_mend_stays_the_reviewers_after_the_agency_sends_again(
    office, registrar, reviewer
):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    mended = {
        **content_of(office, number),
        "purpose": {"vi": "Mục đích do cán bộ thẩm định sửa"},
    }
    act(office, number, Action.MEND, Role.REVIEWER, content=mended)
    act(
        office,
        number,
        Action.RETURN,
        Role.REVIEWER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    act(
        office,
        number,
        Action.EDIT,
        Role.REGISTRAR,
        content={**mended, "scope": {"vi": "Toàn xã"}},
    )
    assert "Cán bộ thẩm định đã sửa" in registrar.get(f"/phieu/{number}").text
    act(office, number, Action.SUBMIT, Role.REGISTRAR)

    page = reviewer.get(f"/phieu/{number}").text

    theirs = page[page.index("Cơ quan đã sửa từ lần gửi trước") :]
    ours = page[
        page.index("Cán bộ thẩm định đã sửa") : page.index(
            "Cơ quan đã sửa từ lần gửi trước"
        )
    ]
    assert "Mục đích" in ours
    assert "Phạm vi" in theirs
    assert "do cán bộ thẩm định sửa" not in theirs[: theirs.index("</dl>")]


def test_a_draft_that_was_never_sent_is_absent_for_the_department_too(office):
    number = draft(office, "elsewhere")
    reviewer, approver = Browser(office, Role.REVIEWER), Browser(office, Role.APPROVER)

    assert reviewer.get(f"/phieu/{number}").status_code == 404
    assert approver.get(f"/phieu/{number}").status_code == 404
    assert f"/phieu/{number}" not in reviewer.get("/tham-dinh?cho=co-quan").text
    act(office, number, Action.SUBMIT, "elsewhere")
    assert reviewer.get(f"/phieu/{number}").status_code == 200


def test_a_proposal_in_another_agencys_name_is_pointed_out(office, reviewer):
    content = {**database(str(office.other), str(office.law()))}
    number = number_of(office, office.propose(KIND, content))
    act(office, number, Action.SUBMIT, Role.REGISTRAR)

    assert "không phải cơ quan lập phiếu" in reviewer.get(f"/phieu/{number}").text


def test_an_approver_finds_again_what_waits_for_their_remark_to_be_closed(office):
    number = recommended(office, title={"vi": "Cơ sở dữ liệu chờ đóng ý kiến"})
    act(
        office,
        number,
        Action.RETURN,
        Role.APPROVER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)

    page = Browser(office, Role.APPROVER).get("/viec-cua-toi").text

    assert "Chờ đóng ý kiến" in page
    assert "Cơ sở dữ liệu chờ đóng ý kiến" in page


def test_a_page_is_never_called_unchanged_for_another_reader(office, registrar):
    office.land()
    public = office.client().get(
        "/doc/csdl/CSDL-0001", base_url="https://danhmuc.example"
    )

    asked = {
        "If-Modified-Since": public.headers.get(
            "Last-Modified", "Tue, 24 Nov 2099 00:00:00 GMT"
        )
    }

    assert registrar.get("/doc/csdl/CSDL-0001", headers=asked).status_code == 200


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("trusted", "seen"), [("127.0.0.1", "203.0.113.9"), (None, "127.0.0.1")]
)
def test_visitors_are_told_apart_behind_the_proxy_that_is_trusted_and_no_other(
    office, trusted, seen
):
    def application(environ, start):
        start("200 OK", [])
        return [environ["REMOTE_ADDR"].encode()]

    options = proxy(replace(office.system.settings, trusted_proxy=trusted))
    server = create_server(application, host="127.0.0.1", port=0, **options)

    def serve():
        with suppress(OSError):  # that its socket was closed, below
            server.run()

    threading.Thread(target=serve, daemon=True).start()
    asked = HTTPConnection("127.0.0.1", server.effective_port)
    asked.request("GET", "/", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    answered = asked.getresponse().read().decode()
    asked.close()
    server.close()

    assert answered == seen


def test_other_words_for_a_value_are_shown_and_understood_when_pasted(office):
    lists = office.system.profile.lists
    members = office.system.profile.kinds["legal-document"].fields

    assert reading.codes(lists, members, {"document_type": "NĐ"}) == {
        "document_type": "nghi-dinh"
    }
    assert (
        "cũng gọi là: NĐ"
        in Browser(office, Role.ADMINISTRATOR).get("/quan-tri/bang-ma").text
    )


def test_what_could_not_be_done_to_a_draft_is_said_on_its_page_with_what_was_typed(
    office, registrar
):
    number = draft(office)
    act(office, number, Action.SUBMIT, Role.REGISTRAR)
    act(office, number, Action.TAKE, Role.REVIEWER)
    act(
        office,
        number,
        Action.RETURN,
        Role.REVIEWER,
        reason="Bổ sung",
        remarks=(Remark("scope", "Nêu rõ"),),
    )
    page = registrar.get(f"/phieu/{number}").text
    reply = re.search(r'name="(reply\.([^"]+))"', page)

    stale = registrar.post(
        f"/phieu/{number}/viec/reply",
        {
            "lock": "1",
            "finding": reply[2],
            reply[1]: "Câu trả lời đã gõ",
            "mended": "1",
        },
    )
    unsure = registrar.post(f"/phieu/{number}/viec/withdraw", {"lock": "1"})

    assert stale.status_code == 409
    assert 'value="Câu trả lời đã gõ"' in stale.text
    assert "Các phần của phiếu" in stale.text
    assert unsure.status_code == 422
    assert "Đánh dấu ô “Tôi rút phiếu …” rồi bấm lại" in unsure.text
    assert "Các phần của phiếu" in unsure.text


def test_back_a_second_click_and_two_windows_make_one_draft(office, registrar):
    begin = {"kind": "shared-database", "ten": "Cơ sở dữ liệu bến bãi"}
    first, second = (
        registrar.post("/dang-ky", {**begin, "ten": title}).headers["Location"]
        for title in ("Cơ sở dữ liệu bến bãi", "cơ sở dữ liệu Bến bãi ")
    )
    assert first == second
    other = registrar.post("/dang-ky", {**begin, "ten": "Cơ sở dữ liệu bến phà"})
    assert other.headers["Location"] != first

    office.land()
    amended = [
        registrar.post("/muc/csdl/CSDL-0001/phieu", {"type": "amend"}).headers[
            "Location"
        ]
        for _ in range(2)
    ]
    assert amended[0] == amended[1]
    ended = registrar.post("/muc/csdl/CSDL-0001/phieu", {"type": "end"})
    assert ended.headers["Location"] != amended[0]
    number = int(first.split("/")[2])
    act(office, number, Action.WITHDRAW, Role.REGISTRAR)
    again = registrar.post("/dang-ky", begin).headers["Location"]
    assert again != first
