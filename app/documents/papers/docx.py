"""Draws a paper as DOCX from its parts: the file that is signed, and from which the PDF
is drawn.
"""

import io
import zipfile
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from app.documents.papers import parts, styles
from app.documents.papers.docx_tables import draw_table
from app.documents.papers.drawing import Desk
from app.documents.papers.parts import Paper
from app.documents.papers.typography import width
from app.workflow.official_words import BLANK_NUMBER, NO_BREAK_SPACE, blank_day

_MOMENT = (2020, 1, 1, 0, 0, 0)
_LEFT_MOST, _RIGHT_LEAST = 62, 90  # mm of the two halves of a head
_RECEIVERS_AT = 32  # mm from the left
_SIGNED_LEFT = 0.45  # of the room, for the receivers


def docx(paper: Paper) -> bytes:
    """Return the paper as a file; the same parts give the same document."""
    desk = Desk(paper)
    for part in paper.parts:
        _draw(part, desk)
    stream = io.BytesIO()
    desk.document.save(stream)
    return _without_moment(stream)


def _without_moment(made: io.BytesIO) -> bytes:
    """Return the file without the moment at which its parts were packed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            packed = zipfile.ZipInfo(part.filename, _MOMENT)
            new.writestr(packed, old.read(part), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@singledispatch
def _draw(part: object, _desk: Desk) -> None:
    raise TypeError(part)


@_draw.register
def _head(part: parts.Head, desk: Desk) -> None:
    names = [line.upper() for line in part.issuer]
    bold = max(width(line, 12, bold=True) for line in names)
    widest = max(bold, width(part.above.upper(), 12))
    left = min(max(widest + 4, _LEFT_MOST), desk.room - _RIGHT_LEAST)
    right = desk.room - left
    numbered = bool(part.symbol) or part.dated
    grid = desk.side_by_side((left, right), 2 if numbered else 1)
    issuer, motto = grid.rows[0].cells
    if part.above:
        desk.centre("vb-chu-quan", part.above.upper(), left, issuer)
    for line in names:
        desk.say("vb-co-quan", line, issuer)
    desk.rule(styles.RULE * bold, left, issuer)
    desk.say("vb-quoc-hieu", styles.STATE, motto)
    desk.say("vb-tieu-ngu", styles.MOTTO, motto)
    desk.rule(width(styles.MOTTO, 13, bold=True), right, motto)
    if numbered:
        number, day = grid.rows[1].cells
        _number_and_day(part, desk, (number, day), left)


def _number_and_day(
    part: parts.Head, desk: Desk, cells: tuple[Any, Any], left: float
) -> None:
    number, day = cells
    desk.say("vb-so", f"Số:{BLANK_NUMBER}/{part.symbol}" if part.symbol else "", number)
    if part.about:
        desk.centre("vb-vv", f"V/v {part.about}", left - 4, number)
    if part.draft:
        desk.say("vb-du-thao", "DỰ THẢO", number)
    when = f"{part.place}, {blank_day(part.year)}" if part.dated else ""
    desk.say("vb-dia-danh", when, day)


@_draw.register
def _title(part: parts.Title, desk: Desk) -> None:
    desk.say("vb-ten-loai", part.kind.upper())
    longest = desk.centre("vb-trich-yeu", part.subject, desk.room - 10)
    if part.goes_with:
        longest = desk.centre("vb-kem-theo", f"({part.goes_with})", desk.room)
    desk.rule(styles.RULE * longest, desk.room)


@_draw.register
def _authority(part: parts.Authority, desk: Desk) -> None:
    desk.say("vb-tham-quyen", part.text.upper())


@_draw.register
def _bases(part: parts.Bases, desk: Desk) -> None:
    for place, line in enumerate(part.lines, start=1):
        end = ";" if place < len(part.lines) else "."
        paragraph = desk.say("vb-can-cu", line + end)
        if part.space_before and place == 1:
            paragraph.paragraph_format.space_before = Pt(12)


@_draw.register
def _enacting(_part: parts.Enacting, desk: Desk) -> None:
    desk.say("vb-lenh", "QUYẾT ĐỊNH:")


@_draw.register
def _article(part: parts.Article, desk: Desk) -> None:
    lead = f"Điều {part.number}. "
    if part.heading:
        paragraph = desk.say("vb-dieu", lead=lead + part.text)
    else:
        paragraph = desk.say("vb-dieu", part.text, lead=lead)
    if part.held:
        paragraph.paragraph_format.keep_with_next = True


@_draw.register
def _text(part: parts.Text, desk: Desk) -> None:
    paragraph = desk.say("vb-noi-dung", part.text)
    if part.held:
        paragraph.paragraph_format.keep_with_next = True
    if part.after_table:
        paragraph.paragraph_format.space_before = Pt(8)


@_draw.register
def _section(part: parts.Section, desk: Desk) -> None:
    paragraph = desk.say("vb-muc", part.text)
    if part.after_table:
        paragraph.paragraph_format.space_before = Pt(12)


@_draw.register
def _clause(part: parts.Clause, desk: Desk) -> None:
    desk.say("vb-khoan", part.text)


@_draw.register
def _receivers(part: parts.Receivers, desk: Desk) -> None:
    if len(part.names) == 1:
        only = desk.say("vb-kinh-gui", f"Kính gửi: {part.names[0]}")
        only.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return
    first = desk.say("vb-kinh-gui", "Kính gửi:").paragraph_format
    first.left_indent, first.space_after = Mm(_RECEIVERS_AT), Pt(0)
    first.keep_with_next = True
    dash = _RECEIVERS_AT + width("Kính gửi", 14)
    hanging = width("- ", 14)
    for place, name in enumerate(part.names, start=1):
        last = place == len(part.names)
        line = desk.say("vb-kinh-gui-dong", f"- {name}{'.' if last else ';'}")
        line.paragraph_format.left_indent = Mm(dash + hanging)
        line.paragraph_format.first_line_indent = Mm(-hanging)
        if last:
            line.paragraph_format.space_after = Pt(12)


@_draw.register
def _key(part: parts.Key, desk: Desk) -> None:
    desk.say("vb-ghi-chu-bang", part.text)


@_draw.register
def _closing(part: parts.Closing, desk: Desk) -> None:
    desk.say("vb-noi-dung", part.text).paragraph_format.space_before = Pt(8)


@_draw.register
def _signature(part: parts.Signature, desk: Desk) -> None:
    desk.hold_last()
    left = desk.room * _SIGNED_LEFT
    receivers, signer = desk.side_by_side((left, desk.room - left)).rows[0].cells
    desk.say("vb-noi-nhan", "Nơi nhận:", receivers)
    _list_receivers(part.receivers, desk, receivers)
    for line in part.lines:
        desk.centre("vb-quyen-han", line.upper(), desk.room - left, signer)
    desk.say("vb-ho-ten", part.name, signer)
    desk.after_table()


def _list_receivers(
    receivers: Sequence[str], desk: Desk, where: Any
) -> list[Paragraph]:
    return [
        desk.say(
            "vb-noi-nhan-dong",
            f"- {name}{';' if place < len(receivers) else '.'}",
            where,
        )
        for place, name in enumerate(receivers, start=1)
    ]


@_draw.register
def _signatures(part: parts.Signatures, desk: Desk) -> None:
    desk.hold_last()
    room = desk.room / len(part.signers)
    grid = desk.side_by_side([room] * len(part.signers), rows=2)
    above, below = (row.cells for row in grid.rows)
    for place, (titles, name) in enumerate(part.signers):
        for line in titles:
            desk.centre("vb-quyen-han", line.upper(), room, above[place])
        if not name:  # nobody signs on this side
            desk.say("vb-bang", "", above[place])
            desk.say("vb-bang", "", below[place])
            continue
        written = desk.say("vb-ho-ten", name, below[place])
        written.paragraph_format.space_before = Pt(part.gap)
    desk.after_table()
    if part.receivers:
        first = desk.say("vb-noi-nhan", "Nơi nhận:").paragraph_format
        first.space_before, first.keep_with_next = Pt(8), True
        listed = _list_receivers(part.receivers, desk, None)
        for paragraph in listed[:-1]:
            paragraph.paragraph_format.keep_with_next = True


@_draw.register
def _boxes(part: parts.Boxes, desk: Desk) -> None:
    columns = [
        parts.Column(head, width, centred=True) for head, width, _foot in part.boxes
    ]
    height = part.height * 72 / 25.4
    blank = parts.Row([NO_BREAK_SPACE] * len(columns), least_height=height, held=True)
    feet = parts.Row([foot or NO_BREAK_SPACE for _head, _width, foot in part.boxes])
    draw_table(parts.Table(columns, [blank, feet]), desk)


@_draw.register
def _annex(part: parts.Annex, desk: Desk) -> None:
    pages = desk.document.add_section(WD_SECTION.NEW_PAGE)
    # the section ends with the last paragraph before it: a paragraph of its own could
    # fall on a page that is empty but for it
    extra: Any = desk.document.paragraphs[-1]._p  # noqa: SLF001
    extra.getprevious().get_or_add_pPr().append(extra.pPr.find(qn("w:sectPr")))
    extra.getparent().remove(extra)
    desk.shape(pages, lying=part.lying)
    shape = pages._sectPr  # noqa: SLF001 - an annex counts its own pages
    for old in shape.findall(qn("w:pgNumType")):
        shape.remove(old)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    shape.insert_element_before(start, "w:cols", "w:titlePg", "w:docGrid")
    desk.say("vb-phu-luc", f"Phụ lục {part.number}".strip())
    desk.centre("vb-ten-phu-luc", part.name.upper(), desk.room)
    longest = desk.centre("vb-kem-theo", f"({part.goes_with})", desk.room)
    rule = desk.rule(styles.RULE * longest, desk.room)
    rule.paragraph_format.space_after = Pt(8)


@_draw.register
def _table(part: parts.Table, desk: Desk) -> None:
    draw_table(part, desk)
