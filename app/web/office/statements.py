"""What an owner says of how fresh its data are: current to a day, or late until one."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.errors import FieldError, InvalidError
from app.exchange import freshness, statements
from app.exchange.models import DataStatement
from app.permissions import Action, declares
from app.register.queries import EntryView
from app.web.display import wording
from app.web.http import form_fields, guard
from app.web.http.current import looking, register_today, writing
from app.workflow.context import Desk
from catalog_schema.profile import DATABASE

blueprint = Blueprint("statements", __name__)


@blueprint.post("/muc/csdl/<local_id>/ngay-du-lieu")
@declares(Action.STATE)
def current(local_id: str) -> BaseResponse:
    """Say to which day the data of a database are current."""

    def say(desk: Desk, view: EntryView) -> DataStatement:
        day = _needed("day", _("Nhập ngày mà dữ liệu đã cập nhật đến"))
        if request.form.get("correct"):
            return statements.say_current(desk, view, day)
        known = statements.evidence(register_today(desk.session), [view])[view.id]
        confirmed = None if known.by and known.by.seen else known.day
        return statements.say_current(desk, view, day, known=confirmed)

    return _said(local_id, say, _("Đã ghi nhận: dữ liệu cập nhật đến ngày %(day)s."))


@blueprint.post("/muc/csdl/<local_id>/bao-cham")
@declares(Action.STATE)
def delay(local_id: str) -> BaseResponse:
    """Announce that the data will be late until a day, and why."""

    def say(desk: Desk, view: EntryView) -> DataStatement:
        until = _needed("until", _("Nhập ngày hẹn cập nhật"))
        reason = request.form.get("reason", "")
        return statements.announce_delay(desk, view, until, reason)

    return _said(local_id, say, _("Đã ghi nhận: hẹn cập nhật ngày %(day)s."))


def _needed(name: str, message: str) -> date:
    """Return a day of the form; InvalidError with this message for none."""
    day = form_fields.day(name)
    if day is None:
        raise InvalidError(message, [FieldError(name, "statement", message)])
    return day


def _said(
    local_id: str, say: Callable[[Desk, EntryView], DataStatement], told: str
) -> BaseResponse:
    try:
        with writing() as session:
            view = register_today(session).get(DATABASE, local_id)
            statement = say(guard.desk(session), view)
            day = statement.day
    except InvalidError as error:
        return BaseResponse(_again(local_id, error), status=422, mimetype="text/html")
    flash(told.replace("%(day)s", wording.day(day)))
    return redirect(
        guard.local(request.form.get("next"))
        or url_for("entry.document", word="csdl", name=local_id)
    )


def _again(local_id: str, error: InvalidError) -> str:
    """Return the form with what was typed, and what is to be mended."""
    with looking() as session:
        register = register_today(session)
        view = register.get(DATABASE, local_id)
        fresh = freshness.all_of(register, [view])[view.id]
        return render_template(
            "office/statement.html", view=view, fresh=fresh, error=error
        )
