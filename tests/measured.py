"""Measurements beside entries, for tests: what an owner says, what runs, what the warehouse holds."""

from datetime import date

from app.exchange import statements, traffic, warehouse
from app.exchange.models import CountedBy, Extent, Flow, Integrated
from app.exchange.traffic import Figure
from app.exchange.warehouse import Load
from app.permissions import Role
from app.register.queries import Register
from app.register.standing import moment


def figures(connection, count, value=5):
    """Return figures of so many months of a connection."""
    return [
        Figure(
            connection,
            "lgsp",
            Flow.SENT,
            Extent.ALL,
            CountedBy.SOURCE,
            "bản ghi",
            value,
            date(2000 + number // 12, number % 12 + 1, 1),
            None,
            None,
            None,
            "Nhật ký",
            "co-quan-khai",
            illustrative=False,
        )
        for number in range(count)
    ]


def loads(database, count, records=5):
    """Return what the warehouse held of a database on so many days."""
    return [
        Load(
            database,
            "",
            date.fromordinal(730_000 + number),
            Integrated.PART,
            records,
            "Hồ sơ cũ",
            "Nhật ký",
            "co-quan-khai",
            illustrative=False,
        )
        for number in range(count)
    ]


def everything(office):
    """Record some of each, each corrected once."""
    with office.reading() as register:
        land = register.get("shared-database", "CSDL-0001")
        line = register.get("connection", "QHKN-0001")
    for amount in (5, 6):
        with office.desk(Role.REGISTRAR) as desk:
            statements.say_current(desk, land, date(2026, 1, amount))
        with office.desk(Role.REVIEWER) as desk:
            register = Register(desk.session, desk.profile, moment(desk.session))
            traffic.record(desk, register, figures(line.id, 3, amount))
            warehouse.record(desk, register, loads(land.id, 3, amount))
