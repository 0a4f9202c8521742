"""Small changes cleared several at once."""

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

from app.errors import DanhmucError
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import proposal_rows
from app.web.display.diff import Differ
from app.web.http import current, guard
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service, short_lane
from app.workflow.proposals.inputs import Clear
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.queries import ProposalFilter
from app.workflow.review_help import risks

blueprint = Blueprint("small_changes", __name__, url_prefix="/tham-dinh")


@blueprint.get("/sua-nho")
@declares(Action.CLEAR)
def small() -> Response:
    """List the small changes that the reader may clear, each with what differs."""
    with current.looking() as session:
        desk = guard.desk(session)
        rows = _small(desk)
        changes = [
            (item, row, _changes(desk, row))
            for item, row in zip(proposal_rows.items(desk, rows), rows, strict=True)
        ]
        return Response(render_template("office/small_changes.html", changes=changes))


def _small(desk: Desk) -> list[Proposal]:
    """Return the small changes that wait and in which the reader had no hand."""
    wanted = ProposalFilter((Status.SUBMITTED, Status.IN_REVIEW), waiting=True)
    rows, _more = proposals.page(desk, wanted, risks.SMALL)
    amending = [
        row
        for row in rows
        if row.type == ProposalType.AMEND and not service.bars(desk, row, Action.CLEAR)
    ]
    return [row for row in amending if short_lane.is_short(desk, row)]


def _changes(desk: Desk, row: Proposal) -> list[object]:
    base = proposals.base_version(desk.session, row)
    before = base.content if base else {}
    kind = desk.profile.kinds[row.kind]
    return list(
        Differ.of(desk.session, kind, row.content, before).between(before, row.content)
    )


@blueprint.post("/sua-nho")
@declares(Action.CLEAR)
def clear() -> BaseResponse:
    """Clear those that were chosen, each by itself: one that cannot be cleared keeps no
    other from it.
    """
    done, failed = 0, list[str]()
    for chosen in request.form.getlist("phieu")[: risks.SMALL]:
        number, lock, seen = [*chosen.split(":"), "", ""][:3]
        try:
            with current.writing() as session:
                desk = guard.desk(session)
                found = proposals.by_number(desk, arguments.whole(number) or 0)
                clear = Clear(seen_hash=seen)
                service.act(desk, found.id, arguments.whole(lock) or 0, clear)
            done += 1
        except DanhmucError as error:
            failed.append(
                _("Phiếu số %(n)s: %(why)s", n=number[:10], why=error.message)
            )
    if not done and not failed:
        failed.append(_("Chọn ít nhất một phiếu"))
    if done:
        flash(_("Đã duyệt %(n)s phiếu; nội dung đã vào danh mục.", n=done))
    for text in failed:
        flash(text)
    return redirect(url_for("small_changes.small"))
