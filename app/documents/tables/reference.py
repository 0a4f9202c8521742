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
# what tells an entry from another of its kind: the first of these that a row has
KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "agency": (("name.vi",), (FORMERLY,), (UNIT,)),
    "legal-document": (("number", "issuer_name", "issued"),),
    "data-standard": (("symbol",),),
    "identifier-code": (("value",),),
    DATABASE: (("title.vi",),),
}
_SILENT = frozenset({"source_note"})  # whose change alone is no change


class Outcome(StrEnum):
    """What the register holds of a row."""

    NEW = "mới"
    CHANGED = "khác"
    SAME = "như cũ"


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
    content: Content
    start: date
    end: date


def plan(desk: Desk, files: Sequence[ReferenceFile]) -> list[ReferenceRow]:
    """Return every row of the files beside the register; nothing is written.

    InvalidError names every cell that cannot be read. A file comes after those whose
    entries it names; a row that changes an entry comes after the row that begins it.
    """
    return _Planner(desk, files).rows()


class _Planner:
    def __init__(self, desk: Desk, files: Sequence[ReferenceFile]) -> None:
        self.desk = desk
        self.read = [(file.kind, row) for file in files for row in rows.read(file.data)]
        self.held = {kind: _held(desk, kind) for kind in {file.kind for file in files}}
        self.drawn: dict[tuple[str, ...], UUID] = {}

    def rows(self) -> list[ReferenceRow]:
        """Return the rows; first every row gets its entry, so that others can name
        it.
        """
        entries = [self._entry(kind, row) for kind, row in self.read]
        coming = {
            (kind, self._title(kind, row)): entry_id
            for (kind, row), (entry_id, _new) in zip(self.read, entries, strict=True)
        }
        errors: list[FieldError] = []
        planned = []
        for (kind, row), (entry_id, new) in zip(self.read, entries, strict=True):
            try:
                planned.append(self._compared(kind, row, entry_id, coming, new=new))
            except InvalidError as error:
                title = self._title(kind, row)
                errors += [
                    replace(e, field=f"{title}, {e.field}") for e in error.fields
                ]
        if errors:
            raise InvalidError(f"Tệp có {len(errors)} chỗ phải sửa", errors)
        return planned

    def _title(self, kind: str, row: Row) -> str:
        field = self.desk.profile.kinds[kind].title_field
        return row.cells.get(f"{field}.vi") or row.cells.get(field, "")

    def _entry(self, kind: str, row: Row) -> tuple[UUID, bool]:
        """Return the entry that a row is about, and whether it is new."""
        day = _start(row)
        named = list(_keys(kind, row.cells))
        known = [held for key in named for held in self.held[kind].get(key, ())]
        on_day = [held for held in known if held.start <= day < held.end]
        if row.cells.get("effective_from", "open") == "open":
            on_day += known  # it may have ended, or be called otherwise by now
        if on_day:
            return on_day[0].entry_id, False
        drawn = next((self.drawn[key] for key in named if key in self.drawn), uuid4())
        for key in named:
            self.drawn[key] = drawn
        return drawn, True

    def _compared(
        self,
        name: str,
        row: Row,
        entry_id: UUID,
        coming: Mapping[tuple[str, str], UUID],
        *,
        new: bool,
    ) -> ReferenceRow:
        kind, profile = self.desk.profile.kinds[name], self.desk.profile
        cells = {key: text for key, text in row.cells.items() if key != FORMERLY}
        bare = replace(row, cells=cells)
        request = rows.request(self.desk.session, profile, kind, bare, coming)
        checked = schema.check(kind, request.content, Stage.ENTER, profile.base)
        title, start = self._title(name, row), request.effective_from
        whole = SeveralRow(
            name,
            entry_id,
            dict(checked.content or request.content),
            OPEN_START if start is None else start,
            request.effective_to,
            new,
        )
        if new:
            return ReferenceRow(title, Outcome.NEW, whole)
        held = self._held_on(name, entry_id, whole.start)
        merged = {**held.content, **whole.content}
        changed = [
            kind.field(field).labels["vi"]
            for field in merged
            if field not in _SILENT and merged[field] != held.content.get(field)
        ]
        if not changed:
            return ReferenceRow(title, Outcome.SAME, whole)
        since = whole.start if whole.start > held.start else clock.today()
        note = "khác: " + ", ".join(changed)
        amended = replace(whole, content=merged, start=since, end=None, note=note)
        return ReferenceRow(title, Outcome.CHANGED, amended)

    def _held_on(self, kind: str, entry_id: UUID, day: date) -> _Held:
        """Return what the register holds of an entry on a day, what it held first where
        the day is before that.
        """
        own = [
            held
            for versions in self.held[kind].values()
            for held in versions
            if held.entry_id == entry_id
        ]
        first = min(own, key=lambda held: held.start)
        return next((held for held in own if held.start <= day < held.end), first)


def _start(row: Row) -> date:
    """Return the first day of a row, today where it is open or not said."""
    text = row.cells.get("effective_from", "open")
    return clock.today() if text == "open" else date.fromisoformat(text)


def _held(desk: Desk, kind: str) -> dict[tuple[str, ...], list[_Held]]:
    """Return what the register holds of a kind, by every key."""
    query = (
        select(Version.entry_id, Version.content, Period.valid_from, Period.valid_to)
        .join(Period, Period.version_id == Version.id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.kind == kind, stands())
        .order_by(Period.valid_from)
    )
    held: dict[tuple[str, ...], list[_Held]] = defaultdict(list)
    for entry_id, content, start, end in desk.session.execute(query):
        for key in _keys(kind, _cells(desk.profile.kinds[kind], content)):
            held[key].append(_Held(entry_id, content, start, end))
    return held


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
    """Yield what tells the entry of a row from others, the surest first."""
    for names in KEYS[kind]:
        values = [str(cells.get(name, "")) for name in names]
        if values[0]:
            # a former name is looked for among names
            named = "name.vi" if names == (FORMERLY,) else names[0]
            yield (kind, named, *values)
