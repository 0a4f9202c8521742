"""What a connection says: which end gives data and which takes it, how it runs, and
whether it, and the agreement that it follows, hold on a day.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from threading import Lock
from uuid import UUID

from cachetools import LRUCache, cached
from sqlalchemy import select

from app.register.content.facts import name_key
from app.register.filters import Filter
from app.register.models import Fact
from app.register.queries import EntryView, Register
from app.register.references import holding, naming
from app.register.standing import PRESENT, State

CONNECTION, AGREEMENT = "connection", "agreement"
DATABASES = ("source_database", "target_database")
_USE_OF_SERVICE = "su-dung-dich-vu"
_ONE_WAY = "nguon-den-dich"
_RUNNING = "dang-khai-thac"
ENDED = "ket-thuc"  # of a connection's state


class Running(StrEnum):
    """How a connection, a service or an agreement serves on a day."""

    LIVE = "live"
    NOT_YET = "not-yet"  # planned, on trial, not connected, not in force yet
    SUSPENDED = "suspended"
    LAPSED = "lapsed"  # past its term, or ended


@dataclass(frozen=True)
class End:
    """One end: an agency, or a group of them in words, with its object where that is
    known.
    """

    agency: UUID | None
    group: str
    database: UUID | None
    system: UUID | None


@dataclass(frozen=True)
class Connection:
    """A connection as an entry says it. `one_way`: data run from `giver` to `taker`;
    else either may give.
    """

    view: EntryView
    giver: End
    taker: End
    one_way: bool
    agreement: UUID | None
    service: UUID | None
    items: frozenset[str]

    def gives(self, database: UUID) -> list[End]:
        """Return the ends that may take the data of a database over it."""
        takers = []
        if self.giver.database == database:
            takers.append(self.taker)
        if not self.one_way and self.taker.database == database:
            takers.append(self.giver)
        return takers

    @property
    def given(self) -> set[UUID]:
        """The databases whose data may run over it."""
        ends = [self.giver] if self.one_way else [self.giver, self.taker]
        return {end.database for end in ends if end.database is not None}

    def takes(self, agency: UUID, database: UUID) -> bool:
        """Tell whether an agency may take the data of a database over it."""
        return any(end.agency == agency for end in self.gives(database))

    def carries(self, item: str) -> bool:
        """Tell whether an item runs over it, by its name; all do where none is said."""
        return not self.items or not item or name_key(item) in self.items

    def running(self, day: date) -> Running:
        """Return how it serves on a day."""
        content = self.view.content
        state = content.get("connection_state")
        if self.view.state is State.SUSPENDED:
            return Running.SUSPENDED
        if state == ENDED or over(content.get("term_end"), day):
            return Running.LAPSED
        return Running.LIVE if state == _RUNNING else Running.NOT_YET


def agreement_runs(view: EntryView, day: date) -> Running:
    """Return how an agreement holds on a day, by its term."""
    begins = view.content.get("term_start") or view.content.get("signed")
    if view.state is State.SUSPENDED:
        return Running.SUSPENDED
    if over(view.content.get("term_end"), day):
        return Running.LAPSED
    early = isinstance(begins, str) and begins > day.isoformat()
    return Running.NOT_YET if early else Running.LIVE


def over(last: object, day: date) -> bool:
    """Tell whether a term whose last day (ISO) may be said is over on a day."""
    return isinstance(last, str) and last < day.isoformat()


def read(view: EntryView) -> Connection:
    """Return what a connection's entry says; whoever uses a service takes data from the
    end that provides it.
    """
    content = view.content
    source, target = _end(view, "source"), _end(view, "target")
    if content.get("relation") == _USE_OF_SERVICE:
        source, target = target, source
    return Connection(
        view,
        source,
        target,
        content.get("direction") == _ONE_WAY,
        _id(content.get("agreement")),
        _id(content.get("service")),
        frozenset(map(name_key, content.get("exchanged", ()))),
    )


def about(register: Register, databases: Iterable[UUID]) -> list[Connection]:
    """Return the connections that name one of these databases at an end and stand on
    the register's day.
    """
    ids = {user for user, _ in naming(register, databases, DATABASES)}
    return standing(register, ids)


def standing(register: Register, ids: Iterable[UUID]) -> list[Connection]:
    """Return those of these connections that stand on the register's day, by title."""
    views = register.by_ids(ids).values()
    there = [
        view for view in views if view.kind == CONNECTION and view.state in PRESENT
    ]
    return [read(view) for view in sorted(there, key=lambda view: view.sort_key)]


def _end(view: EntryView, name: str) -> End:
    content = view.content
    return End(
        _id(content.get(name)),
        str(content.get(f"{name}_group", "")),
        _id(content.get(f"{name}_database")),
        _id(content.get(f"{name}_system")),
    )


def _id(value: object) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def agreed(register: Register, views: Iterable[EntryView]) -> dict[UUID, UUID]:
    """Return the agreement that each of these connections follows, by the connection;
    whoever asks.
    """
    versions = {view.version_id: view.id for view in views}
    query = select(Fact.version_id, Fact.target_id).where(
        Fact.version_id.in_(versions), Fact.field == "agreement"
    )
    return {
        versions[version]: agreement
        for version, agreement in register.session.execute(query)
        if agreement is not None
    }


def of_agency(register: Register, agencies: Iterable[UUID]) -> set[UUID]:
    """Return the entries of connections with one of these agencies at an end."""
    return {user for user, _agency in naming(register, agencies, ("source", "target"))}


_CONNECTED: LRUCache[Hashable, frozenset[UUID]] = LRUCache(8)


@cached(_CONNECTED, key=lambda register: register.edition, lock=Lock())
def connected(register: Register) -> frozenset[UUID]:
    """Return the databases that a connection of the register's day names at an end."""
    rows = holding(register, Fact.field.in_(DATABASES))
    there = register.ids(Filter((CONNECTION,), PRESENT))
    return frozenset(database for user, database in rows if user in there)
