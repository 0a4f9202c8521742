"""Sends the letters that wait: over SMTP, to the one server that the settings name, and to nowhere else.

A letter that was sent and not yet marked when the machine stopped is sent again; none is lost.
"""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import select

from app import clock
from app.accounts.models import Person
from app.config import Settings
from app.db import Database
from app.notify.models import Letter

MOST_TRIES = 10
BATCH = 50
_TIMEOUT = 10.0  # seconds
_log = structlog.get_logger()


def send_waiting(database: Database, settings: Settings) -> int:
    """Send up to BATCH letters; return how many went. A server that fails is logged and asked again later."""
    if settings.mail_server is None or settings.mail_from is None:
        return 0
    with database.reading() as session:
        waiting = select(Letter.id).where(Letter.sent_at.is_(None), Letter.tries < MOST_TRIES)
        ids = list(session.scalars(waiting.order_by(Letter.tries, Letter.id).limit(BATCH)))
    if not ids:
        return 0
    try:
        with _server(settings.mail_server) as server:
            return sum(_send(database, server, settings.mail_from, letter_id) for letter_id in ids)
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("mail", kind=type(error).__name__)
        with database.transaction() as session:
            session.get_one(Letter, ids[0]).tries += 1
        return 0


def _server(address: str) -> smtplib.SMTP:
    """Connect, encrypted: with smtps from the start, with smtp as soon as the server offers it."""
    parts, context = urlsplit(address), ssl.create_default_context()
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _send(database: Database, server: smtplib.SMTP, sender: str, letter_id: int) -> bool:
    with database.transaction() as session:
        letter = session.get_one(Letter, letter_id)
        person = session.get_one(Person, letter.person_id)
        if letter.sent_at is not None:
            return False
        letter.tries += 1
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, person.email, letter.subject
        message.set_content(letter.text)
    server.send_message(message)
    with database.transaction() as session:
        session.get_one(Letter, letter_id).sent_at = clock.now()
    return True
