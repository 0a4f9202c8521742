"""How often one may fail at the door: counted in the database by account and place, so nobody else is kept out."""

import hashlib
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import service
from app.accounts.models import FailedLogin
from app.db import Database
from app.errors import SecondFactorError, ThrottledError

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 5  # failures from one place on one account, so that nobody is locked out from elsewhere
MOST_PER_PLACE = 50  # failures from one place on any account


def note(session: Session, email: str, address: str) -> None:
    """Count a failure; older ones than the window are forgotten."""
    session.execute(delete(FailedLogin).where(FailedLogin.at < clock.now() - WINDOW))
    session.add(FailedLogin(source=hashed(_place(address)), pair=_pair(email, address), at=clock.now()))


def require_calm(session: Session, email: str, address: str) -> None:
    """Raise ThrottledError after too many failures from this place, on this account or on any."""
    since = clock.now() - WINDOW
    for column, key, most in (
        (FailedLogin.pair, _pair(email, address), MOST_PER_ACCOUNT),
        (FailedLogin.source, hashed(_place(address)), MOST_PER_PLACE),
    ):
        count = session.scalar(select(func.count()).where(column == key, FailedLogin.at > since)) or 0
        if count >= most:
            raise ThrottledError("Đã thử sai nhiều lần; đợi 15 phút rồi thử lại, hoặc nhờ quản trị đặt lại mật khẩu")


@contextmanager
def counted(database: Database, email: str, address: str) -> Iterator[Session]:
    """Open a transaction in which a second factor is tried; SecondFactorError in it is counted, on its own.

    ThrottledError after too many: whoever knows the password has five tries at the code.
    """
    name = f"{email} code"
    try:
        with database.transaction() as session:
            require_calm(session, name, address)
            yield session
    except SecondFactorError:
        with database.transaction() as session:
            note(session, name, address)
        raise


def forgive(session: Session) -> None:
    """Forget every failure: for whoever runs the machine and has to get somebody in."""
    session.execute(delete(FailedLogin))


def hashed(text: str) -> str:
    """Return the SHA-256 under which a secret, or what is about a person, is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def _pair(email: str, address: str) -> str:
    return hashed(f"{service.email_key(email)} {_place(address)}")


def _place(address: str) -> str:
    """Return where an address is: a network of IPv6 addresses is one place, since one person may use them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False)) if found.version == 6 else address  # noqa: PLR2004
