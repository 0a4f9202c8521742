"""When what was agreed runs: a live connection from the database to who asked."""

from collections.abc import Iterable
from uuid import UUID

from app import clock
from app.exchange import connections
from app.exchange.cases.kind import Runs
from app.exchange.cases.models import Case
from app.exchange.connections import Connection, Running
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk


def live(register: Register, case: Case, runs: Runs) -> list[Connection]:
    """Return the live connections over which a side of a case, or an agency that waits
    with it, takes the data that it is about; those that are what it waits for.
    """
    if case.about_id is None:
        return []
    takers = {case.asking_id, *(partner.agency_id for partner in case.partners)}
    day = register.at.as_of
    return [
        connection
        for connection in connections.about(register, [case.about_id])
        if connection.running(day) is Running.LIVE
        and _taken(connection, case.about_id, takers)
        and runs(case, connection)
    ]


def _taken(connection: Connection, database: UUID, takers: Iterable[UUID]) -> bool:
    return any(connection.takes(agency, database) for agency in takers)


def since(desk: Desk, case: Case, runs: Runs) -> Connection | None:
    """Return a connection over which the data of a case run today, None for none."""
    register = Register(desk.session, desk.profile, moment(desk.session, clock.today()))
    return next(iter(live(register, case, runs)), None)
