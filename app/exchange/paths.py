"""Who needs which data has it from where, over which channel, by which agreement, for
which procedure; and which link of that path is missing.

A path has five links. Each is there, is there but does not serve (on trial, suspended,
past its term), is missing, or is not needed. It is told as of the register's day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.exchange import connections
from app.exchange.connections import Connection, Running, agreement_runs
from app.permissions import Audience
from app.register.content.facts import ORIGINAL, name_key
from app.register.models import Fact
from app.register.queries import EntryView, Register
from app.register.references import entries_that_hold, naming
from app.register.standing import PRESENT, State
from catalog_schema.profile import DATABASE, Visibility

ITEM = "data_items.name"
_SERVING = "dang-van-hanh"


class Link(StrEnum):
    """A link of a path, in the order in which data run."""

    SOURCE = "source"
    SERVICE = "service"
    CHANNEL = "channel"
    AGREEMENT = "agreement"
    PROCEDURE = "procedure"


class Held(StrEnum):
    """How a link holds: `Running` where something is there."""

    LIVE = Running.LIVE.value
    NOT_YET = Running.NOT_YET.value
    SUSPENDED = Running.SUSPENDED.value
    LAPSED = Running.LAPSED.value
    MISSING = "missing"
    NOT_NEEDED = "not-needed"

    @property
    def whole(self) -> bool:
        """Whether nothing is missing here."""
        return self in (Held.LIVE, Held.NOT_NEEDED)


@dataclass(frozen=True)
class PathLink:
    """A link: how it holds, and by which entries; the best that there are."""

    link: Link
    held: Held
    views: Sequence[EntryView] = ()


@dataclass(frozen=True)
class Path:
    """A way for an agency to the data of a database. `item`: as the database calls it,
    "" for all of it.
    """

    database: EntryView
    item: str
    links: Sequence[PathLink]

    @property
    def missing(self) -> list[PathLink]:
        """The links that do not hold, in order."""
        return [link for link in self.links if not link.held.whole]

    def link(self, which: Link) -> PathLink:
        """Return one of the links."""
        return next(link for link in self.links if link.link is which)


def with_item(register: Register, name: str) -> list[EntryView]:
    """Return the databases of the register's day that have a data item of a name, by
    title; marks and letter case do not count.
    """
    holds = (Fact.field == ITEM) & (Fact.value == name_key(name))
    views = register.by_ids(entries_that_hold(register, holds)).values()
    there = [view for view in views if _there(view) and view.kind == DATABASE]
    return sorted(there, key=lambda view: view.sort_key)


def paths(
    register: Register, agency: UUID, databases: Sequence[EntryView], item: str = ""
) -> list[Path]:
    """Return an agency's path to an item of each of these databases, the one that lacks
    least first; "" for all that a database has.

    Agreements are looked at whoever asks: which there are, only their readers are told.
    """
    inside = Register(
        register.session, register.profile, register.at, Audience(Visibility.STATE)
    )
    around = _Around(inside, agency, [view.id for view in databases])
    ways = [_path(around, view, _as_named(view, item)) for view in databases]
    return sorted(ways, key=_least_lacking)


def _least_lacking(path: Path) -> tuple[int, bool, str]:
    """Order paths by what they lack, of like ones the province's own before others."""
    elsewhere = path.database.content.get("record_kind") != ORIGINAL
    return len(path.missing), elsewhere, path.database.sort_key


def _as_named(database: EntryView, item: str) -> str:
    key = name_key(item)
    for data_item in database.content.get("data_items", ()):
        name = str(data_item.get("name", {}).get("vi", ""))
        if key and name_key(name) == key:
            return name
    return ""


class _Around:
    """What names these databases, read once for all of them."""

    def __init__(
        self, register: Register, agency: UUID, databases: Sequence[UUID]
    ) -> None:
        self.agency = agency
        self.day = register.at.as_of
        self.connections = connections.about(register, databases)
        self.services = _naming(register, databases, "serves")
        self.agreements = _naming(register, databases, "databases", "agreement")
        self.procedures = _naming(register, databases, "uses", "procedure")
        named = {
            connection.service for connection in self.connections if connection.service
        }
        self.named_services = register.by_ids(named)


def _naming(
    register: Register, databases: Iterable[UUID], field: str, kind: str = ""
) -> list[tuple[EntryView, UUID]]:
    pairs = naming(register, databases, (field,))
    views = register.by_ids({user for user, _database in pairs})
    there = [
        (views[user], database)
        for user, database in pairs
        if user in views and _there(views[user])
    ]
    of_kind = [pair for pair in there if not kind or pair[0].kind == kind]
    return sorted(of_kind, key=lambda pair: pair[0].sort_key)


def _path(around: _Around, database: EntryView, item: str) -> Path:
    owner = database.content.get("owner")
    if owner == str(around.agency):
        own = [PathLink(Link.SOURCE, _of_entry(database), (database,))]
        rest = [PathLink(link, Held.NOT_NEEDED) for link in list(Link)[1:-1]]
        return Path(database, item, [*own, *rest, _procedure(around, database, item)])
    carrying = [
        connection
        for connection in around.connections
        if connection.carries(item) and connection.takes(around.agency, database.id)
    ]
    channels = [
        (connection.view, connection.running(around.day)) for connection in carrying
    ]
    links = [
        PathLink(Link.SOURCE, _of_entry(database), (database,)),
        _service(around, database, carrying),
        _best(Link.CHANNEL, channels),
        _agreement(around, database, item),
        _procedure(around, database, item),
    ]
    return Path(database, item, links)


def _service(
    around: _Around, database: EntryView, carrying: Sequence[Connection]
) -> PathLink:
    used = [connection.service for connection in carrying if connection.service]
    named = [
        around.named_services[service]
        for service in used
        if service in around.named_services
    ]
    serving = [view for view, served in around.services if served == database.id]
    services = {view.id: (view, _service_runs(view)) for view in [*named, *serving]}
    return _best(Link.SERVICE, list(services.values()))


def _service_runs(view: EntryView) -> Running:
    if view.state is State.SUSPENDED:
        return Running.SUSPENDED
    serving = view.content.get("lifecycle") == _SERVING
    return Running.LIVE if serving else Running.NOT_YET


def _agreement(around: _Around, database: EntryView, item: str) -> PathLink:
    covering = []
    for view, about in around.agreements:
        content = view.content
        named = [
            name_key(data_item.get("name", ""))
            for data_item in content.get("items", ())
        ]
        covers = not item or not named or name_key(item) in named
        party = str(around.agency) in content.get("consumers", ())
        if about == database.id and covers and party:
            covering.append((view, agreement_runs(view, around.day)))
    return _best(Link.AGREEMENT, covering)


def _procedure(around: _Around, database: EntryView, item: str) -> PathLink:
    covering = []
    for view, used in around.procedures:
        content = view.content
        agencies = {content.get("owner"), *content.get("partners", ())}
        named = [name_key(used_item) for used_item in content.get("used_items", ())]
        covers = not item or not named or name_key(item) in named
        if used == database.id and covers and str(around.agency) in agencies:
            covering.append((view, _running(view)))
    return _best(Link.PROCEDURE, covering)


def _best(link: Link, candidates: Sequence[tuple[EntryView, Running]]) -> PathLink:
    """Return the link by what serves best; MISSING where nothing is there."""
    for running in Running:
        views = [view for view, state in candidates if state is running]
        if views:
            return PathLink(link, Held(running.value), views)
    return PathLink(link, Held.MISSING)


def _of_entry(view: EntryView) -> Held:
    return Held(_running(view).value)


def _running(view: EntryView) -> Running:
    return Running.SUSPENDED if view.state is State.SUSPENDED else Running.LIVE


def _there(view: EntryView) -> bool:
    return view.state in PRESENT
