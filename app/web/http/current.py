"""What the request being answered works with: its installation, a session, the register
of the day asked about.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import current_app, request
from sqlalchemy.orm import Session

from app.operations.installation import Installation, open_register
from app.permissions import PUBLIC, Audience
from app.register import arguments
from app.register.queries import Register
from app.register.standing import moment
from app.web.http import guard

_REGISTER = "danhmuc.register_today"


@contextmanager
def writing() -> Iterator[Session]:
    """Open a transaction of whoever is logged in."""
    with installation().database.transaction() as session:
        guard.name_actor(session)
        yield session


def looking() -> AbstractContextManager[Session]:
    """Open a session that only reads."""
    return installation().database.reading()


def installation() -> Installation:
    """Return the installation that this application serves."""
    found: Installation = current_app.extensions["danhmuc"]
    return found


def opened(audience: Audience = PUBLIC) -> AbstractContextManager[Register]:
    """Open the register at the moment that the address asks about."""
    day, row = (
        arguments.day(request.args.get("as_of")),
        arguments.number(request.args.get("known_at")),
    )
    return open_register(installation(), day, row, audience)


def register_today(session: Session) -> Register:
    """Return the register as the request's reader sees it today, one for a session."""
    register: Register | None = session.info.get(_REGISTER)
    if register is None:
        register = Register(
            session, installation().profile, moment(session), guard.reader()
        )
        session.info[_REGISTER] = register
    return register
