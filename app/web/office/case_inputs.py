"""What a form sends along with something that is done to a case, as its input."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from app.errors import FieldError, InvalidError
from app.exchange.cases import attached
from app.exchange.cases.inputs import SentFile
from app.web.display.entry_names import EntryNames
from app.web.http import form_fields
from app.web.http.current import installation
from app.web.http.sending_files import clean_name
from app.workflow.context import Desk
from app.workflow.life import Nothing, made_of

MOST_NAMED = 20  # laws that a refusal names


def read(desk: Desk, takes: type) -> Any:
    """Return what comes along, of what the form sends; InvalidError names a field that
    cannot be read.
    """
    if takes is Nothing:
        return Nothing()
    readers: dict[str, Callable[[], Any]] = {
        "file": lambda: _file(desk),
        "due_on": lambda: form_fields.day("due_on"),
        "paper_day": lambda: form_fields.day("paper_day"),
        "items": lambda: request.form.getlist("items"),
        "basis": lambda: _laws(desk),
        "addressee": lambda: agency(desk),
    }
    values: dict[str, Any] = {}
    for part in fields(takes):
        reader = readers.get(part.name)
        values[part.name] = reader() if reader else request.form.get(part.name, "")
    return made_of(takes, values)


def _file(desk: Desk) -> SentFile | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    settings = installation().settings
    with sent.stream as stream:
        name, data = clean_name(sent.filename), stream.read()
    quota = settings.attachment_megabytes * 1_000_000
    return attached.keep(desk, name, data, settings.data_dir, quota)


def _laws(desk: Desk) -> list[UUID]:
    names = EntryNames(desk.session, desk.profile, {})
    lines = request.form.get("basis", "").splitlines()
    typed = [line.strip()[:300] for line in lines if line.strip()][:MOST_NAMED]
    found: list[UUID] = []
    for text in typed:
        meant = names.meant("legal-document", text)
        if len(meant) != 1:
            message = _(
                "Không rõ văn bản “%(name)s”; ghi số, ký hiệu như trong danh mục",
                name=text,
            )
            raise InvalidError(message, [FieldError("basis", "reference", message)])
        found += meant
    return found


def agency(desk: Desk) -> UUID | None:
    """Return the agency that the form names, None for none; InvalidError where it is
    not clear which is meant.
    """
    text = request.form.get("addressee", "").strip()[:300]
    if not text:
        return None
    meant = EntryNames(desk.session, desk.profile, {}).meant("agency", text)
    if len(meant) != 1:
        message = _("Không rõ cơ quan “%(name)s”; ghi tên đầy đủ hoặc mã", name=text)
        raise InvalidError(message, [FieldError("addressee", "reference", message)])
    return meant[0]
