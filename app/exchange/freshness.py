"""Whether the data of a database is as fresh as its owner says: a clock apart from that
of its description. What was promised is compared with what was said (`statements`).
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached

from app.exchange import connections, traffic
from app.exchange.models import DataStatement
from app.exchange.statements import NOTHING, Evidence, evidence, known_on
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT

# what an owner promises, in days
DAYS = {
    "CONT": 1,
    "DAILY": 1,
    "WEEKLY": 7,
    "MONTHLY": 31,
    "QUARTERLY": 92,
    "ANNUAL_2": 183,
    "ANNUAL": 366,
}
_AS_IT_HAPPENS = frozenset({"UPDATE_CONT", "IRREG"})
_NEVER = "NEVER"
_OVER = frozenset({"ket-thuc"})  # of its life cycle
GRACE = 7  # days that may go by before anybody speaks of it
SOON = 7  # days before it is due from which that is said
MONTHS = 12  # of a strip
_KEPT = 8  # moments of which it is remembered


class Freshness(StrEnum):
    """How fresh data are on a day. Only what was promised can be late or on time."""

    CURRENT = "current"
    DUE = "due"
    LATE = "late"
    DELAYED = "delayed"  # late is announced, with a day
    UNSTATED = "unstated"  # promised, and never said
    NO_PROMISE = "no-promise"
    AS_IT_HAPPENS = "as-it-happens"
    NEVER = "never"
    CLOSED = "closed"


@dataclass(frozen=True)
class Fresh:
    """How fresh the data of a database are. `due`: by when they are to be brought up to
    date; `late`: days by which they are late.
    """

    state: Freshness
    known: Evidence
    due: date | None = None
    late: int = 0


def of(view: EntryView, known: Evidence, day: date) -> Fresh:
    """Return how fresh the data of a database are on a day, by what is known then."""
    frequency = str(view.content.get("frequency", ""))
    if view.state not in PRESENT or view.content.get("lifecycle") in _OVER:
        return Fresh(Freshness.CLOSED, known)
    if frequency in _AS_IT_HAPPENS:
        return Fresh(Freshness.AS_IT_HAPPENS, known)
    if frequency == _NEVER:
        return Fresh(Freshness.NEVER, known)
    if frequency not in DAYS:
        return Fresh(Freshness.NO_PROMISE, known)
    due = _due(frequency, known.day)
    if due is None:
        return Fresh(Freshness.UNSTATED, known)
    if known.delayed_until and known.delayed_until >= day:
        return Fresh(Freshness.DELAYED, known, due, max((day - due).days, 0))
    if due + timedelta(days=GRACE) < day:
        return Fresh(Freshness.LATE, known, due, (day - due).days)
    # of what is brought up to date every day it is no news that it is due
    before = min(SOON, DAYS[frequency] // 2)
    soon = due < day or (before > 0 and due - timedelta(days=before) <= day)
    return Fresh(Freshness.DUE if soon else Freshness.CURRENT, known, due)


def _due(frequency: str, last: date | None) -> date | None:
    try:
        return last + timedelta(days=DAYS[frequency]) if last else None
    except OverflowError:
        return None


def all_of(register: Register, views: Collection[EntryView]) -> Mapping[UUID, Fresh]:
    """Return how fresh the data of these databases are on the register's day."""
    known = evidence(register, views)
    day = register.at.as_of
    return {view.id: of(view, known.get(view.id, NOTHING), day) for view in views}


def moment(register: Register) -> Hashable:
    """Return what all that is said of a register's freshness follows from."""
    return register.edition, register.at.known_at


@cached(LRUCache[Hashable, Any](_KEPT), key=moment, lock=Lock())
def by_state(register: Register) -> Mapping[Freshness, frozenset[UUID]]:
    """Return the original databases by how fresh their data are on the register's day;
    read once for a moment.
    """
    grouped: dict[Freshness, set[UUID]] = {}
    for database, fresh in all_of(register, register.all(ORIGINALS)).items():
        grouped.setdefault(fresh.state, set()).add(database)
    return {state: frozenset(ids) for state, ids in grouped.items()}


def flowing(register: Register, views: Collection[EntryView]) -> Mapping[UUID, date]:
    """Return the last month, of the last MONTHS, in which the data of each of these
    databases ran over a connection: a sign of life that says of no day that they are
    current to it.
    """
    ids = {view.id for view in views}
    about = connections.about(register, ids)
    first = traffic.months(register.at.as_of, MONTHS)[0]
    ran = traffic.last_months(
        register, [connection.view.id for connection in about], first
    )
    flows: dict[UUID, date] = {}
    for connection in about:
        month = ran.get(connection.view.id)
        for database in connection.given & ids:
            if month is not None:
                flows[database] = max(month, flows.get(database, month))
    return flows


def overdue(
    register: Register, views: Collection[EntryView]
) -> list[tuple[EntryView, Fresh]]:
    """Return the databases whose data is late on the register's day, the latest
    first.
    """
    fresh = all_of(register, views)
    late = [
        (view, fresh[view.id])
        for view in views
        if fresh[view.id].state is Freshness.LATE
    ]
    return sorted(late, key=lambda pair: (pair[1].due or date.max, pair[0].sort_key))


def month_ends(day: date) -> list[date]:
    """Return the last day of each of the MONTHS months before a day's, and that day."""
    first = day.replace(day=1)
    ends = [day]
    while len(ends) < MONTHS:
        end = first - timedelta(days=1)
        ends.append(end)
        first = end.replace(day=1)
    return ends[::-1]


def strip(
    view: EntryView, statements: Sequence[DataStatement], days: Sequence[date]
) -> list[Fresh | None]:
    """Return how fresh data were on each of these days; None before the database was in
    the register.
    """
    return [
        of(view, known_on(view, statements, day), day)
        if view.valid_from <= day
        else None
        for day in days
    ]
