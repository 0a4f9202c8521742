"""Rows of measurements as a spreadsheet has them: one measurement a row. All that is
wrong is told at once, each at its cell.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from app.documents.tables import finding
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.lookup import Lookup
from app.documents.tables.sheets import Book
from app.errors import MalformedError
from app.exchange.measurements import MOST
from app.register.queries import EntryView, Register
from app.vietnamese import clean, iso_day

MOST_ROWS = 20_000
CERTAINTY = "Mức xác thực"
MADE_UP = "Minh họa"
SOURCE = "Nguồn số liệu"
LONGEST = 1000  # letters of a text
_LEAST_HEADINGS = 3  # of a table that is meant
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"\d{1,15}(?:[.,]\d+)?")
_YES = frozenset({"có", "co", "x", "true", "1"})
WITHDRAWN = "rút"  # of what was recorded by mistake
_CERTAINTIES = "do-tin-cay"
_AS_AGENCIES_SAY = "co-quan-khai"
Measured = TypeVar("Measured")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: the number of its line, its heading, the mend."""

    line: int
    heading: str
    message: str


@dataclass
class ReadRows(Generic[Measured]):
    """What a file says: measurements with the lines that they come from, and what could
    not be read.
    """

    measured: list[Measured] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


Row = Mapping[str, str]


def read(
    book: Book,
    headings: Sequence[str],
    understood: Callable[[int, Row, list[Fault]], Measured | None],
) -> ReadRows[Measured]:
    """Return what `understood` makes of each row (its line, its cells by heading, where
    faults go). MalformedError where no table has these headings, or too many rows.
    """
    found: ReadRows[Measured] = ReadRows()
    for line, row in _rows(book, headings):
        measured = understood(line, row, found.faults)
        if measured is not None:
            found.measured.append(measured)
            found.lines.append(line)
    return found


def _rows(book: Book, headings: Sequence[str]) -> Iterator[tuple[int, Row]]:
    names = {heading_key(heading): heading for heading in headings}
    located = [each for each in finding.locate(book, names) if _is_meant(each, names)]
    if not located:
        needed = ", ".join(f"“{heading}”" for heading in headings)
        raise MalformedError(
            f"Tệp không có bảng nào với các cột {needed}; tải mẫu rồi điền vào đó"
        )
    if sum(len(table.lines) for table in located) > MOST_ROWS:
        raise MalformedError(f"Tối đa {MOST_ROWS} dòng một tệp; chia nhỏ tệp")
    for table in located:
        heads = [names.get(heading_key(cell), "") for cell in table.lines[0][1]]
        for number, line in table.lines[1:]:
            yield (
                number,
                {
                    head: clean(cell)
                    for head, cell in zip(heads, line, strict=False)
                    if head and clean(cell)
                },
            )


def _is_meant(table: Located, names: Mapping[str, str]) -> bool:
    """Tell whether enough columns of a table are headed as those that are looked for,
    beside those that every table of measurements has.
    """
    own = names.keys() - set(map(heading_key, (SOURCE, CERTAINTY, MADE_UP)))
    _number, heads = table.lines[0]
    return sum(heading_key(cell) in own for cell in heads) >= _LEAST_HEADINGS


@dataclass
class Cells:
    """The cells of a row, by heading: each is read as what it is, and what is wrong
    with one is told among `faults`. `views`: the entries that the file names, as read.
    """

    lookup: Lookup
    register: Register
    line: int
    row: Row
    faults: list[Fault]
    views: dict[UUID, EntryView]

    def fail(self, heading: str, message: str) -> None:
        """Tell what is wrong with a cell, and the mend."""
        self.faults.append(Fault(self.line, heading, message))

    def entry(self, heading: str, kind: str, named: str) -> EntryView | None:
        """Return the entry of a kind that a cell names ("một kết nối"); None for an
        empty cell.
        """
        text = self.row.get(heading)
        if text is None:
            return None
        day = self.register.at.as_of
        meant = self.lookup.meant(kind, text, day).entries
        if not meant:  # a code, in small letters
            meant = self.lookup.meant(kind, text.upper(), day).entries
        if len(meant) != 1:
            self.fail(heading, f"“{text}” không phải {named} trong danh mục")
            return None
        if meant[0] not in self.views:
            self.views |= self.register.by_ids(meant)
        return self.views[meant[0]]

    def concept(self, heading: str, scheme: str, named: str, default: str) -> str:
        """Return the code of a list that a cell gives ("một kênh kết nối")."""
        text = self.row.get(heading)
        if text is None:
            return default
        code, _name = self.lookup.concept(scheme, text)
        if code not in self.register.profile.lists.schemes[scheme].concepts:
            self.fail(heading, f"“{text}” không phải {named}")
        return code

    def certainty(self) -> str:
        """Return how sure the row is; what an agency says where nothing is said."""
        return self.concept(
            CERTAINTY, _CERTAINTIES, "một mức xác thực", _AS_AGENCIES_SAY
        )

    def source(self) -> str:
        """Return where the figure comes from."""
        return self.row.get(SOURCE, "")[:LONGEST]

    def made_up(self) -> bool:
        """Tell whether the row is marked as illustrative."""
        return self.row.get(MADE_UP, "").lower() in _YES

    def choice(
        self,
        heading: str,
        choices: Mapping[_Choice, str],
        default: _Choice | None = None,
    ) -> _Choice:
        """Return which of these words a cell says."""
        text = self.row.get(heading, "").lower()
        if not text and default is not None:
            return default
        for choice, name in choices.items():
            if text == name:
                return choice
        self.fail(heading, f"Ghi {', '.join(choices.values())}")
        return next(iter(choices))

    def number(self, heading: str, text: str, unsaid: str) -> float | None:
        """Return the number that a text says, as people write numbers; `unsaid` is what
        to do where it is not known.
        """
        text = text.replace(" ", "")
        if _THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        if not _PLAIN.fullmatch(text) or float(text.replace(",", ".")) > MOST:
            advice = f"Ghi một số từ 0 trở lên, ví dụ 1.234; chưa rõ thì {unsaid}"
            self.fail(heading, advice)
            return None
        return float(text.replace(",", "."))

    def day(self, heading: str) -> date | None:
        """Return the day of a cell; None for an empty one."""
        text = self.row.get(heading)
        return None if text is None else self.read_day(heading, text)

    def read_day(self, heading: str, text: str) -> date | None:
        """Return the day that a text says, as a part of a cell."""
        try:
            return date.fromisoformat(iso_day(text.strip()))
        except ValueError:
            self.fail(heading, f"“{text}” không phải một ngày; ghi như 31/12/2026")
            return None


def told(register: Register, code: str) -> str:
    """Return in words how sure a row is, as `Cells.certainty` reads it."""
    concept = register.profile.lists.schemes[_CERTAINTIES].concepts[code]
    return concept.labels["vi"]


def shown(day: date | None) -> str:
    """Return a day as it is written in a cell."""
    return day.strftime("%d/%m/%Y") if day else ""
