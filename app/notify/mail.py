"""Sends the letters that wait: over SMTP, to the one server that the settings name, or
into a mailbox file.

Each letter carries a Message-ID that follows from what it is about: one that was sent,
and not yet marked when the machine stopped, is sent again under the same, so that
whoever gets it sees one. What fails waits ever longer and is tried again, for five
days.
"""

import hashlib
import mailbox
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import or_, select

from app import clock
from app.accounts.models import Person
from app.config import Settings
from app.db import Database
from app.notify.models import Letter

BATCH = 50
_TIMEOUT = 10.0  # seconds
# how long a letter waits after it failed
_FIRST, _LONGEST = (
    timedelta(seconds=30),
    timedelta(hours=6),
)
_KEPT = timedelta(days=5)  # for which a letter that nobody takes is tried
_log = structlog.get_logger()
Send = Callable[[EmailMessage], object]


def send_waiting(database: Database, settings: Settings) -> int:
    """Send up to BATCH letters; return how many went. What fails is logged and tried
    again later.
    """
    if settings.mail_server is None or settings.mail_from is None:
        return 0
    now = clock.now()
    with database.reading() as session:
        due = select(Letter.id).where(
            Letter.sent_at.is_(None), Letter.written_at > now - _KEPT
        )
        due = due.where(or_(Letter.not_before.is_(None), Letter.not_before <= now))
        ids = list(session.scalars(due.order_by(Letter.tries, Letter.id).limit(BATCH)))
    count = 0
    while ids:
        before = len(ids)
        try:
            with _opened(settings.mail_server) as send:
                while ids:
                    letter_id = ids.pop(0)
                    count += _send(database, send, settings, letter_id)
        except (OSError, ValueError, smtplib.SMTPException, mailbox.Error) as error:
            _log.warning("mail", kind=type(error).__name__)
            if len(ids) == before:  # nobody is there: the others need not be tried now
                _put_off(database, ids)
                return count
    return count


@contextmanager
def _opened(address: str) -> Iterator[Send]:
    """Open what takes letters: a mailbox file, or a server."""
    if address.startswith("mbox:"):
        with _box(Path(address.removeprefix("mbox:"))) as box:
            yield box.add
        return
    with _server(address) as server:
        yield server.send_message


@contextmanager
def _box(path: Path) -> Iterator[mailbox.mbox]:
    box = mailbox.mbox(path)
    box.lock()
    try:
        yield box
        box.flush()
    finally:
        box.close()


def _server(address: str) -> smtplib.SMTP:
    """Connect, encrypted: with smtps from the start, with smtp as soon as the server
    offers it.
    """
    parts, context = urlsplit(address), ssl.create_default_context()
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=_TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _send(database: Database, send: Send, settings: Settings, letter_id: int) -> bool:
    """Send one letter and mark it; before it goes out it is noted when it is tried
    next, should it fail.
    """
    with database.transaction() as session:
        letter = session.get_one(Letter, letter_id)
        if letter.sent_at is not None:
            return False
        _wait(letter)
        letter_args = letter.key, letter.subject, letter.text, letter.written_at
        address = session.get_one(Person, letter.person_id).email
    send(_message(letter_args, address, settings))
    with database.transaction() as session:
        session.get_one(Letter, letter_id).sent_at = clock.now()
    return True


def _message(
    letter: tuple[str, str, str, datetime], address: str, settings: Settings
) -> EmailMessage:
    """Make the message of a letter (key, subject, text, when it was written);
    ValueError for what no message holds.
    """
    key, subject, text, written_at = letter
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = address
    message["Subject"] = " ".join(subject.split())
    message["Date"] = written_at
    message["Message-ID"] = (
        f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{settings.issuer}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _put_off(database: Database, ids: list[int]) -> None:
    with database.transaction() as session:
        for letter_id in ids:
            _wait(session.get_one(Letter, letter_id))


def _wait(letter: Letter) -> None:
    letter.not_before = clock.now() + min(_FIRST * 2**letter.tries, _LONGEST)
    letter.tries += 1
