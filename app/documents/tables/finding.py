"""Where on a sheet the table is: its heading, its rows, and what stands around them and
is no row of it (titles, numbers of columns, totals). Nothing is left out unsaid.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.documents.tables.sheets import Book, Line, Table
from app.vietnamese import fold, seen

_ABOVE = 20  # lines in which a heading is looked for
_NUMBER = re.compile(r"\(?[0-9]{1,2}\)?[.)]?")  # as columns are numbered
_BEFORE = re.compile(r"^(\([0-9a-z]{1,2}\)|[0-9]{1,2}[.)])\s*")
_AFTER = re.compile(r"[\s*:]+$|\s*\(\*\)$")
_TOTAL = re.compile(r"(tong cong|tong so|tong|cong)\b.{0,60}")


class Why(StrEnum):
    """Why a line is no row of the table."""

    ABOVE = "above"  # before the heading
    NUMBERS = "numbers"  # (1) (2) (3)
    TOTAL = "total"


@dataclass(frozen=True)
class LeftOut:
    """A line that is no row: its number, how it begins, and why."""

    number: int
    text: str
    why: Why


@dataclass(frozen=True)
class Located:
    """The lines of the table, its heading first, those that were left out, and the book
    that it stands in.
    """

    lines: Table
    left_out: Sequence[LeftOut]
    book: Book


def heading_key(text: str) -> str:
    """Return a heading as it is compared: without marks and case, line breaks, the
    number before it, the asterisk or colon after it.
    """
    key = fold(seen(text))
    return _AFTER.sub("", _BEFORE.sub("", key)).strip()


def locate(book: Book, headings: Collection[str]) -> Located:
    """Return the table of which `headings`, as `heading_key` gives them, are known. Its
    heading is the line near the top that has most of them; the first line where none
    has any.
    """
    table = book.table
    if not table:
        return Located([], [], book)
    place = _heading(table, headings)
    left_out = [_left_out(line, Why.ABOVE) for line in table[:place]]
    lines = [table[place]]
    for line in table[place + 1 :]:
        why = _why(line, first=len(lines) == 1)
        if why is None:
            lines.append(line)
        else:
            left_out.append(_left_out(line, why))
    return Located(lines, left_out, book)


def _heading(table: Table, headings: Collection[str]) -> int:
    """Return the place of the line that has most of the headings, the first of such."""

    def known(place: int) -> int:
        _number, cells = table[place]
        return sum(heading_key(cell) in headings for cell in cells)

    return max(range(min(_ABOVE, len(table))), key=known)


def _why(line: Line, *, first: bool) -> Why | None:
    """Return why a line below the heading is no row, None for a row."""
    _number, cells = line
    filled = [cell for cell in cells if cell]
    if first and len(filled) > 1 and all(map(_NUMBER.fullmatch, filled)):
        return Why.NUMBERS
    if _TOTAL.fullmatch(heading_key(filled[0])) and len(list(_words(filled))) == 1:
        return Why.TOTAL
    return None


def _words(cells: Sequence[str]) -> Iterator[str]:
    """Yield the cells that are more than a figure."""
    return (cell for cell in cells if not cell.replace(".", "").isdigit())


def _left_out(line: Line, why: Why) -> LeftOut:
    number, cells = line
    return LeftOut(number, " · ".join([cell for cell in cells if cell][:3])[:120], why)
