"""Papers of the administration as DOCX and XLSX: page, type, heading, tables and days
in the form of NĐ 30/2020.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.vietnamese import clean

FONT = "Times New Roman"
ILLUSTRATIVE = "(Dữ liệu minh họa, không phải văn bản của cơ quan nhà nước)"
# months and days below ten, and months one and two, are written with a zero (NĐ
# 30/2020)
_TWO = 2
_MOTTO = (
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12),
    ("Độc lập - Tự do - Hạnh phúc", 13),
)


def begin(title: str, author: str, *, lying: bool = False) -> Docx:
    """Return an empty paper: A4, upright or lying, with the margins and the page number
    of NĐ 30/2020.
    """
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(6)
    section = document.sections[0]
    section.page_width, section.page_height = (
        (Mm(297), Mm(210)) if lying else (Mm(210), Mm(297))
    )
    section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(20 if lying else 30), Mm(20)
    section.different_first_page_header_footer = True
    _page_number(section)
    document.core_properties.title = title
    document.core_properties.author = author
    return document


def done(document: Docx) -> bytes:
    """Return the paper as a file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def landscape(document: Docx) -> None:
    """Go on on pages that lie, which number themselves: an annex. A paragraph has to
    come first there.
    """
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    _page_number(section)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)  # noqa: SLF001 - an annex numbers its own pages


def heading(
    document: Docx,
    above: str,
    issuer: str,
    symbol: str,
    place: str,
    *,
    demonstration: bool,
) -> None:
    """Write who issues it, under whom, the motto, and where number and day will
    stand.
    """
    left, right = blocks(document)
    if above:
        say(left, above.upper(), size=12, at=ALIGN.CENTER)
    say(left, issuer.upper(), size=13, bold=True, at=ALIGN.CENTER)
    say(left, "———", size=10, at=ALIGN.CENTER)
    say(left, f"Số:          /{symbol}", size=13, at=ALIGN.CENTER)
    for text, size in _MOTTO:
        say(right, text, size=size, bold=True, at=ALIGN.CENTER)
    say(right, "———————————", size=10, at=ALIGN.CENTER)
    say(
        right,
        f"{place}, ngày        tháng        năm",
        size=13,
        italic=True,
        at=ALIGN.CENTER,
    )
    if demonstration:
        say(document, ILLUSTRATIVE, size=12, italic=True, at=ALIGN.CENTER)


def signature(document: Docx, receivers: Sequence[str], signer: Sequence[str]) -> None:
    """Write who receives it, and where it is signed."""
    left, right = blocks(document)
    say(left, "Nơi nhận:", size=12, bold=True, italic=True)
    for line in receivers:
        say(left, line, size=11)
    for line in signer:
        say(right, line, bold=True, at=ALIGN.CENTER)


def say(
    where: Any,
    text: str,
    *,
    size: int = 14,
    bold: bool = False,
    italic: bool = False,
    at: Any = None,
) -> Any:
    """Write a paragraph; return it."""
    paragraph = where.add_paragraph()
    run = paragraph.add_run(clean(text) if text.strip() else text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if at is not None:
        paragraph.alignment = at
    return paragraph


def blocks(document: Docx) -> tuple[Any, Any]:
    """Open two blocks side by side; return them."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    lying = document.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    _widen(table, (95, 162) if lying else (58, 102))
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001 - a new cell comes with an empty paragraph
    return left, right


def table(
    document: Docx,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> None:
    """Write a table; its head is repeated on each page, a row stays on one. `widths` in
    millimetres.
    """
    made = document.add_table(rows=1, cols=len(columns))
    made.style, made.autofit = "Table Grid", False
    _widen(made, widths)
    _cells(made.rows[0], columns, widths, bold=True)
    _mark(made.rows[0], "w:tblHeader")
    for row in rows:
        added = made.add_row()
        _mark(added, "w:cantSplit")
        _cells(added, row, widths, bold=False)


def workbook(
    sheets: Sequence[tuple[str, str, Sequence[Sequence[str]]]],
    columns: Sequence[str],
    widths: Sequence[int],
) -> bytes:
    """Return a workbook of sheets (name, title, rows) that print on lying pages, the
    head repeated.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "border": 1,
                "font_name": FONT,
                "valign": "vcenter",
            }
        )
        plain = book.add_format(
            {"text_wrap": True, "border": 1, "font_name": FONT, "valign": "top"}
        )
        for name, title, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, title, bold)
            for column, (head, width) in enumerate(zip(columns, widths, strict=True)):
                sheet.set_column(column, column, width / 2)
                sheet.write_string(1, column, head, bold)
            for row, cells in enumerate(rows, start=2):
                for column, cell in enumerate(cells):
                    sheet.write_string(row, column, cell, plain)
            sheet.repeat_rows(1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    return stream.getvalue()


def written(day: date) -> str:
    """Return a day as documents write it: “ngày 05 tháng 01 năm 2026”."""
    month = f"{day.month:02d}" if day.month <= _TWO else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _page_number(section: Any) -> None:
    """Number pages at the top, in the middle (NĐ 30/2020)."""
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 - python-docx has no fields of its own


def _mark(row: Any, name: str) -> None:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)  # noqa: SLF001 - python-docx has no names for these


def _widen(table: Any, widths: Sequence[int]) -> None:
    """Set the widths of columns in both places where programs look for them, in
    millimetres.
    """
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _cells(
    row: Any, texts: Sequence[str], widths: Sequence[int], *, bold: bool
) -> None:
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(clean(text))
        run.bold, run.font.size = bold, Pt(11)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        if bold:
            cell.paragraphs[0].alignment = ALIGN.CENTER
