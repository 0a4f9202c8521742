"""What one agency asks and another has to answer, as its people see it."""

import io
import re
from datetime import timedelta

from casework import act, case_of, lands, opened, request, sent, staffed, task
from people import Browser
from sqlalchemy import select
from support import SIGNED_PDF, agency

from app import clock
from app.documents.tables import task_table
from app.exchange.cases import inputs
from app.files import File
from app.permissions import Action, Role
from app.register.queries import Register
from app.register.standing import moment

LIST = "/viec"


def lock(page):
    return re.search(r'name="lock"\s+value="(\d+)"', page)[1]


def do(browser, number, action, **said):
    """Do something to a case as its page offers it; return the answer."""
    page = browser.get(f"{LIST}/{number}").text
    told = {"lock": lock(page), "do": action, **said}
    return browser.post(f"{LIST}/{number}", told, follow_redirects=True)


def ready(office):
    staffed(office)
    database, law = lands(office)
    return database, law, sent(office, "data-request", request(database, law))


def granted(office, number):
    act(office, number, Action.PREPARE_GRANT, "elsewhere", inputs.Grant(["Thửa đất"]))
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")


def form(database, law, **more):
    """Return what the form of a request sends."""
    return {
        "title": "Khai thác thửa đất",
        "database": database,
        "items": "Thửa đất",
        "purpose": "Giải quyết chế độ",
        "legal_basis": law,
        "form": "thuong-xuyen",
        **more,
    }


def test_a_request_is_written_sent_answered_by_two_and_followed_up(office):
    staffed(office)
    database, law = lands(office)
    code = office.get(database).local_id
    number = office.get(law).content["number"]
    registrar = Browser(office, Role.REGISTRAR)
    new = registrar.get(f"/viec/moi/de-nghi?database={code}&items=Thửa đất&tu=duong-di")
    assert f"({code})" in new.text
    said = form(code, number, origin="duong-di", do="send")
    page = registrar.post("/viec/moi/de-nghi", said, follow_redirects=True).text
    assert "Chờ trả lời" in page
    assert "chưa xác minh được thời hạn theo luật" in page

    owner = Browser(office, "elsewhere")
    assert "Khai thác thửa đất" in owner.get("/viec-cua-toi").text
    page = do(owner, 1, "prepare-grant", items=["Thửa đất"], text="Chỉ đối chiếu").text
    assert "Chờ xác nhận đồng ý" in page
    assert "confirm-answer" not in page
    head = Browser(office, "head elsewhere")
    page = do(head, 1, "confirm-answer").text
    assert "Đã đồng ý, dữ liệu chưa chạy" in page
    page = do(owner, 1, "follow-up").text
    assert page.count("/phieu/") >= 2
    assert "Dữ liệu chưa chạy" in page


def test_what_cannot_be_sent_is_kept_and_says_why(office):
    registrar = Browser(office, Role.REGISTRAR)
    said = {"title": "Chưa đủ", "purpose": "Để thử", "do": "send"}
    page = registrar.post("/viec/moi/de-nghi", said, follow_redirects=True).text
    assert "Còn 4 chỗ phải sửa trước khi gửi" in page
    assert "Chưa đủ" in page
    assert "Để thử" in page
    assert 'href="#legal_basis"' in page


def test_a_new_row_loses_nothing_that_was_typed(office):
    registrar = Browser(office, Role.REGISTRAR)
    said = {"title": "Đang gõ", "legal_basis": "1/2026", "do": "add:legal_basis"}
    page = registrar.post("/viec/moi/de-nghi", said).text
    assert "Đang gõ" in page
    assert page.count('name="legal_basis"') == 2


def test_the_answer_by_letter_is_asked_for_in_words_and_nothing_typed_is_lost(office):
    insurance = office.enter("agency", agency("Bảo hiểm xã hội"))
    law = office.law()
    content = request(None, law, addressee=str(insurance))
    del content["database"]
    number = sent(office, "data-request", content)
    clerk = Browser(office, Role.CLERK)
    wrong = do(
        clerk, number, "answer-on-paper", paper_number="12/BHXH", paper_day="32/13/2026"
    )
    assert wrong.status_code == 422
    assert "12/BHXH" in wrong.text
    day = f"{clock.today():%d/%m/%Y}"
    file = (io.BytesIO(SIGNED_PDF), "tra-loi.pdf")
    said = {
        "paper_number": "12/BHXH-CNTT",
        "paper_day": day,
        "items": ["Thửa đất"],
        "file": file,
    }
    page = do(clerk, number, "answer-on-paper", **said).text
    assert "Văn bản số 12/BHXH-CNTT" in page
    href = re.search(rf'href="({LIST}/{number}/tep/[0-9a-f]+)"', page)[1]
    kept = clerk.get(href)
    assert kept.data == SIGNED_PDF
    assert "attachment" in kept.headers["Content-Disposition"]


def test_a_refusal_without_the_law_is_refused_in_words(office):
    _database, law, number = ready(office)
    owner = Browser(office, "elsewhere")
    page = do(owner, number, "prepare-refusal", reason="Không được").text
    assert "phải nêu căn cứ pháp luật" in page
    assert "Không được" in page
    page = do(owner, number, "prepare-refusal", reason="Không", basis="Luật Lạ").text
    assert "Không rõ văn bản “Luật Lạ”" in page
    named = office.get(law).content["number"]
    page = do(owner, number, "prepare-refusal", reason="Hạn chế", basis=named).text
    assert "Chờ xác nhận từ chối" in page


def test_lists_say_what_waits_for_whom_and_what_is_late(office):
    _database, _law, number = ready(office)
    owner, asker = Browser(office, "elsewhere"), Browser(office, Role.REGISTRAR)
    link = f'href="{LIST}/{number}"'
    assert link in owner.get(f"{LIST}?cho=toi").text
    assert link not in asker.get(f"{LIST}?cho=toi").text
    assert link in asker.get(f"{LIST}?cho=khac").text
    assert link not in asker.get(f"{LIST}?cho=qua-han").text
    assert link in asker.get(f"{LIST}?q=thua+dat").text
    assert link not in asker.get(f"{LIST}?q=ho+tich").text
    assert link not in asker.get(f"{LIST}?as_of=01/01/2024").text
    assert asker.get(f"{LIST}/{number}?as_of=01/01/2024").status_code == 404
    late = Browser(office, Role.REVIEWER).get(f"{LIST}/qua-han").text
    assert "Sở Nông nghiệp và Môi trường" in late


def test_strange_input_is_refused_and_never_breaks(office):
    _database, _law, number = ready(office)
    owner = Browser(office, "elsewhere")
    page = owner.get(f"{LIST}/{number}").text
    for said, status in (
        ({"do": "nonsense"}, 404),
        ({"do": "edit-case"}, 404),
        ({"do": "approve"}, 409),
        ({"do": "prepare-grant", "lock": "999"}, 409),
        ({"do": "note-case", "text": "x" * 6000}, 422),
        ({"do": "extend-case", "due_on": "31/12/9999", "reason": "x"}, 403),
    ):
        told = {"lock": lock(page), "items": ["Thửa đất"], **said}
        answer = owner.post(f"{LIST}/{number}", told)
        assert answer.status_code == status, said
    for path in (f"{LIST}?as_of=9999-12-31", f"{LIST}/{number}?as_of=9999-12-31"):
        assert owner.get(path).status_code == 200
    for path in (f"{LIST}/0", f"{LIST}/99999999999", f"{LIST}/x", "/viec/moi/khong-co"):
        assert owner.get(path).status_code == 404
    assert owner.get(f"{LIST}/{number}/tep/{'0' * 64}").status_code == 404


def test_a_third_agency_and_a_draft_are_not_seen(office):
    _database, _law, number = ready(office)
    with office.system.database.transaction() as session:
        from app.register import service as register

        third = register.reserve(session, office.system.profile.kinds["agency"]).id
        office.actors["third"] = office.hire(
            session, "ba@thu.example", third, Role.REGISTRAR
        )
    stranger = Browser(office, "third")
    for path in (f"{LIST}/{number}", f"{LIST}/{number}/sua"):
        assert stranger.get(path).status_code == 404
    said = {"do": "note-case", "text": "Xin chào", "lock": "1"}
    assert stranger.post(f"{LIST}/{number}", said).status_code == 404
    draft = opened(office, "data-request", {"title": "Của riêng"})
    assert Browser(office, "elsewhere").get(f"{LIST}/{draft}").status_code == 404
    assert Browser(office).get(f"{LIST}/{number}").status_code == 302


def test_obstacles_are_gathered_on_a_page(office):
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    content = {
        "title": "Chưa rõ thẩm quyền",
        "type": "khac",
        "description": "Hai nơi hiểu khác nhau",
        "addressee": str(office.other),
    }
    numbers = [sent(office, "obstacle", content) for _ in range(2)]
    reviewer = Browser(office, Role.REVIEWER)
    shown = reviewer.get("/viec/vuong-mac/gop").text
    assert f'value="{numbers[0]}"' in shown
    said = {"viec": numbers, "title": "Kiến nghị chung", "addressee": "Bộ Tư pháp"}
    page = reviewer.post("/viec/vuong-mac/gop", said, follow_redirects=True).text
    assert "Kiến nghị chung" in page
    into = max(numbers) + 1
    assert case_of(office, into, Role.REVIEWER).answering_id == ministry
    assert case_of(office, numbers[0]).group_id is not None


def test_tasks_go_out_and_come_back_unchanged(office):
    sent(office, "task", task(office, "NV-1"), Role.REVIEWER)
    reviewer = Browser(office, Role.REVIEWER)
    table = reviewer.get("/viec/nhiem-vu.xlsx").data
    file = (io.BytesIO(table), "hoanthien.xlsx")
    page = reviewer.post("/viec/nhiem-vu/tu-tep", {"tep": file}).text
    assert "0 mới · 0 thay đổi · 1 không đổi · 0 ô lỗi" in page


def test_a_step_back_leads_to_the_reason(office):
    _database, _law, number = ready(office)
    act(office, number, Action.ASK_BACK, "elsewhere", inputs.Reason("Kỳ nào?"))
    page = Browser(office, Role.REGISTRAR).get(f"{LIST}/{number}").text
    assert "Kỳ nào?" in page
    assert f'href="{LIST}/{number}/sua"' in page


# -- from where a case comes


def links(page, part):
    """Return where links lead whose address has a part, as a browser reads them."""
    from html import unescape

    return [unescape(one) for one in re.findall(r'href="([^"]+)"', page) if part in one]


def test_a_missing_link_turns_into_a_request_filled_in_and_shows_that_it_did(office):
    lands(office)
    registrar = Browser(office, Role.REGISTRAR)
    path = "/chia-se?co-quan=Sở Khoa học và Công nghệ&du-lieu=thửa đất"
    (href,) = links(registrar.get(path).text, "/viec/moi/de-nghi")
    form_page = registrar.get(href).text
    assert "Cơ sở dữ liệu đất đai (CSDL-0001)" in form_page
    assert "Thửa đất" in form_page
    origin = re.search(r'name="origin"\s+value="([^"]+)"', form_page)[1]
    said = {"title": "Khai thác", "origin": origin, "do": "save"}
    registrar.post("/viec/moi/de-nghi", said)
    assert "Đã có việc số 1" in registrar.get(path).text
    assert "Lập đề nghị" not in Browser(office).get(path).text


def test_what_nobody_has_turns_into_a_request_too(office):
    office.land()
    registrar = Browser(office, Role.REGISTRAR)
    page = registrar.get("/tim-kiem?q=zzzkhongco").text
    (href,) = links(page, "/viec/moi/de-nghi")
    assert "zzzkhongco" in registrar.get(href).text
    assert links(Browser(office).get("/tim-kiem?q=zzzkhongco").text, "/viec/") == []


def test_the_page_of_a_database_says_how_long_answers_took_and_leads_to_a_request(
    office,
):
    database, law, number = ready(office)
    granted(office, number)
    for _ in range(2):
        again = sent(office, "data-request", request(database, law))
        granted(office, again)
    code = office.get(database).local_id
    public = Browser(office).get(f"/doc/csdl/{code}").text
    assert "Đã trả lời 3 đề nghị" in public
    assert "/viec/" not in public
    registrar = Browser(office, Role.REGISTRAR).get(f"/doc/csdl/{code}").text
    assert links(registrar, "/viec/moi/de-nghi")
    assert links(registrar, f"/viec/{number}")
    owner = Browser(office, "elsewhere").get(f"/doc/csdl/{code}").text
    assert links(owner, "/viec/moi/de-nghi") == []


def test_late_data_turn_into_an_obstacle_to_their_owner(office):
    from support import database

    law = office.law()
    content = database(str(office.other), str(law), frequency="DAILY")
    content["last_updated"] = "2026-01-01"
    office.enter("shared-database", content, "elsewhere")
    registrar = Browser(office, Role.REGISTRAR)
    page = registrar.get("/chia-se/do-moi").text
    (href,) = links(page, "/viec/moi/vuong-mac")
    form_page = registrar.get(href).text
    assert "Dữ liệu quá hạn cập nhật" in form_page
    assert "Sở Nông nghiệp và Môi trường" in form_page
    assert links(Browser(office).get("/chia-se/do-moi").text, "/viec/") == []


def test_cases_are_found_by_their_parties_alone(office):
    _database, _law, number = ready(office)
    asker = Browser(office, Role.REGISTRAR).get("/tim-kiem?q=che+do").text
    assert "1 việc giữa các cơ quan" in asker
    assert "việc giữa các cơ quan" not in Browser(office).get("/tim-kiem?q=che+do").text
    assert number == 1


# -- what its reader sees of it


def test_a_name_that_is_not_in_the_register_is_said_at_its_field_and_kept(office):
    registrar = Browser(office, Role.REGISTRAR)
    said = form("CSDL-9999", "999/XX", addressee="Bộ không có thật", do="send")
    answer = registrar.post("/viec/moi/de-nghi", said)
    assert answer.status_code == 422
    for typed in ("CSDL-9999", "999/XX", "Bộ không có thật"):
        assert f'value="{typed}"' in answer.text
    assert "Cơ sở dữ liệu: Chọn một mục" in answer.text
    assert 'class="dm-wait"' not in registrar.get("/viec-cua-toi").text


def test_an_answer_is_seen_once_it_is_confirmed_with_the_law_that_it_names(office):
    _database, law, number = ready(office)
    refusal = inputs.Refusal("Hạn chế theo luật", [law])
    act(office, number, Action.PREPARE_REFUSAL, "elsewhere", refusal)
    asker, owner = Browser(office, Role.REGISTRAR), Browser(office, "elsewhere")
    page = asker.get(f"{LIST}/{number}").text
    assert "Hạn chế theo luật" not in page
    assert "Chờ xác nhận" not in page
    assert "Chờ xác nhận" not in asker.get(f"{LIST}?cho=khac").text
    assert "Hạn chế theo luật" in owner.get(f"{LIST}/{number}").text
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")
    page = asker.get(f"{LIST}/{number}").text
    assert "Hạn chế theo luật" in page
    assert f'href="{links(page, "/doc/van-ban/")[0]}"' in page
    assert "Căn cứ: " in re.sub(r"<[^>]+>", "", page)
    assert asker.get(f"/giay-to/tu-choi-chia-se/{number}").status_code == 404


def test_steps_tell_who_had_to_answer_then(office):
    ministry = office.enter("agency", agency("Bộ Tư pháp", classification="bo"))
    asked = sent(office, "obstacle", obstacle(office))
    up = inputs.Escalation(office.department, "Chưa rõ")
    with_department = inputs.Escalation(ministry, "Vẫn chưa rõ")
    act(office, asked, Action.ESCALATE, Role.REGISTRAR, with_department)
    page = Browser(office, Role.REGISTRAR).get(f"{LIST}/{asked}").text
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Chuyển lên mức tiếp theo → Bộ Tư pháp" in told
    assert up.addressee != ministry


def obstacle(office):
    return {
        "title": "Chưa rõ thẩm quyền",
        "type": "khac",
        "description": "Hai nơi hiểu khác nhau",
        "addressee": str(office.other),
    }


def test_what_was_typed_too_late_is_shown_and_what_was_asked_stands_on_top(office):
    _database, _law, number = ready(office)
    owner = Browser(office, "elsewhere")
    page = owner.get(f"{LIST}/{number}").text
    act(office, number, Action.ASK_BACK, "elsewhere", inputs.Reason("Kỳ nào?"))
    said = {"lock": lock(page), "do": "prepare-refusal", "reason": "Vì hạn chế"}
    answer = owner.post(f"{LIST}/{number}", said)
    assert answer.status_code == 409
    assert "Nội dung đã nhập, chưa được ghi" in answer.text
    assert "Vì hạn chế" in answer.text
    asker = Browser(office, Role.REGISTRAR).get(f"{LIST}/{number}").text
    assert "Bên được hỏi cần làm rõ" in asker
    assert "Tính lại từ khi bên hỏi gửi lại" in asker


def test_a_past_day_is_narrowed_like_today(office):
    with clock.frozen(clock.now() - timedelta(days=10)):
        _database, _law, number = ready(office)
    day = f"{clock.today() - timedelta(days=8):%d/%m/%Y}"
    owner = Browser(office, "elsewhere")
    link = f'href="{LIST}/{number}"'
    for narrowed, there in (
        ("cho=toi", True),
        ("cho=khac", False),
        ("q=ho+tich", False),
        ("q=thua+dat", True),
        ("cho=xong", False),
        ("cho=qua-han", False),
    ):
        assert (link in owner.get(f"{LIST}?as_of={day}&{narrowed}").text) is there


def test_who_does_nothing_to_cases_has_none_to_do(office):
    sent(office, "data-request", request(*lands(office)))
    auditor = Browser(office, Role.AUDITOR).get("/viec-cua-toi").text
    assert "0 việc cần xử lý." in auditor


# -- tasks by a table


def table_of(office, *tasks):
    """Return the workbook that the department would send."""
    with office.system.database.reading() as session:
        register = Register(session, office.system.profile, moment(session))
        views = register.by_ids([office.other, office.department])
        due = task_table.SETTLED_BY
        return task_table.xlsx(office.system.profile, tasks, views, due)


def previewed(browser, data):
    file = (io.BytesIO(data), "hoanthien.xlsx")
    page = browser.post("/viec/nhiem-vu/tu-tep", {"tep": file}).text
    hidden = re.findall(r'name="(tep|khoa-\d+)"\s+value="([^"]+)"', page)
    return page, dict(hidden)


def test_a_table_of_tasks_is_written_as_it_was_seen(office):
    number = sent(office, "task", task(office), Role.REVIEWER)
    reviewer = Browser(office, Role.REVIEWER)
    table = table_of(office, task(office, title="Nối đất đai"), task(office, "NV-2"))
    page, seen = previewed(reviewer, table)
    assert "1 mới · 1 thay đổi" in page
    assert "Nối dữ liệu đất đai → Nối đất đai" in page
    progress = inputs.Progress("Đã khảo sát", "dang")
    act(office, number, Action.REPORT_PROGRESS, "elsewhere", progress)
    late = reviewer.post("/viec/nhiem-vu/ghi", seen)
    assert late.status_code == 409
    page, seen = previewed(reviewer, table)
    page = reviewer.post("/viec/nhiem-vu/ghi", seen, follow_redirects=True).text
    assert "Đã lập 1 nhiệm vụ (bản nháp, chưa gửi), sửa 1." in page
    case = case_of(office, number, Role.REVIEWER)
    assert case.title == "Nối đất đai"
    assert "Đã khảo sát" in case.content["progress"]


def test_a_table_with_a_wrong_cell_is_not_written(office):
    number = sent(office, "task", task(office), Role.REVIEWER)
    act(office, number, Action.REPORT_DONE, "elsewhere", inputs.Answer("Xong"))
    reviewer = Browser(office, Role.REVIEWER)
    wrong = (
        task(office, title="Đổi tên"),
        task(office, "NV-2", state="da-kiem-chung"),
        task(office, "NV-3", title="x" * 400),
    )
    page, seen = previewed(reviewer, table_of(office, *wrong))
    assert "3 ô lỗi" in page
    assert "Việc số 1 đã kết thúc hoặc chờ kiểm chứng" in page
    assert "chưa thể hoàn thành" in page
    assert seen == {}
    with office.system.database.reading() as session:
        digest = session.scalar(select(File.sha256))
    assert reviewer.post("/viec/nhiem-vu/ghi", {"tep": digest}).status_code == 422
    assert case_of(office, number, Role.REVIEWER).title == "Nối dữ liệu đất đai"
