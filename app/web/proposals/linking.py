"""A legal basis that an agency typed is linked to a document of the register, at once
in every open proposal that typed the same.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.errors import FieldError, InvalidError
from app.permissions import Action, declares
from app.register import arguments
from app.web.display.entry_names import EntryNames
from app.web.http import current, guard
from app.web.http.current import installation
from app.web.proposals import review
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service, typed_bases
from app.workflow.proposals.typed_bases import TypedBasis

blueprint = Blueprint("linking", __name__)


@blueprint.post("/phieu/<number>/gan-can-cu")
@declares(Action.READ)
@guard.known
def link(number: int) -> BaseResponse:
    """Link the typed basis whose button was pressed to the document named beside it."""
    at = arguments.whole(request.form.get("basis")) or 0
    text = request.form.get(f"law.{at}", "").strip()[:300]
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            found = proposals.by_number(desk, number)
            service.following(desk, found, Action.LINK)
            basis = _basis(typed_bases.typed(found.content), at)
            settled = service.link(desk, basis, _named(session, text))
    except InvalidError as error:
        return review.again(number, error)
    flash(
        _(
            "Đã gắn văn bản %(number)s ở %(n)s phiếu.",
            number=basis.number,
            n=len(settled),
        )
    )
    return redirect(url_for("review.proposal", number=number))


def _basis(bases: Sequence[TypedBasis], at: int) -> TypedBasis:
    if at >= len(bases):
        raise InvalidError(_("Phiếu này không có căn cứ đó"))
    return bases[at]


def _named(session: Session, text: str) -> UUID:
    """Return the document that was named; InvalidError where it is none, or several."""
    names = EntryNames(session, installation().profile, {})
    meant = names.meant(typed_bases.LAW, text) if text else []
    if len(meant) == 1:
        return meant[0]
    message = _(
        "Danh mục không có văn bản “%(text)s”, hoặc có nhiều; chọn một văn bản trong "
        "danh mục, hoặc đăng ký văn bản đó trước",
        text=text,
    )
    raise InvalidError(message, [FieldError("bases", "reference", message)])
