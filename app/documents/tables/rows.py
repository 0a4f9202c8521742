"""Rows of a table as what they say, and as proposals: each cell stands under the
header of a field of the profile, and is read by that field's type. `read`: the CSV
files of the reference data, whose headings are such headers.

Header: `title.vi`, `theme` (several values joined by `|`), `contact_point.email`;
repeated groups (`data_items`) hold JSON. Entries are named by id, by identifier, or by
the exact title that one entry has on the row's day. `effective_from` and `effective_to`
are days, or `open` where the day is unknown.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import clock
from app.clock import OPEN_START
from app.documents.tables import cells, relations
from app.documents.tables.headings import DAYS, IDENTIFIER, VERSION
from app.documents.tables.lookup import Lookup, Meant, citation, cited
from app.errors import FieldError, InvalidError, MalformedError
from app.register.codes import AGENCY
from app.vietnamese import clean, fold, iso_day
from app.workflow.proposals.inputs import ProposalRequest
from app.workflow.proposals.typed_bases import LAW, TYPED
from app.workflow.uploads.rows import ReadRow
from catalog_schema.profile import Field, Kind, Profile, Type

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
# as people write it, folded
_YES = {
    "true": True,
    "co": True,
    "x": True,
    "v": True,
    "✓": True,
    "✔": True,
    "1": True,
    "yes": True,
    "0": False,
    "no": False,
    "false": False,
    "khong": False,
}
_LONGEST_NUMBER = 16  # digits
_TELEPHONE = "telephone"
# a telephone number that lost its zero: of a mobile one, of an office
_NO_ZERO = re.compile(r"[2-9]\d{8}|2\d{9}")
_PARTED = re.compile(r"[\s.()\-–]")
_LEVEL = re.compile(r"(?:cap do|cap|muc)\s*(\d)")  # folded: “Cấp độ 3”
_NOT_HELD = "căn cứ chưa có trong danh mục, ghi như đã nêu; đơn vị quản lý gắn sau"
_IN_WORDS = re.compile(
    r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE
)
_SHORT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})")
_WITH_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T")
# between several names in one cell
_PARTING = re.compile(r"[,;|+\n]|\s(?:và|VÀ)\s")
# what a spreadsheet shows where a formula failed, or was never computed
_FAILED = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|FORMULA!)")


@dataclass(frozen=True)
class Row:
    """One line of the file: its number as a spreadsheet shows it, and its cells by
    header, blanks left out.
    """

    number: int
    cells: Mapping[str, str]


def read(data: bytes) -> list[Row]:
    """Read a CSV file (UTF-8, with or without BOM); MalformedError when it is none or
    too large.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(
            f"Tệp lớn {len(data)} byte; tối đa {MAX_BYTES} byte, hãy chia nhỏ"
        )
    try:
        rows = list(_of_lines(_lines(data.decode("utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise MalformedError(
            "Tệp không phải UTF-8; lưu lại dạng “CSV UTF-8”"
        ) from error
    except csv.Error as error:
        raise MalformedError(f"Tệp không đúng dạng CSV: {error}") from error
    if len(rows) > MAX_ROWS:
        raise MalformedError(
            f"Tệp có {len(rows)} dòng; tối đa {MAX_ROWS} dòng, hãy chia nhỏ"
        )
    return rows


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a CSV file that hold anything, numbered as a spreadsheet shows
    them.
    """
    for number, line in enumerate(cells.lines(text), start=1):
        if any(clean(cell) for cell in line):
            yield number, line


def _of_lines(lines: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    _number, header = next(lines, (1, []))
    for number, line in lines:
        if len(line) > len(header):
            raise MalformedError(f"Dòng {number} có nhiều ô hơn tiêu đề")
        yield Row(number, _cells(header, line))


def _cells(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    return {
        name.strip(): clean(cells.bare(text))
        for name, text in zip(header, line, strict=False)
        if clean(text)
    }


def request(
    session: Session,
    profile: Profile,
    kind: Kind,
    row: Row,
    coming: Mapping[tuple[str, str], UUID] | None = None,
) -> ProposalRequest:
    """Return what the row proposes; InvalidError names every cell that cannot be
    read.

    `coming`: entries that come in together with it, by kind and title.
    """
    read = read_row(Lookup(session, profile), kind, row, coming)
    if read.errors:
        raise InvalidError(
            f"Dòng {row.number}: có {len(read.errors)} ô phải sửa", read.errors
        )
    return ProposalRequest(
        kind.name, read.content, effective_from=read.start, effective_to=read.end
    )


def read_row(
    lookup: Lookup,
    kind: Kind,
    row: Row,
    coming: Mapping[tuple[str, str], UUID] | None = None,
    *,
    sheet: str = "",
    columns: Sequence[str] = (),
) -> ReadRow:
    """Return what a row says; `coming` as with `request`, `columns` the headers of its
    table, of which it may leave some blank.
    """
    reader = _CellReader(lookup, kind, row, coming or {})
    content = reader.content()
    return ReadRow(
        sheet,
        row.number,
        content,
        reader.start,
        reader.end,
        row.cells.get(IDENTIFIER, ""),
        row.cells.get(VERSION, ""),
        reader.errors,
        reader.read_as,
        [header for header in columns if header and header not in row.cells],
    )


def _day_of(text: str) -> str:
    """Return a day as ISO however offices write it, in words, with a time or a short
    year too; what is none stays as it was.
    """
    written = _IN_WORDS.fullmatch(text.strip()) or _SHORT_YEAR.fullmatch(text.strip())
    if written is None:
        return iso_day(text.partition("T")[0] if _WITH_TIME.match(text) else text)
    day, month, year = (int(part) for part in written.groups())
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()  # noqa: PLR2004 - a short year
    except ValueError:
        return text


def _whole(text: str) -> int | str:
    """Return a whole number, or what was written instead of one."""
    level = _LEVEL.fullmatch(fold(text))
    digits = level[1] if level else text.removesuffix(".0")
    plain = digits.isascii() and digits.isdigit() and len(digits) < _LONGEST_NUMBER
    return int(digits) if plain else text


def _as_cited(text: str) -> dict[str, str]:
    """Return a law that the register does not hold, as much as a text says of it."""
    law = citation(text)
    if law is None:
        return {"title": text}
    said = {"number": law.number, "issued": law.issued, "title": law.text}
    return {name: value for name, value in said.items() if value}


def _telephone(text: str) -> str:
    """Return the digits of a telephone number however it is parted, with the zero that
    a spreadsheet took from it; what is none stays as it was.
    """
    digits = _PARTED.sub("", text)
    if not digits.removeprefix("+").isdigit():
        return text
    return f"0{digits}" if _NO_ZERO.fullmatch(digits) else digits


class _CellReader:
    def __init__(
        self,
        lookup: Lookup,
        kind: Kind,
        row: Row,
        coming: Mapping[tuple[str, str], UUID],
    ) -> None:
        self.coming = coming
        self.lookup = lookup
        self.kind = kind
        self.row = row
        self.errors: list[FieldError] = []
        self.read_as: list[tuple[str, str, str]] = []
        self.start = self._day("effective_from")
        self.end = self._day("effective_to")

    def content(self) -> dict[str, Any]:
        """Return the content the cells give, noting in `errors` what cannot be read."""
        result: dict[str, Any] = {}
        for header, text in self._of_fields().items():
            if header not in (*DAYS, IDENTIFIER, VERSION):
                self._place(result, header, text)
        return result

    def _of_fields(self) -> Mapping[str, str]:
        """Return the cells under the headers of fields; an end of a connection that
        names no thing is an agency, or a group of them.
        """
        if self.kind.name != relations.KIND:
            return self.row.cells
        cells_of = relations.as_fields(self.row.cells)
        for end in ("source", "target"):
            unit = cells_of.pop(f"{end}_unit", "")
            if unit:
                known = self.lookup.meant(AGENCY, unit, self._day_of_reference())
                cells_of[end if known.entries else f"{end}_group"] = unit
        return cells_of

    def _place(self, content: dict[str, Any], header: str, text: str) -> None:
        if _FAILED.fullmatch(text):
            self._fail(
                header,
                f"Công thức trong Excel cho “{text}”; sửa, hoặc gõ giá trị vào ô",
            )
            return
        members, target, parts = self.kind.fields, content, header.split(".")
        while parts:
            name = parts.pop(0)
            field = next((f for f in members if f.name == name), None)
            if field is None:
                self._fail(header, "Tên cột chưa đúng mẫu; sửa tên cột")
                return
            if field.type is Type.GROUP and parts:
                members, target = field.fields, target.setdefault(name, {})
                if not isinstance(target, dict):
                    self._fail(
                        header,
                        "Cột này và một cột khác cùng ghi một trường; giữ một cột",
                    )
                    return
                continue
            self._set(target, field, parts, header, text)
            return

    def _set(
        self,
        target: dict[str, Any],
        field: Field,
        rest: list[str],
        header: str,
        text: str,
    ) -> None:
        if field.type is Type.LANG_TEXT and not field.many and len(rest) == 1:
            texts = target.setdefault(field.name, {})
            if isinstance(texts, dict):
                is_name = field.name == self.kind.title_field
                texts[rest[0]] = " ".join(text.split()) if is_name else text
            else:
                self._fail(
                    header, "Cột này và một cột khác cùng ghi một trường; giữ một cột"
                )
        elif field.type is Type.GROUP:
            target[field.name] = self._json(field, header, text)
        elif field.target_kind == LAW and field.many:
            self._laws(target, field, header, text)
        elif field.many:
            target[field.name] = [
                self._value(field, header, part) for part in self._several(field, text)
            ]
        else:
            target[field.name] = self._value(field, header, text)

    def _laws(
        self, target: dict[str, Any], field: Field, header: str, text: str
    ) -> None:
        """Take the laws that a cell cites; one that the register does not hold stays as
        it is cited, for the reviewer to link; what it does not say is asked for before
        sending.
        """
        may_be_typed = any(one.name == TYPED for one in self.kind.fields)
        named, typed = list[str](), list[dict[str, str]]()
        for part in cited(self._several(field, text)):
            comes = (LAW, part) in self.coming
            meant = self.lookup.meant(LAW, part, self._day_of_reference())
            if may_be_typed and not comes and not meant.entries:
                typed.append(_as_cited(part))
                self.read_as.append((header, part, _NOT_HELD))
            else:
                named.append(self._reference(field, header, part))
        if named:
            target[field.name] = list(dict.fromkeys(named))
        if typed:
            target[TYPED] = typed

    def _several(self, field: Field, text: str) -> list[str]:
        """Return the values of a cell that holds several: each on a line of its own,
        or parted by | or ;. A name that holds a comma stays whole, unless every part
        of it names an entry and the whole none.
        """
        if field.type is Type.REFERENCE:
            return list(self._named(field.target_kind or "", text))
        whole = field.type is Type.CONCEPT and self._concept(field, "", text) != text
        parts = [text] if whole else re.split(r"[|;\n]", text)
        return [part.strip(" -–•\t") for part in parts if part.strip(" -–•\t")]

    def _named(self, kind: str, text: str) -> Iterator[str]:
        day = self._day_of_reference()
        for line in re.split(r"[|;\n]", text):
            name = line.strip(" -–•\t")
            parts = [part.strip() for part in _PARTING.split(name) if part.strip()]
            if len(parts) > 1 and not self.lookup.meant(kind, name, day).entries:
                each = [self.lookup.meant(kind, part, day).entries for part in parts]
                if all(each):
                    yield from parts
                    continue
            if name:
                yield name

    def _json(self, field: Field, header: str, text: str) -> Any:
        try:
            return self._resolved(field.fields, header, json.loads(text))
        except (ValueError, RecursionError):
            self._fail(header, "Nhập JSON hợp lệ, ví dụ [{…}]")
            return None

    def _resolved(self, members: tuple[Field, ...], header: str, value: Any) -> Any:
        """Turn the names of entries inside JSON into ids; everything else stays for the
        profile to judge.
        """
        if isinstance(value, list):
            return [self._resolved(members, header, item) for item in value]
        if not isinstance(value, dict):
            return value
        by_name = {f.name: f for f in members}
        return {
            name: self._inner(by_name.get(name), f"{header}.{name}", inner)
            for name, inner in value.items()
        }

    def _inner(self, field: Field | None, header: str, value: Any) -> Any:
        if field is None:
            return value
        if field.type is Type.GROUP:
            return self._resolved(field.fields, header, value)
        if field.type not in (Type.REFERENCE, Type.CONCEPT):
            return value
        if isinstance(value, list):
            return [self._value(field, header, str(item)) for item in value]
        return self._value(field, header, str(value))

    def _value(self, field: Field, header: str, text: str) -> Any:
        match field.type:
            case Type.BOOLEAN:
                return _YES.get(fold(text), text)
            case Type.INTEGER:
                return _whole(text)
            case Type.REFERENCE:
                return self._reference(field, header, text)
            case Type.DATE:
                return _day_of(text)
            case Type.CONCEPT:
                return self._concept(field, header, text)
            case _ if field.name == _TELEPHONE:
                number = _telephone(text)
                if number != text:
                    self.read_as.append((header, text, number))
                return number
            case _:
                return text

    def _concept(self, field: Field, header: str, text: str) -> str:
        """Return the code of what a text calls by code or name, however it is set."""
        code, name = self.lookup.concept(field.code_list or "", text)
        if name:
            self.read_as.append((header, text, name))
        return code

    def _reference(self, field: Field, header: str, text: str) -> str:
        target = field.target_kind or ""
        coming = self.coming.get((target, text))
        if coming is not None:
            return str(coming)
        meant = self.lookup.meant(target, text, self._day_of_reference())
        if len(meant.entries) == 1:
            if meant.as_:
                self.read_as.append((header, text, meant.as_))
            return str(meant.entries[0])
        self._fail(header, f"“{text}”: {self._mend(target, text, meant)}")
        return text

    def _mend(self, target: str, text: str, meant: Meant) -> str:
        """Return what is wrong with a text that names no one entry, and what to do."""
        if meant.entries:
            names = f" ({meant.as_})" if meant.as_ else ""
            return (
                f"có {len(meant.entries)} mục như vậy{names} trong danh mục vào ngày "
                "này; ghi mã của mục"
            )
        day = self._day_of_reference()
        parts = [part.strip() for part in _PARTING.split(text) if part.strip()]
        known = [part for part in parts if self.lookup.meant(target, part, day).entries]
        if len(known) > 1:
            return (
                f"ô nêu nhiều mục ({'; '.join(known)}); trường này nhận một mục, ghi "
                "mục chịu trách nhiệm chính"
            )
        if meant.nearest:
            offered = " hoặc ".join(f"“{name}”" for name in meant.nearest)
            return f"chưa có trong danh mục vào ngày này; có phải {offered}?"
        return "không có mục như vậy trong danh mục vào ngày này; ghi mã của mục"

    def _day_of_reference(self) -> date:
        return self.start if self.start not in (None, OPEN_START) else clock.today()

    def _day(self, name: str) -> date | None:
        text = self.row.cells.get(name)
        if text is None:
            return None
        if text == "open":
            return OPEN_START if name == "effective_from" else clock.OPEN_END
        try:
            return date.fromisoformat(iso_day(text))
        except ValueError:
            self._fail(
                name,
                "Nhập ngày có thật, dạng 31/12/2026 hoặc năm-tháng-ngày; open "
                "nếu không rõ",
            )
            return None

    def _fail(self, header: str, message: str) -> None:
        self.errors.append(FieldError(header, "cell", message))
