"""What the warehouse holds, written by hand or from a spreadsheet."""

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
from werkzeug.wrappers import Response as BaseResponse

from app.documents.tables import warehouse_sheet as sheet
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import SOURCE, Fault, Row
from app.errors import FieldError, ForbiddenError, InvalidError
from app.exchange import warehouse
from app.exchange.models import WarehouseLoad
from app.exchange.warehouse import Change, Load
from app.permissions import Action, declares
from app.register.queries import Register
from app.vietnamese import clean
from app.web.display import warehouse_words, wording
from app.web.http import guard
from app.web.http.current import register_today, writing
from app.web.office import measured_files
from app.web.office.measured_files import Kind, Line

blueprint = Blueprint("warehouse_upload", __name__)
# of the form, by the heading of a spreadsheet that says the same
_FIELDS = {
    "csdl": sheet.CODE,
    "noi-dung": sheet.ITEM,
    "tich-hop": sheet.INTEGRATED,
    "ngay": sheet.DAY,
    "so-ban-ghi": sheet.RECORDS,
    "con-thieu": sheet.MISSING,
    "nguon": SOURCE,
}


@blueprint.get("/chia-se/kho/nhap")
@declares(Action.COUNT)
def form() -> Response:
    """Offer both ways: a form for one database, and a file for many."""
    row = {"csdl": clean(request.args.get("csdl", ""))[:200]}
    return Response(render_template(_KIND.form, error=None, row=row))


@blueprint.post("/chia-se/kho/nhap")
@declares(Action.COUNT)
def preview() -> BaseResponse:
    """Keep the file that was sent, and show what it would do."""
    return measured_files.preview(_KIND)


@blueprint.post("/chia-se/kho/ghi")
@declares(Action.COUNT)
def record() -> BaseResponse:
    """Record the rows of a file that was seen."""
    flash(_("Đã ghi %(n)s số liệu.", n=measured_files.record(_KIND)))
    return redirect(url_for("warehouse.listed"))


@blueprint.post("/chia-se/kho/mot")
@declares(Action.COUNT)
def one() -> BaseResponse:
    """Record what the form says of one database or item."""
    typed = {name: clean(request.form.get(name, "")) for name in _FIELDS}
    row = {_FIELDS[name]: text for name, text in typed.items() if text}
    try:
        with writing() as session:
            register = register_today(session)
            load = _typed(Lookup(session, register.profile), register, row)
            warehouse.record(guard.desk(session), register, [load])
            view = register.by_ids([load.database])[load.database]
            local_id = view.local_id
    except (InvalidError, ForbiddenError) as error:
        page = render_template(_KIND.form, error=error, row=typed)
        return BaseResponse(page, status=422, mimetype="text/html")
    flash(_("Đã ghi vào kho dùng chung."))
    return redirect(url_for("warehouse.one", local_id=local_id))


def _typed(lookup: Lookup, register: Register, row: Row) -> Load:
    """Return what the form says; InvalidError names each field that is wrong."""
    faults: list[Fault] = []
    load = sheet.load(lookup, register, row, faults)
    if load is None:
        names = {heading: name for name, heading in _FIELDS.items()}
        errors = [
            FieldError(names[fault.heading], "cell", fault.message) for fault in faults
        ]
        raise InvalidError(_("Có %(n)s chỗ phải sửa", n=len(errors)), errors)
    return load


def _in_words(register: Register, changes: Sequence[Change]) -> list[Line]:
    names = register.by_ids({change.load.database for change in changes})
    lines = []
    for change in changes:
        load = change.load
        of = names[load.database].title, load.item, wording.day(load.day)
        before = _told(change.before) if change.before else ""
        what = " · ".join(str(part) for part in of if part)
        lines.append(Line(what, before, _told(load)))
    return lines


def _told(row: Load | WarehouseLoad) -> str:
    if row.integrated is None:
        return warehouse_words.withdrawn()
    parts = [warehouse_words.words(row.integrated)[0]]
    if row.records is not None:
        parts.append(_("%(n)s bản ghi", n=wording.number(row.records)))
    if row.missing:
        parts.append(_("còn thiếu: %(what)s", what=row.missing))
    return ", ".join(parts)


_KIND = Kind(
    read=sheet.read,
    recordable=warehouse.recordable,
    compare=warehouse.compare,
    record=warehouse.record,
    own=(sheet.CODE, warehouse.NOT_OWN),
    in_words=_in_words,
    form="office/warehouse_upload.html",
    endpoint="warehouse_upload",
    measured=lambda change: change.load,
)
