"""Rows of a CSV file as proposals: the header names the profile's fields, every cell is
read by the field's type.

Header: `title.vi`, `theme` (several values joined by `|`), `contact_point.email`;
repeated groups (`data_items`) hold JSON. Entries are named by id, by identifier, or by
the exact title that one entry has on the row's day. `effective_from` and `effective_to`
are days, or `open` where the day is unknown.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.clock import OPEN_START
from app.documents.tables import cells
from app.documents.tables.finding import heading_key
from app.documents.tables.sheets import Table
from app.errors import FieldError, InvalidError, MalformedError
from app.register import codes
from app.register.content import facts
from app.register.models import Entry, Period, Version
from app.register.standing import stands
from app.vietnamese import clean, fold, iso_day, seen
from app.workflow.proposals.inputs import ProposalRequest
from catalog_schema.profile import Field, Kind, Profile, Stage, Type

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
# as people write it, folded
_YES = {
    "true": True,
    "co": True,
    "x": True,
    "false": False,
    "khong": False,
}
_DAYS = ("effective_from", "effective_to")
_BELOW = " › "  # between the label of a group and that of its field
# columns that only number the rows
_COUNTING = frozenset(["stt", "tt", "so tt", "so thu tu", "no", "no."])


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


def of_table(kind: Kind, table: Table) -> list[Row]:
    """Return the rows of a spreadsheet whose first line names its columns: by field, or
    by the field's label.

    Values that a person would write are taken as well: a day as 31/12/2026, the name of
    a code for the code. Columns that only number the rows are left out; MalformedError
    for a table without a heading and a row, for two columns of one name and for a cell
    that is under none.
    """
    if len(table) < 2:  # noqa: PLR2004 - a heading and a row
        raise MalformedError("Tệp không có dòng nào dưới tiêu đề")
    known = known_headings(kind)
    headers = [known.get(heading_key(cell), cell.strip()) for cell in table[0][1]]
    twice = next((name for name in headers if name and headers.count(name) > 1), None)
    if twice:
        raise MalformedError(f"Có hai cột cùng ghi “{twice}”; giữ một cột")
    rows = []
    for number, line in table[1:]:
        given = {place: clean(text) for place, text in enumerate(line) if clean(text)}
        nameless = next(
            (place for place in given if place >= len(headers) or not headers[place]),
            None,
        )
        if nameless is not None:
            raise MalformedError(
                f"Dòng {number} có ô thứ {nameless + 1} không nằm dưới tiêu đề "
                "nào; thêm tiêu đề"
            )
        named = {headers[place]: text for place, text in given.items()}
        rows.append(
            Row(
                number,
                {
                    name: text
                    for name, text in named.items()
                    if fold(name) not in _COUNTING
                },
            )
        )
    return rows


def columns(kind: Kind) -> list[tuple[str, Field]]:
    """Return what a spreadsheet of the kind asks for: heading and field, what is needed
    to send first.

    Fields of a group that stands once have a column each; a group that repeats has no
    place in a row.
    """
    labels, walked = headings(kind), list(kind.walk())
    repeated = tuple(
        f"{dotted}."
        for dotted, field in walked
        if field.type is Type.GROUP and field.many
    )
    single = [
        (dotted, field) for dotted, field in walked if field.type is not Type.GROUP
    ]
    found = [
        (labels[dotted], field)
        for dotted, field in single
        if not dotted.startswith(repeated)
    ]
    return sorted(
        found, key=lambda column: not Stage.SUBMIT.includes(column[1].mandatory_at)
    )


def headings(kind: Kind) -> dict[str, str]:
    """Return the heading of every field, with the labels of the groups that it is in,
    by its dotted name.
    """
    found: dict[str, str] = {}
    for dotted, field in kind.walk():
        above = dotted.rpartition(".")[0]
        found[dotted] = (f"{found[above]}{_BELOW}" if above else "") + field.labels[
            "vi"
        ]
    return found


def known_headings(kind: Kind) -> dict[str, str]:
    """Return how columns may be headed: name or Vietnamese label, as `heading_key`
    gives it → the header that `read` knows.
    """
    found: dict[str, str] = {}
    labels = headings(kind)
    for dotted, field in kind.walk():
        header = (
            f"{dotted}.vi"
            if field.type is Type.LANG_TEXT and not field.many
            else dotted
        )
        for name in (dotted, header, labels[dotted], field.labels["vi"]):
            found.setdefault(heading_key(name), header)
    days = {"hieu luc tu ngay": "effective_from", "hieu luc den ngay": "effective_to"}
    return found | days | {name: name for name in _DAYS}


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
    reader = _CellReader(session, profile, kind, row, coming or {})
    content = reader.content()
    if reader.errors:
        raise InvalidError(
            f"Dòng {row.number}: có {len(reader.errors)} ô phải sửa", reader.errors
        )
    return ProposalRequest(
        kind.name, content, effective_from=reader.start, effective_to=reader.end
    )


class _CellReader:
    def __init__(
        self,
        session: Session,
        profile: Profile,
        kind: Kind,
        row: Row,
        coming: Mapping[tuple[str, str], UUID],
    ) -> None:
        self.coming = coming
        self.profile = profile
        self.session = session
        self.kind = kind
        self.row = row
        self.errors: list[FieldError] = []
        self.start = self._day("effective_from")
        self.end = self._day("effective_to")

    def content(self) -> dict[str, Any]:
        """Return the content the cells give, noting in `errors` what cannot be read."""
        result: dict[str, Any] = {}
        for header, text in self.row.cells.items():
            if header not in _DAYS:
                self._place(result, header, text)
        return result

    def _place(self, content: dict[str, Any], header: str, text: str) -> None:
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
                texts[rest[0]] = text
            else:
                self._fail(
                    header, "Cột này và một cột khác cùng ghi một trường; giữ một cột"
                )
        elif field.type is Type.GROUP:
            target[field.name] = self._json(field, header, text)
        elif field.many:
            target[field.name] = [
                self._value(field, header, part.strip()) for part in text.split("|")
            ]
        else:
            target[field.name] = self._value(field, header, text)

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
        if field.type is Type.REFERENCE and isinstance(value, list):
            return [self._value(field, header, str(item)) for item in value]
        return (
            self._value(field, header, str(value))
            if field.type is Type.REFERENCE
            else value
        )

    def _value(self, field: Field, header: str, text: str) -> Any:
        match field.type:
            case Type.BOOLEAN:
                return _YES.get(fold(text), text)
            case Type.INTEGER:
                return (
                    int(text)
                    if text.isascii() and text.isdigit() and len(text) < 16  # noqa: PLR2004
                    else text
                )
            case Type.REFERENCE:
                return self._reference(field, header, text)
            case Type.DATE:
                return iso_day(text)
            case Type.CONCEPT:
                concepts = self.profile.lists.schemes[
                    field.code_list or ""
                ].concepts.values()
                named = [
                    one.code for one in concepts if fold(one.labels["vi"]) == fold(text)
                ]
                return named[0] if len(named) == 1 else text
            case _:
                return text

    def _reference(self, field: Field, header: str, text: str) -> str:
        coming = self.coming.get((field.target_kind or "", text))
        if coming is not None:
            return str(coming)
        found = list(
            find(
                self.session,
                self.profile.kinds[field.target_kind or ""],
                text,
                self._day_of_reference(),
            )
        )
        if len(found) != 1:
            what = "không có" if not found else f"có {len(found)}"
            self._fail(
                header,
                f"“{text}”: {what} mục như vậy trong danh mục vào ngày này; "
                "ghi mã của mục",
            )
            return text
        return str(found[0])

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


def find(session: Session, kind: Kind, text: str, day: date) -> Iterator[UUID]:
    """Yield the entries of a kind that `text` names on `day`: by id, by identifier, by
    title, else an agency by the code that it holds. Of a title, case and what nobody
    sees do not count, marks do; the very same title goes first.
    """
    by_identifier = select(Entry.id).where(
        Entry.kind == kind.name, Entry.local_id == text
    )
    with suppress(ValueError):
        by_identifier = select(Entry.id).where(
            Entry.kind == kind.name, Entry.id == UUID(text)
        )
    exact = list(session.scalars(by_identifier))
    if exact:
        yield from exact
        return
    named = select(Entry.id, Version.title).join(Version, Version.entry_id == Entry.id)
    named = named.join(Period, Period.version_id == Version.id)
    named = named.where(
        Version.match_key == facts.match_key(kind, seen(text)),
        Entry.kind == kind.name,
        stands(),
        Period.valid_from <= day,
        Period.valid_to > day,
    )
    alike = [
        (entry_id, title)
        for entry_id, title in session.execute(named.distinct())
        if seen(title).lower() == seen(text).lower()
    ]
    same = [entry_id for entry_id, title in alike if title == text]
    found = same or [entry_id for entry_id, _title in alike]
    if not found and kind.name == codes.AGENCY:
        found = codes.holders(session, text, day)
    yield from dict.fromkeys(found)
