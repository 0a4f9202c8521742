"""How often one may fail at the door: counted in the database by account and place, so
nobody else is kept out; wrong codes also by account alone.
"""

import hashlib
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import service
from app.accounts.models import FailedLogin
from app.db import Database
from app.errors import SecondFactorError, ThrottledError

WINDOW = timedelta(minutes=15)
# failures from one place on one account, so that nobody is locked out from elsewhere
MOST_PER_PAIR = 5
MOST_PER_PLACE = 50  # failures from one place on any account
# wrong codes on one account from anywhere: who tries them knows the password already
MOST_CODES = 20


class Attempt(StrEnum):
    """What was tried; failures of one kind say nothing of another."""

    PASSWORD = "password"  # noqa: S105 # pragma: allowlist secret
    CODE = "code"


def note(
    session: Session, email: str, address: str, kind: Attempt = Attempt.PASSWORD
) -> int:
    """Count a failure and return its number; older ones than the window are
    forgotten.
    """
    session.execute(delete(FailedLogin).where(FailedLogin.at < clock.now() - WINDOW))
    keys = {name: key for name, key, _most in _keys(email, address, kind)}
    failed = FailedLogin(**keys, at=clock.now())
    session.add(failed)
    session.flush()
    return failed.id


def require_calm(
    session: Session, email: str, address: str, kind: Attempt = Attempt.PASSWORD
) -> None:
    """Raise ThrottledError after too many failures: from this place, on this account or
    on any; of codes from all.
    """
    since = clock.now() - WINDOW
    for name, key, most in _keys(email, address, kind):
        failed = select(func.count()).where(
            getattr(FailedLogin, name) == key, FailedLogin.at > since
        )
        if most is not None and (session.scalar(failed) or 0) >= most:
            raise ThrottledError(
                "Đã thử sai nhiều lần; đợi 15 phút rồi thử lại, hoặc nhờ quản "
                "trị đặt lại mật khẩu"
            )


def count(database: Database, email: str, address: str, kind: Attempt) -> int:
    """Count a try as failed before it is looked at, so that many at once are no more
    than one after another; return its number, by which `uncount` takes it back.

    ThrottledError after too many.
    """
    with database.transaction() as session:
        require_calm(session, email, address, kind)
        return note(session, email, address, kind)


def uncount(session: Session, tried: int) -> None:
    """Take a try back that was not wrong."""
    session.execute(delete(FailedLogin).where(FailedLogin.id == tried))


@contextmanager
def counted(database: Database, email: str, address: str) -> Iterator[Session]:
    """Open a transaction in which a second factor is tried. The try stays counted where
    the block raises SecondFactorError.

    ThrottledError after too many: whoever knows the password has few tries at the code.
    """
    tried = count(database, email, address, Attempt.CODE)
    settled = False
    try:
        with database.transaction() as session:
            uncount(session, tried)  # undone together with what the block did
            yield session
        settled = True
    except SecondFactorError:
        settled = True
        raise
    finally:
        if not settled:  # it failed for another reason
            with database.transaction() as session:
                uncount(session, tried)


def forgive(session: Session) -> None:
    """Forget every failure: for whoever runs the machine and has to get somebody in."""
    session.execute(delete(FailedLogin))


def hashed(text: str) -> str:
    """Return the SHA-256 under which a secret, or what is about a person, is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def _keys(
    email: str, address: str, kind: Attempt
) -> tuple[tuple[str, str, int | None], ...]:
    """Return under which hashes a failure is counted, and how many each may have (None:
    any).
    """
    account, place = f"{kind}\0{service.email_key(email)}", _place(address)
    return (
        ("source", hashed(place), MOST_PER_PLACE),
        ("pair", hashed(f"{account}\0{place}"), MOST_PER_PAIR),
        ("account", hashed(account), MOST_CODES if kind is Attempt.CODE else None),
    )


def _place(address: str) -> str:
    """Return where an address is: a network of IPv6 addresses is one place, since one
    person may use them all.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return (
        str(ipaddress.ip_network((ip, 64), strict=False))
        if ip.version == 6  # noqa: PLR2004
        else str(ip)
    )
