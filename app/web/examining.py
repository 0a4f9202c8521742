"""What the department keeps at hand: small changes cleared several at once, and the reasons that are often given."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import reading
from app.api import problems
from app.errors import DanhmucError
from app.permissions import Action, declares
from app.web import drafts, guard, tasks
from app.web.changes import Differ
from app.workflow import examining, lanes, proposals, service
from app.workflow.desk import Deed, Desk
from app.workflow.lifecycle import Status
from app.workflow.models import Proposal, ProposalType
from app.workflow.proposals import Wanted

blueprint = Blueprint("examining", __name__, url_prefix="/tham-dinh")


@blueprint.get("/sua-nho")
@declares(Action.CLEAR)
def small() -> Response:
    """List the small changes that the reader may clear, each with what differs."""
    with drafts.looking() as session:
        desk = guard.desk(session)
        rows = _small(desk)
        changes = [(item, row, _changes(desk, row)) for item, row in zip(tasks.items(desk, rows), rows, strict=True)]
        return Response(render_template("small.html", changes=changes))


def _small(desk: Desk) -> list[Proposal]:
    """Return the small changes that wait and in which the reader had no hand."""
    wanted = Wanted((Status.SUBMITTED, Status.IN_REVIEW), waiting=True)
    rows, _more = proposals.page(desk, wanted, examining.SMALL)
    amending = [row for row in rows if row.type == ProposalType.AMEND and not service.bars(desk, row, Action.CLEAR)]
    return [row for row in amending if lanes.is_short(desk, row)]


def _changes(desk: Desk, row: Proposal) -> list[object]:
    base = proposals.base_version(desk.session, row)
    before = base.content if base else {}
    kind = desk.profile.kinds[row.kind]
    return list(Differ.of(desk.session, kind, row.content, before).between(before, row.content))


@blueprint.post("/sua-nho")
@declares(Action.CLEAR)
def clear() -> BaseResponse:
    """Clear those that were chosen, each by itself: one that cannot be cleared keeps no other from it."""
    done, failed = 0, list[str]()
    for chosen in request.form.getlist("phieu")[: examining.SMALL]:
        number, lock, seen = [*chosen.split(":"), "", ""][:3]
        try:
            with drafts.writing() as session:
                desk = guard.desk(session)
                found = proposals.by_number(desk, reading.whole(number) or 0)
                deed = Deed(reading.whole(lock) or 0, seen_hash=seen)
                service.act(desk, found.id, Action.CLEAR, deed)
            done += 1
        except DanhmucError as error:
            failed.append(_("Phiếu số %(n)s: %(why)s", n=number[:10], why=error.message))
    if not done and not failed:
        failed.append(_("Chọn ít nhất một phiếu"))
    if done:
        flash(_("Đã duyệt %(n)s phiếu; nội dung đã vào danh mục.", n=done))
    for text in failed:
        flash(text)
    return redirect(url_for("examining.small"))


@blueprint.get("/ly-do")
@declares(Action.KEEP_REASONS)
def reasons() -> Response:
    """Show the reasons that the department keeps together."""
    return Response(_reasons())


def _reasons(error: DanhmucError | None = None) -> str:
    with drafts.looking() as session:
        kept = examining.reasons(session)
        return render_template("reasons.html", kept=kept, error=error, typed=request.form)


@blueprint.post("/ly-do")
@declares(Action.KEEP_REASONS)
def keep() -> BaseResponse:
    """Add a reason."""
    try:
        with drafts.writing() as session:
            examining.keep(guard.desk(session), request.form.get("text", ""))
    except DanhmucError as error:
        return Response(_reasons(error), problems.of_error(error).status.value)
    flash(_("Đã thêm lý do."))
    return redirect(url_for("examining.reasons"))


@blueprint.post("/ly-do/<uuid:reason_id>/bo")
@declares(Action.KEEP_REASONS)
def drop(reason_id: UUID) -> BaseResponse:
    """Offer a reason no longer."""
    with drafts.writing() as session:
        examining.drop(guard.desk(session), reason_id)
    flash(_("Đã bỏ lý do khỏi danh sách."))
    return redirect(url_for("examining.reasons"))
