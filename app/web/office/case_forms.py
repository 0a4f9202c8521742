"""The form in which a case is written: filled in from where one came, saved as a draft
or sent; what cannot be sent is kept, and says why.
"""

from collections import defaultdict
from collections.abc import Mapping
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

from app.api import problems
from app.errors import DanhmucError, InvalidError, NotFoundError
from app.exchange.cases import kinds, queries, service
from app.exchange.cases.inputs import Edit
from app.exchange.cases.models import Case
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import wording
from app.web.display.entry_names import EntryNames
from app.web.forms import reading
from app.web.forms.controls import Builder, Control
from app.web.http import guard
from app.web.http.current import installation, looking, writing
from app.workflow.context import Desk
from catalog_schema.profile import Kind, Type

blueprint = Blueprint("case_forms", __name__)

_LONGEST = 300
# what the page that one comes from may fill in, a text each
_GIVEN = ("title", "purpose", "description", "form", "type", "article")
_ORIGIN = 200


def _shape(word: str) -> Kind:
    for kind in installation().profile.cases.values():
        if kind.path_word == word:
            return kind
    raise NotFoundError(_("Không có loại việc này"))


@blueprint.get("/viec/moi/<word>")
@declares(Action.OPEN_CASE)
def new(word: str) -> Response:
    """Show the form of a new case, filled in with what the address says."""
    shape = _shape(word)
    with looking() as session:
        desk = guard.desk(session)
        _require_openable(desk, shape)
        content = _from_address(desk, shape)
        origin = request.args.get("tu", "")[:_ORIGIN]
        return Response(_form(desk, shape, content, origin=origin))


def _require_openable(desk: Desk, shape: Kind) -> None:
    if not service.may_open(desk, kinds.kind_of(shape.name)):
        raise NotFoundError(_("Việc loại này do đơn vị chuyên trách lập"))


def _from_address(desk: Desk, shape: Kind) -> dict[str, Any]:
    """Return what the address fills in: entries by their codes, texts, items."""
    names = EntryNames(desk.session, desk.profile, {})
    content: dict[str, Any] = {}
    for member in shape.fields:
        sent = [one[:_LONGEST] for one in request.args.getlist(member.name) if one]
        if not sent:
            continue
        if member.type is Type.REFERENCE:
            found = [names.resolve(member.target_kind or "", text) for text in sent]
            content[member.name] = found if member.many else found[0]
        elif member.many and member.type is Type.TEXT:
            content[member.name] = sent[:50]
        elif member.name in _GIVEN:
            content[member.name] = sent[0]
    return content


def _form(
    desk: Desk,
    shape: Kind,
    content: Mapping[str, Any],
    *,
    case: Case | None = None,
    origin: str = "",
    error: DanhmucError | None = None,
) -> str:
    names = EntryNames.of(desk.session, (shape.fields, content))
    errors: dict[str, list[str]] = defaultdict(list)
    for wrong in error.fields if error else ():
        errors[wrong.field].append(wrong.message)
    do = request.form.get("do", "")
    extra = {do.removeprefix("add:")} if do.startswith("add:") else set()
    builder = Builder(desk.profile, names.name_of, errors, extra=frozenset(extra))
    members = [one for one in shape.fields if one.section != "provenance"]
    controls: list[Control] = builder.controls(members, content)
    shown = {one.name for one in controls if one.asked} | {*content, *errors}
    shown.add(kinds.kind_of(shape.name).asked_in)
    return render_template(
        "office/case_form.html",
        shape=shape,
        case=case,
        origin=origin,
        error=error,
        error_links=_links(shape, error),
        asked=[one for one in controls if one.name in shown],
        optional=[one for one in controls if one.name not in shown],
        parts=desk.profile.sections,
    )


def _links(shape: Kind, error: DanhmucError | None) -> list[tuple[str, str]]:
    """Return where each thing that is wrong stands on the page, and what it is."""
    labels = {member.name: wording.label(member.labels) for member in shape.fields}
    return [
        (
            one.field.replace(".", "-"),
            ": ".join(filter(None, (labels.get(one.field.split(".")[0]), one.message))),
        )
        for one in (error.fields if error else ())
    ]


def _posted(desk: Desk, shape: Kind, former: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed; where the facts come from stays as it was."""
    names = EntryNames(desk.session, desk.profile, {})
    typed = reading.read(shape.fields, request.form, names.resolve)
    typed = reading.codes(desk.profile.lists, shape.fields, typed)
    do = request.form.get("do", "")
    typed = reading.pruned(reading.operate(typed, do))
    kept = {
        member.name: former[member.name]
        for member in shape.fields
        if member.section == "provenance" and member.name in former
    }
    return {**typed, **kept}


_STAYING = ("add:", "cut:", "up:", "down:", "paste:")


@blueprint.post("/viec/moi/<word>")
@declares(Action.OPEN_CASE)
def create(word: str) -> BaseResponse:
    """Open the case that was typed, as a draft, and send it where that is asked."""
    shape = _shape(word)
    origin = request.form.get("origin", "")[:_ORIGIN]
    content: dict[str, Any] = {}
    try:
        with writing() as session:
            desk = guard.desk(session)
            _require_openable(desk, shape)
            content = _posted(desk, shape, {})
            if request.form.get("do", "").startswith(_STAYING):
                return Response(_form(desk, shape, content, origin=origin))
            case = service.begin(desk, shape.name, content, origin=origin or None)
            number, lock = case.number, case.lock_version
    except InvalidError as error:
        with looking() as session:
            page = _form(
                guard.desk(session), shape, content, origin=origin, error=error
            )
        return Response(page, problems.of_error(error).status.value)
    return _sent(number, lock)


@blueprint.get("/viec/<serial>/sua")
@declares(Action.OPEN_CASE)
def edit(serial: str) -> Response:
    """Show the form of a case that is still written; what bars it from being sent is
    said where one asks.
    """
    with looking() as session:
        desk = guard.desk(session)
        case = queries.get(desk, arguments.whole(serial) or 0)
        service.following(desk, case, Action.EDIT_CASE)
        error = None
        if request.args.get("kiem") == "1":
            wrong = service.problems(desk, case)
            message = _("Còn %(n)s chỗ phải sửa trước khi gửi", n=len(wrong))
            error = InvalidError(message, wrong) if wrong else None
        shape = desk.profile.cases[case.kind]
        return Response(_form(desk, shape, case.content, case=case, error=error))


@blueprint.post("/viec/<serial>/sua")
@declares(Action.OPEN_CASE)
def save(serial: str) -> BaseResponse:
    """Save what was typed, complete or not, and send it where that is asked."""
    number = arguments.whole(serial) or 0
    content: dict[str, Any] = {}
    try:
        with writing() as session:
            desk = guard.desk(session)
            case = queries.get(desk, number)
            shape = desk.profile.cases[case.kind]
            content = _posted(desk, shape, case.content)
            if request.form.get("do", "").startswith(_STAYING):
                return Response(_form(desk, shape, content, case=case))
            seen = arguments.whole(request.form.get("lock")) or 0
            given = Edit(content)
            saved = service.act(desk, number, seen, Action.EDIT_CASE, given)
            lock = saved.lock_version
    except NotFoundError:
        raise
    except DanhmucError as error:
        with looking() as session:
            desk = guard.desk(session)
            case = queries.get(desk, number)
            shape = desk.profile.cases[case.kind]
            page = _form(desk, shape, content, case=case, error=error)
        return Response(page, problems.of_error(error).status.value)
    return _sent(number, lock)


def _sent(number: int, lock: int) -> BaseResponse:
    """Send a case that was just saved, where that is asked; what bars it leads back to
    the form, where everything is kept.
    """
    if request.form.get("do") != "send":
        flash(_("Đã lưu việc số %(n)s.", n=number))
        return redirect(url_for("cases.one", serial=number))
    try:
        with writing() as session:
            desk = guard.desk(session)
            case = queries.get(desk, number)
            sends = Action.SEND_CASE in service.offered(desk, case)
            if sends:
                service.act(desk, number, lock, Action.SEND_CASE)
    except InvalidError:
        return redirect(url_for("case_forms.edit", serial=number, kiem=1))
    told = _("Đã gửi việc số %(n)s.") if sends else _("Đã lưu việc số %(n)s.")
    flash(told % {"n": number})
    return redirect(url_for("cases.one", serial=number))
