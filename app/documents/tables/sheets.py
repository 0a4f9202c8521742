"""A table that somebody sent, as rows of texts: an Excel file in the sandbox, or CSV.

`parse` is what runs in the sandbox; `read` is what the rest of the application calls.
"""

import csv
import io
import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.errors import FieldError, InvalidError
from app.sandbox import Limits, RefusedError, Sandbox

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 10_000  # characters

# the number of the row as a spreadsheet shows it, and its cells
Line = tuple[int, list[str]]
Table = list[Line]


def read(data: bytes) -> Table:
    """Return the rows of the first sheet that has any, blank ones left out, every cell
    as text; days as ISO.

    InvalidError for what is neither Excel nor CSV in UTF-8, is too large, or has a cell
    that no person typed.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(
            f"Tệp lớn {len(data)} byte; tối đa {MAX_BYTES} byte, hãy chia nhỏ"
        )
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return [(number, cells) for number, cells in json.loads(_sandbox().run(data))]
    return _checked(_csv(data))


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    return Sandbox("app.documents.tables.sheets:parse", Limits(memory=1 << 30))


def parse(data: bytes) -> bytes:
    """Return the rows as JSON; RefusedError says why not."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            rows = _checked(
                [
                    [_text(cell) for cell in row]
                    for row in book.get_sheet_by_name(name).iter_rows()
                ]
            )
            if rows:
                return json.dumps(rows).encode()
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedError(
            "Không đọc được tệp Excel này; lưu lại dạng .xlsx không đặt mật "
            "khẩu, hoặc CSV"
        ) from error
    except InvalidError as error:
        raise RefusedError(error.message) from error
    return b"[]"


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


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        )
    except UnicodeDecodeError as error:
        raise _invalid(
            "Tệp không phải UTF-8; lưu lại dạng .xlsx hoặc “CSV UTF-8”"
        ) from error
    except csv.Error as error:
        raise _invalid(f"Tệp không đúng dạng CSV: {error}") from error


def _checked(rows: list[list[str]]) -> Table:
    stripped = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(rows, start=1)
    ]
    kept = [(number, row) for number, row in stripped if any(row)]
    if len(kept) > MAX_ROWS or any(len(row) > MAX_COLUMNS for _, row in kept):
        raise _invalid(f"Tệp có quá {MAX_ROWS} dòng hoặc {MAX_COLUMNS} cột; chia nhỏ")
    if any(len(cell) > MAX_CELL for _, row in kept for cell in row):
        raise _invalid(f"Có ô dài hơn {MAX_CELL} ký tự; rút gọn")
    return kept


def _invalid(message: str) -> InvalidError:
    return InvalidError(message, [FieldError("file", "table", message)])


def warm() -> None:
    """Load everything that reading needs, since nothing can be loaded later."""
    import xlsxwriter  # noqa: PLC0415 - only the warm process makes a sample

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "Mẫu")
    parse(stream.getvalue())
