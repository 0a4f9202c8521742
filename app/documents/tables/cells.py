"""CSV in and out; cells that a spreadsheet would run as a formula are written with an
apostrophe before them, and read back without it.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

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


def lines(text: str) -> Iterator[list[str]]:
    """Yield the lines of a CSV file, blank ones too. Cells are parted by the one of
    comma, semicolon and tab that the first line has most of; csv.Error for what is no
    CSV.
    """
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    stream = io.StringIO(text, newline="")
    yield from csv.reader(stream, delimiter=delimiter, strict=True)


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
