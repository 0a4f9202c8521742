"""Small changes cleared several at once."""

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.permissions import Action, declares
from app.web.display import changes, proposal_rows
from app.web.http import current, guard
from app.web.office import several
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
        differing = changes.of(desk, rows)
        listed = [
            (item, several.value(row), differing[row.id])
            for item, row in zip(proposal_rows.items(desk, rows), rows, strict=True)
        ]
        return Response(render_template("office/small_changes.html", changes=listed))


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


@blueprint.post("/sua-nho")
@declares(Action.CLEAR)
def clear() -> BaseResponse:
    """Clear those that were chosen, each by itself: one that cannot be cleared keeps no
    other from it.
    """
    several.do(
        lambda _desk, _found, ticked: Clear(seen_hash=ticked.seen_hash),
        lambda n: _("Đã duyệt %(n)s phiếu; nội dung đã vào danh mục.", n=n),
    )
    return redirect(url_for("small_changes.small"))
