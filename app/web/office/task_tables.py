"""Tasks as HOANTHIEN_NV: out, and back from a file that was seen first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

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
from app.documents.tables import sheets, task_table
from app.documents.tables.lookup import Lookup
from app.documents.tables.task_table import ReadTasks
from app.errors import DanhmucError, FieldError, InvalidError
from app.exchange.cases import kinds, queries, service
from app.exchange.cases.inputs import Edit
from app.exchange.cases.kinds import tasks
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.models import Case
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, declares
from app.web.display.entry_names import named
from app.web.http import form_fields, guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.sending_files import XLSX, attachment, clean_name
from app.workflow.context import Desk

blueprint = Blueprint("task_tables", __name__)

MOST = 5000  # tasks in one table
# by when the province's framework is to be issued (QĐ 1425/QĐ-TTg Điều 3 khoản 4)
SETTLED_BY = date(2027, 1, 29)
_STANDING = [one for one in CaseStatus if one is not CaseStatus.WITHDRAWN]


def _tasks(desk: Desk) -> list[Case]:
    return queries.page(desk, CaseFilter((tasks.NAME,), _STANDING), MOST)[:MOST]


@blueprint.get("/viec/nhiem-vu.xlsx")
@declares(Action.READ_CASES)
def export() -> Response:
    """Give the tasks that the reader may read as HOANTHIEN_NV."""
    with looking() as session:
        desk = guard.desk(session)
        contents = [case.content for case in _tasks(desk)]
        members = desk.profile.cases[tasks.NAME].fields
        ids = {one for content in contents for one in named(members, content)}
        views = register_today(session).by_ids(ids)
        data = task_table.xlsx(desk.profile, contents, views, SETTLED_BY)
    return attachment(data, "hoanthien-nv.xlsx", XLSX)


@dataclass(frozen=True)
class Comparison:
    """What a file would do: contents of new tasks, of changed ones with their case, how
    many are the same.
    """

    new: list[dict[str, Any]]
    changed: list[tuple[Case, dict[str, Any]]]
    same: int


@blueprint.get("/viec/nhiem-vu/tu-tep")
@declares(Action.OPEN_CASE)
def form() -> Response:
    """Offer to send a file."""
    return Response(render_template("office/task_upload.html", error=None))


@blueprint.post("/viec/nhiem-vu/tu-tep")
@declares(Action.OPEN_CASE)
def preview() -> BaseResponse:
    """Keep the file that was sent, and show what it would do."""
    try:
        sent = request.files.get("tep")
        if sent is None or not sent.filename:
            message = _("Chọn tệp HOANTHIEN_NV")
            raise InvalidError(message, [FieldError("tep", "file", message)])
        name = clean_name(sent.filename)
        with sent.stream as stream:
            data = stream.read()
        book = sheets.read_book(data)
        form_fields.tell_of_macros(data)
        with writing() as session:
            _require_openable(guard.desk(session))
            folder = installation().settings.data_dir
            digest = files.put(session, folder, *sheets.kept(name, data, book)).sha256
        with looking() as session:
            found, compared = _compared(session, digest)
            page = render_template(
                "office/task_preview.html",
                digest=digest,
                faults=found.faults,
                compared=compared,
            )
    except DanhmucError as error:
        page = render_template("office/task_upload.html", error=error)
        return BaseResponse(page, status=422, mimetype="text/html")
    return Response(page)


def _require_openable(desk: Desk) -> None:
    if not service.may_open(desk, kinds.kind_of(tasks.NAME)):
        raise InvalidError(_("Bảng nhiệm vụ do đơn vị chuyên trách nhập"))


def _compared(session: Session, digest: str) -> tuple[ReadTasks, Comparison]:
    desk = guard.desk(session)
    data = files.get(installation().settings.data_dir, digest)
    found = task_table.read(Lookup(session, desk.profile), sheets.read_book(data))
    known = {case.content.get("code"): case for case in _tasks(desk)}
    new, changed, same = [], [], 0
    for code, task in found.tasks.items():
        case = known.get(code)
        if case is None:
            new.append(task_table.merged({}, task, SETTLED_BY))
        elif task_table.same(task, case.content, SETTLED_BY):
            same += 1
        else:
            changed.append((case, task_table.merged(case.content, task, SETTLED_BY)))
    return found, Comparison(new, changed, same)


@blueprint.post("/viec/nhiem-vu/ghi")
@declares(Action.OPEN_CASE)
def record() -> BaseResponse:
    """Write what a file that was seen says: new tasks as drafts, changed ones anew."""
    digest = request.form.get("tep", "")
    with writing() as session:
        desk = guard.desk(session)
        _require_openable(desk)
        if session.get(files.File, digest) is None:
            raise InvalidError(_("Tệp đã xem trước không còn; gửi lại tệp"))
        _found, compared = _compared(session, digest)
        for content in compared.new:
            service.begin(desk, tasks.NAME, content)
        for case, content in compared.changed:
            given = Edit(content)
            service.act(desk, case.number, case.lock_version, Action.EDIT_CASE, given)
        numbers = len(compared.new), len(compared.changed)
    flash(_("Đã lập %(new)s nhiệm vụ, sửa %(n)s.", new=numbers[0], n=numbers[1]))
    return redirect(url_for("cases.listed", loai=tasks.NAME))
