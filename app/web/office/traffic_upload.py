"""Figures of traffic from a spreadsheet: seen first, then recorded as one act."""

from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import files
from app.documents.tables import sheets, traffic_sheet
from app.documents.tables.lookup import Lookup
from app.documents.tables.traffic_sheet import Fault, ReadTraffic
from app.errors import DanhmucError, FieldError, InvalidError
from app.exchange import traffic
from app.exchange.traffic import Change
from app.permissions import Action, declares
from app.register.queries import Register
from app.web.http import form_fields, guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.sending_files import XLSX, attachment, clean_name

blueprint = Blueprint("traffic_upload", __name__)
SHOWN = 200  # rows of a preview


@blueprint.get("/chia-se/luu-thong/nhap")
@declares(Action.COUNT)
def form() -> Response:
    """Offer the form."""
    return Response(render_template("office/traffic_upload.html", error=None))


@blueprint.get("/chia-se/luu-thong/mau.xlsx")
@declares(Action.COUNT)
def sample() -> Response:
    """Give a spreadsheet to fill in."""
    return attachment(traffic_sheet.workbook([]), "luu-thong.xlsx", XLSX)


@blueprint.post("/chia-se/luu-thong/nhap")
@declares(Action.COUNT)
def preview() -> BaseResponse:
    """Keep what was sent, and show what it would do."""
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
            found, changes = _compared(session, digest)
            _require_rows(found)
            page = _preview(register_today(session), digest, found, changes)
    except DanhmucError as error:
        page = render_template("office/traffic_upload.html", error=error)
        return BaseResponse(page, status=422, mimetype="text/html")
    return Response(page)


def _require_rows(found: ReadTraffic) -> None:
    if not found.figures and not found.faults:
        message = _("Tệp chưa có dòng số liệu nào; điền ít nhất một dòng")
        raise InvalidError(message, [FieldError("tep", "rows", message)])


def _sent() -> bytes:
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        message = _("Chọn tệp số liệu")
        raise InvalidError(message, [FieldError("tep", "file", message)])
    with sent.stream as stream:
        return stream.read()


def _compared(session: Session, digest: str) -> tuple[ReadTraffic, list[Change]]:
    """Return what a file says and what its figures would do; those that the actor may
    not record are told as faults of their rows.
    """
    register, desk = register_today(session), guard.desk(session)
    data = files.get(installation().settings.data_dir, digest)
    lookup = Lookup(session, register.profile)
    found = traffic_sheet.read(lookup, register, sheets.read_book(data))
    own = traffic.recordable(desk, register, found.figures)
    for line, figure in zip(found.lines, found.figures, strict=True):
        if figure not in own:
            found.faults.append(Fault(line, "Mã kết nối", traffic.NOT_OWN))
    return found, traffic.compare(register, own)


def _preview(
    register: Register,
    digest: str,
    found: ReadTraffic,
    changes: Sequence[Change],
) -> str:
    ids = {change.figure.connection for change in changes if change.figure.connection}
    return render_template(
        "office/traffic_preview.html",
        digest=digest,
        faults=found.faults,
        new=[change for change in changes if change.before is None],
        corrected=[each for each in changes if each.before and not each.same],
        same=sum(change.same for change in changes),
        connections=register.by_ids(ids),
        shown=SHOWN,
        words=traffic_sheet,
    )


@blueprint.post("/chia-se/luu-thong/ghi")
@declares(Action.COUNT)
def record() -> BaseResponse:
    """Record the figures of a file that was seen; of one with faults, those that can be
    read.
    """
    digest = request.form.get("tep", "")
    with writing() as session:
        if session.get(files.File, digest) is None:
            raise InvalidError(_("Tệp đã xem trước không còn; gửi lại tệp"))
        _found, changes = _compared(session, digest)
        figures = [change.figure for change in changes]
        done = traffic.record(guard.desk(session), register_today(session), figures)
        written = sum(not change.same for change in done)
    flash(_("Đã ghi %(n)s số liệu.", n=written))
    return redirect(url_for("traffic.monthly"))
