"""Tasks as HOANTHIEN_NV: out, and back from a file that was seen first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from werkzeug.wrappers import Response as BaseResponse

from app import files
from app.api import problems
from app.documents.tables import sheets, task_table
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import Fault
from app.errors import DanhmucError, FieldError, InvalidError
from app.exchange.cases import kinds, queries, service
from app.exchange.cases.inputs import Edit
from app.exchange.cases.kinds import tasks
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.models import Case
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, declares
from app.register import arguments
from app.register.content import schema
from app.web.display.entry_names import named
from app.web.http import form_fields, guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.sending_files import XLSX, attachment, clean_name
from app.workflow.context import Desk
from catalog_schema.profile import Stage

blueprint = Blueprint("task_tables", __name__)

MOST = 5000  # tasks in one table
_EDITABLE = (CaseStatus.DRAFT, CaseStatus.SENT)
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
        data = task_table.xlsx(desk.profile, contents, views, task_table.SETTLED_BY)
    return attachment(data, "hoanthien-nv.xlsx", XLSX)


@dataclass(frozen=True)
class Changed:
    """A task that a file changes: its case, what it says then, which cells differ."""

    case: Case
    content: dict[str, Any]
    cells: Sequence[task_table.Change]


@dataclass(frozen=True)
class Comparison:
    """What a file would do: contents of new tasks, changed ones, how many are the same;
    what bars it.
    """

    new: list[dict[str, Any]]
    changed: list[Changed]
    same: int
    faults: list[Fault]


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
            page = render_template(
                "office/task_preview.html",
                digest=digest,
                compared=_compared(guard.desk(session), digest),
            )
    except DanhmucError as error:
        page = render_template("office/task_upload.html", error=error)
        return BaseResponse(page, status=422, mimetype="text/html")
    return Response(page)


def _require_openable(desk: Desk) -> None:
    if not service.may_open(desk, kinds.kind_of(tasks.NAME)):
        raise InvalidError(_("Bảng nhiệm vụ do đơn vị chuyên trách nhập"))


def _compared(desk: Desk, digest: str) -> Comparison:
    data = files.get(installation().settings.data_dir, digest)
    lookup = Lookup(desk.session, desk.profile)
    found = task_table.read(lookup, sheets.read_book(data))
    known = {case.content.get("code"): case for case in _tasks(desk)}
    compared = Comparison([], [], 0, found.faults)
    same = 0
    for code, row in found.tasks.items():
        case = known.get(code)
        given = case is not None and case.status is not CaseStatus.DRAFT
        task = _with_what_was_done(row, case) if case and given else row
        content = task_table.merged(
            case.content if case else {}, task, task_table.SETTLED_BY
        )
        if case is None:
            compared.new.append(content)
        elif content == case.content:
            same += 1
            continue
        else:
            compared.changed.append(_changed(desk, case, content))
        line = found.lines[code]
        compared.faults.extend(_barred(desk, line, case, content))
    return replace(compared, same=same)


def _with_what_was_done(task: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Return a task of a file with the progress of the case: what was done to it since
    the file was made stays.
    """
    acted = tasks.KIND.acted
    said = {name: value for name, value in task.items() if name not in acted}
    return said | {name: case.content[name] for name in acted if name in case.content}


def _changed(desk: Desk, case: Case, content: dict[str, Any]) -> Changed:
    members = desk.profile.cases[tasks.NAME].fields
    ids = set(named(members, content)) | set(named(members, case.content))
    views = register_today(desk.session).by_ids(ids)
    cells = task_table.changes(desk.profile, case.content, content, views)
    return Changed(case, content, cells)


def _barred(
    desk: Desk, line: int, case: Case | None, content: Mapping[str, Any]
) -> Iterable[Fault]:
    """Yield why a task of a file cannot be written."""
    if case is not None and case.status not in _EDITABLE:
        message = _("Việc số %(n)s đã kết thúc hoặc chờ kiểm chứng", n=case.number)
        yield Fault(line, task_table.heading_of("code", of_content=False), message)
    elif case is None and content.get("state") in {tasks.PENDING, tasks.PROVED}:
        message = _("Nhiệm vụ mới giao chưa thể hoàn thành; chọn trạng thái khác")
        yield Fault(line, task_table.heading_of("state", of_content=False), message)
    shape = desk.profile.cases[tasks.NAME]
    checked = schema.check(shape, content, Stage.DRAFT, desk.profile.base)
    for error in checked.errors:
        parts = error.field.split(".")
        heading = task_table.heading_of(parts[-1], of_content=len(parts) > 1)
        yield Fault(line, heading or error.field, error.message)


@blueprint.post("/viec/nhiem-vu/ghi")
@declares(Action.OPEN_CASE)
def record() -> BaseResponse:
    """Write what a file that was seen says: new tasks as drafts, changed ones anew,
    where nobody changed them since it was seen.
    """
    try:
        new, changed = _recorded(request.form.get("tep", ""))
    except DanhmucError as error:
        page = render_template("office/task_upload.html", error=error)
        status = problems.of_error(error).status.value
        return BaseResponse(page, status=status, mimetype="text/html")
    told = _("Đã lập %(new)s nhiệm vụ (bản nháp, chưa gửi), sửa %(n)s.")
    flash(told % {"new": new, "n": changed})
    return redirect(url_for("cases.listed", loai=tasks.NAME))


def _recorded(digest: str) -> tuple[int, int]:
    """Write what a file says; return how many tasks are new and how many changed."""
    with writing() as session:
        desk = guard.desk(session)
        _require_openable(desk)
        if session.get(files.File, digest) is None:
            raise InvalidError(_("Tệp đã xem trước không còn; gửi lại tệp"))
        compared = _compared(desk, digest)
        if compared.faults:
            raise InvalidError(_("Tệp còn ô phải sửa; sửa rồi gửi lại"))
        for content in compared.new:
            service.begin(desk, tasks.NAME, content)
        for one in compared.changed:
            seen = arguments.whole(request.form.get(f"khoa-{one.case.number}")) or 0
            given = Edit(one.content)
            service.act(desk, one.case.number, seen, Action.EDIT_CASE, given)
        return len(compared.new), len(compared.changed)
