"""Passwords: argon2id, at least twelve characters; an unknown person costs as much time
as a known one.
"""

import secrets
import unicodedata
from functools import lru_cache
from itertools import islice

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from app import journal
from app.accounts.models import Person
from app.doors import Door
from app.errors import FieldError, InvalidError

LEAST, MOST = 12, 200
# no look-alikes
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # pragma: allowlist secret
# of zxcvbn's 0 to 4: more than 10^8 guesses, lists of common passwords included
_STRONG = 3
# letters; guessing is estimated in time that grows with the square of the length
_LOOKED_AT = 72
_hasher = PasswordHasher()
# each takes 64 MB and a tenth of a second; nobody waits long for one
_DOOR = Door("password", places=2, waiting=2, patience=2.0)


def make(groups: int = 4) -> str:
    """Return a fresh random password of groups of four letters, some 20 bits each."""
    letters = (secrets.choice(_ALPHABET) for _ in range(4 * groups))
    return "-".join("".join(islice(letters, 4)) for _ in range(groups))


def prepare(password: str, *known: str) -> str:
    """Return what is kept of a password, before a transaction that others wait for;
    InvalidError when it is too short, too long or easily guessed, from what is `known`
    of the person too. UnavailableError.
    """
    password = _normal(password)
    message = None
    if not LEAST <= len(password) <= MOST:
        message = (
            f"Mật khẩu dài từ {LEAST} đến {MOST} ký tự; một câu dễ nhớ là tốt nhất"
        )
    elif zxcvbn(password[:_LOOKED_AT], [*known])["score"] < _STRONG:
        message = "Mật khẩu này dễ đoán; chọn một câu khác"
    if message:
        raise InvalidError(message, [FieldError("password", "weak", message)])
    with _DOOR.passing():
        return _hasher.hash(password)


def keep(
    session: Session, person: Person, prepared: str, *, must_change: bool = False
) -> None:
    """Give a person a password that was prepared.

    `must_change`: somebody else knows it, so the first log-in asks for another.
    """
    person.password_hash = prepared
    person.must_change = must_change
    journal.record(session, journal.Note("person.password", subject_id=person.id))


def set_password(
    session: Session, person: Person, password: str, *, must_change: bool = False
) -> None:
    """Prepare a password and give it to a person, where nobody waits for this
    transaction (the command line). InvalidError.
    """
    prepared = prepare(password, person.email_key, person.name)
    keep(session, person, prepared, must_change=must_change)


def fits(person: Person | None, password: str) -> bool:
    """Tell whether the password is the person's; as slow for nobody as for somebody."""
    known = person.password_hash if person is not None else None
    try:
        with _DOOR.passing():
            matches = _hasher.verify(known or _dummy(), _normal(password)[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return matches and known is not None


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _hasher.hash(make())


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
