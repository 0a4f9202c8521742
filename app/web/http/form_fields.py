"""What forms of several pages send alike: a day, and the signed copy of a paper."""

from datetime import date

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import files
from app.errors import DanhmucError, FieldError, InvalidError
from app.register import arguments
from app.web.http.current import installation
from app.web.http.sending_files import clean_name


def day(name: str) -> date | None:
    """Return a day of the form, None where there is none; InvalidError names the
    field.
    """
    try:
        return arguments.day(request.form.get(name))
    except DanhmucError as error:
        raise InvalidError(
            error.message, [FieldError(name, "day", error.message)]
        ) from error


def signed(session: Session) -> str | None:
    """Keep the signed copy that came with the form, and return its hash; None without
    one.
    """
    sent = request.files.get("signed")
    if sent is None or not sent.filename:
        return None
    with sent.stream as stream:
        name, data = clean_name(sent.filename), stream.read()
    files.sniff(name, data)
    kept = files.put(session, installation().settings.data_dir, name, data).sha256
    session.flush()
    return kept


def tell_of_macros(data: bytes) -> None:
    """Tell whoever sent a workbook with macros that its cells alone are read and
    kept.
    """
    if files.has_macros(data):
        flash(_("Tệp có macro: chỉ đọc và giữ các ô, macro bị bỏ."))
