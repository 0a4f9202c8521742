"""What was declared against what happens: agreed but silent, traffic without agreement,
connections past their term, stale data behind live traffic. Each is a list of a day.

What is looked at is the last whole month before the register's day. A month without a
figure is not silence: it is told apart.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached

from app.exchange import connections, freshness, traffic
from app.exchange.connections import (
    AGREEMENT,
    CONNECTION,
    ENDED,
    Connection,
    Running,
    agreement_runs,
    over,
)
from app.exchange.freshness import Freshness
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT

_KEPT = 4  # moments whose lists are remembered


class Gap(StrEnum):
    """Where what is declared and what happens part."""

    SILENT = "silent"
    WITHOUT_AGREEMENT = "without-agreement"
    PAST_TERM = "past-term"
    STALE = "stale"


class Why(StrEnum):
    """What is told of a line: how it stands in its list."""

    NOTHING_RAN = "nothing-ran"  # the month has a figure, and it is 0
    NO_FIGURE = "no-figure"  # nobody counted the month
    NO_CONNECTION = "no-connection"  # an agreement under which nothing runs at all
    RAN = "ran"
    TERM = "term"
    LATE = "late"


@dataclass(frozen=True)
class Line:
    """A line of a list: the connection (or the agreement without one), why, how much
    ran, and the day or the database that it is about.
    """

    gap: Gap
    why: Why
    view: EntryView
    connection: Connection | None = None
    ran: float = 0
    day: date | None = None
    database: UUID | None = None


def month_before(day: date) -> date:
    """Return the first day of the last whole month before a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _moment(register: Register) -> Hashable:
    """What is declared follows from the edition, what ran from the journal."""
    return register.edition, register.at.known_at


@cached(LRUCache[Hashable, Any](_KEPT), key=_moment, lock=Lock())
def lists(register: Register) -> Mapping[Gap, Sequence[Line]]:
    """Return the lists of the register's day, each in the order of titles. The register
    is read as one who may know of agreements.
    """
    day = register.at.as_of
    month = month_before(day)
    standing = [
        connections.read(view)
        for view in register.all(Filter((CONNECTION,), PRESENT))
        if view.content.get("connection_state") != ENDED
    ]
    agreements = {view.id: view for view in register.all(Filter((AGREEMENT,), PRESENT))}
    ran = traffic.ran(register, month, month)
    amounts = {connection: months.get(month) for connection, months in ran.items()}
    lines_of = {
        Gap.SILENT: _silent(standing, agreements, amounts, day),
        Gap.WITHOUT_AGREEMENT: _without(standing, agreements, amounts, day),
        Gap.PAST_TERM: _past(standing, day),
        Gap.STALE: _stale(register, standing, amounts),
    }
    return {
        gap: sorted(lines, key=lambda line: line.view.sort_key)
        for gap, lines in lines_of.items()
    }


def _silent(
    standing: Sequence[Connection],
    agreements: Mapping[UUID, EntryView],
    amounts: Mapping[UUID, float | None],
    day: date,
) -> list[Line]:
    """Agreements in force under which nothing ran in the month."""
    under: dict[UUID, list[Connection]] = {}
    for connection in standing:
        if connection.agreement is not None:
            under.setdefault(connection.agreement, []).append(connection)
    lines = []
    for agreement in agreements.values():
        if agreement_runs(agreement, day) is not Running.LIVE:
            continue
        for connection in under.get(agreement.id, ()):
            amount = amounts.get(connection.view.id)
            if not amount:
                why = Why.NO_FIGURE if amount is None else Why.NOTHING_RAN
                lines.append(Line(Gap.SILENT, why, connection.view, connection))
        if agreement.id not in under:
            lines.append(Line(Gap.SILENT, Why.NO_CONNECTION, agreement))
    return lines


def _without(
    standing: Sequence[Connection],
    agreements: Mapping[UUID, EntryView],
    amounts: Mapping[UUID, float | None],
    day: date,
) -> list[Line]:
    """Connections between agencies over which something ran, without an agreement in
    force.
    """
    lines = []
    for connection in standing:
        amount = amounts.get(connection.view.id)
        agreement = (
            agreements.get(connection.agreement) if connection.agreement else None
        )
        held = agreement is not None and agreement_runs(agreement, day) is Running.LIVE
        if amount and not held and not _inside(connection):
            line = Line(
                Gap.WITHOUT_AGREEMENT, Why.RAN, connection.view, connection, amount
            )
            lines.append(line)
    return lines


def _inside(connection: Connection) -> bool:
    """Tell whether both ends are one agency, which needs no agreement with itself."""
    giver = connection.giver.agency
    return giver is not None and giver == connection.taker.agency


def _past(standing: Sequence[Connection], day: date) -> list[Line]:
    lines = []
    for connection in standing:
        last = connection.view.content.get("term_end")
        if over(last, day):
            ended = date.fromisoformat(str(last))
            line = Line(Gap.PAST_TERM, Why.TERM, connection.view, connection, day=ended)
            lines.append(line)
    return lines


def _stale(
    register: Register,
    standing: Sequence[Connection],
    amounts: Mapping[UUID, float | None],
) -> list[Line]:
    """Connections over which something ran, of databases whose data are late."""
    live = [connection for connection in standing if amounts.get(connection.view.id)]
    giving = {
        connection.view.id: connection.giver.database
        for connection in live
        if connection.giver.database is not None
    }
    databases = register.by_ids(giving.values())
    fresh = freshness.all_of(register, list(databases.values()))
    lines = []
    for connection in live:
        database = giving.get(connection.view.id)
        known = fresh.get(database) if database else None
        if known is not None and known.state is Freshness.LATE:
            amount = amounts.get(connection.view.id) or 0
            line = Line(
                Gap.STALE,
                Why.LATE,
                connection.view,
                connection,
                amount,
                known.due,
                database,
            )
            lines.append(line)
    return lines
