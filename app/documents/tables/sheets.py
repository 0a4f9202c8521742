"""A table that somebody sent, as rows of texts: an Excel file in the sandbox, or CSV.

`parse` is what runs in the sandbox; `read` is what the rest of the application calls.
"""

import codecs
import csv
import io
import json
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import xlsxwriter
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app import files
from app.documents.tables import cells, old_letters
from app.documents.tables.looks import Looks, Place, of_workbook
from app.documents.tables.old_letters import Letters, Turned
from app.errors import FieldError, InvalidError
from app.sandbox import Limits, RefusedError, Sandbox

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_LINES = 200_000  # blank ones too
MAX_COLUMNS = 200
MAX_UNPACKED = 50_000_000  # bytes of an Excel file
MAX_PARTS = 500
MAX_CELL = 10_000  # characters
MAX_CELLS = 500_000  # of a sheet, blank ones between others too
_MAX_MERGED = 200_000  # cells below the first of what is merged
_UNREADABLE = (CalamineError, zipfile.BadZipFile, ET.ParseError)
_WIDEST = 16_384  # cells of a row, blank ones too, as Excel allows
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEADING_ROWS = 5  # that may be merged sideways and downwards at once

# the number of the row as a spreadsheet shows it, and its cells
Line = tuple[int, list[str]]
Table = list[Line]


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet that hold anything, blank ones left out; every cell as text,
    days as ISO. A cell that was merged downwards holds for each of its rows.

    `hidden_rows`: those that somebody hid or filtered away, by number. `across`: what
    is merged sideways, as (number of the row, first column, last column).
    `old_letters`: cells that were not written in Unicode, by how they were written:
    the number of them, one as it is written and as it reads.
    """

    name: str
    table: Table
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()  # by place
    across: Sequence[tuple[int, int, int]] = ()
    old_letters: Mapping[str, tuple[int, str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """The sheets of a file that hold anything; of CSV, one without a name."""

    sheets: Sequence[Sheet]

    @property
    def visible(self) -> list[Sheet]:
        """The sheets that nobody hid."""
        return [sheet for sheet in self.sheets if not sheet.hidden]

    @property
    def first(self) -> Sheet:
        """The first visible sheet; an empty one where there is none."""
        return next(iter(self.visible), Sheet("", []))

    @property
    def others(self) -> list[str]:
        """The names of the visible sheets after the first."""
        return [sheet.name for sheet in self.visible[1:]]

    @property
    def hidden(self) -> list[str]:
        """The names of the hidden sheets."""
        return [sheet.name for sheet in self.sheets if sheet.hidden]


def read(data: bytes, *, public: bool = False) -> Table:
    """Return the rows of the first visible sheet: see `read_book`."""
    return read_book(data, public=public).first.table


def read_book(data: bytes, *, public: bool = False, unicode: bool = False) -> Book:
    """Return what a file holds.

    `public`: anybody may ask for it, so it waits where no agency waits. `unicode`: what
    was written in old letters (TCVN3, VNI) is turned.
    InvalidError for what is neither a spreadsheet nor CSV, is too large, or has a cell
    that no person typed.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(
            f"Tệp lớn {len(data)} byte; tối đa {MAX_BYTES} byte, hãy chia nhỏ"
        )
    options = {"unicode": "yes"} if unicode else {}
    found = json.loads(_sandbox(public=public).run(data, **options))
    return Book([_sheet(kept) for kept in found])


def _sheet(kept: dict[str, Any]) -> Sheet:
    table = [(number, cells) for number, cells in kept.pop("table")]
    across = [(row, first, last) for row, first, last in kept.pop("across")]
    return Sheet(table=table, across=across, **kept)


@lru_cache(maxsize=2)
def _sandbox(*, public: bool) -> Sandbox:
    return Sandbox(
        "app.documents.tables.sheets:parse",
        Limits(memory=768 << 20),
        slots=1 if public else 2,
        door="public-sandbox" if public else "sandbox",
    )


def is_workbook(data: bytes) -> bool:
    """Tell a workbook, which is refused where its end is missing, from text, of which
    nobody can tell whether it was cut.
    """
    return data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def parse(data: bytes, **options: str) -> bytes:
    """Return the sheets of a `Book` as JSON; RefusedError says why not."""
    unicode = options.get("unicode") == "yes"
    try:
        if is_workbook(data):
            sheets = list(_sheets(data, unicode=unicode))
        else:
            sheets = [_made("", _csv(data), Looks(), unicode=unicode)]
        return json.dumps([asdict(sheet) for sheet in sheets if sheet.table]).encode()
    except (*_UNREADABLE, ValueError, OSError) as error:
        raise RefusedError(_why_unreadable(data)) from error
    except InvalidError as error:
        raise RefusedError(error.message) from error


def _why_unreadable(data: bytes) -> str:
    """Say what to do about a file that is no readable workbook."""
    if _ENCRYPTED in data:
        return "Tệp Excel đặt mật khẩu; bỏ mật khẩu rồi lưu lại"
    return (
        "Không đọc được tệp Excel này; lưu lại dạng .xlsx không đặt mật khẩu, hoặc CSV"
    )


def _sheets(data: bytes, *, unicode: bool) -> Iterator[Sheet]:
    archive = None
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        _require_small(archive.infolist())
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = [
        (each, book.get_sheet_by_name(each.name))
        for each in book.sheets_metadata
        if each.typ is SheetTypeEnum.WorkSheet
    ]
    for _each, sheet in found:
        _require_few_cells(sheet)
    looks = of_workbook(archive) if archive else {}
    for each, sheet in found:
        look = looks.get(each.name, Looks())
        made = _made(each.name, _filled_down(sheet, look), look, unicode=unicode)
        hidden = each.visible is not SheetVisibleEnum.Visible
        yield replace(made, hidden=hidden, across=_across(sheet))


def _require_few_cells(sheet: CalamineSheet) -> None:
    """Raise InvalidError for a sheet that nobody has filled in by hand, before its
    cells are looked at.
    """
    if sheet.total_height > MAX_LINES or sheet.total_width > MAX_COLUMNS:
        raise _too_large()
    if sheet.height * sheet.width > MAX_CELLS:
        raise _invalid(f"Trang “{sheet.name}” có quá {MAX_CELLS} ô; chia nhỏ tệp")


def _made(name: str, rows: Iterable[list[str]], look: Looks, *, unicode: bool) -> Sheet:
    """Return a sheet of rows that were read; what is in old letters is counted, and
    turned where that was asked for.
    """
    table = _checked(rows)
    old = dict[str, tuple[int, str, str]]()
    for at, column, turned in _turned(table, look):
        line = table[at][1]
        count, written, reads = old.get(turned.letters, (0, line[column], turned.text))
        old[turned.letters] = (count + 1, written, reads)
        if unicode or turned.letters is Letters.MOJIBAKE:
            line[column] = turned.text
    hidden_rows = [number for number, _line in table if number - 1 in look.hidden_rows]
    return Sheet(
        name,
        table,
        hidden_rows=hidden_rows,
        hidden_columns=sorted(look.hidden_columns),
        old_letters=old,
    )


def _turned(table: Table, look: Looks) -> Iterator[tuple[int, int, Turned]]:
    """Yield the cells that are in old letters: those that can be nothing else, and
    those of the same column that read in the same letters too, where more of it is in
    these than in Unicode.
    """
    by_column = defaultdict[int, list[tuple[int, str, Turned | None]]](list)
    for at, (number, line) in enumerate(table):
        for column, text in enumerate(line):
            if not text.isascii():
                font = look.fonts.get((number - 1, column), "")
                turned = old_letters.turned(text, font)
                by_column[column].append((at, text, turned))
    for column, found in by_column.items():
        known = Counter(turned.letters for _at, _text, turned in found if turned)
        modern = sum(old_letters.is_unicode(text) for _at, text, _turned in found)
        letters, count = next(iter(known.most_common(1)), (None, 0))
        for at, text, turned in found:
            if turned is None and letters and count > modern:
                turned = old_letters.turned_as(letters, text)  # noqa: PLW2901
            if turned is not None:
                yield at, column, turned


def _across(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """Return what is merged over several columns, row by row."""
    return [
        (row + 1, start[1], end[1])
        for start, end in sheet.merged_cell_ranges or ()
        if end[1] > start[1]
        for row in range(start[0], min(end[0], start[0] + _HEADING_ROWS) + 1)
    ]


def _below(sheet: CalamineSheet) -> dict[Place, Place]:
    """Return the cells that are merged with one above, and that one."""
    below: dict[Place, Place] = {}
    count = 0
    for start, end in sheet.merged_cell_ranges or ():
        last = min(end[0], start[0] + MAX_ROWS)
        count += last - start[0]
        if count > _MAX_MERGED:
            raise _too_large()
        below |= {(row, start[1]): start for row in range(start[0] + 1, last + 1)}
    return below


def _filled_down(sheet: CalamineSheet, look: Looks) -> Iterator[list[str]]:
    """Yield the rows; what is merged downwards stands in each of its rows."""
    below = _below(sheet)
    first: dict[tuple[int, int], str] = {}
    starts = set(below.values())
    left = [""] * (sheet.start[1] if sheet.start else 0)  # columns that hold nothing
    for number, row in enumerate(sheet.iter_rows()):
        cells = left + [
            _shown(cell, (number, column), look)
            for column, cell in enumerate(row, start=len(left))
        ]
        for column, text in enumerate(cells):
            if (number, column) in starts:
                first[number, column] = text
            elif (number, column) in below and not text:
                cells[column] = first.get(below[number, column], "")
        yield cells


def _shown(cell: Any, place: Place, look: Looks) -> str:
    """Return what a cell shows, as text."""
    if place in look.errors:
        return look.errors[place]
    text = _text(cell)
    return text.zfill(look.widths[place]) if place in look.widths else text


def kept(name: str, data: bytes, book: Book) -> tuple[str, bytes]:
    """Return what to keep of a file that was read: the file as it came, or its cells
    alone where it holds macros, under a name that says so.
    """
    if not files.has_macros(data):
        return name, data
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        made.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
        for sheet in book.sheets:
            page = made.add_worksheet(sheet.name)
            for number in sheet.hidden_rows:
                page.set_row(number - 1, None, None, {"hidden": True})
            for number, cells in sheet.table:
                for place, text in enumerate(cells):
                    page.write_string(number - 1, place, text)
            if sheet.hidden:
                page.hide()
    return f"{name.rpartition('.')[0]} (bỏ macro).xlsx", stream.getvalue()


def _require_small(members: list[zipfile.ZipInfo]) -> None:
    """Raise InvalidError for a file that unpacks to more than anybody fills in."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise _invalid("Tệp Excel nở ra quá lớn; chép các dòng sang một tệp mới")


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return (
                cell.isoformat(sep=" ")
                if cell.time().isoformat() != "00:00:00"
                else cell.date().isoformat()
            )
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _csv(data: bytes) -> Iterator[list[str]]:
    """Yield the rows, cells as they were before `cells.guarded`; InvalidError for what
    is no CSV.
    """
    try:
        for line in cells.lines(_decoded(data)):
            yield [cells.bare(cell) for cell in line]
    except csv.Error as error:
        raise _invalid(f"Tệp không đúng dạng CSV: {error}") from error


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, windows-1258 or the letters of an old
    font; InvalidError for what is no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if b"\0" in data or data.lstrip()[:1] == b"<" or data.startswith(b"%PDF"):
        raise _invalid("Tệp không phải bảng tính; mở bằng Excel rồi lưu lại dạng .xlsx")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _of_one_byte(data)


def _of_one_byte(data: bytes) -> str:
    """Return text that has a byte for each letter: what windows-1258 makes of it where
    more lines read as Vietnamese so; else as fonts of before Unicode have it.
    """
    western = data.decode("cp1252", errors="replace")
    composed = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    lines = [line for line in composed.splitlines() if not line.isascii()]
    reading = sum(map(old_letters.reads, lines))
    turned = sum(map(bool, map(old_letters.turned, western.splitlines())))
    return western if turned > reading else composed


def _checked(rows: Iterable[list[str]]) -> Table:
    """Return the rows that hold anything; InvalidError as soon as there are too many,
    or one is too wide or too long.
    """
    table: Table = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            table.append((number, cells))
        wide = len(cells) > MAX_COLUMNS or len(row) > _WIDEST
        if wide or len(table) > MAX_ROWS or number > MAX_LINES:
            raise _too_large()
        if any(len(cell) > MAX_CELL for cell in cells):
            raise _invalid(f"Có ô dài hơn {MAX_CELL} ký tự; rút gọn")
    return table


def _too_large() -> InvalidError:
    return _invalid(f"Tệp có quá {MAX_ROWS} dòng hoặc {MAX_COLUMNS} cột; chia nhỏ")


def _invalid(message: str) -> InvalidError:
    return InvalidError(message, [FieldError("file", "table", message)])


def warm() -> None:
    """Load everything that reading needs, since nothing can be loaded later."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "C¬ së d÷ liÖu")
    parse(stream.getvalue())
    for encoding in ("utf-8-sig", "utf-16", "cp1258", "cp1252", "latin-1"):
        parse("Mẫu;Mẫu\n".encode(encoding, errors="replace"))
    for text in ("Së Y tÕ", "Sôû Y teá", "Sá»Ÿ Y táº¿"):
        old_letters.turned(text)
