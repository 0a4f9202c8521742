"""What a DOCX is drawn with: pages, styles, words, rules, and cells; `docx` and
`docx_tables` say what stands in them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as Pages
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as Grid
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.documents.papers import styles
from app.documents.papers.parts import Paper
from app.documents.papers.styles import STYLES, Side
from app.documents.papers.typography import balanced, width
from app.vietnamese import clean
from app.workflow.official_words import NO_BREAK_SPACE

_SIDES = {
    Side.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Side.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Side.JUSTIFIED: WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_SHORT, _LONG = 210, 297  # mm of an A4 page
# Điều 1, khoản 2, Phụ lục I stay on one line; a no-break space does not stretch, so
# nothing else does
_BOUND = re.compile(r"\b(Điều|khoản|điểm|Phụ lục) (?=[0-9IVX]+\b|[a-zđ]\))")
# 165/2025/NĐ-CP, /TTr-SKHCN, CSDL-0014: their hyphens end no line
_SYMBOL = re.compile(r"(\S*/[\wĐ]+(?:-[\wĐ]+)+|\b[A-Z]{2,}-[0-9]+\b)")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
TWIPS_OF_MM = 1440 / 25.4
_ABOVE_SIGNATURE = 12  # points


class Desk:
    """A document in the making. `room` is the width of the text on the present
    pages.
    """

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.document: Docx = Document()
        _make_styles(self.document, paper.line)
        about = self.document.core_properties
        about.title, about.author = paper.title[:255], paper.author[:255]
        about.comments, about.language = "", "vi-VN"
        made = datetime.combine(paper.made_on, datetime.min.time())
        about.created = about.modified = made
        self.room = 0.0
        self.shape(self.document.sections[0], lying=paper.lying)

    def shape(self, pages: Pages, *, lying: bool) -> None:
        """Give pages their size, margins, number and mark."""
        sides = (_LONG, _SHORT) if lying else (_SHORT, _LONG)
        pages.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
        pages.page_width, pages.page_height = Mm(sides[0]), Mm(sides[1])
        pages.left_margin, pages.right_margin = Mm(styles.LEFT), Mm(styles.RIGHT)
        pages.top_margin, pages.bottom_margin = Mm(styles.TOP), Mm(styles.BOTTOM)
        pages.header_distance = Mm(styles.NUMBER_FROM_EDGE)
        pages.footer_distance = Mm(styles.MARK_FROM_EDGE)
        pages.different_first_page_header_footer = True
        feet = (pages.footer, pages.first_page_footer)
        for margin in (pages.header, pages.first_page_header, *feet):
            margin.is_linked_to_previous = False
        _write_page_number(pages.header.paragraphs[0])
        if self.paper.demonstration:
            for foot in feet:
                foot.paragraphs[0].style = "vb-minh-hoa"
                foot.paragraphs[0].add_run(styles.ILLUSTRATIVE)
        self.room = sides[0] - styles.LEFT - styles.RIGHT

    def _paragraph(self, style: str, where: Any) -> Paragraph:
        """Add a paragraph of a style. Its id is its name, and looking it up anew for
        each cell would take most of the time.
        """
        paragraph: Paragraph = (where or self.document).add_paragraph()
        paragraph._p.style = style  # noqa: SLF001
        return paragraph

    def say(
        self,
        style: str,
        text: str = "",
        where: Any = None,
        *,
        lead: str = "",
    ) -> Paragraph:
        """Write a paragraph; `lead` comes first, in bold."""
        paragraph = self._paragraph(style, where)
        if lead:
            write(paragraph, lead).bold = True
        if text:
            write(paragraph, text)
        return paragraph

    def centre(self, style: str, text: str, room: float, where: Any = None) -> float:
        """Write centred text in balanced lines; return the width of the longest."""
        look = STYLES[style]
        fallen = balanced(
            clean_lines(text),
            room * 0.97,
            look.size,
            bold=look.bold,
            names=self.paper.names,
        )
        paragraph = self._paragraph(style, where)
        for place, line in enumerate(fallen):
            if place:
                paragraph.add_run().add_break()
            write(paragraph, line)
        return max(width(line, look.size, bold=look.bold) for line in fallen)

    def rule(self, length: float, room: float, where: Any = None) -> Paragraph:
        """Draw a rule in the middle of the room: the upper border of a low, empty
        paragraph.
        """
        paragraph = self._paragraph("vb-ke", where)
        side = Mm((room - length) / 2)
        paragraph.paragraph_format.left_indent = side
        paragraph.paragraph_format.right_indent = side
        borders = OxmlElement("w:pBdr")
        child(borders, "w:top", val="single", sz=6, space=0, color="000000")
        shape = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - no name for borders
        shape.insert_element_before(
            borders,
            "w:shd",
            "w:tabs",
            "w:suppressAutoHyphens",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:rPr",
        )
        return paragraph

    def side_by_side(self, widths: Sequence[float], rows: int = 1) -> Grid:
        """Open cells without borders and insets, from the very left margin."""
        grid: Grid = self.document.add_table(rows=rows, cols=len(widths))
        fix(grid, widths, inset=0, ruled=False)
        for row in grid.rows:
            child(row._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001
            for cell in row.cells:
                empty(cell)
        return grid

    def after_table(self) -> None:
        """Write the paragraph that Word wants after a table; it takes no room."""
        low = self.say("vb-ke").paragraph_format
        low.keep_with_next = False
        low.space_before, low.line_spacing = Pt(0), Pt(1)

    def hold_last(self) -> None:
        """Keep the last words with what follows: no signature alone on its page."""
        last = [one for one in self.document.paragraphs if one.text][-1]
        last.paragraph_format.keep_with_next = True
        last.paragraph_format.space_after = Pt(_ABOVE_SIGNATURE)


def clean_lines(text: str) -> str:
    """Return a text without what people do not see; its line breaks stay."""
    return "\n".join(clean(line) for line in text.split("\n"))


def write(paragraph: Paragraph, text: str) -> Any:
    """Write a run; hyphens inside a symbol or a code do not end a line."""
    run = paragraph.add_run()
    bound = _BOUND.sub(rf"\1{NO_BREAK_SPACE}", _UNPRINTED.sub(" ", text))
    for piece in _SYMBOL.split(bound):
        within = piece.split("-") if _SYMBOL.fullmatch(piece) else [piece]
        for place, word in enumerate(within):
            if place:
                run._r.append(OxmlElement("w:noBreakHyphen"))  # noqa: SLF001
            if word:
                run.add_text(word)
    return run


def _make_styles(document: Docx, line: float) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    fonts = defaults.find(f".//{qn('w:rFonts')}")
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    _name_font(fonts)
    language = defaults.find(f".//{qn('w:lang')}")
    for name in ("val", "eastAsia"):
        language.set(qn(f"w:{name}"), "vi-VN")
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = styles.FONT, Pt(14)
    _name_font(normal.element.rPr.rFonts)
    normal.paragraph_format.space_after = Pt(0)
    for name, look in STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = normal, True
        style.font.name, style.font.size = styles.FONT, Pt(look.size)
        style.font.bold, style.font.italic = look.bold, look.italic
        style.font.color.rgb = RGBColor(0, 0, 0)
        _name_font(style.element.rPr.rFonts)
        shape = style.paragraph_format
        shape.alignment = _SIDES[look.side]
        shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
        shape.first_line_indent = Mm(look.first_line)
        shape.keep_with_next, shape.widow_control = look.held, True
        shape.line_spacing = line if look.flowing else 1.0
        if name == "vb-ke":
            shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            shape.line_spacing = Pt(4)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        # Word would say “Compatibility Mode” in its title
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _name_font(fonts: Any) -> None:
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), styles.FONT)


def _write_page_number(paragraph: Paragraph) -> None:
    paragraph.style = "vb-so-trang"
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()._r  # noqa: SLF001 - python-docx has no fields
        if kind:
            child(run, "w:fldChar", fldCharType=kind)
        else:
            child(run, "w:instrText").text = " PAGE "


def child(parent: Any, tag: str, **values: object) -> Any:
    """Add an element; `values` are its attributes of Word's namespace."""
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    parent.append(made)
    return made


def fix(grid: Grid, widths: Sequence[float], *, inset: float, ruled: bool) -> None:
    """Fix the widths of a table wherever programs look for them."""
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    shape = grid._tbl.tblPr  # noqa: SLF001 - python-docx has no names for these
    twips = [round(each * TWIPS_OF_MM) for each in widths]
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = "single" if ruled else "nil"
        child(borders, f"w:{side}", val=line, sz=4, space=0, color="000000")
    insets = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        child(insets, f"w:{side}", w=round(inset * TWIPS_OF_MM), type="dxa")
    # in the order that the standard asks for
    after = ["w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"]
    _put(shape, insets, after[3:])
    _put(shape, borders, after)
    _put(shape, _measure("w:tblInd", 0), ["w:tblBorders", *after])
    before = ["w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", *after]
    _put(shape, _measure("w:tblW", sum(twips)), before)
    for column, each in zip(grid.columns, widths, strict=True):
        column.width = Mm(each)
    for row in grid.rows:
        for cell, each in zip(row.cells, widths, strict=True):
            cell.width = Mm(each)


def _measure(tag: str, twips: int) -> Any:
    made = OxmlElement(tag)
    made.set(qn("w:w"), str(twips))
    made.set(qn("w:type"), "dxa")
    return made


def _put(parent: Any, made: Any, before: Sequence[str]) -> None:
    """Put an element in the place of one of its kind, before those that follow it."""
    for old in parent.findall(made.tag):
        parent.remove(old)
    parent.insert_element_before(made, *before)


def empty(cell: _Cell) -> None:
    """Take out the empty paragraph that a new cell comes with."""
    for paragraph in list(cell.paragraphs):
        cell._tc.remove(paragraph._p)  # noqa: SLF001
