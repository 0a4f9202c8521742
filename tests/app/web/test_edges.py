"""What comes in and goes out at the edges: hosts, links, texts with marks, files, cells of a table."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import Browser, draft
from support import make_system
from werkzeug.http import parse_options_header

from app import files
from app.documents.tables import cells, rows
from app.errors import InvalidError, SetupError
from app.factory import create_app
from app.permissions import Action, Role
from app.web.display.markdown import rich
from app.web.http.sending_files import clean_name, disposition
from app.workflow.proposals import attachments
from app.workflow.proposals import queries as proposals

PDF = b"%PDF-1.7\n%%EOF"


def office_file(member, *more):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("[Content_Types].xml", member, *more):
            archive.writestr(name, "<x/>")
    return stream.getvalue()


DOCX = office_file("word/document.xml")
KEPT = {
    "giấy.pdf": PDF,
    "ảnh.png": b"\x89PNG\r\n\x1a\nx",
    "ảnh.JPG": b"\xff\xd8\xffx",
    "tờ trình.docx": DOCX,
    "phụ lục.xlsx": office_file("xl/workbook.xml"),
}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "danhmuc.example.evil.example",
        "danhmuc.example@evil.example",
        "",
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/", "/catalog.ttl", "/dang-nhap", "/api/v1/entries", "/id/co-quan/CQ-0001"],
)
def test_another_host_is_refused(office, host, path):
    answer = office.client().get(
        path, headers={"Host": host}, base_url="https://danhmuc.example"
    )

    assert answer.status_code == 400 or (host == "" and answer.status_code < 500)
    assert "evil" not in answer.text


LINKED = (
    "/catalog.ttl",
    "/id/co-quan/CQ-0001",
    "/doc/co-quan/CQ-0001",
    "/doc/co-quan/CQ-0001.ttl",
)


@pytest.mark.parametrize("path", LINKED)
def test_forwarded_headers_change_no_address(office, path):
    office.system.follow()
    plain = office.client().get(path)
    poisoned = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example",
    }

    answer = office.client().get(path, headers=poisoned)

    assert (answer.status_code, answer.data) == (plain.status_code, plain.data)
    assert answer.headers.get("Location") == plain.headers.get("Location")
    assert "evil" not in str(answer.headers)


def test_an_answer_over_https_binds_the_browser_to_https(office, tmp_path):
    assert (
        office.client().get("/").headers["Strict-Transport-Security"]
        == "max-age=31536000"
    )
    (tmp_path / "plain").mkdir()
    plain = make_system(tmp_path / "plain", "http://127.0.0.1:5000")
    assert (
        "Strict-Transport-Security"
        not in create_app(plain).test_client().get("/").headers
    )


def test_where_weaknesses_are_reported_is_told_when_it_is_configured(office, tmp_path):
    from dataclasses import replace

    assert office.client().get("/.well-known/security.txt").status_code == 404
    office.system.__dict__["settings"] = replace(
        office.system.settings, contact="an-ninh@thu.example"
    )
    answer = office.client().get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    assert "Contact: mailto:an-ninh@thu.example" in answer.text
    assert "an-ninh@thu.example" in office.client().get("/kha-nang-tiep-can").text
    from app import config

    with pytest.raises(SetupError, match="contact"):
        config.parse({**vars(office.system.settings), "contact": "x\ny"}, tmp_path)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html,<script>)",
    "[x](//evil.example)",
    "[x](https://user:word@evil.example)",
    "![x](https://evil.example/x.png)",
    '<a href="https://x" onclick="alert(1)">x</a>',
    '<https://x.example/"onmouseover=alert(1)>',
]
ALLOWED = re.compile(
    r"</?(p|ul|ol|li|strong|em)>|<br>|</?a>|"
    r'<a( href="(https?://|mailto:)[^"<>]*")? rel="noopener noreferrer nofollow">'
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_long_text_runs_or_leads_astray(text):
    left = ALLOWED.sub("", str(rich(text)))

    assert "<" not in left, left


@given(st.text(alphabet="<>[]()!*_`#&;:/\\\"'= \nabjscriptonerx", max_size=80))
def test_no_text_at_all_makes_anything_but_the_allowed_marks(text):
    assert "<" not in ALLOWED.sub("", str(rich(text)))


def test_paragraphs_lists_and_links_are_shown(office):
    entry = office.land(
        description={
            "vi": "Gồm:\n\n- **thửa đất**\n- [chủ](https://a.example)\n\n<b>x</b>"
        }
    )
    page = office.client().get(f"/doc/csdl/{office.get(entry).local_id}").text

    assert "<li><strong>thửa đất</strong></li>" in page
    assert (
        '<a href="https://a.example" rel="noopener noreferrer nofollow">chủ</a>' in page
    )
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.fixture
def registrar(office):
    return Browser(office, Role.REGISTRAR)


def send(browser, number, name, content):
    parts = (
        f'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token}\r\n'
        f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    return browser.client.post(
        f"/phieu/{number}/tep",
        data=parts.encode() + content + b"\r\n--B--\r\n",
        content_type="multipart/form-data; boundary=B",
        base_url="https://danhmuc.example",
        headers={"Referer": "https://danhmuc.example/"},
    )


def links(browser, number):
    return re.findall(
        rf'href="(/phieu/{number}/tep/[0-9a-f-]+)"',
        browser.get(f"/phieu/{number}").text,
    )


@pytest.mark.parametrize("name", list(KEPT))
def test_a_file_is_sent_along_seen_by_the_department_and_saved_under_its_name(
    office, registrar, name
):
    number = draft(office)
    assert send(registrar, number, name, KEPT[name]).status_code == 302

    with office.desk() as desk:
        proposal = proposals.by_number(desk, number).id
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    reviewer = Browser(office, Role.REVIEWER)
    (link,) = links(reviewer, number)
    answer = reviewer.get(link)

    assert answer.data == KEPT[name]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    assert Browser(office, "elsewhere").get(link).status_code == 404
    assert office.client().get(link).status_code == 302
    assert "Kèm tệp" in reviewer.get(f"/phieu/{number}").text


REFUSED = {
    "trang.html": b"<html><script>alert(1)</script>",
    "hình.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "giả.pdf": b"<html>",
    "giả.docx": PDF,
    "macro.docx": office_file("word/document.xml", "word/vbaProject.bin"),
    "macro.xlsm": office_file("xl/workbook.xml", "xl/vbaProject.bin"),
    "macro chữ hoa.xlsm": office_file("xl/workbook.xml", "xl/VBAPROJECT.BIN"),
    "nén.zip": office_file("x.txt"),
    "hỏng.docx": b"PK\x03\x04rac",
    "quá nhiều.docx": office_file(
        "word/document.xml", *(f"word/{number}.xml" for number in range(6000))
    ),
    "khóa.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "trống.pdf": b"",
    "không đuôi": PDF,
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_may_run_or_is_not_what_it_says_is_refused_in_words(
    office, registrar, name
):
    number = draft(office)
    answer = send(registrar, number, name, REFUSED[name])

    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    assert links(registrar, number) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(office, registrar):
    number = draft(office)

    assert (
        send(
            registrar, number, "lớn.pdf", PDF + b"x" * attachments.MOST_BYTES
        ).status_code
        == 422
    )
    assert (
        send(
            registrar,
            number,
            "lớn.pdf",
            PDF + b"x" * (attachments.MOST_BYTES + 3_000_000),
        ).status_code
        == 413
    )
    assert (
        registrar.post(
            f"/phieu/{number}/viec/withdraw", {"x": "x" * 4_000_000}
        ).status_code
        == 413
    )


def test_an_agency_has_a_quota_and_a_proposal_a_number_of_files(office):
    number = draft(office)
    with office.desk() as desk:
        proposal = proposals.by_number(desk, number)
        folder = office.system.settings.data_dir
        for place in range(attachments.MOST_FILES):
            attachments.attach(desk, proposal, f"{place}.pdf", PDF, folder, 1000)
        # the same bytes count once
        assert attachments.used(desk, proposal.agency_id) == len(PDF)
        attachments.detach(
            desk, proposal, attachments.attached(desk, proposal)[0][0].id
        )
        attachments.attach(desk, proposal, "lớn.pdf", PDF + b"z" * 500, folder, 1000)
        gone = next(
            found.id
            for found, _size in attachments.attached(desk, proposal)
            if found.name == "lớn.pdf"
        )
    with office.desk() as desk:
        proposal = proposals.by_number(desk, number)
        attachments.detach(desk, proposal, gone)
        # what was taken off stays on the disk
        assert attachments.used(desk, proposal.agency_id) == 2 * len(PDF) + 500
        attachments.attach(desk, proposal, "0.pdf", PDF, folder, 1000)
        with pytest.raises(InvalidError, match="tối đa 20 tệp"):
            attachments.attach(desk, proposal, "x.pdf", PDF + b"x", folder, 1000)
    other = draft(office)
    with office.desk() as desk, pytest.raises(InvalidError, match="dùng hết"):
        attachments.attach(
            desk,
            proposals.by_number(desk, other),
            "x.pdf",
            PDF + b"y" * 1000,
            folder,
            1000,
        )


def test_a_file_is_taken_off_only_while_the_agency_has_the_proposal(office, registrar):
    number = draft(office)
    send(registrar, number, "giấy.pdf", PDF)
    (link,) = links(registrar, number)
    with office.desk() as desk:
        proposal = proposals.by_number(desk, number).id
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    assert registrar.post(f"{link}/go").status_code == 409
    assert send(registrar, number, "khác.pdf", PDF + b"x").status_code == 409
    office.act(proposal, Action.RECALL, Role.REGISTRAR)

    assert registrar.post(f"{link}/go").status_code == 302
    assert links(registrar, number) == []
    digest = __import__("hashlib").sha256(PDF).hexdigest()
    # nothing that was sent is lost
    assert files.get(office.system.settings.data_dir, digest) == PDF


NAMES = (
    *(
        "../../etc/passwd",
        "a\r\nSet-Cookie: x.pdf",
        'q"uote.pdf',
        "\u202efdp.exe",
        "CON.pdf",
        "x" * 300 + ".pdf",
    ),
    *(
        "😀.pdf",
        "Quyết định Đồng Nai.pdf",
        "",
        "..",
        "\x00.pdf",
        "\ud800.pdf",
        "C:\\tep\\a.pdf",
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_header_carries_any_name_and_only_the_name(name):
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    found = parse_options_header(header)[1]["filename"]
    assert found == clean_name(name)
    assert not set(found) & set('/\\\r\n\0"')
    assert 0 < len(found) <= 120


def test_vietnamese_names_stay_readable_everywhere():
    header = disposition("Quyết định Đồng Nai.pdf")

    assert 'filename="Quyet dinh Dong Nai.pdf"' in header
    assert "filename*=UTF-8''Quy%E1%BA%BFt" in header


@given(
    st.lists(
        st.text(alphabet="=+-@'\t\r\0 a,\"\n1", max_size=8), min_size=1, max_size=4
    )
)
def test_no_cell_is_a_formula_and_what_was_written_comes_back(texts):
    table = cells.table([f"c{n}" for n in range(len(texts))], [texts])
    (row,) = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))[
        1:
    ] or [[""]]

    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for cell in row
    )
    assert [cells.bare(cell) for cell in row] == texts or texts == [""]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_falls_apart_where_another_sign_parts_them(separator):
    """A spreadsheet of another country parts cells by a semicolon."""
    table = cells.table(["tên"], [["Sở;=1+1"], ["Sở\t=1+1"], ["a,=1+1"]])

    text = io.StringIO(table.decode("utf-8-sig"), newline="")
    found = [cell for row in csv.reader(text, delimiter=separator) for cell in row]
    assert not [cell for cell in found if cell.startswith("=")]


def test_an_import_takes_the_apostrophe_off_again():
    (row,) = rows.read(cells.table(["title.vi"], [["=1+1"]]))

    assert row.cells["title.vi"] == "=1+1"
