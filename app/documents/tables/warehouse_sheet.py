"""What the shared warehouse holds, as a spreadsheet has it: a database, or one of its
items, a row; out and in.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.documents.tables import cells, measured_rows
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import (
    CERTAINTY,
    LONGEST,
    MADE_UP,
    SOURCE,
    WITHDRAWN,
    Cells,
    Fault,
    ReadRows,
    Row,
    shown,
)
from app.documents.tables.sheets import Book
from app.documents.tables.workbook import Editable, editable
from app.exchange import warehouse
from app.exchange.models import Integrated, WarehouseLoad
from app.exchange.warehouse import WHOLE_DATABASE, Load
from app.register.queries import EntryView, Register
from catalog_schema.profile import DATABASE

CODE, TITLE, ITEM, INTEGRATED = (
    "Mã cơ sở dữ liệu",
    "Tên cơ sở dữ liệu",
    "Hạng mục dữ liệu",
    "Tích hợp",
)
DAY, RECORDS, MISSING = "Ngày tích hợp", "Số bản ghi", "Còn thiếu"
HEADINGS = (
    CODE,
    TITLE,
    ITEM,
    INTEGRATED,
    DAY,
    RECORDS,
    MISSING,
    SOURCE,
    CERTAINTY,
    MADE_UP,
)
WORDS: Mapping[Integrated, str] = {
    Integrated.WHOLE: "toàn bộ",
    Integrated.PART: "một phần",
    Integrated.NONE: "chưa",
}
_OF_FIELDS = {"day": DAY, "item": ITEM, "missing": MISSING, "records": RECORDS}


def read(lookup: Lookup, register: Register, book: Book) -> ReadRows[Load]:
    """Return the rows of a file. MalformedError where it has no such table, or too many
    rows.
    """
    views: dict[UUID, EntryView] = {}

    def understood(line: int, row: Row, faults: list[Fault]) -> Load | None:
        if not row.keys() - {CODE, TITLE}:  # offered, and not filled in
            return None
        return _Reader(lookup, register, line, row, faults, views).load()

    return measured_rows.read(book, HEADINGS, understood)


def load(
    lookup: Lookup, register: Register, row: Row, faults: list[Fault]
) -> Load | None:
    """Return what a single row says, by heading; None where a cell is wrong, which is
    told among `faults`.
    """
    return _Reader(lookup, register, 0, row, faults, {}).load()


class _Reader(Cells):
    """A row about the warehouse."""

    def load(self) -> Load | None:
        """Return what the row says, None where a cell of it is wrong."""
        before = len(self.faults)
        view = self._database()
        withdrawn = self.row.get(INTEGRATED, "").lower() == WITHDRAWN
        integrated = None if withdrawn else self.choice(INTEGRATED, WORDS)
        day, records = self._day(), self._records()
        if view is None or day is None or len(self.faults) > before:
            return None
        found = Load(
            view.id,
            self.row.get(ITEM, WHOLE_DATABASE)[:LONGEST],
            day,
            integrated,
            records,
            self.row.get(MISSING, "")[:LONGEST],
            self.source(),
            self.certainty(),
            self.made_up(),
        )
        for fault in warehouse.faults(view, found):
            self.fail(_OF_FIELDS[fault.field], fault.message)
        return found if len(self.faults) == before else None

    def _database(self) -> EntryView | None:
        heading = CODE if CODE in self.row else TITLE
        if heading not in self.row:
            self.fail(CODE, "Ghi mã hoặc tên cơ sở dữ liệu")
        return self.entry(heading, DATABASE, "một cơ sở dữ liệu")

    def _day(self) -> date | None:
        if DAY not in self.row:
            self.fail(DAY, "Ghi ngày mà số liệu này đúng, như 31/12/2026")
        return self.day(DAY)

    def _records(self) -> int | None:
        if RECORDS not in self.row:
            return None
        number = self.number(RECORDS, self.row[RECORDS], "bỏ trống")
        if number is not None and not number.is_integer():
            self.fail(RECORDS, "Số bản ghi là số nguyên")
        return None if number is None else int(number)


def rows(
    register: Register, views: Sequence[EntryView], *, blank: bool = False
) -> list[list[str]]:
    """Return what is known of these databases as rows, as `read` reads them; `blank`:
    those of which nothing is known too, to be filled in.
    """
    by_id = {view.id: view for view in views}
    known = warehouse.latest(register, views)
    lines = [list(_row(register, by_id[row.entry_id], row)) for row in known]
    if blank:
        told = {row.entry_id for row in known}
        rest = len(HEADINGS) - len((CODE, TITLE))
        unsaid = [view for view in views if view.id not in told]
        lines += [[view.local_id, view.title, *[""] * rest] for view in unsaid]
    return lines


def _row(register: Register, view: EntryView, row: WarehouseLoad) -> Iterator[str]:
    yield view.local_id
    yield view.title
    yield row.item
    yield WORDS[row.integrated]
    yield shown(row.day)
    yield "" if row.records is None else str(row.records)
    yield row.missing
    yield row.source
    yield measured_rows.told(register, row.certainty)
    yield "có" if row.illustrative else ""


def workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook that can be changed and sent back."""
    return editable([Editable("Kho dùng chung", HEADINGS, lines, frozen=2)])


def csv(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV."""
    return cells.table(HEADINGS, lines)
