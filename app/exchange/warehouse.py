"""What the shared warehouse holds of each database and item: how much of it, when it
was loaded last, how many records, what is missing. What corrects a row supersedes it.

An item of which nobody said anything is missing, unless all of its database is there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select

from app import clock, journal
from app.db import among
from app.errors import FieldError, ForbiddenError, InvalidError
from app.exchange.measurements import EARLIEST, require_single, valid
from app.exchange.models import Integrated, WarehouseLoad
from app.permissions import Action, Reach, reach, require
from app.register.content.facts import name_key
from app.register.queries import EntryView, Register
from app.workflow.context import Desk

RECORDED = "warehouse.recorded"
WHOLE_DATABASE = ""
_LISTED = 10  # items of a database that a message names
NOT_OWN = (
    "Chỉ ghi được cơ sở dữ liệu của cơ quan mình; kho do đơn vị vận hành ghi cho mọi "
    "cơ quan"
)


@dataclass(frozen=True)
class Load:
    """A row to be recorded; see `WarehouseLoad`. `integrated` None: what was recorded
    by mistake of that day is withdrawn.
    """

    database: UUID
    item: str
    day: date
    integrated: Integrated | None
    records: int | None
    missing: str
    source: str
    certainty: str
    illustrative: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What it is said of: two of one key cannot hold at once."""
        return self.database, name_key(self.item), self.day


@dataclass(frozen=True)
class Change:
    """What a row would do: `before` is what it corrects, None where it is new."""

    load: Load
    before: WarehouseLoad | None

    @property
    def same(self) -> bool:
        """Whether it says what is recorded already."""
        if self.load.integrated is None:
            return self.before is None
        return self.before is not None and _said(self.before) == _said(self.load)


def _key(row: WarehouseLoad) -> tuple[object, ...]:
    return row.entry_id, name_key(row.item), row.day


def _said(row: Load | WarehouseLoad) -> tuple[object, ...]:
    measure = row.integrated, row.records, row.missing
    return *measure, row.source, row.certainty, row.illustrative


def compare(register: Register, loads: Sequence[Load]) -> list[Change]:
    """Return what each of these rows would do."""
    rows = _rows(register, {load.database for load in loads})
    known = {_key(row): row for row in rows}
    return [Change(load, known.get(load.key)) for load in loads]


def record(desk: Desk, register: Register, loads: Sequence[Load]) -> list[Change]:
    """Record rows as one act; return what each did. ForbiddenError unless the actor may
    count for every agency, or each is of a database of the actor's agency; InvalidError
    for a day still to come, or an item that its database does not have.
    """
    require(desk.actor, Action.COUNT, desk.actor.agency_id)
    if len(recordable(desk, register, loads)) < len(loads):
        raise ForbiddenError(NOT_OWN)
    require_single(loads)
    views = register.by_ids({load.database for load in loads})
    wrong = [fault for load in loads for fault in faults(views[load.database], load)]
    if wrong:
        raise InvalidError(wrong[0].message, wrong)
    changes = compare(register, loads)
    fresh = [change for change in changes if not change.same]
    if fresh:
        loads_to_keep = [
            change.load for change in fresh if change.load.integrated is not None
        ]
        new = [_row(desk, load) for load in loads_to_keep]
        old = [change.before for change in fresh if change.before is not None]
        note = journal.Note(RECORDED, recorded=new, superseded=old)
        journal.record(desk.session, note)
    return changes


def _row(desk: Desk, load: Load) -> WarehouseLoad:
    return WarehouseLoad(
        id=uuid4(),
        entry_id=load.database,
        item=load.item,
        day=load.day,
        integrated=load.integrated,
        records=load.records,
        missing=load.missing,
        source=load.source,
        certainty=load.certainty,
        illustrative=load.illustrative,
        agency_id=desk.actor.agency_id,
        post_id=desk.actor.post_id,
    )


def faults(view: EntryView, load: Load) -> list[FieldError]:
    """Return what is wrong with a row about a database, by its fields."""
    errors = []
    if load.day > clock.today():
        message = "Ngày tích hợp không được sau hôm nay"
        errors.append(FieldError("day", "future", message))
    if load.day < EARLIEST:
        message = f"Năm {load.day.year} quá sớm; kiểm tra lại năm"
        errors.append(FieldError("day", "too-early", message))
    known = items(view)
    if load.item and name_key(load.item) not in set(map(name_key, known)):
        listed = "; ".join(known[:_LISTED]) or "chưa có hạng mục nào"
        message = (
            f"Cơ sở dữ liệu này không có hạng mục dữ liệu “{load.item}”; các hạng mục: "
            f"{listed}"
        )
        errors.append(FieldError("item", "unknown", message))
    if load.integrated is Integrated.WHOLE and load.missing:
        message = "Đã ghi còn thiếu thì chọn “một phần”; toàn bộ thì để trống"
        errors.append(FieldError("missing", "contradiction", message))
    if load.integrated is Integrated.NONE and load.records:
        message = "Chưa tích hợp thì để trống số bản ghi"
        errors.append(FieldError("records", "contradiction", message))
    return errors


def items(view: EntryView) -> list[str]:
    """Return the names of a database's items."""
    named = (item.get("name", {}) for item in view.content.get("data_items", ()))
    return [name["vi"] for name in named if name.get("vi")]


def recordable(desk: Desk, register: Register, loads: Sequence[Load]) -> list[Load]:
    """Return those of these rows that the actor may record: all, or those of the
    databases of the actor's agency.
    """
    if reach(desk.actor, Action.COUNT) is not Reach.OWN:
        return list(loads)
    views = register.by_ids({load.database for load in loads})
    own = {
        view.id
        for view in views.values()
        if view.content.get("owner") == str(desk.actor.agency_id)
    }
    return [load for load in loads if load.database in own]


def _rows(register: Register, databases: Collection[UUID]) -> Iterable[WarehouseLoad]:
    of = among(register.session, WarehouseLoad.entry_id, set(databases))
    return register.session.scalars(
        select(WarehouseLoad)
        .where(of, valid(register, WarehouseLoad))
        .order_by(WarehouseLoad.day, WarehouseLoad.recorded_seq)
    )


@dataclass(frozen=True)
class Holding:
    """What the warehouse holds of a database on a day: what was last said of the whole
    and of each item (by its name), the items that are not there, and when it was loaded
    last.
    """

    whole: WarehouseLoad | None
    items: Mapping[str, WarehouseLoad]
    lacking: Sequence[str]
    last: date | None
    total: int  # items of the database

    @property
    def illustrative(self) -> bool:
        """Whether any of what is said is made up."""
        rows = [*self.items.values(), *([self.whole] if self.whole else [])]
        return any(row.illustrative for row in rows)

    @property
    def _itemised(self) -> bool:
        """Whether of every item something was said, and later than of the whole."""
        day = self.whole.day if self.whole else date.min
        later = [row for row in self.items.values() if row.day > day]
        return bool(later) and len(later) == self.total

    @property
    def there(self) -> int | None:
        """How many items are wholly there; None where that cannot be told."""
        if self.whole is not None and self.whole.integrated is not Integrated.PART:
            covered = self.whole.integrated is Integrated.WHOLE
            rest = self.total - len(self.items) if covered else 0
        elif self.items:
            rest = 0
        else:
            return None
        extents = [row.integrated for row in self.items.values()]
        return extents.count(Integrated.WHOLE) + rest

    @property
    def integrated(self) -> Integrated | None:
        """How much of the database is there; None where nobody ever said."""
        if self.whole is None and not self.items:
            return None
        extents = [row.integrated for row in self.items.values()]
        # of each item something was said later: the whole says nothing more
        if self.whole is not None and not self._itemised:
            extents.append(self.whole.integrated)
        if not self.lacking and all(extent is Integrated.WHOLE for extent in extents):
            return Integrated.WHOLE
        some = any(extent is not Integrated.NONE for extent in extents)
        return Integrated.PART if some else Integrated.NONE


def held(register: Register, views: Collection[EntryView]) -> Mapping[UUID, Holding]:
    """Return what the warehouse holds of these databases on the register's day."""
    rows: dict[UUID, list[WarehouseLoad]] = {view.id: [] for view in views}
    for row in _latest(register, rows):
        rows[row.entry_id].append(row)
    loaded = _loaded(register, rows)
    return {
        view.id: _holding(view, rows[view.id], loaded.get(view.id)) for view in views
    }


def _until_then(
    register: Register, databases: Collection[UUID]
) -> tuple[ColumnElement[bool], ...]:
    """Say that a row is of one of these databases, and was true by the register's
    day.
    """
    of = among(register.session, WarehouseLoad.entry_id, set(databases))
    return of, WarehouseLoad.day <= register.at.as_of, valid(register, WarehouseLoad)


def _latest(register: Register, databases: Collection[UUID]) -> Iterable[WarehouseLoad]:
    """Return the last row of each database and each item, the later ones last."""
    place = func.row_number().over(
        partition_by=(WarehouseLoad.entry_id, WarehouseLoad.item),
        order_by=(WarehouseLoad.day.desc(), WarehouseLoad.recorded_seq.desc()),
    )
    known = _until_then(register, databases)
    placed = select(WarehouseLoad.id, place.label("place")).where(*known)
    ranked = placed.subquery()
    query = select(WarehouseLoad).join(ranked, ranked.c.id == WarehouseLoad.id)
    return register.session.scalars(
        query.where(ranked.c.place == 1).order_by(
            WarehouseLoad.day, WarehouseLoad.recorded_seq
        )
    )


def _loaded(register: Register, databases: Collection[UUID]) -> dict[UUID, date]:
    """Return the last day on which anything of each database was there."""
    query = select(WarehouseLoad.entry_id, func.max(WarehouseLoad.day)).where(
        *_until_then(register, databases), WarehouseLoad.integrated != Integrated.NONE
    )
    rows = register.session.execute(query.group_by(WarehouseLoad.entry_id))
    return {database: day for database, day in rows if day}


def _holding(
    view: EntryView, rows: Sequence[WarehouseLoad], loaded: date | None
) -> Holding:
    """Return what rows say of a database, the later ones last."""
    by_item = {name_key(row.item): row for row in rows}
    whole = by_item.pop(name_key(WHOLE_DATABASE), None)
    of_items, lacking = {}, []
    for name in items(view):
        row = by_item.get(name_key(name))
        if row is not None and not _overruled(row, whole):
            of_items[name] = row
            if row.integrated is Integrated.NONE:
                lacking.append(name)
        elif whole is None or whole.integrated is not Integrated.WHOLE:
            lacking.append(name)
    return Holding(whole, of_items, lacking, loaded, len(items(view)))


def _overruled(row: WarehouseLoad, whole: WarehouseLoad | None) -> bool:
    """Tell whether what was said of the whole, later, holds for an item too: that all
    or nothing of it is there.
    """
    return (
        whole is not None
        and whole.day > row.day
        and whole.integrated is not Integrated.PART
    )


def history(register: Register, view: EntryView) -> list[WarehouseLoad]:
    """Return what holds of what was said of a database until the register's day, the
    latest day first.
    """
    query = select(WarehouseLoad).where(*_until_then(register, [view.id]))
    latest_first = WarehouseLoad.day.desc(), WarehouseLoad.recorded_seq.desc()
    return list(register.session.scalars(query.order_by(*latest_first)))


def latest(register: Register, views: Collection[EntryView]) -> list[WarehouseLoad]:
    """Return the rows that hold on the register's day, those of the whole before those
    of items.
    """
    rows: list[WarehouseLoad] = []
    for holding in held(register, views).values():
        if holding.whole is not None:
            rows.append(holding.whole)
        rows += holding.items.values()
    return rows
