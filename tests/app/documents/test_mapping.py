"""A decision from before the register: its annex comes in by columns that somebody confirmed and another enters."""

import io
import re
import zipfile
from contextlib import suppress
from datetime import date

import pytest
import xlsxwriter
from people import Browser, sheet
from support import law

from app import files
from app.documents.tables import mapping, sheets
from app.errors import MalformedError
from app.operations import audits
from app.permissions import Role
from app.register.filters import Filter
from app.register.standing import State

HEAD = ["STT", "Tên CSDL", "Đơn vị", "Mục đích", "Hạng mục dữ liệu"]
LINES = [
    [
        "1",
        "CSDL hộ tịch",
        "Sở Khoa học và Công nghệ",
        "Quản lý hộ tịch",
        "Khai sinh; Kết hôn",
    ],
    ["2", "CSDL rừng", "Sở Nông nghiệp và Môi trường", "Quản lý <rừng>", "Lô rừng"],
]
COLUMNS = ["", "title.vi", "owner", "purpose.vi", "data_items.name"]
DAY = "05/11/2021"


@pytest.fixture
def decision(office):
    office.enter("legal-document", law("4640/QĐ-UBND"))
    return "4640/QĐ-UBND"


def read(office, decision, lines=LINES, head=HEAD, who=Role.CLERK, **more):
    browser = Browser(office, who)
    sent = {"kind": "shared-database", "decision": decision, "day": DAY, **more}
    sent |= {
        "annex": (sheet(head, *lines), "phụ lục.xlsx"),
        "csrf_token": browser.token,
    }
    answer = browser.client.post(
        "/dot-nhap/tep",
        data=sent,
        base_url="https://danhmuc.example",
        content_type="multipart/form-data",
    )
    return browser, answer


def fields(page):
    """Return what the form of the mapping would send as it stands."""
    form = page[page.index('action="/dot-nhap/anh-xa"') :]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


COMMON = {
    "common.state_secret": "false",
    "common.theme": "GOVE",
    "common.lifecycle": "dang-van-hanh",
    "common.model_state": "hien-trang",
    "common.frequency": "UNKNOWN",
    "common.sharing_scope": "cap-tinh",
    "common.usage_scope": "cap-tinh",
    "common.access_rights": "RESTRICTED",
    "common.data_items.layer": "chu",
    "common.data_items.sharing.consumer_group": "trong-tinh",
    "common.data_items.sharing.mode": "dung-chung",
}


def mapped(browser, page, decision, **more):
    said = fields(page) | {
        f"column.{place}": column for place, column in enumerate(COLUMNS)
    }
    again = browser.post("/dot-nhap/anh-xa", {**said, "do": "again"}).text
    said = fields(again) | COMMON | {"common.legal_basis": decision, **more}
    said.pop("do", None)
    return browser.post("/dot-nhap/anh-xa", said)


def test_the_annex_is_entered_from_its_day_by_its_decision_when_a_second_person_confirms(
    office, decision
):
    clerk, answer = read(office, decision)
    assert answer.status_code == 200
    assert "Quản lý &lt;rừng&gt;" in answer.text
    made = mapped(clerk, answer.text, decision)
    assert made.status_code == 302, made.text
    page = made.headers["Location"]
    shown = clerk.get(page).text
    assert "CSDL hộ tịch" in shown
    assert "Nhập từ quyết định đã ban hành: 4640/QĐ-UBND" in shown
    assert clerk.post(f"{page}/xac-nhan", {"sure": "1"}).status_code == 403  # four eyes
    assert (
        Browser(office, Role.APPROVER)
        .post(f"{page}/xac-nhan", {"sure": "1"})
        .status_code
        == 302
    )

    with office.reading() as register:
        found = {
            view.title: view for view in register.all(Filter(("shared-database",)))
        }
        land = found["CSDL rừng"]
        assert (land.valid_from, land.state) == (date(2021, 11, 5), State.IN_FORCE)
        assert land.content["owner"] == str(office.other)
        assert land.content["purpose"]["vi"] == "Quản lý <rừng>"
        assert [
            one["name"]["vi"] for one in found["CSDL hộ tịch"].content["data_items"]
        ] == ["Khai sinh", "Kết hôn"]
        assert (
            register.by_ids([land.decision_id])[land.decision_id].content["number"]
            == decision
        )
        assert len(register.promulgated(land.decision_id)) == 2
    with office.reading(as_of=date(2021, 11, 4)) as register:
        assert {view.state for view in register.all(Filter(("shared-database",)))} == {
            State.NOT_YET
        }
    with office.system.database.reading() as session:
        assert audits.nonconforming(session, office.system.profile) == []


def test_a_row_that_cannot_be_read_is_named_and_what_was_chosen_stays(office, decision):
    lines = [
        *LINES,
        ["3", "CSDL lạ", "Sở Không Có", "x", "y"],
        ["4", "CSDL rừng", LINES[0][2], "x", "y"],
    ]
    clerk, answer = read(office, decision, lines)
    refused = mapped(clerk, answer.text, decision)

    assert refused.status_code == 422
    assert "dòng 4" in refused.text
    assert "Sở Không Có" in refused.text
    assert fields(refused.text)["column.1"] == "title.vi"
    clerk, answer = read(
        office, decision, [*LINES, ["4", "CSDL rừng", LINES[0][2], "x", "y"]]
    )
    twice = mapped(clerk, answer.text, decision)
    assert "hai lần trong tệp" in twice.text


def test_what_everybody_has_to_say_and_nobody_said_is_asked(office, decision):
    clerk, answer = read(office, decision)
    refused = mapped(clerk, answer.text, decision, **{"common.theme": ""})

    assert refused.status_code == 422
    assert "theme" in refused.text


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"decision": "khong co"}, 422),
        ({"day": "hôm nào"}, 400),
        ({"kind": "succession"}, 404),
    ],
)
def test_a_form_that_cannot_be_is_refused_in_words(office, decision, more, status):
    _clerk, answer = read(office, **{"decision": decision, **more})

    assert answer.status_code in {status, 422}


def test_an_annex_without_rows_or_that_is_gone_is_refused(office, decision):
    clerk, answer = read(office, decision, [])
    assert answer.status_code in {400, 422}
    assert (
        clerk.post(
            "/dot-nhap/anh-xa", {"kind": "shared-database", "annex": "f" * 64}
        ).status_code
        == 404
    )
    assert read(office, decision, who=Role.REGISTRAR)[1].status_code == 403


def test_two_columns_cannot_be_the_same_field(office):
    kind = office.system.profile.kinds["shared-database"]
    table = [(1, ["A", "B"]), (2, ["x", "y"])]

    with pytest.raises(MalformedError, match=r"title\.vi"):
        mapping.rows(kind, table, mapping.ColumnMapping(["title.vi", "title.vi"], {}))


def test_columns_are_guessed_by_their_heading(office):
    kind = office.system.profile.kinds["shared-database"]
    table = [
        (
            1,
            [
                "STT",
                "Tên cơ sở dữ liệu",
                "Hạng mục dữ liệu",
                "Cơ quan chủ quản",
                "Cột lạ",
            ],
        ),
        (2, ["1"] * 5),
    ]

    assert mapping.guess(kind, table) == [
        "",
        "title.vi",
        "data_items.name",
        "owner",
        "",
    ]


def stored(office):
    folder = office.system.settings.data_dir / "files"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def workbook(change):
    """Return the annex as a workbook to which something is done."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, line in enumerate([HEAD, *LINES]):
            page.write_row(number, 0, line)
        change(book, page)
    return stream.getvalue()


def send(office, decision, annex, name="phụ lục.xlsm"):
    browser = Browser(office, Role.CLERK)
    sent = {"kind": "shared-database", "decision": decision, "day": DAY}
    sent |= {"annex": (io.BytesIO(annex), name), "csrf_token": browser.token}
    return browser.client.post(
        "/dot-nhap/tep",
        data=sent,
        base_url="https://danhmuc.example",
        content_type="multipart/form-data",
    )


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/VBAProject.BIN"])
def test_of_a_workbook_with_macros_the_cells_alone_are_read_and_kept(
    office, decision, part
):
    stream = io.BytesIO(workbook(lambda _book, _page: None))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(part, b"Sub AutoOpen()")

    answer = send(office, decision, stream.getvalue())
    assert answer.status_code == 200, answer.text
    assert "macro bị bỏ" in answer.text
    (digest,) = stored(office)
    kept = files.get(office.system.settings.data_dir, digest)
    assert not files.has_macros(kept)
    assert [cells for _number, cells in sheets.read(kept)] == [HEAD, *LINES]


def test_a_sheet_that_is_protected_is_read_and_one_with_a_password_is_refused(
    office, decision
):
    protected = workbook(lambda _book, page: page.protect("mật khẩu"))
    assert send(office, decision, protected, "khóa.xlsx").status_code == 200

    # what Excel writes around a workbook that asks for a password to open
    closed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    answer = send(office, decision, closed, "mật.xlsx")
    assert answer.status_code == 422
    assert "không đặt mật khẩu" in answer.text


def test_what_is_refused_leaves_nothing_on_the_disk(office, decision):
    before = stored(office)
    annex = workbook(lambda _book, _page: None)

    assert send(office, "không có", annex).status_code in {400, 404, 422}
    assert stored(office) == before
    with suppress(ZeroDivisionError), office.system.database.transaction() as session:
        files.put(session, office.system.settings.data_dir, "a.pdf", b"%PDF-1.7")
        session.flush()
        raise ZeroDivisionError
    assert stored(office) == before


def test_a_file_that_is_no_annex_is_refused_when_it_is_named_in_its_place(
    office, decision
):
    with office.system.database.transaction() as session:
        empty = files.put(
            session, office.system.settings.data_dir, "trống.csv", b" \n"
        ).sha256
    clerk = Browser(office, Role.CLERK)

    assert clerk.post(
        "/dot-nhap/anh-xa", {"kind": "shared-database", "annex": empty}
    ).status_code in {400, 422}
