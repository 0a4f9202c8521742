"""The reasons that are often given, which the department keeps at hand."""

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

from app.api import problems
from app.errors import DanhmucError
from app.permissions import Action, declares
from app.web.http import current, guard
from app.workflow.review_help import reasons as review_help_reasons

blueprint = Blueprint("reasons", __name__, url_prefix="/tham-dinh")


@blueprint.get("/ly-do")
@declares(Action.KEEP_REASONS)
def reasons() -> Response:
    """Show the reasons that the department keeps together."""
    return Response(_reasons())


def _reasons(error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        kept = review_help_reasons.reasons(session)
        return render_template(
            "office/reasons.html", kept=kept, error=error, typed=request.form
        )


@blueprint.post("/ly-do")
@declares(Action.KEEP_REASONS)
def keep() -> BaseResponse:
    """Add a reason."""
    try:
        with current.writing() as session:
            review_help_reasons.keep(guard.desk(session), request.form.get("text", ""))
    except DanhmucError as error:
        return Response(_reasons(error), problems.of_error(error).status.value)
    flash(_("Đã thêm lý do."))
    return redirect(url_for("reasons.reasons"))


@blueprint.post("/ly-do/<uuid:reason_id>/bo")
@declares(Action.KEEP_REASONS)
def drop(reason_id: UUID) -> BaseResponse:
    """Offer a reason no longer."""
    with current.writing() as session:
        review_help_reasons.drop(guard.desk(session), reason_id)
    flash(_("Đã bỏ lý do khỏi danh sách."))
    return redirect(url_for("reasons.reasons"))
