"""Corrections of what was recorded of a signed decision: asked by one person, looked at
with all that changes, confirmed by a second.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

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

from app.accounts.service import posts_by_id
from app.api import problems
from app.errors import (
    DanhmucError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.web.display.entry_names import uuids
from app.web.http import current, form_fields, guard
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import rectifying
from app.workflow.decisions.models import Rectification
from app.workflow.decisions.rectifying import AsSigned

blueprint = Blueprint("rectifications", __name__, url_prefix="/quyet-dinh")


@blueprint.get("/<serial>/sua-thong-tin")
@declares(Action.READ_DECISIONS)
def show(serial: str) -> Response:
    """Show what is recorded, what somebody asks to change, and what that changes."""
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        decision = decision_queries.get(desk, number)
        if decision.signed_on is None:
            raise NotFoundError(_("Quyết định này chưa được ghi nhận là đã ký"))
        asked = rectifying.pending(desk, decision)
        former = rectifying.all_of(desk, decision)
        posts = {each.asked_post for each in former}
        posts |= {each.answered_post for each in former if each.answered_post}
        return render_template(
            "office/rectification.html",
            decision=decision,
            asked=asked,
            former=[each for each in former if each.confirmed is not None],
            moved=rectifying.preview(desk, decision, _new_day(asked)),
            posts=posts_by_id(session, posts),
            may_sign=may(desk.actor, Action.ENTER, None),
            may_prepare=may(desk.actor, Action.PREPARE_DECISION, None),
            own=asked is not None and asked.asked_person == desk.actor.person_id,
            error=error,
            typed=request.form,
        )


def _new_day(asked: Rectification | None) -> date | None:
    """Return the day whose consequences are shown: the one asked for, or typed."""
    changed = asked.changes.get("effective_from") if asked else None
    if changed:
        return date.fromisoformat(changed[1])
    try:
        return form_fields.day("effective_from")
    except InvalidError:
        return None


@blueprint.post("/<serial>/sua-thong-tin/<verb>")
@declares(Action.PREPARE_DECISION)
def act(serial: str, verb: str) -> BaseResponse:
    """Ask for a correction, confirm or refuse it, or record a letter of the issuer."""
    number = arguments.whole(serial) or 0
    deed = DEEDS.get(verb, _unknown)
    try:
        with current.writing() as session:
            told = deed(guard.desk(session), number)
    except (SecondFactorError, ForbiddenError):
        raise
    except DanhmucError as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    if told is None:
        return Response(_page(number))
    flash(told)
    return redirect(url_for("decisions.one", serial=number))


def _unknown(_desk: Desk, _number: int) -> str:
    raise InvalidError(_("Không có việc này"))


def _preview(_desk: Desk, _number: int) -> None:
    """Change nothing: the page shows what would become of the entries."""


def _ask(desk: Desk, number: int) -> str:
    said = request.form
    as_signed = AsSigned(
        number=said.get("number", "").strip(),
        signed_on=form_fields.day("signed_on"),
        effective_from=form_fields.day("effective_from"),
        signatory=said.get("signatory", ""),
        file=form_fields.signed(desk.session),
    )
    rectifying.ask(desk, number, as_signed, said.get("reason", ""))
    return str(_("Đã ghi đề nghị sửa; chờ người thứ hai xác nhận."))


def _seen() -> UUID:
    return next(iter(uuids(request.form.get("asked", ""))), UUID(int=0))


def _confirm(desk: Desk, number: int) -> str:
    rectifying.confirm(desk, number, seen=_seen())
    return str(_("Đã sửa thông tin ghi nhận; trạng thái trước vẫn được lưu."))


def _refuse(desk: Desk, number: int) -> str:
    rectifying.refuse(desk, number, seen=_seen())
    return str(_("Đã giữ nguyên thông tin ghi nhận."))


def _mend(desk: Desk, number: int) -> str:
    rectifying.record_letter(
        desk,
        number,
        request.form.get("letter", ""),
        form_fields.day("letter_day"),
        form_fields.signed(desk.session),
    )
    return str(_("Đã ghi nhận công văn đính chính."))


DEEDS: dict[str, Callable[[Desk, int], str | None]] = {
    "xem-truoc": _preview,
    "de-nghi": _ask,
    "xac-nhan": _confirm,
    "tu-choi": _refuse,
    "cong-van": _mend,
}
