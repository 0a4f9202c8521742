"""A paper as PDF, drawn from the very DOCX that is signed; needs the extra `pdf`
(WeasyPrint) and a Vietnamese font.

It knows what `docx` draws and nothing else: paragraphs of the styles of `styles`,
tables, rules, sections that stand or lie and number their pages, and the mark of
made-up data.
"""

import importlib
import io
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from docx import Document
from docx.oxml.ns import qn
from docx.section import Section
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.documents.papers.styles import NUMBER_FROM_EDGE, STYLES, Side, Style
from app.doors import Door
from app.errors import UnavailableError

_FONTS = "'Times New Roman', 'Liberation Serif', Tinos, serif"
_LINE = 1.15  # what Times New Roman has between its lines, of its size
_WORD_JOINER = "\u2060"
_RULE = "w:pBdr"
_STYLE = """
@page { size: %(width)smm %(height)smm;
  margin: %(top)smm %(right)smm %(bottom)smm %(left)smm;
  @top-center { content: counter(page); font: 14pt %(fonts)s; vertical-align: top;
    padding-top: %(number)smm }
  @bottom-center { content: "%(mark)s"; font: italic 10pt %(fonts)s;
    vertical-align: bottom; padding-bottom: 8mm } }
@page :first { @top-center { content: none } }
body { margin: 0; font-family: %(fonts)s; widows: 2; orphans: 2 }
p { margin: 0; white-space: pre-line }
table { border-collapse: collapse; table-layout: fixed }
td, th { vertical-align: top; padding: 0; font-weight: normal; text-align: left }
thead { display: table-header-group }
tr, tbody.block, table.side { break-inside: avoid }
.ruled td, .ruled th { border: 0.5pt solid; padding: 0 1mm }
"""


@cache
def _library() -> Any:
    """Return WeasyPrint, or nothing where it, or a library of the system that it needs,
    is not installed.
    """
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError):
        return None


def available() -> bool:
    """Tell whether papers can be had as PDF on this machine."""
    return _library() is not None


_DOOR = Door("pdf", places=1, patience=5.0)


def of(docx: bytes) -> bytes:
    """Return a paper as PDF; UnavailableError names the letters that no font of the
    machine has, or what to install.
    """
    library = _library()
    if library is None:
        message = "Máy chủ chưa cài phần tạo tệp PDF; hãy tải tệp DOCX"
        raise UnavailableError(message)
    with _DOOR.passing():
        return _printed(library, docx)


def _printed(library: Any, docx: bytes) -> bytes:
    document = Document(io.BytesIO(docx))
    drawn = [
        library.HTML(string=_html(section), url_fetcher=_nothing).render()
        for section in document.sections
    ]
    missing = set[int]()

    def look(page: Any, _pdf: Any) -> None:
        missing.update(
            chain.from_iterable(font.missing for font in page.fonts.values())
        )

    whole = drawn[0].copy(list(chain.from_iterable(part.pages for part in drawn)))
    whole.metadata.title = document.core_properties.title
    made: bytes = whole.write_pdf(finisher=look)
    if missing:
        letters = " ".join(chr(code) for code in sorted(missing))
        message = (
            f"Máy chủ thiếu phông chữ có các chữ {letters}; cài gói "
            "fonts-liberation2, hoặc tải tệp DOCX"
        )
        raise UnavailableError(message)
    return made


def _nothing(url: str, *_rest: Any, **_more: Any) -> Any:
    """Fetch nothing: a paper has all that it shows."""
    raise ValueError(url)


def _mm(length: Any) -> float:
    return round(length.mm, 2) if length is not None else 0


def _html(section: Section) -> str:
    values: dict[str, Any] = {
        "width": _mm(section.page_width),
        "height": _mm(section.page_height),
        "top": _mm(section.top_margin),
        "right": _mm(section.right_margin),
        "bottom": _mm(section.bottom_margin),
        "left": _mm(section.left_margin),
        "number": NUMBER_FROM_EDGE,
        "mark": section.footer.paragraphs[0].text,
        "fonts": _FONTS,
    }
    page = Element("html", lang="vi")
    SubElement(page, "style").text = _STYLE % values
    body = SubElement(page, "body")
    for block in section.iter_inner_content():
        if isinstance(block, Paragraph):
            _paragraph(body, block)
        else:
            _table(body, block)
    return tostring(page, "unicode", method="html")


def _paragraph(within: Element, paragraph: Paragraph) -> None:
    line = SubElement(within, "p", style=_look(paragraph))
    if paragraph._p.find(f".//{qn(_RULE)}") is not None:  # noqa: SLF001 - no name for it
        return
    for run in paragraph.runs:
        span = SubElement(line, "span")
        if run.bold:
            span.set("style", "font-weight: bold")
        _write(span, run)
    if not paragraph.text and paragraph.style is not None:
        line.text = "\N{NO-BREAK SPACE}" if paragraph.style.name != "vb-ke" else ""


def _write(span: Element, run: Run) -> None:
    """Write a run. The hyphen that ends no line is one between word joiners: the letter
    for it is in few fonts.
    """
    text = ""
    for piece in run._r:  # noqa: SLF001 - python-docx reads it as a plain hyphen
        if piece.tag == qn("w:noBreakHyphen"):
            text += f"{_WORD_JOINER}-{_WORD_JOINER}"
        elif piece.tag == qn("w:t"):
            text += piece.text or ""
        elif piece.tag == qn("w:br"):
            text += "\n"
    span.text = "".join(_joined(text))


def _joined(text: str) -> Iterator[str]:
    """Yield a text in which no line ends between “/” and a letter."""
    for place, letter in enumerate(text):
        yield letter
        if letter == "/" and text[place + 1 : place + 2].isalpha():
            yield _WORD_JOINER


def _look(paragraph: Paragraph) -> str:
    """Return the style of a paragraph: its own, and what it says otherwise."""
    name = paragraph.style.name if paragraph.style is not None else None
    style = STYLES.get(name or "", Style(14, Side.LEFT))
    own = paragraph.paragraph_format
    before = style.before if own.space_before is None else own.space_before.pt
    after = style.after if own.space_after is None else own.space_after.pt
    first = style.first_line
    if own.first_line_indent is not None:
        first = own.first_line_indent.mm
    held = style.held if own.keep_with_next is None else own.keep_with_next
    side = _side(style, paragraph)
    left, right = _mm(own.left_indent), _mm(own.right_indent)
    words = [
        f"font-size: {style.size}pt",
        f"text-align: {side}",
        f"margin: {before}pt {right}mm {after}pt {left}mm",
        f"text-indent: {round(first, 2)}mm",
        f"line-height: {_line_height(paragraph)}",
    ]
    if style.bold:
        words.append("font-weight: bold")
    if style.italic:
        words.append("font-style: italic")
    if held:
        words.append("break-after: avoid")
    border = paragraph._p.find(f".//{qn(_RULE)}/{qn('w:top')}")  # noqa: SLF001
    if border is not None:
        words.append(f"border-top: {int(border.get(qn('w:sz'))) / 8}pt solid")
    if name == "vb-ke":
        words.append(f"height: {_exact(paragraph)}pt")
    return "; ".join(words)


def _side(style: Style, paragraph: Paragraph) -> str:
    own = paragraph.alignment
    if own is not None:
        return {0: "left", 1: "center", 2: "right", 3: "justify"}[int(own)]
    return "justify" if style.side is Side.JUSTIFIED else str(style.side)


def _line_height(paragraph: Paragraph) -> str:
    spacing: Any = paragraph.paragraph_format.line_spacing
    if spacing is None and paragraph.style is not None:
        spacing = paragraph.style.paragraph_format.line_spacing
    if hasattr(spacing, "pt"):
        return f"{spacing.pt}pt"
    return f"{_LINE * (spacing or 1):.3f}"


def _exact(paragraph: Paragraph) -> float:
    """Return how high in points an empty low paragraph is."""
    own: Any = paragraph.paragraph_format.line_spacing
    return own.pt if hasattr(own, "pt") else 4.0


def _table(within: Element, table: Table) -> None:
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))  # noqa: SLF001 - nor for these
    ruled = borders is not None and any(
        side.get(qn("w:val")) == "single" for side in borders
    )
    widths = [_mm(column.width) for column in table.columns]
    made = SubElement(within, "table", {"class": "ruled" if ruled else "side"})
    made.set("style", f"width: {sum(widths):.2f}mm")
    for width in widths:
        SubElement(made, "col", style=f"width: {width}mm")
    head = SubElement(made, "thead")
    body: Element | None = None
    rows = list(table._tbl.tr_lst)  # noqa: SLF001
    for place, row in enumerate(rows):
        if row.find(f".//{qn('w:tblHeader')}") is not None:
            _row(SubElement(head, "tr"), rows, place, table)
            continue
        if body is None:
            body = SubElement(made, "tbody", {"class": "block"})
        _row(SubElement(body, "tr"), rows, place, table)
        if not _held(row, table):
            body = None


def _held(row: Any, table: Table) -> bool:
    """Tell whether a row stays with the next: its words do."""
    for element in row.iter(qn("w:p")):
        paragraph = Paragraph(element, table)
        own = paragraph.paragraph_format.keep_with_next
        name = paragraph.style.name if paragraph.style is not None else ""
        style = STYLES.get(name or "")
        if own if own is not None else bool(style and style.held):
            return True
    return False


def _row(line: Element, rows: list[Any], place: int, table: Table) -> None:
    height = rows[place].find(f".//{qn('w:trHeight')}")
    # where cells reach over rows their own words say how high these are
    if height is not None and rows[place].find(f".//{qn('w:vMerge')}") is None:
        line.set("style", f"height: {int(height.get(qn('w:val'))) / 20}pt")
    column = 0
    for cell in rows[place].tc_lst:
        span = cell.grid_span
        if cell.vMerge != "continue":
            made = SubElement(line, "td")
            down = _reach(rows, place, column) if cell.vMerge == "restart" else 1
            if span > 1:
                made.set("colspan", str(span))
            if down > 1:
                made.set("rowspan", str(down))
            middle = cell.find(f".//{qn('w:vAlign')}") is not None
            if middle:
                made.set("style", "vertical-align: middle")
            for element in cell.findall(qn("w:p")):
                _paragraph(made, Paragraph(element, table))
        column += span


def _reach(rows: list[Any], place: int, column: int) -> int:
    """Return over how many rows the cell at a column reaches."""
    count = 1
    for row in rows[place + 1 :]:
        at = 0
        for cell in row.tc_lst:
            if at == column:
                break
            at += cell.grid_span
        else:
            break
        if cell.vMerge != "continue":
            break
        count += 1
    return count
