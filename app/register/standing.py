"""How entries stand at a moment: which of its periods says so, on which day, as known
at which journal row.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app import clock, journal
from app.errors import MalformedError
from app.register.models import Period

Columns = Callable[[Subquery], tuple[Any, ...]]  # made from how entries stand


class State(StrEnum):
    """How an entry stands on a day."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet-in-force"
    SUSPENDED = "suspended"
    ENDED = "ended"


PRESENT = (State.IN_FORCE, State.SUSPENDED)  # what has a period that covers the day


class Standing(NamedTuple):
    """Which entry stands how at a moment: what a list needs, without its content."""

    id: UUID
    kind: str
    local_id: str
    iri: str
    issued_on: date
    state: State
    period_id: UUID


@dataclass(frozen=True)
class Moment:
    """The two times of a read: a civil day, and a journal row. The same pair gives the
    same answer for ever.
    """

    as_of: date
    known_at: int


ANY: Any = Moment(bindparam("as_of", type_=Date), bindparam("known_at", type_=Integer))  # type: ignore[arg-type]


def moment(
    session: Session, as_of: date | None = None, known_at: int | None = None
) -> Moment:
    """Return the moment asked for: today and the latest journal row by default;
    MalformedError beyond the journal.
    """
    latest = journal.head(session)
    if as_of == clock.OPEN_END:
        raise MalformedError("Ngày cần xem quá xa; chọn một ngày trước 31/12/9999")
    if known_at is not None and not 0 <= known_at <= latest:
        raise MalformedError(f"known_at phải là số dòng nhật ký từ 0 đến {latest}")
    return Moment(as_of or clock.today(), latest if known_at is None else known_at)


def stands() -> ColumnElement[bool]:
    """Say that the register holds by a period, as it is known now."""
    return Period.superseded_seq.is_(None)


def stands_on(day: date) -> ColumnElement[bool]:
    """Say that a period tells how its entry stands on a day, as it is known now."""
    return and_(stands(), Period.valid_from <= day, Period.valid_to > day)


def known(row: int) -> ColumnElement[bool]:
    """Say that the register held by a period, as it was known at a row of the
    journal.
    """
    return and_(Period.recorded_seq <= row, or_(stands(), Period.superseded_seq > row))


def standing_at(
    at: Moment, only: ColumnElement[bool] | None = None, states: Collection[State] = ()
) -> Subquery:
    """Pick for each entry the period that says how it stands: the one that covers the
    day, else the nearest.

    `only` is put inside, so that a look at few entries ranks the periods of those
    alone. Most have a period that covers the day; those that have none are ranked
    apart, since that costs most, and not looked at where only `states` of the others
    are wanted. Both times may be parameters (`ANY`).
    """
    day = literal(at.as_of) if isinstance(at.as_of, date) else at.as_of
    covers = and_(Period.valid_from <= day, Period.valid_to > day)
    said = and_(known(at.known_at), true() if only is None else only)
    columns = (
        Period.id,
        Period.entry_id,
        Period.version_id,
        Period.valid_from,
        Period.valid_to,
    )
    stands = case((Period.suspended, State.SUSPENDED), else_=State.IN_FORCE)
    here = select(*columns, stands.label("state")).where(said, covers)
    if states and set(states) <= set(PRESENT):
        return here.subquery("standing")
    over = Period.valid_to <= day
    nearest = func.row_number().over(
        partition_by=Period.entry_id,
        order_by=(
            case((over, 0), else_=1),
            case((over, Period.valid_to)).desc(),
            case((over, Period.valid_from)).desc(),
            Period.valid_from,
            Period.recorded_seq.desc(),
        ),
    )
    absent = case((over, State.ENDED), else_=State.NOT_YET)
    elsewhere = select(*columns, absent.label("state"), nearest.label("nearest"))
    elsewhere = elsewhere.where(
        said, Period.entry_id.not_in(select(Period.entry_id).where(said, covers))
    )
    ranked = elsewhere.subquery("ranked")
    picked = [
        ranked.c[name]
        for name in ("id", "entry_id", "version_id", "valid_from", "valid_to", "state")
    ]
    return here.union_all(select(*picked).where(ranked.c.nearest == 1)).subquery(
        "standing"
    )
