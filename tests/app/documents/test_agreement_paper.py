"""An agreement leaves as the paper that both sides sign: its parties, its twelve articles, its items."""

import io

import pytest
import sharing
from docx import Document
from people import Browser
from support import database

from app.documents.papers import agreement
from app.permissions import Role


@pytest.fixture
def agreed(office):
    own, other, law = office.department, office.other, str(office.law())
    land = office.enter("shared-database", database(str(own), law))
    said = sharing.agreement(
        "Thỏa thuận đất đai",
        own,
        other,
        land,
        law,
        term_start="2026-10-01",
        term_end="2028-09-30",
        items=[{"name": "Thửa đất", "frequency": "hang-ngay"}],
    )
    return office.enter("agreement", said)


def test_it_says_who_agrees_on_what_for_how_long(office, agreed):
    registrar = Browser(office, Role.REGISTRAR)
    page = registrar.get("/doc/thoa-thuan/TTCS-0001").get_data(as_text=True)
    assert "/muc/thoa-thuan/TTCS-0001/van-ban.docx" in page

    data = registrar.get("/muc/thoa-thuan/TTCS-0001/van-ban.docx").data

    document = Document(io.BytesIO(data))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for number, heading in enumerate(agreement.HEADINGS, start=1):
        assert f"Điều {number}. {heading}" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Từ ngày 01/10/2026 đến hết ngày 30/9/2028" in text or "30/09/2028" in text
    cells = [cell.text for table in document.tables for cell in table._cells]  # noqa: SLF001 - all cells at once
    assert "Thửa đất" in cells
    assert any("Đại diện" in cell or "ĐẠI DIỆN" in cell for cell in cells)
    pdf = registrar.get("/muc/thoa-thuan/TTCS-0001/van-ban.pdf")
    assert pdf.data[:5] == b"%PDF-"


def test_the_public_gets_none(office, agreed):
    answer = office.client().get("/muc/thoa-thuan/TTCS-0001/van-ban.docx")

    assert answer.status_code in (302, 401, 404)
