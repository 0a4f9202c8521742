"""The second factor: an authenticator's six digits (TOTP, RFC 6238), or one of ten
recovery codes, each good once.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import passwords
from app.accounts.models import Person, RecoveryCode, SecondFactor
from app.errors import FieldError, InvalidError, NotFoundError

CODES = 10
_STEP = 30  # seconds for which an authenticator shows a code
_DRIFT = 1  # steps by which a clock may be off


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator is told: `secret` in base 32, `address` as its QR code
    holds it.
    """

    nonce: str
    secret: str
    address: str


def enrolled(session: Session, person_id: UUID) -> bool:
    """Tell whether a person has a second factor."""
    return session.get(SecondFactor, person_id) is not None


def offer(key: bytes, person_name: str, issuer: str, session_secret: str) -> Enrolment:
    """Return what to show to whoever sets an authenticator up; the same for the whole
    log-in, and nothing is kept.
    """
    nonce = _keyed(key, f"enrolment {session_secret}")
    secret = _secret(key, nonce)
    return Enrolment(
        nonce,
        secret,
        pyotp.TOTP(secret).provisioning_uri(name=person_name, issuer_name=issuer),
    )


def enrol(
    session: Session, person: Person, nonce: str, code: str, key: bytes
) -> list[str]:
    """Take an authenticator that shows the right code; return the recovery codes.
    InvalidError for a wrong code.
    """
    step = _matching(_secret(key, nonce), "".join(code.split()))
    if step is None:
        message = "Mã không khớp. Kiểm tra giờ của điện thoại, rồi nhập mã đang hiện"
        raise InvalidError(message, [FieldError("new_code", "invalid", message)])
    set_up(session, person.id, nonce, step)
    return renew_codes(session, person.id, key)


def set_up(
    session: Session, person_id: UUID, nonce: str | None = None, step: int = 0
) -> None:
    """Give a person an authenticator in place of any former one; without a `nonce` one
    that nobody was shown.
    """
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    nonce = nonce or secrets.token_hex(16)
    session.add(
        SecondFactor(
            person_id=person_id, nonce=nonce, confirmed_at=clock.now(), last_step=step
        )
    )
    journal.record(session, journal.Note("person.second-factor", subject_id=person_id))


def renew_codes(session: Session, person_id: UUID, key: bytes) -> list[str]:
    """Make new recovery codes; the former ones are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [passwords.make(groups=3) for _ in range(CODES)]
    session.add_all(
        RecoveryCode(key=_keyed(key, f"{person_id} {code}"), person_id=person_id)
        for code in codes
    )
    return codes


def accept(session: Session, person_id: UUID, code: str, key: bytes) -> bool:
    """Tell whether the code is the authenticator's or a recovery code, and use it up:
    no code is taken twice.
    """
    factor = session.get(SecondFactor, person_id)
    if factor is None:
        return False
    text = "".join(code.split())
    step = _matching(_secret(key, factor.nonce), text)
    if step is not None and step > factor.last_step:
        factor.last_step = step
        return True
    used = update(RecoveryCode).where(
        RecoveryCode.key == _keyed(key, f"{person_id} {text.casefold()}"),
        RecoveryCode.used_at.is_(None),
    )
    return bool(session.execute(used.values(used_at=clock.now())).rowcount)  # type: ignore[attr-defined]


def left(session: Session, person_id: UUID) -> int:
    """Return how many recovery codes are still good."""
    unused = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return (
        session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused))
        or 0
    )


def forget(session: Session, person_id: UUID) -> None:
    """Take a lost second factor off: the next log-in sets a new one up."""
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    journal.record(
        session, journal.Note("person.second-factor-removed", subject_id=person_id)
    )


def showing(session: Session, person_id: UUID, key: bytes) -> str:
    """Return the code that the person's authenticator shows now; for demonstrations and
    tests. NotFoundError.
    """
    factor = session.get(SecondFactor, person_id)
    if factor is None:
        raise NotFoundError("Người này chưa cài ứng dụng xác thực")
    return pyotp.TOTP(_secret(key, factor.nonce)).at(clock.now())


def _matching(secret: str, code: str) -> int | None:
    """Return the half minute whose code this is, within the drift allowed."""
    now = int(clock.now().timestamp()) // _STEP
    steps = range(now - _DRIFT, now + _DRIFT + 1)
    return next(
        (
            step
            for step in steps
            if pyotp.TOTP(secret).verify(code, for_time=step * _STEP)
        ),
        None,
    )


def _secret(key: bytes, nonce: str) -> str:
    return base64.b32encode(
        hmac.digest(key, f"totp {nonce}".encode(), "sha256")[:20]
    ).decode()


def _keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
