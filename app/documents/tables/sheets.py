"""A table that somebody sent, as rows of texts: an Excel file in the sandbox, or CSV.

`parse` is what runs in the sandbox; `read` is what the rest of the application calls.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import xlsxwriter
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app import files
from app.documents.tables import cells
from app.errors import FieldError, InvalidError
from app.sandbox import Limits, RefusedError, Sandbox

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_LINES = 200_000  # blank ones too
MAX_COLUMNS = 200
MAX_UNPACKED = 50_000_000  # bytes of an Excel file
MAX_PARTS = 500
MAX_CELL = 10_000  # characters

# the number of the row as a spreadsheet shows it, and its cells
Line = tuple[int, list[str]]
Table = list[Line]


@dataclass(frozen=True)
class Book:
    """The rows of the first visible sheet that has any, and the names of the others
    that have some: visible ones, hidden ones.
    """

    table: Table
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def read(data: bytes, *, public: bool = False) -> Table:
    """Return the rows of the sheet that is read: see `read_book`."""
    return read_book(data, public=public).table


def read_book(data: bytes, *, public: bool = False) -> Book:
    """Return what a file holds: blank rows left out, every cell as text, days as ISO. A
    cell that was merged downwards holds for each of its rows.

    `public`: anybody may ask for it, so it waits where no agency waits.
    InvalidError for what is neither Excel nor CSV in UTF-8, is too large, or has a cell
    that no person typed.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(
            f"Tệp lớn {len(data)} byte; tối đa {MAX_BYTES} byte, hãy chia nhỏ"
        )
    found = json.loads(_sandbox(public=public).run(data))
    table = [(number, cells) for number, cells in found["table"]]
    return Book(table, found["others"], found["hidden"])


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


def parse(data: bytes) -> bytes:
    """Return a `Book` as JSON; RefusedError says why not."""
    try:
        book = _workbook(data) if is_workbook(data) else Book(_checked(_csv(data)))
        return json.dumps(asdict(book)).encode()
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise RefusedError(
            "Không đọc được tệp Excel này; lưu lại dạng .xlsx không đặt mật "
            "khẩu, hoặc CSV"
        ) from error
    except InvalidError as error:
        raise RefusedError(error.message) from error


def _workbook(data: bytes) -> Book:
    if data.startswith(b"PK"):
        _require_small(zipfile.ZipFile(io.BytesIO(data)).infolist())
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: Table = []
    others, hidden = list[str](), list[str]()
    for each in book.sheets_metadata:
        if each.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(each.name)
        if each.visible is not SheetVisibleEnum.Visible:
            hidden += [each.name] if sheet.height else []
        elif found:
            others += [each.name] if sheet.height else []
        else:
            found = _checked(_filled_down(sheet))
    return Book(found, others, hidden)


def _filled_down(sheet: CalamineSheet) -> Iterator[list[str]]:
    """Yield the rows; what is merged downwards stands in each of its rows."""
    below = {
        (row, start[1]): start
        for start, end in sheet.merged_cell_ranges or ()
        for row in range(start[0] + 1, min(end[0], start[0] + MAX_ROWS) + 1)
    }
    first: dict[tuple[int, int], str] = {}
    starts = set(below.values())
    for number, row in enumerate(sheet.iter_rows()):
        cells = list(map(_text, row))
        for column, text in enumerate(cells):
            if (number, column) in starts:
                first[number, column] = text
            elif (number, column) in below and not text:
                cells[column] = first.get(below[number, column], "")
        yield cells


def kept(name: str, data: bytes, table: Table) -> tuple[str, bytes]:
    """Return what to keep of a file that was read: the file as it came, or its cells
    alone where it holds macros, under a name that says so.
    """
    if not files.has_macros(data):
        return name, data
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
        page = book.add_worksheet()
        for number, cells in table:
            for place, text in enumerate(cells):
                page.write_string(number - 1, place, text)
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
    """Yield the rows; InvalidError for what is no CSV in UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(
            "Tệp không phải UTF-8; lưu lại dạng .xlsx hoặc “CSV UTF-8”"
        ) from error
    try:
        yield from cells.lines(text)
    except csv.Error as error:
        raise _invalid(f"Tệp không đúng dạng CSV: {error}") from error


def _checked(rows: Iterable[list[str]]) -> Table:
    """Return the rows that hold anything; InvalidError as soon as there are too many,
    or one is too wide or too long.
    """
    table: Table = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if any(cells):
            table.append((number, cells))
        if len(table) > MAX_ROWS or number > MAX_LINES or len(cells) > MAX_COLUMNS:
            raise _invalid(
                f"Tệp có quá {MAX_ROWS} dòng hoặc {MAX_COLUMNS} cột; chia nhỏ"
            )
        if any(len(cell) > MAX_CELL for cell in cells):
            raise _invalid(f"Có ô dài hơn {MAX_CELL} ký tự; rút gọn")
    return table


def _invalid(message: str) -> InvalidError:
    return InvalidError(message, [FieldError("file", "table", message)])


def warm() -> None:
    """Load everything that reading needs, since nothing can be loaded later."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "Mẫu")
    parse(stream.getvalue())
    parse("Mẫu;Mẫu\n".encode("utf-8-sig"))
