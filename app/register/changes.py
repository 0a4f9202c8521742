"""What changed in the register between two days, as known at one journal row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.errors import MalformedError
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, Moment, State, standing_at

_AGENCIES = ("owner", "holder", "parent")  # whose an entry is, besides an agency's own


class ChangeType(StrEnum):
    """How an entry changed between the two days."""

    BEGAN = "began"
    ENDED = "ended"
    CHANGED = "changed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Changed:
    """An entry that stands otherwise on the later day, as it stood on both; `fields`
    are those that differ.
    """

    what: ChangeType
    before: EntryView
    after: EntryView
    fields: tuple[str, ...]


def between(
    register: Register,
    first: date,
    kinds: Sequence[str] = (),
    agency: UUID | None = None,
) -> list[Changed]:
    """Return what changed from `first` to the register's own day, by kind and in
    Vietnamese order of titles.

    `agency`: only what was or is that agency's. What only such fields tell that the
    reader may not see is left out. MalformedError when the first day is not before the
    other.
    """
    if first >= register.at.as_of:
        raise MalformedError("Ngày đầu phải trước ngày sau; đổi một trong hai ngày")
    earlier = Register(
        register.session,
        register.profile,
        Moment(first, register.at.known_at),
        register.audience,
    )
    ids = _differing(earlier.at, register)
    before, after = earlier.by_ids(ids), register.by_ids(ids)
    changes = [
        _changed(before[entry_id], after[entry_id])
        for entry_id in ids
        if entry_id in before and entry_id in after
    ]
    shown = [
        change
        for change in changes
        if change and (not kinds or change.after.kind in kinds)
    ]
    if agency is not None:
        shown = [
            change
            for change in shown
            if agency in (*_whose(change.before), *_whose(change.after))
        ]
    return sorted(
        shown,
        key=lambda change: (
            change.after.kind,
            change.after.sort_key,
            change.after.local_id,
        ),
    )


def _differing(earlier: Moment, register: Register) -> list[UUID]:
    a, b = standing_at(earlier).alias("a"), standing_at(register.at).alias("b")
    query = select(b.c.entry_id).join(a, a.c.entry_id == b.c.entry_id)
    return list(
        register.session.scalars(
            query.where((a.c.state != b.c.state) | (a.c.version_id != b.c.version_id))
        )
    )


def _changed(before: EntryView, after: EntryView) -> Changed | None:
    names = sorted(before.content.keys() | after.content.keys())
    fields = tuple(
        name for name in names if before.content.get(name) != after.content.get(name)
    )
    was, stands = before.state in PRESENT, after.state in PRESENT
    if stands and not was:
        return Changed(ChangeType.BEGAN, before, after, ())
    if was and not stands:
        return Changed(ChangeType.ENDED, before, after, fields)
    if not was:
        return None  # it was not there, or was no more, on either day
    if before.state != after.state:
        suspended = after.state is State.SUSPENDED
        what = ChangeType.SUSPENDED if suspended else ChangeType.RESUMED
        return Changed(what, before, after, fields)
    return Changed(ChangeType.CHANGED, before, after, fields) if fields else None


def _whose(view: EntryView) -> list[UUID]:
    named = [view.content.get(name) for name in _AGENCIES]
    return [view.id, *(UUID(owner) for owner in named if owner)]
