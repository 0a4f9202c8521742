"""Where on the sheets of a file the tables are: their headings, their rows, and what
stands around them and is no row (titles, numbers of columns, groups, totals,
signatures). Nothing is left out unsaid.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.documents.tables.sheets import Book, Line, Sheet, Table
from app.vietnamese import fold, seen

BELOW = " › "  # between the heading of a group of columns and that of a column
_ABOVE = 20  # lines in which a heading is looked for
_LEAST = 2  # known headings that make a line a heading
_SAME = 0.6  # of the first table's headings make a line a heading again
_NUMBER = re.compile(r"\(?[0-9]{1,2}\)?[.)]?")  # as columns are numbered
_BEFORE = re.compile(r"^(\([0-9a-z]{1,2}\)|[0-9]{1,2}[.)])\s*")
_AFTER = re.compile(r"[\s*:?]+$|\s*\(\*\)$")
_TOTAL = re.compile(r"(tong cong|tong so|tong|cong)\b.{0,60}")
_SUM = re.compile(r"tong cong|tong so|tong|cong")
_COUNT = re.compile(r"\d[\d.,]*( [a-z/.]+){0,3}")  # “07 CSDL”
_GROUP = re.compile(r"(?:[ivx]{1,5}|[a-h])[.)]?", re.IGNORECASE)
_GROUP_NAME = re.compile(r"(?:[IVX]{1,5}|[A-H])[.)/]\s*\S.*", re.DOTALL)
_SIGNED = re.compile(
    r"nguoi (lap|khai|tong hop|bao cao)\b.{0,30}|thu truong\b.{0,40}|(pho )?giam doc"
    r"|(pho )?chu tich|(pho )?truong phong|ke toan( truong)?|noi nhan.{0,10}"
    r"|\(?ky\b.{0,40}|xac nhan cua.{0,60}|(tm|kt|tl|tuq)\. ?.{0,60}"
    r"|.{0,40}\bngay .{1,6}thang .{1,6}nam.{0,8}"
)
_NOTE = re.compile(r"(ghi chu\s*:|\(?\*+\)?).{3,}")
_MOST_SIGNED = 4  # cells of a line with signatures
_MOST_CONTINUED = 2  # cells of a line that goes on with the row above


class Why(StrEnum):
    """Why a line is no row of the table."""

    ABOVE = "above"  # before the heading
    NUMBERS = "numbers"  # (1) (2) (3)
    GROUP = "group"
    TOTAL = "total"
    HIDDEN = "hidden"
    REPEATED = "repeated"  # the heading once more
    NOTE = "note"
    SIGNED = "signed"  # who signs, and what stands below
    CONTINUED = "continued"  # the rest of what the row above says


# what somebody may take for a row all the same
DOUBTED = (Why.GROUP, Why.TOTAL, Why.HIDDEN, Why.NOTE, Why.SIGNED, Why.CONTINUED)


@dataclass(frozen=True)
class LeftOut:
    """A line that is no row: its number, how it begins, and why."""

    number: int
    text: str
    why: Why


@dataclass(frozen=True)
class Located:
    """A table: its lines, the heading first, those that were left out, the sheet that
    it stands on and the book of that.
    """

    lines: Table
    left_out: Sequence[LeftOut]
    sheet: Sheet
    book: Book


def heading_key(text: str) -> str:
    """Return a heading as it is compared: without marks and case, line breaks, the
    number before it, the asterisk or colon after it.
    """
    key = fold(seen(text))
    return _AFTER.sub("", _BEFORE.sub("", key)).strip()


def locate(
    book: Book,
    headings: Collection[str],
    taken: Collection[tuple[str, int]] = (),
) -> list[Located]:
    """Return the tables of all visible sheets of which `headings`, as `heading_key`
    gives them, are known; where none is, the first sheet from its first line. `taken`:
    lines that are rows although they do not look so, by sheet and number.
    """
    found: list[Located] = []
    for sheet in book.visible:
        lines = {number for name, number in taken if name == sheet.name}
        found += _Finder(book, sheet, headings, lines).tables()
    if found:
        return found
    first = book.first
    return [_Finder(book, first, headings, set()).from_line(0)] if first.table else []


def unread(found: Sequence[Located]) -> list[Sheet]:
    """Return the sheets of the book on which no table was found, hidden ones too."""
    if not found:
        return []
    read = {table.sheet.name for table in found}
    return [sheet for sheet in found[0].book.sheets if sheet.name not in read]


@dataclass
class _Finder:
    """Looks for the tables of one sheet."""

    book: Book
    sheet: Sheet
    headings: Collection[str]
    taken: set[int]
    _found: list[Located] = field(default_factory=list)

    def tables(self) -> list[Located]:
        """Return the tables; none where no line has two known headings."""
        table = self.sheet.table
        counts = [self._known(cells) for _number, cells in table[:_ABOVE]]
        if max(counts, default=0) < _LEAST:
            merged = [self._heading(place)[0] for place in range(len(counts))]
            counts = [self._known(cells) for cells in merged]
        if max(counts, default=0) < _LEAST:
            return []
        place = counts.index(max(counts))
        above = place - 1  # a group of headings stands above what counts most
        if above >= 0 and len(set(filter(None, table[above][1]))) > 1:
            known = self._known(self._heading(above)[0])
            place = above if known > counts[place] else place
        return self._from(place)

    def from_line(self, place: int) -> Located:
        """Return everything from a line on as one table, that line its heading."""
        table = self.sheet.table
        lines = list(table[place:])
        return Located(lines, [], self.sheet, self.book)

    def _from(self, place: int) -> list[Located]:
        """Return the table whose heading is at a place, and those that follow it."""
        table = self.sheet.table
        heading, height = self._heading(place)
        enough = max(_LEAST, round(self._known(heading) * _SAME))
        lines: Table = [(table[place][0], heading)]
        left_out = [_left_out(line, Why.ABOVE) for line in table[:place]]
        signed = False
        for at in range(place + height, len(table)):
            line = table[at]
            if line[0] in self.taken:
                lines.append(line)
            elif line[1] == table[place][1]:
                left_out.append(_left_out(line, Why.REPEATED))
            elif self._begins(line[1], enough):
                following = self._from(at)
                later = {number for number, _cells in table[at:]}
                kept = [one for one in following[0].left_out if one.number in later]
                first = Located(lines, left_out, self.sheet, self.book)
                second = Located(following[0].lines, kept, self.sheet, self.book)
                return [first, second, *following[1:]]
            elif not signed and len(lines) > 1 and _goes_on(lines[-1], line):
                lines[-1] = _together(lines[-1], line)
                left_out.append(_left_out(line, Why.CONTINUED))
            else:
                why = Why.SIGNED if signed else self._why(line, first=len(lines) == 1)
                signed = why is Why.SIGNED
                if why is None:
                    lines.append(line)
                else:
                    left_out.append(_left_out(line, why))
        return [Located(lines, left_out, self.sheet, self.book)]

    def _heading(self, place: int) -> tuple[list[str], int]:
        """Return the heading that begins at a place, and of how many lines it is: one
        whose groups of columns stand above them is read as one.
        """
        table = self.sheet.table
        heading, height = self._spread(table[place]), 1
        while place + height < len(table):
            joined = self._joined(heading, self._spread(table[place + height]))
            if len(self._names(joined)) <= len(self._names(heading)):
                break
            heading, height = joined, height + 1
        return (heading, height) if height > 1 else (table[place][1], 1)

    def _spread(self, line: Line) -> list[str]:
        """Return the cells of a line; what is merged sideways stands in each column."""
        number, cells = line
        spread = list(cells)
        for row, first, last in self.sheet.across:
            if row == number and first < len(cells):
                spread += [""] * (last + 1 - len(spread))
                spread[first : last + 1] = [cells[first]] * (last + 1 - first)
        return spread

    def _joined(self, above: Sequence[str], below: Sequence[str]) -> list[str]:
        """Return the headings of columns, each with that of its group where both are
        known together.
        """
        wide = max(len(above), len(below))
        padded = zip(
            [*above, *[""] * (wide - len(above))],
            [*below, *[""] * (wide - len(below))],
            strict=True,
        )
        joined = []
        for group, name in padded:
            both = f"{group}{BELOW}{name}"
            if name in ("", group):
                joined.append(group)
            elif self._is_known(both) or not self._is_known(name):
                joined.append(both)
            else:
                joined.append(name)
        return joined

    def _begins(self, cells: Sequence[str], enough: int) -> bool:
        """Tell whether a line below a table is the heading of another: it has many of
        the headings, or most of what it says are such.
        """
        known, filled = self._known(cells), sum(map(bool, cells))
        return known >= enough or (known > _LEAST - 1 and known * 2 >= filled)

    def _known(self, cells: Sequence[str]) -> int:
        return sum(map(self._is_known, cells))

    def _names(self, cells: Sequence[str]) -> set[str]:
        """Return the known headings among cells, one that stands over several once."""
        return {cell for cell in cells if self._is_known(cell)}

    def _is_known(self, cell: str) -> bool:
        return heading_key(cell) in self.headings

    def _why(self, line: Line, *, first: bool) -> Why | None:
        """Return why a line below the heading is no row, None for a row."""
        number, cells = line
        filled = [cell for cell in cells if cell]
        if first and len(filled) > 1 and all(map(_NUMBER.fullmatch, filled)):
            return Why.NUMBERS
        if number in self.sheet.hidden_rows:
            return Why.HIDDEN
        words = [cell for cell in filled if not cell.replace(".", "").isdigit()]
        if not words:
            return None
        if _is_total(words):
            return Why.TOTAL
        if self._is_group(line, filled, words):
            return Why.GROUP
        if len(filled) == 1 and _NOTE.fullmatch(fold(words[0])):
            return Why.NOTE
        signed = [_SIGNED.fullmatch(heading_key(word)) for word in words]
        if not first and len(filled) <= _MOST_SIGNED and all(signed):
            return Why.SIGNED
        return None

    def _is_group(self, line: Line, filled: list[str], words: list[str]) -> bool:
        """Tell whether a line names the group of those below it: “I. Lĩnh vực …”."""
        number, _cells = line
        numbered = len(filled) == 2 and _GROUP.fullmatch(filled[0])  # noqa: PLR2004 - “I”, its name
        merged = any(row == number for row, _first, _last in self.sheet.across)
        alone = len(words) == 1 and len(filled) <= 2  # noqa: PLR2004 - with a number
        named = len(filled) == 1 and _GROUP_NAME.fullmatch(filled[0])
        return bool(numbered or named or (merged and alone))


def _is_total(words: Sequence[str]) -> bool:
    """Tell whether words are of a total: “Tổng cộng: 7 CSDL”, in one cell or in
    several, of which the others count.
    """
    first, *others = map(heading_key, words)
    counts = all(map(_COUNT.fullmatch, others))
    return bool(counts and (_SUM if others else _TOTAL).fullmatch(first))


def _goes_on(row: Line, line: Line) -> bool:
    """Tell whether a line is the rest of the row above it: a cell or two that begin in
    small letters, below cells that say something, the row's name among them.
    """
    above = row[1]
    filled = [place for place, cell in enumerate(line[1]) if cell]
    name = next((place for place, cell in enumerate(above) if cell[:1].isalpha()), -1)
    return (
        name in filled
        and len(filled) <= _MOST_CONTINUED
        and all(
            line[1][place][0].islower() and place < len(above) and above[place]
            for place in filled
        )
    )


def _together(row: Line, line: Line) -> Line:
    number, cells = row
    rest = [*line[1], *[""] * (len(cells) - len(line[1]))]
    joined = [
        f"{cell} {more}" if more else cell
        for cell, more in zip(cells, rest, strict=False)
    ]
    return number, joined


def _left_out(line: Line, why: Why) -> LeftOut:
    number, cells = line
    return LeftOut(number, " · ".join([cell for cell in cells if cell][:3])[:120], why)
