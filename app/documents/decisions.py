"""A decision and its annex as files, in the form of NĐ 30/2020 (Phụ lục I): DOCX for signing, XLSX for working with.

Both are made once, when the annex is frozen, and kept: what is printed again is the same to the byte.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
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

FONT = "Times New Roman"
_WIDTHS = (13, 22, 45, 38, 24, 51, 39, 25)  # millimetres of the annex's columns, on a landscape page
_SHOWN = "(Dữ liệu minh họa, không phải văn bản của cơ quan nhà nước)"
_TWO = 2  # months and days below ten, and months one and two, are written with a zero (NĐ 30/2020)


@dataclass(frozen=True)
class Text:
    """What the decision says around its annex; `issuer` is the People's Committee, `bases` are sentences."""

    issuer: str
    chairman: bool
    place: str
    title: str
    bases: Sequence[str]
    proposer: str
    effective_from: date
    demonstration: bool


def docx(text: Text, annex: dict[str, Any]) -> bytes:
    """Return the draft decision with its annex, ready for a number, a day and a signature."""
    document = Document()
    _style(document)
    _first_page(document, text)
    _articles(document, text)
    _signature(document, text)
    _annex(document, text, annex)
    document.core_properties.title = text.title
    document.core_properties.author = text.issuer
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def xlsx(annex: dict[str, Any]) -> bytes:
    """Return the annex as a workbook, a sheet for each list; the head of each is repeated in print."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "font_name": FONT, "valign": "vcenter"})
        plain = book.add_format({"text_wrap": True, "border": 1, "font_name": FONT, "valign": "top"})
        for place, found in enumerate(annex["lists"], start=1):
            sheet = book.add_worksheet(f"Danh mục {place}")
            sheet.write_string(0, 0, found["title"], bold)
            for column, (name, width) in enumerate(zip(annex["columns"], _WIDTHS, strict=True)):
                sheet.set_column(column, column, width / 2)
                sheet.write_string(1, column, name, bold)
            for row, cells in enumerate(found["rows"], start=2):
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


def _style(document: Docx) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(6)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.different_first_page_header_footer = True
    _page_number(section)


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


def _say(where: Any, text: str, *, size: int = 14, bold: bool = False, italic: bool = False, at: Any = None) -> Any:
    paragraph = where.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if at is not None:
        paragraph.alignment = at
    return paragraph


def _blocks(document: Docx) -> tuple[Any, Any]:
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    _widen(table, (58, 102))
    for cell in (left, right):
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001 - a new cell comes with an empty paragraph
    return left, right


def _first_page(document: Docx, text: Text) -> None:
    left, right = _blocks(document)
    _say(left, text.issuer.upper(), size=13, bold=True, at=ALIGN.CENTER)
    _say(left, "———", size=10, at=ALIGN.CENTER)
    _say(left, "Số:          /QĐ-UBND", size=13, at=ALIGN.CENTER)
    _say(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, at=ALIGN.CENTER)
    _say(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True, at=ALIGN.CENTER)
    _say(right, "———————————", size=10, at=ALIGN.CENTER)
    _say(right, f"{text.place}, ngày        tháng        năm", size=13, italic=True, at=ALIGN.CENTER)
    if text.demonstration:
        _say(
            document,
            _SHOWN,
            size=12,
            italic=True,
            at=ALIGN.CENTER,
        )
    _say(document, "QUYẾT ĐỊNH", bold=True, at=ALIGN.CENTER)
    _say(document, text.title, bold=True, at=ALIGN.CENTER)
    whose = ("Chủ tịch " if text.chairman else "") + text.issuer
    _say(document, whose.upper(), bold=True, at=ALIGN.CENTER)
    for basis in text.bases:
        _say(document, f"Căn cứ {basis};", italic=True, at=ALIGN.JUSTIFY)
    _say(document, f"Theo đề nghị của {text.proposer} tại Tờ trình số          .", italic=True, at=ALIGN.JUSTIFY)


def _articles(document: Docx, text: Text) -> None:
    _say(document, "QUYẾT ĐỊNH:", bold=True, at=ALIGN.CENTER)
    told = (
        "Ban hành kèm theo Quyết định này Phụ lục các danh mục cơ sở dữ liệu và đối tượng dùng chung.",
        f"Quyết định này có hiệu lực kể từ {written(text.effective_from)}.",
        "Thủ trưởng các cơ quan, đơn vị và tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này./.",
    )
    for number, sentence in enumerate(told, start=1):
        paragraph = document.add_paragraph()
        paragraph.alignment = ALIGN.JUSTIFY
        paragraph.add_run(f"Điều {number}. ").bold = True
        paragraph.add_run(sentence)


def _signature(document: Docx, text: Text) -> None:
    left, right = _blocks(document)
    _say(left, "Nơi nhận:", size=12, bold=True, italic=True)
    for line in ("- Như Điều 3;", "- Lưu: VT."):
        _say(left, line, size=11)
    if not text.chairman:
        _say(right, "TM. ỦY BAN NHÂN DÂN", bold=True, at=ALIGN.CENTER)
    _say(right, "CHỦ TỊCH", bold=True, at=ALIGN.CENTER)


def _annex(document: Docx, text: Text, annex: dict[str, Any]) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    _page_number(section)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)  # noqa: SLF001 - an annex numbers its own pages
    _say(document, "PHỤ LỤC", bold=True, at=ALIGN.CENTER)
    _say(document, text.title.upper(), size=13, bold=True, at=ALIGN.CENTER)
    whose = ("Chủ tịch " if text.chairman else "") + text.issuer
    said = f"(Kèm theo Quyết định số          /QĐ-UBND ngày      tháng      năm          của {whose})"
    _say(document, said, italic=True, at=ALIGN.CENTER)
    for number, found in enumerate(annex["lists"], start=1):
        _say(document, f"{number}. {found['title']}", bold=True)
        _table(document, annex["columns"], found["rows"])


def _table(document: Docx, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    _widen(table, _WIDTHS)
    _cells(table.rows[0], columns, bold=True)
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)  # noqa: SLF001 - the head is repeated on each page
    for row in rows:
        added = table.add_row()
        whole = OxmlElement("w:cantSplit")
        added._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - a row stays on one page
        _cells(added, row, bold=False)


def _widen(table: Any, widths: Sequence[int]) -> None:
    """Set the widths of columns in both places where programs look for them, in millimetres."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _cells(row: Any, texts: Sequence[str], *, bold: bool) -> None:
    for cell, text, width in zip(row.cells, texts, _WIDTHS, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = bold, Pt(11)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        if bold:
            cell.paragraphs[0].alignment = ALIGN.CENTER
