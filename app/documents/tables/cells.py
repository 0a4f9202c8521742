"""Cells that a spreadsheet would run as a formula: written with an apostrophe before
them, read back without it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
_MARK = "'"


def guarded(text: str) -> str:
    """Return what may stand in a cell; an apostrophe that was there already gets
    another, so that `bare` is exact.
    """
    return _MARK + text if text.lstrip(_MARK).startswith(_STARTS) else text


def bare(text: str) -> str:
    """Return what was written before `guarded`."""
    return (
        text[1:]
        if text.startswith(_MARK) and text.lstrip(_MARK).startswith(_STARTS)
        else text
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file (UTF-8 with BOM, as Excel wants it) in which no cell is a
    formula. Every cell is in quotes, so that none falls apart where a semicolon or a
    tab parts them.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([[guarded(cell) for cell in row] for row in rows])
    return stream.getvalue().encode("utf-8-sig")
