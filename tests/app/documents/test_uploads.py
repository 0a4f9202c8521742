"""“Đăng ký từ tệp”: what a file would do is seen before anything happens, each fault at its cell; then its rows become proposals, once."""

import io
import re
import zipfile
from datetime import date

import pytest
import xlsxwriter
from people import COOKIE, Browser, logged_in
from sqlalchemy import select
from support import agency, database
from uploading import HEAD, KIND, LAW, address, line, made, words, workbook

from app.documents.tables import sheets
from app.permissions import Role
from app.workflow.proposals.models import ProposalType
from app.workflow.uploads import service as uploads
from app.workflow.uploads.models import Upload


@pytest.fixture
def registrar(office):
    office.law(LAW)
    return Browser(office, Role.REGISTRAR)


def test_nothing_happens_before_somebody_says_so_then_everything_does(
    office, registrar
):
    data = workbook(line("Đất đai"), line("Hộ tịch"))

    shown = registrar.upload(KIND, data)
    assert "2 mới · 0 thay đổi" in words(shown), words(shown)
    assert "Gửi thẩm định 2 phiếu" in words(shown)
    assert made(office) == []

    done = registrar.upload(KIND, data, "send")
    assert "Đã gửi thẩm định 2 phiếu" in words(done), words(done)
    found = made(office)
    assert [status for _type, status, _content in found] == ["submitted"] * 2
    content = found[0][2]
    assert content["frequency"] == "MONTHLY"  # “Hàng”, as many write it
    assert content["owner"] == str(office.actors[Role.REGISTRAR].agency_id)


def test_the_same_file_again_makes_nothing_new(office, registrar):
    data = workbook(line("Đất đai"), line("Hộ tịch"))
    registrar.upload(KIND, data, "draft")

    again = registrar.upload(KIND, data)

    assert "0 mới · 0 thay đổi · 2 không đổi" in words(again)
    assert 'value="send"' not in again.text
    assert len(made(office)) == 2


def test_two_windows_with_the_same_file_make_one_set(office, registrar):
    data = workbook(line("Đất đai"), line("Hộ tịch"))
    first, second = registrar.upload(KIND, data), registrar.upload(KIND, data)

    registrar.decide(address(first), first, "draft")
    told = registrar.decide(address(second), second, "draft")

    assert "Tệp không có dòng nào mới" in words(told), words(told)
    assert len(made(office)) == 2


def test_equal_rows_are_named_and_asked_about(office, registrar):
    shown = registrar.upload(KIND, workbook(line("Đất đai"), line("ĐẤT  ĐAI")))
    assert "Cùng tên và cơ quan chủ quản với dòng 2" in words(shown)

    refused = registrar.decide(address(shown), shown, "send")
    assert refused.status_code == 422
    assert "Còn 1 dòng cần chọn" in words(refused)

    settled = registrar.decide(
        address(shown), shown, "again", **{"chon:Danh sách!3": "skip"}
    )
    registrar.decide(address(shown), settled, "send")
    assert len(made(office)) == 1


def test_faults_are_named_by_their_cells_and_come_back_as_comments(office, registrar):
    wrong = line("Hộ tịch", **{"Tần suất cập nhật": "thỉnh thoảng"})
    shown = registrar.upload(KIND, workbook(line("Đất đai"), wrong))

    told = words(shown)
    assert "H3 “Tần suất cập nhật”" in told, told
    assert "1 có lỗi" in told
    back = registrar.get(f"{address(shown)}/dong-loi.xlsx").data
    assert [cells[1] for _number, cells in sheets.read(back)] == [
        "Tên cơ sở dữ liệu",
        "Hộ tịch",
    ]
    archive = zipfile.ZipFile(io.BytesIO(back))
    comments = [name for name in archive.namelist() if "comments" in name]
    assert "không có trong đó" in archive.read(comments[0]).decode()

    done = registrar.decide(address(shown), shown, "send")
    assert "1 dòng có lỗi chưa được ghi" in words(done), words(done)
    assert [content["title"]["vi"] for _t, _s, content in made(office)] == ["Đất đai"]


def test_a_value_that_no_list_has_is_a_fault_of_its_cell(office, registrar):
    wrong = line("Hộ tịch", **{"Tần suất cập nhật": "thỉnh thoảng"})

    shown = registrar.upload(KIND, workbook(wrong))

    assert "H2 “Tần suất cập nhật”" in words(shown), words(shown)
    assert 'value="draft"' not in shown.text


def test_what_is_lacking_is_told_and_may_be_saved_as_a_draft(office, registrar):
    head = ["Tên cơ sở dữ liệu", "Nội dung dữ liệu"]

    shown = registrar.upload(KIND, workbook(["Đất đai", "Thửa đất"], head=head))

    assert "Mọi dòng còn thiếu để gửi:" in words(shown), words(shown)
    registrar.decide(address(shown), shown, "draft")
    assert [status for _type, status, _content in made(office)] == ["draft"]


def test_a_hidden_row_is_off_and_may_be_taken(office, registrar):
    data = workbook(line("Đất đai"), line("Nháp"), hidden=[3])
    shown = registrar.upload(KIND, data)
    assert "dòng 3 (dòng ẩn)" in words(shown)
    assert "1 mới" in words(shown)

    taken = registrar.decide(address(shown), shown, "again", **{"lay:Danh sách!3": "1"})

    assert "2 mới" in words(taken)


def test_old_letters_are_turned_after_a_yes_and_never_sent_unasked(office, registrar):
    shown = registrar.upload(KIND, workbook(line("C¬ së d÷ liÖu ®Êt ®ai")))
    assert "đọc là “ Cơ sở dữ liệu đất đai ”" in words(shown), words(shown)
    refused = registrar.decide(address(shown), shown, "send")
    assert "chọn chuyển hoặc giữ nguyên" in words(refused)

    turned = registrar.decide(address(shown), shown, "again", letters="turn")
    registrar.decide(address(shown), turned, "send")

    (found,) = made(office)
    assert found[2]["title"]["vi"] == "Cơ sở dữ liệu đất đai"


def test_what_is_there_already_changes_cell_by_cell(office, registrar):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    entry = office.enter(KIND, database(owner, str(office.law("2/2026/QĐ-UBND"))))
    before = office.get(entry)
    head = ["Mã cơ sở dữ liệu", "Mục đích"]

    shown = registrar.upload(
        KIND, workbook([before.local_id, "Quản lý thửa đất"], head=head)
    )

    assert "0 mới · 1 thay đổi" in words(shown), words(shown)
    assert "nhận ra theo mã" in words(shown)
    registrar.decide(address(shown), shown, "send")
    type_, status, content = made(office)[-1]
    assert (type_, status) == (ProposalType.AMEND, "submitted")
    assert content.pop("purpose") == {"vi": "Quản lý thửa đất"}
    assert content.keys() >= before.content.keys() - {"purpose"}


def test_the_same_name_of_the_same_owner_is_the_same_thing(office, registrar):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    office.enter(KIND, database(owner, str(office.law("2/2026/QĐ-UBND"))))

    shown = registrar.upload(KIND, workbook(line("cơ sở dữ liệu  ĐẤT ĐAI")))

    assert "nhận ra theo tên và cơ quan chủ quản" in words(shown), words(shown)


def test_a_name_that_is_nearly_so_is_asked_about(office, registrar):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    entry = office.enter(
        KIND,
        database(owner, str(office.law("2/2026/QĐ-UBND")), title="Hộ tịch điện tử"),
    )
    known = office.get(entry).local_id
    shown = registrar.upload(KIND, workbook(line("CSDL hộ tịch điện tử")))
    assert f"Là {known}" in words(shown), words(shown)

    chosen = registrar.decide(
        address(shown), shown, "again", **{"chon:Danh sách!2": known}
    )

    assert "1 thay đổi" in words(chosen), words(chosen)


def test_what_somebody_else_changed_since_is_a_conflict_to_choose(office, registrar):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    content = database(owner, str(office.law("2/2026/QĐ-UBND")))
    entry = office.enter(KIND, content)
    first = office.get(entry)
    office.enter(
        KIND,
        {**content, "purpose": {"vi": "Mục đích của người khác"}},
        type=ProposalType.AMEND,
        entry_id=entry,
    )
    head = ["Mã", "Phiên bản của mục", "Mục đích", "Phạm vi"]
    row = [first.local_id, str(first.number), "Mục đích của tệp", "Toàn tỉnh"]

    shown = registrar.upload(KIND, workbook(row, head=head))

    assert "người khác đã sửa cùng thông tin" in words(shown), words(shown)
    mine = registrar.decide(
        address(shown), shown, "again", **{"chon:Danh sách!2": "file"}
    )
    assert "1 thay đổi" in words(mine)
    theirs = registrar.decide(
        address(shown), shown, "again", **{"chon:Danh sách!2": "register"}
    )
    assert "0 thay đổi · 1 không đổi" in words(theirs)


def test_a_stop_in_the_middle_loses_nothing_and_doubles_nothing(
    office, registrar, monkeypatch
):
    shown = registrar.upload(KIND, workbook(*(line(f"Bảng {n}") for n in range(1, 8))))
    with monkeypatch.context() as patched:
        # the request ends before the first row, as where the process is killed
        patched.setattr("app.web.proposals.upload_preview._PATIENCE", -1)
        stopped = registrar.decide(address(shown), shown, "draft")
    assert "0 trên 7 dòng đã thành phiếu" in words(stopped), words(stopped)
    with office.desk() as desk:
        upload = desk.session.scalar(select(Upload))
        assert uploads.go_on(desk, upload, 3) == 3

    answer = registrar.post(f"{address(stopped)}/tiep")

    assert answer.status_code == 302
    titles = [content["title"]["vi"] for _t, _s, content in made(office)]
    assert titles == [f"Bảng {n}" for n in range(1, 8)]


def test_what_was_sent_is_taken_back_at_once(office, registrar):
    done = registrar.upload(KIND, workbook(line("Đất đai"), line("Hộ tịch")), "send")
    path = re.search(r'action="(/dang-ky/tep/[0-9]+/thu-hoi)"', done.text)[1]

    registrar.post(path)

    assert [status for _type, status, _content in made(office)] == ["draft"] * 2


def test_a_row_that_differs_from_what_was_sent_is_not_called_unchanged(
    office, registrar
):
    registrar.upload(KIND, workbook(line("Đất đai")), "send")

    other = workbook(line("Đất đai", **{"Mục đích": "Tra cứu"}))
    shown = registrar.upload(KIND, other)

    assert "Tệp khác phiếu đã gửi ở: Mục đích" in words(shown), words(shown)
    assert "0 thay đổi" in words(shown)


def test_agencies_are_read_as_people_write_them_and_former_ones_lead_to_their_heirs(
    office, registrar
):
    office.enter(
        "agency",
        agency("Sở Tài nguyên và Môi trường", successor=[str(office.other)]),
        effective_from=date(2010, 1, 1),
        effective_to=date(2025, 3, 1),
    )
    head = [*HEAD, "Cơ quan chủ quản"]
    lines = [
        [*line("Một"), "Sở NN&MT"],
        [*line("Hai"), "sở nông nghiệp và môi trường"],
        [*line("Ba"), "SNNMT"],
        [*line("Bốn"), "Sở TN&MT"],
    ]

    shown = registrar.upload(KIND, workbook(*lines, head=head))

    assert "4 mới" in words(shown), words(shown)
    assert "“ Sở TN&MT ” hiểu là Sở Nông nghiệp và Môi trường" in words(shown)
    assert "“ Sở NN&MT ” hiểu là Sở Nông nghiệp và Môi trường" in words(shown)


def test_offices_join_shorten_and_list_names_and_a_wrong_one_gets_the_nearest(
    office, registrar
):
    office.enter("agency", agency("Ủy ban nhân dân tỉnh Đồng Nai"))
    head = [*HEAD, "Cơ quan chủ quản"]
    lines = [
        [*line("Một"), "Sở KH-CN"],
        [*line("Hai"), "Sở KHCN"],
        [*line("Ba"), "Sở Khoa học - Công nghệ"],
        [*line("Bốn"), "UBND tỉnh"],
        [*line("Năm"), "Sở Khoa học Công nghê thông"],
        [*line("Sáu"), "Sở KH&CN, Sở NN&MT"],
    ]

    shown = words(registrar.upload(KIND, workbook(*lines, head=head)))

    assert "“ Sở KH-CN ” hiểu là Sở Khoa học và Công nghệ" in shown, shown
    assert "“ Sở Khoa học - Công nghệ ” hiểu là Sở Khoa học và Công nghệ" in shown
    assert "“ UBND tỉnh ” hiểu là Ủy ban nhân dân tỉnh Đồng Nai" in shown
    assert "có phải “Sở Khoa học và Công nghệ”?" in shown
    assert "ô nêu nhiều mục (Sở KH&CN; Sở NN&MT)" in shown


def test_a_law_that_the_register_lacks_stays_as_it_is_cited(office, registrar):
    unknown = "Quyết định số 77/2024/QĐ-UBND ngày 5 tháng 3 năm 2024 về đất đai"
    row = line("Đất đai", **{"Căn cứ pháp lý": f"{LAW}; {unknown}"})

    registrar.upload(KIND, workbook(row), "send")

    ((_type, status, content),) = made(office)
    assert status == "submitted"
    assert len(content["legal_basis"]) == 1
    assert content["typed_bases"][0]["number"] == "77/2024/QĐ-UBND"
    assert content["typed_bases"][0]["issued"] == "2024-03-05"


def test_items_and_modes_of_sharing_come_in_columns(office, registrar):
    head = [*HEAD, "Hạng mục dữ liệu", "Đối tượng khai thác", "Hình thức chia sẻ"]
    row = [
        *line("Đất đai"),
        "- Thửa đất\n- Chủ sử dụng",
        "Cá nhân; Tổ chức, doanh nghiệp",
        "Dùng chung",
    ]

    shown = registrar.upload(KIND, workbook(row, head=head), "draft")

    assert made(office), words(shown)
    ((_type, _status, content),) = made(office)
    assert [one["name"]["vi"] for one in content["data_items"]] == [
        "Thửa đất",
        "Chủ sử dụng",
    ]
    assert content["data_items"][0]["sharing"] == [
        {"consumer_group": "ca-nhan", "mode": "dung-chung"},
        {"consumer_group": "doanh-nghiep", "mode": "dung-chung"},
    ]


def test_what_a_column_was_said_to_be_is_remembered_for_the_agency(office, registrar):
    head = [*HEAD, "Cột lạ của phòng"]
    shown = registrar.upload(KIND, workbook([*line("Đất đai"), "Toàn tỉnh"], head=head))
    assert "có cột cần xem" in words(shown)
    place = f"cot:0.{len(HEAD)}"

    registrar.decide(address(shown), shown, "draft", **{place: "scope.vi"})
    again = registrar.upload(KIND, workbook([*line("Hộ tịch"), "Cấp xã"], head=head))

    assert "đã nhận ra tất cả" in words(again), words(again)
    assert made(office)[0][2]["scope"] == {"vi": "Toàn tỉnh"}


def test_a_file_is_seen_by_its_agency_alone(office, registrar):
    shown = registrar.upload(KIND, workbook(line("Đất đai")))
    with office.system.database.transaction() as session:
        actor = office.hire(session, "khac@vi-du.example", office.other, Role.REGISTRAR)
    other = Browser(office)
    secret = logged_in(office, actor.person_id)
    other.client.set_cookie(COOKIE, secret, domain="danhmuc.example", secure=True)

    assert other.get(address(shown)).status_code == 404
    assert other.get(f"{address(shown)}/dong-loi.xlsx").status_code == 404


def test_a_failed_formula_is_a_fault_and_dates_and_zeros_are_read_as_shown(
    office, registrar
):
    stream = io.BytesIO()
    head = [*HEAD, "Điện thoại", "Cập nhật lần cuối"]
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": True}) as book:
        page = book.add_worksheet("Danh sách")
        zeros = book.add_format({"num_format": "0000000000"})
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, head)
        page.write_row(1, 0, line("Đất đai"))
        page.write_number(1, len(HEAD), 251382222, zeros)
        page.write_datetime(1, len(HEAD) + 1, date(2026, 3, 9), days)
        page.write_row(2, 0, line("Hộ tịch"))
        page.write_formula(2, 2, "=NA()", None, "#N/A")

    read = sheets.read(stream.getvalue())
    assert read[1][1][-2:] == ["0251382222", "2026-03-09"]
    shown = registrar.upload(KIND, stream.getvalue())
    assert "C3 “Mục đích” : Công thức trong Excel cho “#N/A”" in words(shown)


def test_headings_in_old_letters_are_read_anew_once_they_are_turned(office, registrar):
    data = "Tªn CSDL;Môc ®Ých\n§Êt ®ai;Qu¶n lý\n".encode("cp1252")
    shown = registrar.upload(KIND, data, name="cũ.csv")

    turned = registrar.decide(address(shown), shown, "again", letters="turn")

    assert "1 mới" in words(turned), words(turned)
    registrar.decide(address(shown), turned, "draft")
    assert made(office)[0][2]["title"]["vi"] == "Đất đai"


def test_what_the_agency_said_of_other_things_is_not_said_of_these(office, registrar):
    owner = str(office.actors[Role.REGISTRAR].agency_id)
    office.enter(KIND, database(owner, str(office.law("2/2026/QĐ-UBND"))))
    head = ["Tên cơ sở dữ liệu", "Mục đích"]

    shown = registrar.upload(KIND, workbook(["Xe buýt", "Quản lý"], head=head), "draft")

    content = made(office)[-1][2]
    assert content.keys() == {"title", "purpose", "owner", *DEFAULTS}, words(shown)


DEFAULTS = {"record_kind", "certainty"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Theo quý", "QUARTERLY"),
        ("theo tháng", "MONTHLY"),
        ("6 tháng một lần", "ANNUAL_2"),
    ],
)
def test_how_often_may_be_said_as_offices_say_it(office, registrar, said, code):
    head = ["Tên cơ sở dữ liệu", "Mục đích", "Tần suất cập nhật"]

    registrar.upload(KIND, workbook(["Xe buýt", "Quản lý", said], head=head), "draft")

    assert made(office)[-1][2].get("frequency") == code


def test_a_choice_and_the_order_may_come_at_once(office, registrar):
    shown = registrar.upload(KIND, workbook(line("Đất đai"), line("ĐẤT ĐAI")))

    done = registrar.decide(
        address(shown), shown, "draft", **{"chon:Danh sách!3": "skip"}
    )

    assert "1 trên 1 dòng đã thành phiếu" in words(done), words(done)
    assert len(made(office)) == 1


def test_ditto_fillers_days_and_telephones_are_read_as_offices_write_them(
    office, registrar
):
    head = [*HEAD, "Điện thoại", "Cập nhật lần cuối"]
    lines = [
        [*line("Một"), "912345678", "ngày 15 tháng 3 năm 2026"],
        [*line("Hai", **{"Mục đích": "-nt-", "Nội dung dữ liệu": '"'}), "…", "1.1.26"],
    ]

    registrar.upload(KIND, workbook(*lines, head=head), "draft")

    first, second = (content for _type, _status, content in made(office))
    assert second["purpose"] == first["purpose"]
    assert second["description"] == first["description"]
    assert first["contact_point"]["telephone"] == "0912345678"
    assert "telephone" not in second["contact_point"]
    days = [content["last_updated"] for content in (first, second)]
    assert days == ["2026-03-15", "2026-01-01"]


def test_a_hidden_column_is_looked_at_first_and_values_are_named(office, registrar):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, line("Đất đai", **{"Tần suất cập nhật": "bất kỳ"}))
        page.set_column(2, 2, None, None, {"hidden": True})

    shown = registrar.upload(KIND, stream.getvalue())

    assert "Mục đích Cần xem" in words(shown), words(shown)
    assert "không có trong đó: " in words(shown)


def test_a_shorter_table_below_is_a_table_of_its_own(office, registrar):
    second = ["STT", "Tên CSDL", "Nội dung", "Mục đích", "Lý do"]
    below = ["1", "Hộ tịch", "Sự kiện", "Quản lý hộ tịch", "mới"]

    shown = registrar.upload(KIND, workbook(line("Đất đai"), second, below))

    assert "2 mới" in words(shown), words(shown)
    registrar.decide(address(shown), shown, "draft")
    assert made(office)[1][2]["purpose"] == {"vi": "Quản lý hộ tịch"}
