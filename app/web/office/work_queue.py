"""The department's queue: what waits to be examined, what waits for agencies, what is
over; several received, assigned or put up for approval at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.errors import InvalidError, NotFoundError
from app.permissions import Action, declares, may
from app.register import arguments
from app.web.display import changes
from app.web.display.diff import FieldDiff
from app.web.display.entry_names import uuids
from app.web.display.proposal_rows import items
from app.web.http import guard
from app.web.http.current import installation, register_today
from app.web.office import several
from app.web.office.several import Ticked
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Assign, Recommend, Take
from app.workflow.proposals.lifecycle import (
    CLOSED,
    WITH_AGENCY,
    WITH_DEPARTMENT,
    Status,
)
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.queries import ProposalFilter
from app.workflow.review_help import reviewers

blueprint = Blueprint("work_queue", __name__)

LISTED = 50
IN_A_ROW = 5  # changes that stand in a row whole, so that it may be decided on there
SIDES: Mapping[str, frozenset[Status]] = {
    "don-vi": frozenset(WITH_DEPARTMENT),
    "co-quan": frozenset(WITH_AGENCY | {Status.ENDORSING}),
    "xong": CLOSED,
}


@blueprint.get("/tham-dinh")
@declares(Action.READ)
def queue() -> Response:
    """List proposals, those that are due first: those with the department, those with
    the agencies, or those that are over, the newest first.
    """
    side = request.args.get("cho", "")
    side = side if side in SIDES else "don-vi"
    text = request.args.get("q", "").strip()[:200]
    with installation().database.reading() as session:
        desk = guard.desk(session)
        wanted = _wanted(SIDES[side], newest=side == "xong")
        if text:
            found = proposals.titled(desk, replace(wanted, after=None), text)
            wanted = replace(wanted, numbers=found)
        rows, more = proposals.page(desk, wanted, LISTED)
        of_agencies = proposals.agencies(desk, sorted(SIDES[side]))
        agencies = register_today(session).by_ids(of_agencies)
        page = render_template(
            "office/queue.html",
            items=list(zip(items(desk, rows), _ticks(desk, rows), strict=True)),
            total=proposals.count(desk, wanted),
            more=more,
            side=side,
            wanted=wanted,
            text=text,
            whose=request.args.get("cua", ""),
            every="chon" in request.args,
            reviewers=reviewers.reviewers(session),
            assigns=may(desk.actor, Action.ASSIGN, None),
            group=[one for one in Status if one in SIDES[side]],
            agencies=sorted(agencies.values(), key=lambda view: view.sort_key),
            title=_titles()[side],
            filters=_filters(),
        )
    return Response(page)


def _titles() -> dict[str, str]:
    return {
        "don-vi": _("Hồ sơ chờ thẩm định"),
        "co-quan": _("Hồ sơ chờ cơ quan"),
        "xong": _("Hồ sơ đã kết thúc"),
    }


def _wanted(group: frozenset[Status], *, newest: bool) -> ProposalFilter:
    status, kind = request.args.get("status", ""), request.args.get("kind")
    return ProposalFilter(
        statuses=[status] if status in group else sorted(group),
        agency_id=next(iter(uuids(request.args.get("agency", ""))), None),
        kind=kind if kind in installation().profile.kinds else None,
        after=arguments.whole(request.args.get("after")),
        waiting=not newest,
        newest=newest,
        assignee=_whose(request.args.get("cua", "")),
    )


def _filters() -> dict[str, str]:
    """Return what the list is narrowed to, for links and forms that keep it."""
    kept = ("cho", "status", "agency", "kind", "cua", "q")
    return {name: value for name in kept if (value := request.args.get(name))}


def _whose(text: str) -> UUID | Literal["none"] | None:
    if text == "toi":
        return guard.actor().post_id
    return "none" if text == "chua" else next(iter(uuids(text)), None)


# -- several at once


def _ticks(desk: Desk, rows: list[Proposal]) -> list[dict[str, Any]]:
    """Return, for each row, what its tick sends (nothing where the reader may do
    nothing to it here), and the changes that stand in it.
    """
    proposals.load(desk.session, rows)
    amending = [row for row in rows if _examined(desk, row)]
    stands = changes.of(desk, amending)
    made = []
    for row in rows:
        lines = stands.get(row.id, [])
        received = _may(desk, row, Action.TAKE)
        ticked = received or _may(desk, row, Action.ASSIGN) or _short(lines)
        made.append(
            {
                "value": several.value(row) if ticked else "",
                "received": received,
                "changes": lines if _short(lines) else [],
            }
        )
    return made


def _may(desk: Desk, row: Proposal, action: Action) -> bool:
    allowed = may(desk.actor, action, row.agency_id)
    follows = service.follows(desk, row, action)
    return allowed and follows and not service.bars(desk, row, action)


def _examined(desk: Desk, row: Proposal) -> bool:
    """Tell whether the reader may put an amendment up as it stands."""
    amends = row.type is ProposalType.AMEND and not proposals.open_remarks(row)
    return amends and _may(desk, row, Action.RECOMMEND)


def _short(lines: list[FieldDiff]) -> bool:
    return 0 < len(lines) <= IN_A_ROW


def _take(_desk: Desk, _found: Proposal, _ticked: Ticked) -> Take:
    return Take()


def _assign(_desk: Desk, _found: Proposal, _ticked: Ticked) -> Assign:
    assignee = next(iter(uuids(request.form.get("assignee", ""))), None)
    return Assign(assignee=assignee)


def _recommend(desk: Desk, found: Proposal, _ticked: Ticked) -> Recommend:
    """Put up what could be looked at in the row; InvalidError for the rest."""
    if not (_examined(desk, found) and _short(changes.of(desk, [found])[found.id])):
        raise InvalidError(
            _("chưa trình, vì danh sách không hiện hết thay đổi; mở phiếu để thẩm định")
        )
    return Recommend()


_VERBS: Mapping[str, Callable[[Desk, Proposal, Ticked], Any]] = {
    "take": _take,
    "assign": _assign,
    "recommend": _recommend,
}


@blueprint.post("/tham-dinh/nhieu")
@declares(Action.ASSIGN)
def several_at_once() -> BaseResponse:
    """Receive, assign or put up for approval the proposals that were ticked."""
    request_of = _VERBS.get(request.form.get("viec", ""))
    if request_of is None:
        raise NotFoundError(_("Không có việc này"))
    several.do(request_of, _done(request.form["viec"]))
    back = guard.local(request.form.get("next")) or url_for("work_queue.queue")
    return redirect(back)


def _done(verb: str) -> Callable[[int], str]:
    told: dict[str, Callable[[int], str]] = {
        "take": lambda n: _("Đã tiếp nhận %(n)s phiếu.", n=n),
        "assign": lambda n: _("Đã phân công %(n)s phiếu.", n=n),
        "recommend": lambda n: _("Đã trình phê duyệt %(n)s phiếu.", n=n),
    }
    return told[verb]
