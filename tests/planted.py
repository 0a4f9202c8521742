"""A register with many connections, in which path questions with known answers and lines of known lists are planted."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

import sharing
import written
from support import agency, database

from app import clock
from app.exchange import discrepancies
from app.exchange.discrepancies import Gap
from app.exchange.models import TrafficFigure
from app.exchange.paths import Held, Link

LONG_AGO = date(2020, 1, 1)
AGENCIES = 60
OF_EACH_LIST = 20
WHOLE = dict.fromkeys(Link, Held.LIVE)
# how the paths that are asked for differ, each so often
VARIANTS = (
    "whole",
    Link.SOURCE,
    Link.SERVICE,
    Link.CHANNEL,
    Link.AGREEMENT,
    Link.PROCEDURE,
    "lapsed agreement",
    "lapsed connection",
    "merged owner",
    "ends tomorrow",
)
LAPSING = {"lapsed agreement": Link.AGREEMENT, "lapsed connection": Link.CHANNEL}
AGREED_UNTIL = {"lapsed agreement": -1, "ends tomorrow": 1}


@dataclass
class World:
    """What was planted: questions (agency, item, day → how each link holds, None for no source), titles by list."""

    questions: list = field(default_factory=list)
    lists: dict = field(default_factory=lambda: {gap: set() for gap in Gap})
    rows: list = field(default_factory=list)
    agencies: list = field(default_factory=list)
    law: UUID = None
    databases: int = 0
    connections: int = 0


def plant(office, databases=2_000, connections=10_000, questions=200):
    """Write such a register and return what is in it."""
    world = World(law=office.law())
    for number in range(AGENCIES):
        name = f"Cơ quan thứ {number}"
        added = _add(office, world, "agency", f"CQ-{number + 1000}", agency(name))
        world.agencies.append(added)
    for number in range(questions):
        _path(office, world, number, VARIANTS[number % len(VARIANTS)])
    _of_lists(office, world)
    _noise(office, world, databases, connections)
    written.write(office, world.rows)
    return world


def _add(office, world, kind, local_id, content, **more):
    entry_id, rows = written.entry(office, kind, local_id, content, **more)
    world.rows += rows
    return entry_id


def _database(office, world, owner, title, item, **more):
    world.databases += 1
    content = database(str(owner), str(world.law), title=title, **more)
    named = {**content["data_items"][0], "name": {"vi": item}}
    content["data_items"] = [{**named, "key": "1"}]
    local_id = f"CSDL-{world.databases + 10_000}"
    return _add(office, world, "shared-database", local_id, content), content


def _connection(office, world, title, owner, **more):
    world.connections += 1
    content = sharing.connection(title, owner, **more)
    return _add(
        office, world, "connection", f"QHKN-{world.connections + 10_000}", content
    )


def _agreement(office, world, number, *parties, **more):
    content = sharing.agreement(f"Thỏa thuận {number}", *parties, world.law, **more)
    return _add(office, world, "agreement", f"TTCS-{number}", content)


def _path(office, world, number, variant):
    """Plant one path and what is to be answered on some days."""
    owner, consumer = world.agencies[number % 20], world.agencies[20 + number % 30]
    item = f"Hạng mục cần {number}"
    for day, held in _answers(variant):
        world.questions.append((consumer, item, day, held))
    if variant is Link.SOURCE:
        return
    title = f"CSDL đường {number}"
    base, content = _database(office, world, owner, title, item, frequency="IRREG")
    if variant is not Link.SERVICE:
        said = sharing.service(f"Dịch vụ {number}", owner, base)
        _add(office, world, "data-service", f"DV-{number + 10_000}", said)
    if variant is not Link.PROCEDURE:
        used = sharing.procedure(f"Thủ tục {number}", consumer, base, used_items=[item])
        _add(office, world, "procedure", f"TTHC-{number + 10_000}", used)
    agreed = None
    if variant is not Link.AGREEMENT:
        parties = owner, consumer, base
        term = _term(AGREED_UNTIL.get(variant))
        agreed = _agreement(office, world, number + 10_000, *parties, **term)
    if variant is Link.CHANNEL:
        world.lists[Gap.SILENT].add(f"Thỏa thuận {number + 10_000}")
    else:
        ends = {"source": owner, "source_database": base, "target": consumer}
        under = {"agreement": agreed} if agreed else {}
        _line(office, world, number, variant, {**ends, **under, "exchanged": [item]})
    if variant == "merged owner":
        _merge(office, world, base, content)


def _line(office, world, number, variant, said):
    """Plant the connection of a path, over which something ran last month."""
    title = f"Kết nối đường {number}"
    over = _term(-1) if variant == "lapsed connection" else {}
    line = _connection(office, world, title, said["source"], **said, **over)
    world.rows.append((TrafficFigure, traffic_row(office, line, 5)))
    if variant in (Link.AGREEMENT, "lapsed agreement"):
        world.lists[Gap.WITHOUT_AGREEMENT].add(title)
    if over:
        world.lists[Gap.PAST_TERM].add(title)


def _term(days):
    """Return the last day of a term, so many days from today; nothing for none."""
    if days is None:
        return {}
    return {"term_end": (clock.today() + timedelta(days=days)).isoformat()}


def _answers(variant):
    """Yield days, and how each link holds then; None where nobody has the item."""
    days = {back: clock.today() + timedelta(days=back) for back in (-1, 0, 1, 2)}
    for back in (-1, 0, 1):
        held = dict(WHOLE)
        if isinstance(variant, Link):
            held[variant] = Held.MISSING
        elif variant in LAPSING and back >= 0:
            held[LAPSING[variant]] = Held.LAPSED
        yield days[back], None if variant is Link.SOURCE else held
    if variant == "ends tomorrow":
        yield days[2], {**WHOLE, Link.AGREEMENT: Held.LAPSED}


def _merge(office, world, base, content):
    """Give a database to another owner from today on, as a succession does."""
    heir = world.agencies[59]
    for _table, row in world.rows:
        if row.get("entry_id") == base and "valid_to" in row:
            row["valid_to"] = clock.today()
    changed = {**content, "owner": str(heir)}
    days = (clock.today(), written.OPEN_END)
    world.rows += written.versions(office, base, "shared-database", changed, 1, days)


def traffic_row(office, connection, value, month=None):
    """Return a figure of a month, the last whole one where none is said."""
    return {
        "id": uuid4(),
        "connection_id": connection,
        "channel": "lgsp",
        "flow": "sent",
        "extent": "all",
        "counted_by": "source",
        "unit": "bản ghi",
        "value": value,
        "month": month or discrepancies.month_before(clock.today()),
        "source": "Nhật ký",
        "certainty": "minh-hoa",
        "illustrative": True,
        "agency_id": office.department,
        "post_id": next(iter(office.actors.values())).post_id,
        "recorded_seq": 1,
    }


def warehouse_row(office, database, day):
    """Return what the warehouse held of all of a database on a day."""
    return {
        "id": uuid4(),
        "entry_id": database,
        "item": "",
        "day": day,
        "integrated": "part",
        "records": 9,
        "missing": "",
        "source": "Nhật ký",
        "certainty": "minh-hoa",
        "illustrative": True,
        "agency_id": office.department,
        "post_id": next(iter(office.actors.values())).post_id,
        "recorded_seq": 1,
    }


def _of_lists(office, world):
    """Plant so many lines of each list, between agencies that no path is asked for."""
    giver, taker = world.agencies[55], world.agencies[56]
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    late, _ = _database(
        office,
        world,
        giver,
        "CSDL trễ",
        "Trễ",
        frequency="DAILY",
        last_updated="2026-01-01",
    )
    fine, _ = _database(office, world, giver, "CSDL tốt", "Tốt", frequency="IRREG")
    good = _agreement(office, world, 90_000, giver, taker, fine)
    for number in range(OF_EACH_LIST):
        plans = {
            Gap.SILENT: ({"source_database": fine, "agreement": good}, 0),
            Gap.WITHOUT_AGREEMENT: ({"source_database": fine}, 7),
            Gap.PAST_TERM: ({"agreement": good, "term_end": yesterday}, 7),
            Gap.STALE: ({"source_database": late, "agreement": good}, 7),
        }
        for gap, (said, amount) in plans.items():
            title = f"{gap} {number}"
            ends = {"source": giver, "target": taker}
            line = _connection(office, world, title, giver, **ends, **said)
            world.rows.append((TrafficFigure, traffic_row(office, line, amount)))
            world.lists[gap].add(title)


def _noise(office, world, databases, connections):
    """Fill the register with what is on no list and answers no question."""
    giver = world.agencies[57]
    bases = []
    while world.databases < databases:
        number = world.databases
        title, item = f"CSDL khác {number}", f"Hạng mục khác {number % 300}"
        base, _ = _database(office, world, giver, title, item, frequency="IRREG")
        bases.append(base)
    taker = world.agencies[58]
    fine = _agreement(office, world, 91_000, giver, taker, bases[0] if bases else giver)
    while world.connections < connections:
        number = world.connections
        base = bases[number % len(bases)]
        ends = {"source": giver, "source_database": base, "target": taker}
        line = _connection(
            office, world, f"Kết nối khác {number}", giver, **ends, agreement=fine
        )
        world.rows.append((TrafficFigure, traffic_row(office, line, 3)))
