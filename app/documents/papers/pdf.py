"""A paper as PDF, drawn from the very DOCX that is signed; needs the extra `pdf`
(WeasyPrint) and a Vietnamese font.

It knows what `papers` writes and nothing else: paragraphs, tables side by side,
sections that stand or lie, and the page number at the top, from the second page of each
section on.
"""

import importlib
import io
from functools import cache
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.section import Section
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from app.doors import Door
from app.errors import UnavailableError

_SIDES = {ALIGN.CENTER: "center", ALIGN.JUSTIFY: "justify", ALIGN.RIGHT: "right"}
_FONTS = "'Times New Roman', 'Liberation Serif', Tinos, serif"
_STYLE = """
@page { size: %(width)smm %(height)smm; margin: %(top)smm %(right)smm %(bottom)smm %(left)smm;
        @top-center { content: counter(page); font: 14pt %(fonts)s } }
@page :first { @top-center { content: %(first)s } }
body { font: 14pt/1.25 %(fonts)s; margin: 0 } p { margin: 0 0 6pt; white-space: pre-wrap }
table { border-collapse: collapse; table-layout: fixed; width: 100%% } td, th { vertical-align: top; padding: 1mm 2mm;
        font-weight: normal; text-align: left; overflow-wrap: anywhere } thead { display: table-header-group }
.grid td, .grid th { border: 0.5pt solid; font-size: 11pt } .grid tr { break-inside: avoid } .grid p { margin: 0 }
"""  # noqa: E501 - a style sheet


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
    parts = [
        library.HTML(string=_html(section), url_fetcher=_nothing).render()
        for section in document.sections
    ]
    missing = set[int]()

    def look(drawn: Any, _pdf: Any) -> None:
        missing.update(
            chain.from_iterable(font.missing for font in drawn.fonts.values())
        )

    whole = parts[0].copy(list(chain.from_iterable(part.pages for part in parts)))
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


def _html(section: Section) -> str:
    values: dict[str, Any] = {
        "width": section.page_width.mm if section.page_width else 210,
        "height": section.page_height.mm if section.page_height else 297,
        "top": section.top_margin.mm if section.top_margin else 20,
        "right": section.right_margin.mm if section.right_margin else 20,
        "bottom": section.bottom_margin.mm if section.bottom_margin else 20,
        "left": section.left_margin.mm if section.left_margin else 30,
        "first": "none"
        if section.different_first_page_header_footer
        else "counter(page)",
        "fonts": _FONTS,
    }
    page = Element("html", lang="vi")
    SubElement(page, "style").text = _STYLE % values
    _blocks(SubElement(page, "body"), section)
    return tostring(page, "unicode", method="html")


def _blocks(within: Element, holder: Section | _Cell) -> None:
    for block in holder.iter_inner_content():
        if isinstance(block, Paragraph):
            _paragraph(within, block)
        else:
            _table(within, block)


def _paragraph(within: Element, paragraph: Paragraph) -> None:
    side = (
        _SIDES.get(paragraph.alignment, "left")
        if paragraph.alignment is not None
        else "left"
    )
    line = SubElement(within, "p", style=f"text-align: {side}")
    for run in paragraph.runs:
        style = [f"font-size: {run.font.size.pt}pt"] if run.font.size else []
        style += ["font-weight: bold"] if run.bold else []
        style += ["font-style: italic"] if run.italic else []
        SubElement(line, "span", style="; ".join(style)).text = run.text
    if not paragraph.text:
        line.text = "\N{NO-BREAK SPACE}"


def _table(within: Element, table: Table) -> None:
    grid = table.style is not None and table.style.name == "Table Grid"
    made = SubElement(within, "table", {"class": "grid" if grid else "side"})
    widths = [column.width.mm if column.width else 0 for column in table.columns]
    for width in widths:
        SubElement(made, "col", style=f"width: {100 * width / (sum(widths) or 1)}%")
    head, body = SubElement(made, "thead"), SubElement(made, "tbody")
    for row in table.rows:
        heads = row._tr.find(f".//{qn('w:tblHeader')}") is not None  # noqa: SLF001 - python-docx has no name for it
        line = SubElement(head if heads else body, "tr")
        for cell in row.cells:
            _blocks(SubElement(line, "th" if heads else "td"), cell)
