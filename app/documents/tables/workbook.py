"""Workbooks that we write: lists to be printed, with a title and a head on every page;
and tables to be changed and sent back, with what is to be said of single cells.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import xlsxwriter

_FONT = "Times New Roman"
_USUAL_WIDTH = 24  # letters
_NARROW = 6
_COMMENT = {"x_scale": 2, "y_scale": 1.2}


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its title, the heads of its columns, rows of as many cells.

    `widths` in letters; without them columns are alike, but for a first one of numbers.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of sheets that print on lying pages."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        common = {"text_wrap": True, "border": 1, "font_name": _FONT}
        bold = book.add_format({**common, "bold": True, "valign": "vcenter"})
        plain = book.add_format({**common, "valign": "top"})
        for each in sheets:
            sheet = book.add_worksheet(each.name)
            sheet.write_string(0, 0, each.title, bold)
            for column, (head, width) in enumerate(
                zip(each.columns, _widths(each), strict=True)
            ):
                sheet.set_column(column, column, width)
                sheet.write_string(1, column, head, bold)
            for row, cells in enumerate(each.rows, start=2):
                for column, cell in enumerate(cells):
                    sheet.write_string(row, column, cell, plain)
            sheet.repeat_rows(1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    return stream.getvalue()


@dataclass(frozen=True)
class Editable:
    """A table to be changed: its name, the heads of its columns, rows of texts;
    `frozen` first columns stay in sight; `comments` by row and column, each from 0.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    frozen: int = 0


def editable(tables: Sequence[Editable]) -> bytes:
    """Return a workbook of tables whose heads stay in sight; every cell is text, and
    one with a comment is marked.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        text = {"valign": "top", "num_format": "@"}
        bold = book.add_format({**text, "bold": True, "text_wrap": True})
        wrong = book.add_format({**text, "text_wrap": True, "bg_color": "#fbdedd"})
        plain = book.add_format(text)
        for table in tables:
            page = book.add_worksheet(table.name)
            page.set_column(0, len(table.columns), _USUAL_WIDTH, plain)
            page.freeze_panes(1, table.frozen)
            for column, head in enumerate(table.columns):
                page.write_string(0, column, head, bold)
            for row, cells in enumerate(table.rows):
                for column, cell in enumerate(cells):
                    said = table.comments.get((row, column))
                    page.write_string(row + 1, column, cell, wrong if said else plain)
                    if said:
                        page.write_comment(row + 1, column, said, _COMMENT)
    return stream.getvalue()


def _widths(sheet: Sheet) -> Sequence[float]:
    if sheet.widths:
        return sheet.widths
    return [_NARROW if head == "STT" else _USUAL_WIDTH for head in sheet.columns]
