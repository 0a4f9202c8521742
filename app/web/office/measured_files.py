"""Measurements from a spreadsheet, of whatever kind: what was sent is kept, shown for
what it would do, then recorded as one act.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import files
from app.documents.tables import sheets
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import Fault, ReadRows
from app.documents.tables.sheets import Book
from app.errors import DanhmucError, FieldError, InvalidError
from app.exchange.measurements import TWICE, repeated
from app.register.queries import Register
from app.web.http import form_fields, guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.sending_files import clean_name
from app.workflow.context import Desk

SHOWN = 200  # rows of a preview


@dataclass(frozen=True)
class Line:
    """What a row would do, in words: of what it is, what it says instead of `before`
    ("" where it is new).
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Kind:
    """A kind of measurements that come by file. `read`, `recordable`, `compare`,
    `record` are its room's; `own` is the column told of a row that the actor may not
    record, and why; `in_words` tells changes.
    """

    read: Callable[[Lookup, Register, Book], ReadRows[Any]]
    recordable: Callable[[Desk, Register, Sequence[Any]], list[Any]]
    compare: Callable[[Register, Sequence[Any]], list[Any]]
    record: Callable[[Desk, Register, Sequence[Any]], list[Any]]
    own: tuple[str, str]
    in_words: Callable[[Register, Sequence[Any]], list[Line]]
    form: str  # template that offers to send a file
    endpoint: str  # blueprint of `form`, `preview` and `record`
    measured: Callable[[Any], Any]  # what a change would record


def preview(kind: Kind) -> BaseResponse:
    """Keep the file that was sent, and show what it would do."""
    try:
        data = _sent()
        name = clean_name(request.files["tep"].filename or "")
        book = sheets.read_book(data)
        form_fields.tell_of_macros(data)
        with writing() as session:
            folder = installation().settings.data_dir
            kept = files.put(session, folder, *sheets.kept(name, data, book))
            digest = kept.sha256
        with looking() as session:
            found, changes = _compared(kind, session, digest)
            _require_rows(found)
            page = _shown(kind, register_today(session), digest, found, changes)
    except DanhmucError as error:
        page = render_template(kind.form, error=error, row={})
        return BaseResponse(page, status=422, mimetype="text/html")
    return Response(page)


def _require_rows(found: ReadRows[Any]) -> None:
    if not found.measured and not found.faults:
        message = _("Tệp chưa có dòng số liệu nào; điền ít nhất một dòng")
        raise InvalidError(message, [FieldError("tep", "rows", message)])


def _sent() -> bytes:
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        message = _("Chọn tệp số liệu")
        raise InvalidError(message, [FieldError("tep", "file", message)])
    with sent.stream as stream:
        return stream.read()


def _compared(
    kind: Kind, session: Session, digest: str
) -> tuple[ReadRows[Any], list[Any]]:
    """Return what a file says and what its rows would do; those that the actor may not
    record are told as faults.
    """
    register, desk = register_today(session), guard.desk(session)
    data = files.get(installation().settings.data_dir, digest)
    lookup = Lookup(session, register.profile)
    found = kind.read(lookup, register, sheets.read_book(data))
    own = set(kind.recordable(desk, register, found.measured))
    changes = kind.compare(register, found.measured)
    twice = set(repeated(found.measured))
    kept = []
    for place, change in enumerate(changes):
        line = found.lines[place]
        if place in twice:
            found.faults.append(Fault(line, kind.own[0], TWICE))
        elif kind.measured(change) in own:
            kept.append(change)
        elif not change.same:
            # what others said, and came back as it went out, is no fault
            found.faults.append(Fault(line, *kind.own))
    return found, kept


def _shown(
    kind: Kind,
    register: Register,
    digest: str,
    found: ReadRows[Any],
    changes: Sequence[Any],
) -> str:
    new = [each for each in changes if each.before is None and not each.same]
    corrected = [each for each in changes if each.before and not each.same]
    return render_template(
        "office/measured_preview.html",
        endpoint=kind.endpoint,
        digest=digest,
        faults=found.faults,
        new=len(new),
        corrected=len(corrected),
        same=sum(change.same for change in changes),
        news=kind.in_words(register, new[:SHOWN]),
        corrections=kind.in_words(register, corrected[:SHOWN]),
        shown=SHOWN,
    )


def record(kind: Kind) -> int:
    """Record the rows of a file that was seen; of one with faults, those that can be
    read. Return how many were written.
    """
    digest = request.form.get("tep", "")
    with looking() as session:
        if session.get(files.File, digest) is None:
            raise InvalidError(_("Tệp đã xem trước không còn; gửi lại tệp"))
        _found, changes = _compared(kind, session, digest)
    measured = [kind.measured(change) for change in changes]
    with writing() as session:
        done = kind.record(guard.desk(session), register_today(session), measured)
        return sum(not change.same for change in done)
