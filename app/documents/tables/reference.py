"""What no agency declares - provinces, ministries, communes, laws, standards, codes of
the first level, national databases - read from files and compared with the register.

A file is as `rows` reads it. A column `formerly` names an agency as it was called
before, where no administrative unit tells that it is the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app import clock
from app.clock import OPEN_START
from app.documents.tables import rows
from app.documents.tables.rows import Row
from app.errors import FieldError, InvalidError
from app.register.content import facts, schema
from app.register.content.hashing import Content
from app.register.models import Entry, Period, Version
from app.register.standing import stands
from app.workflow.context import Desk
from app.workflow.intake.rows import SeveralRow
from catalog_schema.profile import DATABASE, Kind, Stage

FORMERLY = "formerly"
UNIT = "administrative_unit.code"
# what tells an entry from another of its kind, the surest first
KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "agency": (("name.vi",), (FORMERLY,), (UNIT, "classification")),
    "legal-document": (("number", "issuer_name", "issued"),),
    "data-standard": (("symbol",),),
    "identifier-code": (("value",),),
    DATABASE: (("title.vi",),),
    "data-concept": (("title.vi",),),
}
_SILENT = frozenset({"source_note"})  # whose change alone is no change


class Outcome(StrEnum):
    """What the register holds of a row; ASIDE is for people to look at: one side says
    that it has ended.
    """

    NEW = "mới"
    CHANGED = "khác"
    SAME = "như cũ"
    ASIDE = "xem tay"


@dataclass(frozen=True)
class ReferenceRow:
    """A row of a file beside the register."""

    title: str
    outcome: Outcome
    coming: SeveralRow


@dataclass(frozen=True)
class ReferenceFile:
    """A file of rows of one kind."""

    kind: str
    data: bytes


@dataclass(frozen=True)
class _Held:
    """What the register holds of an entry for some days."""

    entry_id: UUID
    version_id: UUID
    content: Content
    start: date
    end: date


def plan(desk: Desk, files: Sequence[ReferenceFile]) -> list[ReferenceRow]:
    """Return every row of the files beside the register; nothing is written.

    InvalidError names every cell that cannot be read. A file comes after those whose
    entries it names; a row that changes an entry comes after the row that begins it.
    """
    return _Comparison(desk, files).planned()


@dataclass(frozen=True)
class _FileRow:
    """A row of a file with the entry that it is about; `passed`: a later row of the
    files is about the same.
    """

    kind: str
    row: Row
    title: str
    entry_id: UUID
    new: bool
    passed: bool = False


class _Comparison:
    def __init__(self, desk: Desk, files: Sequence[ReferenceFile]) -> None:
        self.desk = desk
        self.read = [(file.kind, row) for file in files for row in rows.read(file.data)]
        self.by_key: dict[tuple[str, ...], list[_Held]] = defaultdict(list)
        self.by_entry: dict[UUID, list[_Held]] = defaultdict(list)
        for kind in {file.kind for file in files}:
            for held in _held(desk, kind):
                self.by_entry[held.entry_id].append(held)
                cells = _cells(desk.profile.kinds[kind], held.content)
                for key in _keys(kind, cells):
                    self.by_key[key].append(held)
        self.drawn: dict[tuple[str, ...], UUID] = {}

    def planned(self) -> list[ReferenceRow]:
        """Return the rows; first every row gets its entry, so that others can name
        it.
        """
        file_rows = self._file_rows()
        coming = {(row.kind, row.title): row.entry_id for row in file_rows}
        errors: list[FieldError] = []
        planned = []
        for row in file_rows:
            try:
                planned.append(self._planned(row, coming))
            except InvalidError as error:
                errors += [
                    replace(e, field=f"{row.title}, {e.field}") for e in error.fields
                ]
        if errors:
            raise InvalidError(f"Tệp có {len(errors)} chỗ phải sửa", errors)
        return planned

    def _file_rows(self) -> list[_FileRow]:
        found = []
        for kind, row in self.read:
            entry_id, new = self._entry(kind, row)
            found.append(_FileRow(kind, row, self._title(kind, row), entry_id, new))
        last = {row.entry_id: place for place, row in enumerate(found)}
        return [
            replace(row, passed=last[row.entry_id] != place)
            for place, row in enumerate(found)
        ]

    def _title(self, kind: str, row: Row) -> str:
        field = self.desk.profile.kinds[kind].title_field
        return row.cells.get(f"{field}.vi") or row.cells.get(field, "")

    def _entry(self, kind: str, row: Row) -> tuple[UUID, bool]:
        """Return the entry that a row is about, and whether it is new."""
        day = _start(row)
        named = list(_keys(kind, row.cells))
        known = [held for key in named for held in self.by_key.get(key, ())]
        there = [held for held in known if held.start <= day < held.end]
        if row.cells.get("effective_from", "open") == "open":
            there += known  # it may have ended, or be called otherwise by now
        if there:
            return there[0].entry_id, False
        drawn = next((self.drawn[key] for key in named if key in self.drawn), uuid4())
        for key in named:
            self.drawn[key] = drawn
        return drawn, True

    def _planned(
        self, row: _FileRow, coming: Mapping[tuple[str, str], UUID]
    ) -> ReferenceRow:
        kind, profile = self.desk.profile.kinds[row.kind], self.desk.profile
        cells = {key: text for key, text in row.row.cells.items() if key != FORMERLY}
        bare = replace(row.row, cells=cells)
        request = rows.request(self.desk.session, profile, kind, bare, coming)
        checked = schema.check(kind, request.content, Stage.ENTER, profile.base)
        whole = SeveralRow(
            row.kind,
            row.entry_id,
            dict(checked.content or request.content),
            request.effective_from or OPEN_START,
            request.effective_to,
            row.new,
        )
        if row.new:
            return ReferenceRow(row.title, Outcome.NEW, whole)
        return self._compared(kind, row, whole)

    def _compared(self, kind: Kind, row: _FileRow, whole: SeveralRow) -> ReferenceRow:
        """Return a row beside what the register holds: what a row begins that the
        register does not know yet holds from that day, any other difference from today.
        """
        if row.passed:  # a later row of the file says what became of it
            return ReferenceRow(row.title, Outcome.SAME, whole)
        own = self.by_entry[whole.entry_id]
        before = next((h for h in own if h.start < whole.start < h.end), None)
        today = clock.today()
        base = before or next((h for h in own if h.start <= today < h.end), None)
        since = whole.start if before else today
        ended = whole.end is not None and whole.end <= today
        if base is None or ended:
            outcome = Outcome.SAME if base is None and ended else Outcome.ASIDE
            return ReferenceRow(row.title, outcome, whole)
        merged = _merged(base.content, whole.content)
        changed = [
            kind.field(field).labels["vi"]
            for field in merged
            if field not in _SILENT and merged[field] != base.content.get(field)
        ]
        if not changed:
            return ReferenceRow(row.title, Outcome.SAME, whole)
        amended = replace(
            whole,
            content=merged,
            start=since,
            end=None,
            note="khác: " + ", ".join(changed),
            base=base.version_id,
        )
        return ReferenceRow(row.title, Outcome.CHANGED, amended)


def _merged(held: Content, told: Content) -> Content:
    """Return a content with what is told in its place, member by member within groups
    and texts of several languages.
    """
    merged = dict(held)
    for name, value in told.items():
        former = held.get(name)
        both = isinstance(value, dict) and isinstance(former, dict)
        merged[name] = {**former, **value} if both and former else value
    return merged


def _start(row: Row) -> date:
    """Return the first day of a row, today where it is open or not said."""
    text = row.cells.get("effective_from", "open")
    return clock.today() if text == "open" else date.fromisoformat(text)


def _held(desk: Desk, kind: str) -> Iterator[_Held]:
    """Yield what the register holds of a kind, the earliest days first."""
    query = (
        select(Version, Period.valid_from, Period.valid_to)
        .join(Period, Period.version_id == Version.id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.kind == kind, stands())
        .order_by(Period.valid_from)
    )
    for version, start, end in desk.session.execute(query):
        yield _Held(version.entry_id, version.id, version.content, start, end)


def _cells(kind: Kind, content: Content) -> dict[str, str]:
    """Return the texts of a content as a row has them."""
    cells = {f"{kind.title_field}.vi": facts.title(kind, content)}
    for name, value in content.items():
        if isinstance(value, dict):
            cells |= {f"{name}.{part}": str(text) for part, text in value.items()}
        else:
            cells[name] = str(value)
    return cells


def _keys(kind: str, cells: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield what tells the entry of a row from others, the surest first; letter case
    aside. A former name is looked for among names.
    """
    for names in KEYS[kind]:
        values = [str(cells.get(name, "")).lower() for name in names]
        if values[0]:
            looked_for = "name.vi" if names[0] == FORMERLY else names[0]
            yield (kind, looked_for, *values)
