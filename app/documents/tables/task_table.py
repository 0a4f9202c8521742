"""Tasks as HOANTHIEN_NV, the fourth table of the draft of Mẫu số 03: a row for each
content of a task, its 22 columns out of the register and back.

No cell is blank: what nobody knows is “Chưa xác định” with the lead agency and the day
by which it is settled, and is read back as unsaid. A content, and a task, says the same
in every row that names it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app import clock
from app.documents.tables import finding
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import Fault
from app.documents.tables.sheets import Book
from app.documents.tables.workbook import Editable, editable
from app.errors import MalformedError
from app.register.queries import EntryView
from app.vietnamese import clean, fold, iso_day
from catalog_schema.profile import Profile

SHEET = "HOANTHIEN_NV"
UNKNOWN, NOT_APPLICABLE, NONE = "Chưa xác định", "Không áp dụng", "Không có"
# by when the province's framework, of which the form is a part, is to be issued
# (QĐ 1425/QĐ-TTg Điều 3 khoản 4): by then what it leaves unknown is settled
SETTLED_BY = date(2027, 1, 29)
_ARTICLE = "bai-bao-2021"
_MADE_UP = " (minh họa)"
_MOST_ROWS = 5000
_LEAST = 8  # of the headings of a table that is meant
_SAID_UNKNOWN = re.compile(
    rf"{UNKNOWN}\s*;\s*đơn vị:\s*(?P<unit>.+?)\s*;\s*thời hạn:\s*"
    r"(?P<day>\d{1,2}/\d{1,2}/\d{4})(?:\s*\(minh họa\))?",
    re.IGNORECASE | re.DOTALL,
)
_SPAN = re.compile(
    r"(?P<first>[0-9/.-]{8,10})\s*(?:-|–|đến)\s*(?P<last>[0-9/.-]{8,10})"
)


@dataclass(frozen=True)
class Column:
    """A column: its heading, the field it tells, whether of the content, and the list
    of its values; `blank`: what stands there where nothing is to be said.
    """

    heading: str
    name: str
    of_content: bool = False
    scheme: str = ""
    blank: str = ""


COLUMNS = (
    Column("Mã nội dung", "code", of_content=True),
    Column("Đối tượng liên quan", "objects", of_content=True),
    Column("Hiện trạng", "present", of_content=True),
    Column("Yêu cầu cần đạt", "target", of_content=True),
    Column("Nội dung cần hoàn thiện", "gap", of_content=True),
    Column(
        "Phương án xử lý ở mức kiến trúc",
        "option",
        of_content=True,
        scheme="phuong-an-xu-ly",
    ),
    Column(
        "Phạm vi quản trị",
        "governance",
        of_content=True,
        scheme="pham-vi-quan-tri",
        blank=NOT_APPLICABLE,
    ),
    Column("Mã nhiệm vụ chuyển đổi kiến trúc", "code"),
    Column("Tên/mục tiêu nhiệm vụ chuyển đổi kiến trúc", "title"),
    Column("Kết quả kiến trúc cần đạt", "result"),
    Column("Cơ quan/đơn vị chủ trì nhiệm vụ chuyển đổi kiến trúc", "lead"),
    Column("Cơ quan phối hợp", "partners", blank=NOT_APPLICABLE),
    Column("Mức ưu tiên/phụ thuộc", "priority"),
    Column("Thời hạn/giai đoạn chuyển đổi dự kiến", "term_end"),
    Column("Nguồn lực dự kiến", "resources"),
    Column(
        "Tình trạng cụ thể hóa nhiệm vụ",
        "concreteness",
        scheme="tinh-trang-cu-the-hoa",
    ),
    Column(
        "Chương trình/kế hoạch/đề án/nhiệm vụ/dự án liên quan",
        "programmes",
        blank=NOT_APPLICABLE,
    ),
    Column("Tiến độ thực hiện", "progress"),
    Column("Tiêu chí và nguồn dữ liệu kiểm chứng kết quả kiến trúc", "criterion"),
    Column("Mức sẵn sàng dữ liệu", "readiness", scheme="muc-san-sang"),
    Column("Trạng thái thực hiện", "state", scheme="trang-thai-nhiem-vu"),
    Column("Ghi chú", "note", blank=NONE),
)
_BY_KEY = {heading_key(column.heading): column for column in COLUMNS}


# -- out


def xlsx(
    profile: Profile,
    tasks: Iterable[Mapping[str, Any]],
    named: Mapping[UUID, EntryView],
    due: date,
) -> bytes:
    """Return tasks (their contents) as a workbook with the form's sheet; `due`: by when
    what is unknown is settled where a task does not say.
    """
    rows = list(_rows(profile, tasks, named, due))
    headings = [column.heading for column in COLUMNS]
    return editable([Editable(SHEET, headings, rows, frozen=1)])


def _rows(
    profile: Profile,
    tasks: Iterable[Mapping[str, Any]],
    named: Mapping[UUID, EntryView],
    due: date,
) -> Iterable[Sequence[str]]:
    for task in tasks:
        unknown = _unknown(task, named, due)
        for content in task.get("contents", ()):
            yield [
                _cell(profile, column, content if column.of_content else task, named)
                or column.blank
                or unknown
                for column in COLUMNS
            ]


def _unknown(
    task: Mapping[str, Any], named: Mapping[UUID, EntryView], due: date
) -> str:
    lead = _title(named, task.get("lead"))
    day = iso_to_day(task.get("settle_by")) or f"{due:%d/%m/%Y}"
    made_up = _MADE_UP if task.get("certainty") == _ARTICLE else ""
    return f"{UNKNOWN}; đơn vị: {lead}; thời hạn: {day}{made_up}"


def _title(named: Mapping[UUID, EntryView], value: object) -> str:
    view = named.get(UUID(value)) if isinstance(value, str) and value else None
    return view.title if view else ""


def iso_to_day(text: object) -> str:
    """Return an ISO day as it is written, "" for none."""
    return f"{date.fromisoformat(text):%d/%m/%Y}" if isinstance(text, str) else ""


def _cell(
    profile: Profile,
    column: Column,
    said: Mapping[str, Any],
    named: Mapping[UUID, EntryView],
) -> str:
    value = said.get(column.name)
    match column.name:
        case "lead":
            return _title(named, value)
        case "partners":
            return "; ".join(filter(None, (_title(named, one) for one in value or ())))
        case "objects":
            return "; ".join(value or ())
        case "term_end":
            first, last = iso_to_day(said.get("term_start")), iso_to_day(value)
            return f"{first} - {last}" if first and last else last
    if column.scheme and value:
        concepts = profile.lists.schemes[column.scheme].concepts
        return concepts[value].labels["vi"] if value in concepts else str(value)
    return str(value or "")


# -- back


@dataclass
class ReadTasks:
    """What a file says: the content of each task, by its code, in order; what could not
    be read.
    """

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # where each begins
    faults: list[Fault] = field(default_factory=list)


def read(lookup: Lookup, book: Book) -> ReadTasks:
    """Return the tasks of a file; MalformedError where no table has these headings, or
    too many rows.
    """
    located = [table for table in finding.locate(book, _BY_KEY) if _meant(table)]
    if not located:
        raise MalformedError(
            f"Tệp không có bảng {SHEET} nào; tải bảng hiện có rồi sửa vào đó"
        )
    if sum(len(table.lines) for table in located) > _MOST_ROWS:
        raise MalformedError(f"Tối đa {_MOST_ROWS} dòng một tệp; chia nhỏ tệp")
    found = ReadTasks()
    for table in located:
        first, headings = table.lines[0]
        heads = [_BY_KEY.get(heading_key(cell)) for cell in headings]
        found.faults += _wrong_headings(first, headings, heads)
        for number, cells in table.lines[1:]:
            row = {
                column: clean(cell).strip()
                for column, cell in zip(heads, cells, strict=False)
                if column is not None
            }
            if any(row.values()):
                _Reader(lookup, found, number, row).add()
    return found


def _meant(table: Located) -> bool:
    """Tell whether a table has enough of the form's headings to be the one."""
    _line, headings = table.lines[0]
    return sum(heading_key(heading) in _BY_KEY for heading in headings) >= _LEAST


def _wrong_headings(
    line: int, headings: Sequence[str], heads: Sequence[Column | None]
) -> Iterable[Fault]:
    """Yield a fault for a column that the form does not have, or that is not there:
    what it says would be lost unseen.
    """
    for heading, column in zip(headings, heads, strict=True):
        if column is None and clean(heading).strip():
            yield Fault(line, clean(heading), "Không phải tên cột của mẫu")
    for column in COLUMNS:
        if column not in heads:
            message = "Thiếu cột này của mẫu; tải bảng hiện có rồi sửa vào đó"
            yield Fault(line, column.heading, message)


@dataclass
class _Reader:
    lookup: Lookup
    found: ReadTasks
    line: int
    row: Mapping[Column, str]

    def add(self) -> None:
        """Add what the row says to its task."""
        before = len(self.found.faults)
        task = self._side(of_content=False)
        content = self._side(of_content=True)
        codes = [side.get("code") for side in (task, content)]
        for code, column in zip(codes, (COLUMNS[7], COLUMNS[0]), strict=True):
            if not code:
                self._fail(
                    column, "Thiếu mã; mỗi dòng là một cặp mã nội dung, nhiệm vụ"
                )
        if len(self.found.faults) > before:
            return
        self.found.lines.setdefault(task["code"], self.line)
        known = self.found.tasks.setdefault(task["code"], {**task, "contents": []})
        said = {name: value for name, value in known.items() if name != "contents"}
        if said != task:
            self._fail(COLUMNS[7], "Cùng mã nhiệm vụ mà mô tả khác dòng trên")
        elif content["code"] in {row["code"] for row in known["contents"]}:
            self._fail(COLUMNS[0], "Cặp mã nội dung, mã nhiệm vụ này đã có ở dòng trên")
        elif self._contradicts(content):
            self._fail(COLUMNS[0], "Cùng mã nội dung mà mô tả khác dòng trên")
        else:
            known["contents"].append(content)

    def _contradicts(self, content: Mapping[str, Any]) -> bool:
        every = (row for task in self.found.tasks.values() for row in task["contents"])
        return any(row["code"] == content["code"] and row != content for row in every)

    def _fail(self, column: Column, message: str) -> None:
        self.found.faults.append(Fault(self.line, column.heading, message))

    def _side(self, *, of_content: bool) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for column, text in self.row.items():
            unknown = _SAID_UNKNOWN.fullmatch(text)
            if unknown is not None:
                day = iso_day(unknown["day"])
                if not of_content and day:
                    said["settle_by"] = day
            elif text and text != column.blank and column.of_content is of_content:
                said |= self._value(column, text)
        return said

    def _value(self, column: Column, text: str) -> dict[str, Any]:
        if column.scheme:
            return self._concept(column, text)
        match column.name:
            case "lead":
                agencies = self._agencies(column, [text])
                return {"lead": agencies[0]} if agencies else {}
            case "partners":
                names = [name.strip() for name in text.split(";") if name.strip()]
                return {"partners": sorted(self._agencies(column, names))}
            case "objects":
                codes = re.split(r"[;\n]", text)
                return {"objects": sorted(filter(None, map(str.strip, codes)))}
            case "term_end":
                return self._term(column, text)
        return {column.name: text}

    def _concept(self, column: Column, text: str) -> dict[str, Any]:
        concepts = self.lookup.profile.lists.schemes[column.scheme].concepts
        for code, concept in concepts.items():
            if fold(text) in {fold(concept.labels["vi"]), fold(code)}:
                return {column.name: code}
        labels = "; ".join(concept.labels["vi"] for concept in concepts.values())
        self._fail(column, f"“{text}” không có trong danh sách: {labels}")
        return {}

    def _agencies(self, column: Column, names: Sequence[str]) -> list[str]:
        found = []
        for name in names:
            meant = self.lookup.meant("agency", name, clock.today())
            if len(meant.entries) == 1:
                found.append(str(meant.entries[0]))
                continue
            like = "; ".join(meant.nearest)
            hint = f"; gần nhất: {like}" if like else ""
            self._fail(column, f"“{name}” không phải một cơ quan trong danh mục{hint}")
        return found

    def _term(self, column: Column, text: str) -> dict[str, Any]:
        span = _SPAN.fullmatch(text)
        parts = [span["first"], span["last"]] if span else [text]
        days = [iso_day(part) for part in parts]
        try:
            for day in days:
                date.fromisoformat(day)
        except ValueError:
            message = (
                f"“{text}” không phải ngày có thật; ghi một ngày hoặc khoảng ngày "
                "(dd/mm/yyyy - dd/mm/yyyy), không ghi “ngắn hạn”, “dài hạn”"
            )
            self._fail(column, message)
            return {}
        names = ["term_start", "term_end"] if span else ["term_end"]
        return dict(zip(names, days, strict=True))


def heading_of(name: str, *, of_content: bool) -> str:
    """Return what the table calls a field, "" for one that it has no column for."""
    for column in COLUMNS:
        if column.name == name and column.of_content is of_content:
            return column.heading
    return ""


@dataclass(frozen=True)
class Change:
    """A cell that a file changes: of which content ("" for the task's own), which
    column, from what, to what.
    """

    content: str
    heading: str
    before: str
    after: str


def changes(
    profile: Profile,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    named: Mapping[UUID, EntryView],
) -> list[Change]:
    """Return the cells in which a task differs from what it was."""
    was = {row["code"]: row for row in before.get("contents", ())}
    now = {row["code"]: row for row in after.get("contents", ())}
    found = list(_differing(profile, "", (before, after), named))
    for code in [*now, *(code for code in was if code not in now)]:
        sides = was.get(code, {}), now.get(code, {})
        found += _differing(profile, code, sides, named)
    return found


def _differing(
    profile: Profile,
    code: str,
    sides: tuple[Mapping[str, Any], Mapping[str, Any]],
    named: Mapping[UUID, EntryView],
) -> Iterable[Change]:
    for column in COLUMNS:
        if column.of_content is bool(code):
            before, after = (_cell(profile, column, side, named) for side in sides)
            if before != after:
                yield Change(code, column.heading, before, after)


def merged(
    case: Mapping[str, Any], task: Mapping[str, Any], due: date
) -> dict[str, Any]:
    """Return what a case says once a file has changed it: what the table has no column
    for stays. `due`: the day that `xlsx` named where a case itself names none.
    """
    told = {column.name for column in COLUMNS} | {"term_start", "contents"}
    kept = {name: value for name, value in case.items() if name not in told}
    content = {**kept, **task, "contents": _keyed(case, task["contents"])}
    named_by_table = task.get("settle_by") == due.isoformat()
    if case and "settle_by" not in case and named_by_table:
        del content["settle_by"]
    return {name: value for name, value in content.items() if value}


def _keyed(
    case: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return rows with the keys that they have in the case, new ones with new keys."""
    keys = {row["code"]: row.get("key") for row in case.get("contents", ())}
    taken = [int(key) for key in keys.values() if key and str(key).isdecimal()]
    following = max(taken, default=0) + 1
    keyed = []
    for row in rows:
        key = keys.get(row["code"])
        if key is None:
            key, following = str(following), following + 1
        keyed.append({"key": key, **row})
    return keyed
