"""One page per proposal: what differs, what checks and people say, what happened, and
what the reader may do.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
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
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.accounts.service import people_by_id, posts_by_id
from app.api import problems as http
from app.errors import (
    DanhmucError,
    FieldError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
    TransitionError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.web.display import consultation_rows, turns, way, wording
from app.web.display.diff import Differ
from app.web.display.stopping import stopping
from app.web.http import current, guard
from app.web.http.current import installation, register_today
from app.web.proposals import draft, succession_impact
from app.web.proposals.bar import bar
from app.workflow.checks.candidate import CheckResult
from app.workflow.context import Desk
from app.workflow.life import Place
from app.workflow.official_words import small_first
from app.workflow.proposals import attachments, service, short_lane, typed_bases
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.actions import ACTIONS, EDITS, offered, request_of
from app.workflow.proposals.inputs import Answer, Remark
from app.workflow.proposals.lifecycle import (
    AGAIN,
    WITH_AGENCY,
    WITH_DEPARTMENT,
    Status,
)
from app.workflow.proposals.models import Finding, Proposal, Severity
from app.workflow.review_help import earlier_findings as review_help_precedents
from app.workflow.review_help import reasons, reviewers
from catalog_schema.profile import Kind, Stage

blueprint = Blueprint("review", __name__)

OFFERED = offered(Place.PAGE)
CANNED = "ly-do-tham-dinh"
MISSING = "profile-required"


@blueprint.get("/phieu/<number>")
@declares(Action.READ)
@guard.known
def proposal(number: int) -> Response:
    """Show a proposal: as a draft to fill in to who may, to everybody else who may read
    it as one page.
    """
    with current.looking() as session:
        desk = guard.desk(session)
        found = proposals.by_number(desk, number)
        mine = found.status in WITH_AGENCY and may(
            desk.actor, Action.EDIT, found.agency_id
        )
        return Response(
            draft.hub(session, desk, found) if mine else _page(session, desk, found)
        )


@blueprint.post("/phieu/<number>/viec/<action>")
@declares(Action.READ)
@guard.known
def act(number: int, action: str) -> BaseResponse:
    """Do one thing to a proposal; what was typed is kept when it cannot be done."""
    if action not in OFFERED:
        raise NotFoundError(_("Không có việc này"))
    wanted = Action(action)
    lock_version = arguments.whole(request.form.get("lock")) or 0
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            proposal = proposals.by_number(desk, number)
            values = _values(wanted, request.form)
            if request.form.get("missing") and wanted in {Action.FIND, Action.RETURN}:
                values["remarks"] += _missing(desk, proposal)
            come_along = request_of(wanted, values)
            proposal = service.act(desk, proposal.id, lock_version, come_along)
            flash(_done(wanted, proposal))
            stays = wanted in {Action.REPLY, Action.RESOLVE}
            place = _place(session, values["resolved"]) if stays else None
    except SecondFactorError:
        raise
    except DanhmucError as error:
        return again(number, error)
    return redirect(url_for("review.proposal", number=number, _anchor=place))


def _place(session: Session, findings: list[UUID]) -> str | None:
    """Return where on the page the one finding is that something was done about, so
    that its reader stays there.
    """
    if len(findings) != 1:
        return None
    finding = session.get(Finding, findings[0])
    return finding.field.split(".")[0] if finding else None


def _values(action: Action, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was typed, by the names of what comes with actions."""
    if ACTIONS[action].grave and not form.get("sure"):
        box = "Tôi rút phiếu" if action is Action.WITHDRAW else "Tôi đã xem phiếu"
        message = f"Đánh dấu ô “{box} …” rồi bấm lại"
        raise InvalidError(message, [FieldError("sure", "required", message)])
    chosen, remarks = _ids(form.getlist("finding")), _remarks(form)
    _require_all_taken(action, form, chosen, remarks)
    mended = bool(form.get("mended"))
    assignees = _ids([form["assignee"]]) if form.get("assignee") else []
    return {
        "remarks": remarks,
        "answers": [
            Answer(id_, form.get(f"reply.{id_}", ""), mended) for id_ in chosen
        ],
        "resolved": chosen,
        "reason": form.get("reason"),
        "seen_hash": form.get("seen"),
        "assignee": assignees[0] if assignees else None,
    }


def _require_all_taken(
    action: Action, form: MultiDict[str, str], chosen: list[UUID], remarks: list[Remark]
) -> None:
    """Raise InvalidError when something was typed that this action would leave behind:
    nothing is dropped unseen.
    """
    answered = {f"reply.{one}" for one in chosen} if action is Action.REPLY else set()
    replies = [
        name
        for name, text in form.items()
        if name.startswith("reply.") and text.strip()
    ]
    left = None
    if form.get("other_remark", "").strip() and not form.get("other_field"):
        left = FieldError("other_field", "required", "Chọn trường mà ý kiến nói về")
    elif remarks and not ACTIONS[action].asks_for("remarks"):
        message = (
            "Ý kiến đã gõ chưa được lưu: bấm “Lưu ý kiến” trước, hoặc xóa ý kiến "
            "rồi làm lại"
        )
        left = FieldError("remarks", "unsaved", message)
    elif set(replies) - answered:
        left = FieldError(
            "remarks",
            "unsaved",
            "Câu trả lời đã gõ chưa được gửi: bấm “Trả lời” trước, hoặc xóa đi",
        )
    elif form.get("reason", "").strip() and not ACTIONS[action].asks_for("reason"):
        message = (
            "Việc này không gửi lý do đi, mà lý do đã được gõ: xóa lý do rồi làm lại"
        )
        left = FieldError("reason", "unsaved", message)
    if left:
        raise InvalidError(left.message, [left])


def _missing(desk: Desk, found: Proposal) -> list[Remark]:
    """Return a remark for each field that is missing and that nobody has remarked on
    yet.
    """
    said = {finding.field for finding in proposals.open_remarks(found)}
    lacking = [
        one
        for one in proposals.problems(desk, found, Stage.ENTER)
        if one.rule == MISSING
    ]
    return [Remark(one.field, one.message) for one in lacking if one.field not in said]


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise NotFoundError("Không có ý kiến này") from error


def _remarks(form: MultiDict[str, str]) -> list[Remark]:
    typed = {
        name.removeprefix("remark."): text
        for name, text in form.items()
        if name.startswith("remark.")
    }
    if form.get("other_field"):
        typed[form["other_field"]] = form.get("other_remark", "")
    return [
        Remark(
            name,
            text,
            Severity.WARNING
            if form.get(f"weight.{name}") == "warning"
            else Severity.ERROR,
        )
        for name, text in typed.items()
        if text.strip()
    ]


def _remarked(form: MultiDict[str, str]) -> list[str]:
    return [name for name, text in form.items() if name[:7] == "remark." and text]


def _about(checks: Sequence[CheckResult], name: str) -> list[CheckResult]:
    """Return what the machine says about a field."""
    return [
        one for one in checks if one.rule != MISSING and one.field.split(".")[0] == name
    ]


def _done(action: Action, found: Proposal) -> str:
    following = wording.NEXT[found.status]
    return str(
        _(
            "Đã %(what)s phiếu số %(n)s. %(next)s",
            what=small_first(str(wording.ACTIONS[action])),
            n=found.number,
            next=following,
        )
    )


def again(number: int, error: DanhmucError) -> Response:
    """Show the page of a proposal once more, with what could not be done."""
    problem = http.of_error(error)
    with current.looking() as session:
        desk = guard.desk(session)
        found = proposals.by_number(desk, number)
        mine = found.status in WITH_AGENCY and may(
            desk.actor, Action.EDIT, found.agency_id
        )
        page = (
            draft.hub(session, desk, found, error)
            if mine
            else _page(session, desk, found, error)
        )
        return Response(page, problem.status)


def _page(
    session: Session, desk: Desk, found: Proposal, error: DanhmucError | None = None
) -> str:
    kind = desk.profile.kinds[found.kind]
    base = proposals.base_version(session, found)
    before, last = (
        proposals.compared_with(found),
        proposals.last_sent(found),
    )
    mended = proposals.mends(found)
    revised = [
        each.content
        for each in (before, last, *(one for pair in mended for one in pair))
        if each is not None
    ]
    differ = Differ.of(
        session, kind, found.content, base.content if base else {}, *revised
    )
    since = differ.between(before.content, last.content) if before and last else []
    return render_template(
        "proposals/review.html",
        proposal=found,
        kind=kind,
        title=wording.draft_title(kind, found.content),
        base=base,
        sheets=differ.sheets(base.content, found.content)
        if base
        else differ.answers(found.content),
        since=since,
        changed_since={line.name for line in since},
        mends=[
            line
            for old, new in mended
            for line in differ.between(old.content, new.content)
        ],
        error=error,
        typed=request.form,
        remarked={name.split(".")[1] for name in _remarked(request.form)},
        unsent=_unsent() if isinstance(error, TransitionError) else [],
        impact=succession_impact.impact(session, desk, found),
        **_people(session, desk, found),
        **_state(session, desk, found, kind),
    )


def _unsent() -> list[str]:
    """Return what was typed about a proposal that has gone on: the page no longer has
    the fields to hold it.
    """
    typed = ("reason", "other_remark", "reply.", "remark.")
    return [
        text
        for name, text in request.form.items()
        if name.startswith(typed) and text.strip()
    ]


def _people(session: Session, desk: Desk, found: Proposal) -> dict[str, Any]:
    said = proposals.findings(found)
    threads = proposals.replies(session, said)
    happened = proposals.history(session, found)
    posts = {row.post_id for row in happened if row.post_id}
    posts |= {one.post_id for one in found.revisions}
    found_before = (
        review_help_precedents.precedents(desk, found)
        if found.status in WITH_DEPARTMENT
        else {}
    )
    posts |= {one.post_id for precedents in found_before.values() for one in precedents}
    posts |= {found.assignee_id} if found.assignee_id else set()
    posts |= {one.post_id for one in said if one.post_id} | {
        r.post_id for rs in threads.values() for r in rs
    }
    by_field: dict[str, list[Finding]] = defaultdict(list)
    for finding in said:
        if finding.post_id is not None:
            by_field[finding.field.split(".")[0]].append(finding)
    return {
        "history": happened,
        "way": way.of_proposal(found.status, happened),
        "reasons": [one for one in found.revisions if one.reason],
        "posts": posts_by_id(session, posts),
        "people": people_by_id(session, {row.person_id for row in happened}),
        "by_field": by_field,
        "threads": threads,
        "precedents": found_before,
        "my_post": desk.actor.post_id,
        "own_open": sum(
            one.resolved_at is None and one.post_id == desk.actor.post_id
            for one in said
        ),
    }


def _state(session: Session, desk: Desk, found: Proposal, kind: Kind) -> dict[str, Any]:
    register = register_today(session)
    agencies = register.by_ids([found.agency_id, found.entry_id])
    entry = agencies.get(found.entry_id)
    until = desk.office.until(found)
    examined = found.status in WITH_DEPARTMENT and found.type in proposals.WRITING
    checks = proposals.problems(desk, found, Stage.ENTER) if examined else []
    actions = {action for action in OFFERED if _offered(desk, found, action)}
    open_remarks = len(proposals.open_remarks(found))
    return {
        "agency": agencies.get(found.agency_id),
        "entry": entry,
        "stops": stopping(register, desk, found),
        "until": until,
        "left": desk.office.calendar.left(until, clock.today()) if until else None,
        "checks": [one for one in checks if one.rule != MISSING],
        "checks_of": partial(_about, checks),
        "missing": [one for one in checks if one.rule == MISSING],
        "others": proposals.others(desk, found),
        "attached": attachments.attached(desk, found),
        "superseded": found.status in WITH_DEPARTMENT
        and proposals.superseded(session, found),
        "actions": actions,
        "bar": bar(actions, open_remarks),
        "remarks": open_remarks,
        "may_queue": may(desk.actor, Action.READ_DECISIONS, None),
        "bases": typed_bases.typed(found.content)
        if may(desk.actor, Action.LINK, None)
        else [],
        "turn": turns.of(desk, found.number),
        "rule": desk.office.terms.by_id(found.due_rule),
        "consultations": consultation_rows.summaries(session, found),
        "papers": _papers(desk, found),
        "may_consult": _offered(desk, found, Action.CONSULT),
        "small": Action.CLEAR in actions,
        "reviewers": reviewers.reviewers(session) if Action.ASSIGN in actions else [],
        "assigned": reviewers.assigned(session) if Action.ASSIGN in actions else {},
        "canned": _canned(session) if actions & {Action.FIND, Action.RETURN} else [],
        "labels": [
            (name, wording.path_label(kind, name)) for name, _field in kind.walk()
        ]
        if actions
        else [],
        "path_label": partial(wording.path_label, content=found.content),
        "may_copy": may(desk.actor, Action.PROPOSE, found.agency_id)
        and found.status in AGAIN,
    }


def _papers(desk: Desk, found: Proposal) -> list[str]:
    """Return the papers that the department draws up of a proposal where it stands."""
    if not may(desk.actor, Action.READ_CONSULTATIONS, None):
        return []
    papers = []
    if found.status in (*WITH_DEPARTMENT, Status.APPROVED, Status.ENTERED):
        papers.append("tham-dinh")
    if proposals.open_remarks(found):
        papers.append("hoan-thien")
    if found.status is Status.REJECTED:
        papers.append("tu-choi")
    return papers


def _offered(desk: Desk, found: Proposal, action: Action) -> bool:
    status = found.status
    if action is Action.MEND and (
        EDITS.get(status) is not Action.MEND or found.type not in proposals.WRITING
    ):
        return False
    if action is Action.CLEAR and not short_lane.is_short(desk, found):
        return False
    allowed = may(desk.actor, action, found.agency_id)
    follows = service.follows(desk, found, action)
    return allowed and follows and not service.bars(desk, found, action)


def _canned(session: Session) -> list[str]:
    scheme = installation().profile.lists.schemes[CANNED]
    usual = [wording.label(concept.labels) for concept in scheme.concepts.values()]
    return [*(one.text for one in reasons.reasons(session)), *usual]
