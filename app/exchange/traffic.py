"""How much runs over connections and channels: counts of months, and totals that run to
a day. What corrects a figure supersedes it; both stay.

Nothing is interpolated: a month without a figure is unknown, and totals name it. A
total that runs to a day is never placed in a month nor added to anything; what went
outside the province is a part of its total; a percentage has a unit of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app import clock, journal
from app.db import among
from app.errors import ForbiddenError
from app.exchange.connections import Connection, read
from app.exchange.measurements import EARLIEST, require_single, valid
from app.exchange.models import CountedBy, Extent, Flow, TrafficFigure
from app.permissions import Action, Reach, reach, require
from app.register.queries import Register
from app.workflow.context import Desk

RECORDED = "traffic.recorded"
NOT_OWN = (
    "Chỉ nhập được số liệu của kết nối mà cơ quan là một đầu; số liệu của cả kênh do "
    "đơn vị vận hành nhập"
)


@dataclass(frozen=True)
class Figure:
    """A figure to be recorded; see `TrafficFigure`. `value` None: what was recorded by
    mistake is withdrawn, so that nothing is known again.
    """

    connection: UUID | None
    channel: str
    flow: Flow
    extent: Extent
    counted_by: CountedBy
    unit: str
    value: float | None
    month: date | None
    since: date | None
    until_first: date | None
    until_last: date | None
    source: str
    certainty: str
    illustrative: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What it is a figure of: two of one key cannot hold at once."""
        return _key(self.connection, self)


def _said(figure: "Figure | TrafficFigure") -> tuple[object, ...]:
    return figure.value, figure.source, figure.certainty, figure.illustrative


def _key(
    connection: UUID | None, figure: "Figure | TrafficFigure"
) -> tuple[object, ...]:
    of = connection or figure.channel
    days = figure.month, figure.since, figure.until_first, figure.until_last
    return (of, figure.flow, figure.extent, figure.counted_by, figure.unit, *days)


@dataclass(frozen=True)
class Change:
    """What a figure would do: `before` is what it corrects, None where it is new;
    `same` where it is there already.
    """

    figure: Figure
    before: TrafficFigure | None

    @property
    def same(self) -> bool:
        """Whether it says what is recorded already."""
        if self.before is None or self.figure.value is None:
            return self.before is None and self.figure.value is None
        return _said(self.before) == _said(self.figure)


def compare(register: Register, figures: Sequence[Figure]) -> list[Change]:
    """Return what each of these figures would do."""
    known = {
        _key(row.connection_id, row): row for row in _same_things(register, figures)
    }
    return [Change(figure, known.get(figure.key)) for figure in figures]


def _same_things(
    register: Register, figures: Sequence[Figure]
) -> Iterable[TrafficFigure]:
    ids = {figure.connection for figure in figures if figure.connection}
    channels = {figure.channel for figure in figures if not figure.connection}
    whole = TrafficFigure.connection_id.is_(None) & TrafficFigure.channel.in_(channels)
    of = or_(among(register.session, TrafficFigure.connection_id, ids), whole)
    return register.session.scalars(
        select(TrafficFigure).where(of, valid(register, TrafficFigure))
    )


def record(desk: Desk, register: Register, figures: Sequence[Figure]) -> list[Change]:
    """Record figures as one act; return what each did. ForbiddenError unless the actor
    may count for every agency, or each is of a connection of which the actor's agency
    is an end.
    """
    require(desk.actor, Action.COUNT, desk.actor.agency_id)
    _require_own(desk, register, figures)
    require_single(figures)
    changes = compare(register, figures)
    new, old = [], []
    for change in changes:
        if change.same:
            continue
        if change.figure.value is not None:
            new.append(_row(desk, change.figure, change.figure.value))
        if change.before is not None:
            old.append(change.before)
    if new or old:
        journal.record(
            desk.session, journal.Note(RECORDED, recorded=new, superseded=old)
        )
    return changes


def _row(desk: Desk, figure: Figure, value: float) -> TrafficFigure:
    return TrafficFigure(
        id=uuid4(),
        connection_id=figure.connection,
        channel=figure.channel,
        flow=figure.flow,
        extent=figure.extent,
        counted_by=figure.counted_by,
        unit=figure.unit,
        value=value,
        month=figure.month,
        since=figure.since,
        until_first=figure.until_first,
        until_last=figure.until_last,
        source=figure.source,
        certainty=figure.certainty,
        illustrative=figure.illustrative,
        agency_id=desk.actor.agency_id,
        post_id=desk.actor.post_id,
    )


def _require_own(desk: Desk, register: Register, figures: Sequence[Figure]) -> None:
    if len(recordable(desk, register, figures)) < len(figures):
        raise ForbiddenError(NOT_OWN)


def recordable(
    desk: Desk, register: Register, figures: Sequence[Figure]
) -> list[Figure]:
    """Return those of these figures that the actor may record: all, or those of
    connections of which the actor's agency is an end.
    """
    if reach(desk.actor, Action.COUNT) is not Reach.OWN:
        return list(figures)
    ids = {figure.connection for figure in figures if figure.connection}
    own = {
        view.id
        for view in register.by_ids(ids).values()
        if desk.actor.agency_id in _ends(read(view))
    }
    return [figure for figure in figures if figure.connection in own]


def _ends(connection: Connection) -> tuple[UUID | None, UUID | None]:
    return connection.giver.agency, connection.taker.agency


def of_months(register: Register, first: date, last: date) -> list[TrafficFigure]:
    """Return the figures of months from one to another (first days)."""
    query = select(TrafficFigure).where(
        TrafficFigure.month >= first,
        TrafficFigure.month <= last,
        valid(register, TrafficFigure),
    )
    return list(register.session.scalars(query.order_by(TrafficFigure.recorded_seq)))


def running(register: Register) -> list[TrafficFigure]:
    """Return the figures that run to a day, in the order in which they were recorded;
    none that runs to a day still to come.
    """
    query = select(TrafficFigure).where(
        TrafficFigure.month.is_(None),
        TrafficFigure.until_last <= register.at.as_of,
        valid(register, TrafficFigure),
    )
    return list(register.session.scalars(query.order_by(TrafficFigure.recorded_seq)))


def month_of(text: str) -> date | None:
    """Return the first day of a month written as 2026-09; None for one that is none, or
    still to come.
    """
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if EARLIEST <= month <= clock.today() else None


def months(last: date, count: int = 12) -> list[date]:
    """Return the first days of so many months up to that of a day, in order."""
    number = last.year * 12 + last.month - 1
    numbers = [number - back for back in range(count)]
    return [date(month // 12, month % 12 + 1, 1) for month in reversed(numbers)]


@dataclass(frozen=True)
class Series:
    """The months of one thing: what ran over a connection (None: the whole channel),
    one way, in a unit, as one side counted it.
    """

    connection: UUID | None
    channel: str
    flow: Flow
    extent: Extent
    counted_by: CountedBy
    unit: str
    values: Mapping[date, float]
    illustrative: bool

    def missing(self, span: Sequence[date]) -> list[date]:
        """Return the months of which nothing is known, between the first and the last
        of those that are asked for.
        """
        return [month for month in span if month not in self.values]

    def total(self, span: Sequence[date]) -> float:
        """Return the sum of the months that are known."""
        return sum(self.values.get(month, 0) for month in span)


def series(figures: Iterable[TrafficFigure]) -> list[Series]:
    """Return figures of months as series, channels before connections."""
    grouped: dict[tuple[object, ...], list[TrafficFigure]] = defaultdict(list)
    for row in figures:
        kind = row.flow, row.extent, row.counted_by, row.unit
        grouped[row.connection_id, row.channel, *kind].append(row)
    return sorted(map(_series, grouped.values()), key=_order)


def _series(rows: Sequence[TrafficFigure]) -> Series:
    first = rows[0]
    return Series(
        first.connection_id,
        first.channel,
        first.flow,
        first.extent,
        first.counted_by,
        first.unit,
        {row.month: row.value for row in rows if row.month},
        any(row.illustrative for row in rows),
    )


def _order(line: Series) -> tuple[str, ...]:
    of = str(line.connection or "")
    return of, line.channel, line.unit, line.flow, line.extent, line.counted_by


@dataclass(frozen=True)
class Reconciled:
    """What both ends counted of one month of a connection, one way."""

    connection: UUID
    month: date
    flow: Flow
    unit: str
    source: float
    target: float

    @property
    def difference(self) -> float:
        """How many more the source counted than the target."""
        return self.source - self.target


def reconciled(
    register: Register, first: date, last: date, most: int
) -> list[Reconciled]:
    """Return the months that both ends counted, those that differ most first."""
    theirs = aliased(TrafficFigure)
    same = [
        getattr(theirs, name) == getattr(TrafficFigure, name)
        for name in ("connection_id", "month", "flow", "extent", "unit")
    ]
    query = (
        select(TrafficFigure, theirs.value)
        .join(theirs, and_(*same))
        .where(
            TrafficFigure.month >= first,
            TrafficFigure.month <= last,
            TrafficFigure.extent == Extent.ALL,
            TrafficFigure.counted_by == CountedBy.SOURCE,
            theirs.counted_by == CountedBy.TARGET,
            valid(register, TrafficFigure),
            valid(register, theirs),
        )
        .order_by(func.abs(TrafficFigure.value - theirs.value).desc())
        .order_by(TrafficFigure.month.desc(), TrafficFigure.id)
        .limit(most)
    )
    return [
        Reconciled(
            mine.connection_id, mine.month, mine.flow, mine.unit, mine.value, value
        )
        for mine, value in register.session.execute(query)
        if mine.connection_id and mine.month
    ]


def of_most(
    register: Register, first: date, last: date, most: int
) -> tuple[list[TrafficFigure], int]:
    """Return the figures of months of whole channels and of so many connections, those
    with most figures first, and how many connections have any.
    """
    within = (
        TrafficFigure.month >= first,
        TrafficFigure.month <= last,
        valid(register, TrafficFigure),
    )
    of = TrafficFigure.connection_id
    counted = select(of, func.count().label("n")).where(*within, of.is_not(None))
    counted = counted.group_by(of)
    total = register.session.scalar(
        select(func.count()).select_from(counted.subquery())
    )
    ranked = counted.order_by(func.count().desc(), of).limit(most)
    chosen = {row[0] for row in register.session.execute(ranked) if row[0]}
    of_these = or_(of.is_(None), among(register.session, of, chosen))
    query = select(TrafficFigure).where(*within, of_these)
    rows = register.session.scalars(query.order_by(TrafficFigure.recorded_seq))
    return list(rows), total or 0


def connection_ids(figures: Iterable[TrafficFigure]) -> set[UUID]:
    """Return the connections that figures are of."""
    return {row.connection_id for row in figures if row.connection_id}


def last_months(
    register: Register, connections: Iterable[UUID], first: date
) -> Mapping[UUID, date]:
    """Return the last month from `first` on in which something ran over each of these
    connections, whoever counted.
    """
    of = TrafficFigure.connection_id
    query = select(of, func.max(TrafficFigure.month)).where(
        among(register.session, of, set(connections)),
        TrafficFigure.month >= first,
        TrafficFigure.month <= register.at.as_of,
        TrafficFigure.value > 0,
        valid(register, TrafficFigure),
    )
    rows = register.session.execute(query.group_by(of))
    return {connection: month for connection, month in rows if connection and month}


def ran(
    register: Register, first: date, last: date
) -> Mapping[UUID, Mapping[date, float]]:
    """Return how much ran over each connection in months, whichever way and whoever
    counted: the largest count of a month, since sides count the same.
    """
    amounts: dict[UUID, dict[date, float]] = defaultdict(dict)
    for row in of_months(register, first, last):
        if row.connection_id and row.month:
            so_far = amounts[row.connection_id].get(row.month, 0.0)
            amounts[row.connection_id][row.month] = max(so_far, row.value)
    return amounts
