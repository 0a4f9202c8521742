"""CSV in and out; cells that a spreadsheet would run as a formula are written with an
apostrophe before them, and read back without it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
_MARK = "'"
_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
_MOST_TITLES = 20  # lines above a heading


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
    """Yield the lines of a CSV file, blank ones too. Cells are parted by what a first
    line “sep=;” says, as Excel writes it and does not show it; else by the one of
    comma, semicolon and tab that the first line with any has most of. csv.Error for
    what is no CSV.
    """
    said = _SEPARATOR.match(text)
    if said:
        text = text[said.end() :]
    stream = io.StringIO(text, newline="")
    parts = said[1] if said else _parts(text)
    yield from csv.reader(stream, delimiter=parts, strict=True)


def _parts(text: str) -> str:
    """Return what parts the cells of the first line that has several."""
    for line in text.split("\n", _MOST_TITLES):
        most = max(",;\t", key=line.count)
        if most in line.strip(",;\t \r"):
            return most
    return ","


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
