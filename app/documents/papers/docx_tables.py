"""Draws the tables of a paper: heads that are repeated, rows that do not split, blocks
of rows that stay together.
"""

from collections.abc import Mapping
from functools import singledispatch

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table as Grid
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from app.documents.papers import parts
from app.documents.papers.drawing import Desk, child, clean_lines, empty, fix
from app.documents.papers.typography import lines

CELL_INSET = 1  # mm
_LINE = 12.65  # points of a line in a table
_AROUND = 2.5  # and of the space above and below it, with its border
_SIZE = 11


def draw_table(part: parts.Table, desk: Desk) -> None:
    """Draw a ruled table."""
    widths = [column.width for column in part.columns]
    grid = desk.document.add_table(rows=0, cols=len(widths))
    fix(grid, widths, inset=CELL_INSET, ruled=True)
    _table_head(part, desk, grid)
    for row in part.rows:
        _draw_row(row, part, desk, grid)
    desk.after_table()


def _table_head(part: parts.Table, desk: Desk, grid: Grid) -> None:
    rows = [_add_row(grid) for _ in range(2 if part.over else 1)]
    for row in rows:
        child(row._tr.get_or_add_trPr(), "w:tblHeader")  # noqa: SLF001
    # a cell that reaches down hides the one below: they are asked for before
    upper, lower = list(rows[0].cells), list(rows[-1].cells)
    over, first, last = part.over or ("", len(part.columns), -1)
    for place, column in enumerate(part.columns):
        covered = first <= place <= last
        if part.over and not covered:
            _head_cell(lower[place], "", column.width, desk)
            _reach_down(upper[place], "restart")
            _reach_down(lower[place], "continue")
        cell = lower[place] if covered else upper[place]
        _head_cell(cell, column.head, column.width, desk)
    if part.over:
        whole = upper[first].merge(upper[last])
        room = sum(column.width for column in part.columns[first : last + 1])
        _head_cell(whole, over, room, desk)


def _head_cell(cell: _Cell, text: str, room: float, desk: Desk) -> None:
    empty(cell)
    desk.centre("vb-bang-dau", text, room - 2 * CELL_INSET, cell)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


@singledispatch
def _draw_row(row: object, _part: parts.Table, _desk: Desk, _grid: Grid) -> None:
    raise TypeError(row)


@_draw_row.register
def _plain_row(row: parts.Row, part: parts.Table, desk: Desk, grid: Grid) -> None:
    made = _add_row(grid)
    if row.least_height:
        _require_height(made, row.least_height)
    for cell, column, text in zip(made.cells, part.columns, row.cells, strict=True):
        centred = "vb-bang-dam" if row.bold else "vb-bang-giua"
        style = centred if column.centred or row.bold else "vb-bang"
        for paragraph in _fill(cell, style, text, desk):
            if row.held:
                paragraph.paragraph_format.keep_with_next = True


@_draw_row.register
def _group_row(row: parts.Group, _part: parts.Table, desk: Desk, grid: Grid) -> None:
    made = _add_row(grid)
    whole = made.cells[0].merge(made.cells[-1])
    _fill(whole, "vb-bang-nhom", row.text, desk)


@_draw_row.register
def _block(row: parts.Block, part: parts.Table, desk: Desk, grid: Grid) -> None:
    """Draw rows that stay together: their words hold on to the next row, and they are
    made so high that the cells that reach over them need no more.
    """
    for place, line in enumerate(row.lines):
        made = _add_row(grid)
        last = place == len(row.lines) - 1
        _require_height(made, _height(row, part, line))
        texts = {**line, **(row.shared if place == 0 else {})}
        cells = list(made.cells)
        for at, column in enumerate(part.columns):
            cell = cells[at]
            if at in row.shared and len(row.lines) > 1:
                _reach_down(cell, "restart" if place == 0 else "continue")
            style = "vb-bang-giua" if column.centred else "vb-bang"
            for paragraph in _fill(cell, style, texts.get(at, ""), desk):
                if not last:
                    paragraph.paragraph_format.keep_with_next = True


def _height(row: parts.Block, part: parts.Table, line: Mapping[int, str]) -> float:
    """Return how high in points one row of a block has to be."""

    def needed(cells: Mapping[int, str]) -> float:
        count = max(
            len(lines(text, part.columns[at].width - 2 * CELL_INSET - 0.1, 11))
            for at, text in cells.items()
        )
        return count * _LINE + _AROUND

    own = [needed(each) for each in row.lines]
    missing = max(0.0, needed(row.shared) - sum(own))
    return needed(line) + missing / len(row.lines)


def _fill(cell: _Cell, style: str, text: str, desk: Desk) -> list[Paragraph]:
    empty(cell)
    return [desk.say(style, line, cell) for line in clean_lines(text).split("\n")]


def _add_row(grid: Grid) -> _Row:
    row: _Row = grid.add_row()  # type: ignore[no-untyped-call]
    child(row._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001
    for cell, column in zip(row.cells, grid.columns, strict=True):
        cell.width = column.width
    return row


def _require_height(row: _Row, points: float) -> None:
    shape = row._tr.get_or_add_trPr()  # noqa: SLF001
    child(shape, "w:trHeight", val=round(points * 20), hRule="atLeast")


def _reach_down(cell: _Cell, how: str) -> None:
    shape = cell._tc.get_or_add_tcPr()  # noqa: SLF001
    made = OxmlElement("w:vMerge")
    made.set(qn("w:val"), how)
    after = ("w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
    shape.insert_element_before(made, *after)
