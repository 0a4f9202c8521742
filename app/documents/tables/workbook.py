"""Workbooks that we write: sheets with a title, a head that is repeated in print, and
rows of text.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

_FONT = "Times New Roman"
_USUAL_WIDTH = 24  # letters
_NARROW = 6


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


def _widths(sheet: Sheet) -> Sequence[float]:
    if sheet.widths:
        return sheet.widths
    return [_NARROW if head == "STT" else _USUAL_WIDTH for head in sheet.columns]
