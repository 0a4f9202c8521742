"""The registrar's draft: fill in its sections, check the answers, send."""

from datetime import date

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import clock, succession
from app.accounts.service import people_by_id, posts_by_id
from app.errors import DanhmucError, InvalidError, NotFoundError
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import way, wording
from app.web.display.diff import Differ
from app.web.display.stopping import stopping
from app.web.http import guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.form_fields import day as sent_day
from app.workflow.context import Desk
from app.workflow.proposals import attachments, drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.drafting import QUICK
from app.workflow.proposals.inputs import Submit
from app.workflow.proposals.lifecycle import WITH_AGENCY, Status
from app.workflow.proposals.models import Proposal, Severity
from catalog_schema.profile import Kind, Stage

blueprint = Blueprint("draft", __name__)


def hub(
    session: Session, desk: Desk, proposal: Proposal, error: DanhmucError | None = None
) -> str:
    """Return the page of a draft: sections in free order, what is missing, what was
    said, what could not be done.
    """
    kind = desk.profile.kinds[proposal.kind]
    found = proposals.open_remarks(proposal)
    parts = drafting.parts(desk.profile, kind, proposal.content)
    sent = proposals.compared_with(proposal)
    mended = proposals.mends(proposal)
    earlier = [
        each.content
        for each in (
            *(one for pair in mended for one in pair),
            *([sent] if sent else []),
        )
    ]
    differ = Differ.of(session, kind, proposal.content, *earlier)
    changes = differ.between(sent.content, proposal.content) if sent else []
    happened = proposals.history(session, proposal)
    return render_template(
        "proposals/hub.html",
        proposal=proposal,
        kind=kind,
        title=wording.draft_title(kind, proposal.content),
        parts=parts,
        quick=QUICK,
        to_send=drafting.required(desk.profile, kind, proposal.content, Stage.SUBMIT),
        to_enter=drafting.required(desk.profile, kind, proposal.content, Stage.ENTER),
        labels={
            finding.id: wording.path_label(kind, finding.field, proposal.content)
            for finding in found
        },
        findings=found,
        threads=proposals.replies(session, found),
        section_of=_section_of(kind),
        others=proposals.others(desk, proposal),
        superseded=proposal.base_version_id is not None
        and proposals.superseded(session, proposal),
        changes=changes,
        changed={line.name for line in changes},
        mends=[
            line
            for old, new in mended
            for line in differ.between(old.content, new.content)
        ],
        writes=proposal.type in proposals.WRITING,
        rule=desk.office.terms.by_id(proposal.due_rule),
        succeeds=proposal.kind == succession.KIND,
        history=happened,
        way=way.of_proposal(proposal.status, happened),
        error=error,
        typed=request.form,
        posts=posts_by_id(session, {row.post_id for row in happened if row.post_id}),
        people=people_by_id(session, {row.person_id for row in happened}),
        attached=attachments.attached(desk, proposal),
    )


def _section_of(kind: Kind) -> dict[str, str]:
    return {member.name: member.section or "general" for member in kind.fields}


@blueprint.get("/phieu/<number>/kiem-tra")
@declares(Action.SUBMIT)
@guard.known
def check(number: int) -> Response:
    """Show the answers once more, what is wrong, what is asked for later; send from
    here.
    """
    return _check_page(number)


def _check_page(number: int, error: InvalidError | None = None) -> Response:
    with looking() as session:
        desk = guard.desk(session)
        proposal = proposals.by_number(desk, number)
        kind = desk.profile.kinds[proposal.kind]
        base = proposals.base_version(session, proposal)
        differ = Differ.of(
            session, kind, proposal.content, base.content if base else {}
        )
        found = proposals.problems(desk, proposal, Stage.SUBMIT)
        later = drafting.parts(desk.profile, kind, proposal.content)
        page = render_template(
            "proposals/check.html",
            proposal=proposal,
            kind=kind,
            title=wording.draft_title(kind, proposal.content),
            errors=[one for one in found if one.severity is Severity.ERROR],
            warnings=[one for one in found if one.severity is not Severity.ERROR],
            located=lambda one: wording.located(
                kind, proposal.content, one.field, one.message
            ),
            section_of=_sections_to_mend(kind),
            later=[part for part in later if not part.complete],
            sections=differ.sheets(
                base.content if base else proposal.content, proposal.content
            ),
            base=base,
            stops=stopping(register_today(session), desk, proposal),
            error=error,
            may_send=service.follows(desk, proposal, Action.SUBMIT),
            superseded=proposals.superseded(session, proposal),
            writes=proposal.type in proposals.WRITING,
            typed=request.form,
        )
    return Response(page, 422 if error else 200)


def _sections_to_mend(kind: Kind) -> dict[str, str]:
    quick = {member.name for member in drafting.quick_fields(kind)}
    return {
        name: QUICK if name in quick else section
        for name, section in _section_of(kind).items()
    }


@blueprint.post("/phieu/<number>/kiem-tra")
@declares(Action.SUBMIT)
@guard.known
def submit(number: int) -> BaseResponse:
    """Send the proposal to the department."""
    try:
        with writing() as session:
            desk = guard.desk(session)
            proposal = proposals.by_number(desk, number)
            submit = Submit(
                reason=request.form.get("reason"),
                since=_day_sent("since", clock.OPEN_START),
                until=_day_sent("until", clock.OPEN_END),
            )
            lock_version = arguments.whole(request.form.get("lock")) or 0
            service.act(desk, proposal.id, lock_version, submit)
    except InvalidError as error:
        return _check_page(number, error)
    return redirect(url_for("draft.sent", number=number))


def _day_sent(name: str, unsaid: date) -> date | None:
    """Return a day of the form, `unsaid` where it was left blank, None where it was not
    asked for.
    """
    return (sent_day(name) or unsaid) if name in request.form else None


@blueprint.get("/phieu/<number>/da-gui")
@declares(Action.SUBMIT)
@guard.known
def sent(number: int) -> Response:
    """Confirm that the proposal was sent: its number, who acts next, by when."""
    with looking() as session:
        desk = guard.desk(session)
        proposal = proposals.by_number(desk, number)
        arrived = (
            proposal.submitted_at is not None or proposal.status == Status.ENDORSING
        )
        if not arrived or proposal.status in WITH_AGENCY:
            raise NotFoundError(_("Hồ sơ này chưa được gửi"))
        kind = installation().profile.kinds[proposal.kind]
        page = render_template(
            "proposals/sent.html",
            proposal=proposal,
            title=wording.draft_title(kind, proposal.content),
            until=desk.office.until(proposal),
            rule=desk.office.terms.by_id(proposal.due_rule),
        )
    return Response(page)
