"""What a succession will move, before it does: shown on its proposal, where each thing
can be given to another heir.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
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
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import succession
from app.errors import DanhmucError, NotFoundError
from app.permissions import Action, Reach, declares, may, reach
from app.register import arguments
from app.register.queries import EntryView
from app.succession import correct, plan
from app.succession.acts import MANY, Act, ActType, read
from app.succession.plan import WORK, LineKind, PlanLine
from app.vietnamese import fold
from app.web.http import current, guard
from app.web.http.current import register_today
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Edit, ProposalRequest
from app.workflow.proposals.lifecycle import WITH_AGENCY, Status
from app.workflow.proposals.models import Proposal

blueprint = Blueprint("succession_impact", __name__)

MOST = 500  # lines of one group on the page
# what an agency's people see of their own agency alone
OWN_ONLY = frozenset({LineKind.POST, LineKind.CASE})
GROUPS = {
    LineKind.ENDS: _l("Cơ quan kết thúc"),
    LineKind.RENAMED: _l("Cơ quan đổi tên"),
    LineKind.ENTRY: _l("Mục trong danh mục chuyển sang"),
    LineKind.AGENCY: _l("Cơ quan trực thuộc chuyển sang"),
    LineKind.CODE_CLOSED: _l("Mã đóng"),
    LineKind.CODE_ISSUED: _l("Mã cấp mới"),
    LineKind.PROPOSAL: _l("Phiếu đang mở chuyển sang"),
    LineKind.CASE: _l("Việc đang chờ trả lời chuyển sang"),
    LineKind.POST: _l("Vị trí và người đang giữ chuyển sang"),
    LineKind.RESTORED: _l("Trở về như trước"),
    LineKind.LEFT: _l("Giữ nguyên, vì đã có quyết định sau"),
}


@dataclass(frozen=True)
class Group:
    """The lines about one thing: how many there are, and those that the reader may
    see.
    """

    what: LineKind
    label: str
    total: int
    lines: list[PlanLine]


@dataclass(frozen=True)
class Impact:
    """What entering the succession would do today, with the agencies and entries that
    it names.
    """

    act: Act
    groups: list[Group]
    named: Mapping[UUID, EntryView]
    assigns: bool

    @property
    def empty(self) -> bool:
        """Whether nothing is moved, as while the draft does not say yet from whom and
        when.
        """
        return not self.groups


def impact(session: Session, desk: Desk, proposal: Proposal) -> Impact | None:
    """Return what a succession would move; None for proposals of other kinds and for
    what is decided.
    """
    if proposal.kind != succession.KIND or proposal.status in (
        Status.ENTERED,
        Status.REJECTED,
        Status.WITHDRAWN,
    ):
        return None
    try:
        act = read(proposal.entry_id, proposal.content)
    except (ValueError, TypeError, AttributeError, KeyError):
        # a draft may hold anything that was typed; the form says what is wrong with it
        return None
    lines = _lines(session, desk, act)
    groups = [
        _group(desk, what, [line for line in lines if line.what is what])
        for what in LineKind
    ]
    ids = {
        one
        for group in groups
        for line in group.lines
        for one in (line.origin, line.to, line.subject)
        if one
    }
    named = register_today(session).by_ids({*ids, *act.originals, *act.resulting})
    edits = proposal.status in WITH_AGENCY and may(
        desk.actor, Action.EDIT, proposal.agency_id
    )
    several = len(act.resulting) > 1 or (act.resulting and not act.form.everything)
    choices = several and act.type is not ActType.CORRECT
    return Impact(
        act, [group for group in groups if group.total], named, bool(edits and choices)
    )


def _lines(session: Session, desk: Desk, act: Act) -> list[PlanLine]:
    if act.type is ActType.CORRECT:
        return correct.preview(session, desk.profile, act) if act.corrects else []
    if not 0 < len(act.originals) <= MANY:
        return []
    found = plan.plan(session, desk.profile, act)
    return [*found.lines, *found.unassigned]


def _group(desk: Desk, what: LineKind, lines: list[PlanLine]) -> Group:
    seen = lines
    if what is LineKind.PROPOSAL:
        readable = proposals.readable(
            desk, {line.subject for line in lines if line.subject}
        )
        seen = [line for line in lines if line.subject in readable]
    elif what in OWN_ONLY and reach(desk.actor, Action.READ) is not Reach.ANY:
        seen = [line for line in lines if line.origin == desk.actor.agency_id]
    return Group(what, str(GROUPS[what]), len(lines), seen[:MOST])


@blueprint.get("/phieu/<number>/tac-dong")
@declares(Action.READ)
@guard.known
def preview(number: int) -> Response:
    """Show everything that a succession will move, end, close and issue."""
    with current.looking() as session:
        desk = guard.desk(session)
        return Response(_page(session, desk, proposals.by_number(desk, number)))


def _page(
    session: Session, desk: Desk, proposal: Proposal, error: DanhmucError | None = None
) -> str:
    found = impact(session, desk, proposal)
    if found is None:
        raise NotFoundError(
            _("Phiếu này không phải là kế thừa đang chờ, nên không có trang tác động")
        )
    return render_template(
        "proposals/impact.html", proposal=proposal, impact=found, error=error
    )


@blueprint.post("/muc/ke-thua/<local_id>/dinh-chinh")
@declares(Action.PROPOSE)
def begin_correction(local_id: str) -> BaseResponse:
    """Open the correction of a succession that was wrong, filled in, with its
    preview.
    """
    with current.writing() as session:
        desk = guard.desk(session)
        view = register_today(session).get(succession.KIND, local_id)
        request_ = ProposalRequest(succession.KIND, correct.draft(view))
        number = service.propose(desk, request_).number
    return redirect(url_for("succession_impact.preview", number=number))


@blueprint.post("/phieu/<number>/tac-dong")
@declares(Action.EDIT)
@guard.known
def assign(number: int) -> BaseResponse:
    """Keep who takes what, as chosen on the preview."""
    with current.writing() as session:
        desk = guard.desk(session)
        proposal = proposals.by_number(desk, number)
        found = impact(session, desk, proposal)
        if found is None:
            raise NotFoundError(
                _(
                    "Phiếu này không phải là kế thừa đang chờ, nên không có "
                    "trang tác động"
                )
            )
        content = {
            **proposal.content,
            "assignment": _assignment(found, proposal.content.get("assignment", [])),
        }
        service.act(
            desk,
            proposal.id,
            arguments.whole(request.form.get("lock")) or 0,
            Edit(content=content),
        )
        flash(_("Đã lưu phân công."))
    return redirect(url_for("succession_impact.preview", number=number))


def _assignment(found: Impact, former: Any) -> list[dict[str, str]]:
    """Return the assignments of the form, and those of before about what the form did
    not show.
    """
    allowed = {str(one) for one in found.act.resulting}
    unsaid = replace(found.act, assigned={})
    chosen: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for line in [
        line
        for group in found.groups
        for line in group.lines
        if f"giao.{line.key}" in request.form
    ]:
        chosen[line.key] = request.form[f"giao.{line.key}"]
        defaults[line.key] = str(unsaid.heir(line.key, work=line.what in WORK) or "")
    kept = [one for one in former if isinstance(one, dict) and not _about(one, chosen)]
    return kept + [
        {"item": key, "to": to}
        for key, to in chosen.items()
        if to in allowed and to != defaults[key]
    ]


def _about(one: dict[str, Any], chosen: Mapping[str, Any]) -> bool:
    return fold(str(one.get("item", "")).strip()) in {fold(key) for key in chosen}
