"""The registrar's draft: fill in its sections, check the answers, send."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

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
from werkzeug.wrappers import Response as BaseResponse

from app import clock, succession
from app.accounts.service import people_by_id, posts_by_id
from app.api import problems
from app.errors import (
    ConflictError,
    DanhmucError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
    TransitionError,
)
from app.permissions import Action, declares
from app.register import arguments
from app.register.content import schema
from app.web.display import way, wording
from app.web.display.diff import Differ
from app.web.display.entry_names import EntryNames
from app.web.forms import pasting, reading
from app.web.forms.controls import Builder
from app.web.http import guard
from app.web.http.current import installation, looking, writing
from app.web.http.form_fields import day as sent_day
from app.workflow.context import Desk
from app.workflow.proposals import attachments, diff, drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.drafting import QUICK, Save
from app.workflow.proposals.inputs import Submit
from app.workflow.proposals.lifecycle import WITH_AGENCY, Status
from app.workflow.proposals.models import Finding, Proposal, Severity
from catalog_schema.profile import Field, Kind, Stage

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
        way=way.way(proposal.status, happened),
        error=error,
        typed=request.form,
        posts=posts_by_id(session, {row.post_id for row in happened if row.post_id}),
        people=people_by_id(session, {row.person_id for row in happened}),
        attached=attachments.attached(desk, proposal),
    )


def _section_of(kind: Kind) -> dict[str, str]:
    return {member.name: member.section or "general" for member in kind.fields}


@blueprint.get("/phieu/<number>/phan/<name>")
@declares(Action.READ)
@guard.known
def section(number: int, name: str) -> Response:
    """Show one section of a draft as a form."""
    with looking() as session:
        desk, proposal, members = _editable(session, number, name)
        checked = request.args.get("kiem") == "1"
        page = _form(
            session,
            desk,
            proposal,
            _Sheet(name, members, proposal.content, checked=checked),
        )
    return Response(page)


@blueprint.post("/phieu/<number>/phan/<name>")
@declares(Action.READ)
@guard.known
def save(number: int, name: str) -> BaseResponse:
    """Save one section, valid or not; what cannot be saved is shown again with what was
    typed, and why.
    """
    do = request.form.get("do", "")
    values: dict[str, Any] = {}
    try:
        with writing() as session:
            desk, proposal, members = _sectioned(session, number, name)
            values = _posted(session, desk, proposal, members)
            drafting.editing(desk, proposal)
            proposal = drafting.save(
                desk,
                proposal,
                _asked(members, reading.pruned(reading.operate(values, do))),
            )
            seal, wrong = (
                drafting.seal(members, proposal.content),
                _wrong(desk, proposal, members),
            )
    except StaleError:
        return _stale(number, name, values)
    except (TransitionError, ForbiddenError, ConflictError) as error:
        return _unsaved(number, name, values, error)
    if request.headers.get("HX-Request"):
        return Response(
            render_template("proposals/saved.html", seal=seal, at=clock.now())
        )
    _tell(do, _heading(name), *pasting.report(members, request.form))
    return redirect(_next(number, name, do, wrong=wrong))


def _tell(do: str, heading: str, rows: int, strange: Sequence[str]) -> None:
    """Say what was saved; rows that were pasted are counted, columns that nobody asked
    for named.
    """
    if rows:
        flash(_("Đã thêm %(n)s dòng chép từ bảng tính.", n=rows))
    if strange:
        flash(
            _(
                "Cột không có trong phiếu nên đã bỏ qua: %(names)s",
                names="; ".join(strange)[:300],
            )
        )
    if do in {"", "next", "later"}:
        flash(_("Đã lưu phần “%(part)s”.", part=heading))


def _posted(
    session: Session, desk: Desk, proposal: Proposal, members: Sequence[Field]
) -> dict[str, Any]:
    names, used = (
        EntryNames(session, desk.profile, {}),
        drafting.highest_keys(desk, proposal),
    )
    return reading.codes(
        desk.profile.lists,
        members,
        reading.read(members, request.form, names.resolve, used=used),
    )


def _asked(members: Sequence[Field], values: Mapping[str, Any]) -> Save:
    form, turn = (
        re.sub(r"[^0-9A-Za-z]", "", request.form.get("form", ""))[:32],
        arguments.whole(request.form.get("turn")) or 0,
    )
    return Save(members, values, request.form.get("seal", ""), form, turn)


def _unsaved(
    number: int, name: str, values: Mapping[str, Any], error: DanhmucError
) -> Response:
    """Show what was typed where nothing can be saved any more: to read and to copy."""
    with looking() as session:
        desk, proposal, _members = _sectioned(session, number, name)
        kind = desk.profile.kinds[proposal.kind]
        sheets = Differ.of(session, kind, values).answers(values)
        page = render_template(
            "layout/unsaved.html", proposal=proposal, sheets=sheets, error=error
        )
    return Response(page, problems.of_error(error).status)


def _wrong(desk: Desk, proposal: Proposal, members: Sequence[Field]) -> bool:
    kind, names = desk.profile.kinds[proposal.kind], {member.name for member in members}
    errors = schema.check(kind, proposal.content, Stage.DRAFT, desk.profile.base).errors
    return any(
        error.code != "required" and error.field.split(".")[0] in names
        for error in errors
    )


def _next(number: int, name: str, do: str, *, wrong: bool) -> str:
    verb, _colon, path = do.partition(":")
    if verb in {"add", "up", "down", "cut"}:
        group = path if verb == "add" else path.rpartition(":")[0] or path
        extra = group if verb == "add" else None
        return url_for(
            "draft.section",
            number=number,
            name=name,
            them=extra,
            _anchor=group.replace(".", "-"),
        )
    if verb == "paste" or (wrong and do != "later"):
        return url_for("draft.section", number=number, name=name, kiem=1)
    if name == QUICK and do != "later":
        return url_for("draft.check", number=number)
    return url_for("review.proposal", number=number)


class _Sheet:
    """What one rendering of a section's form shows."""

    def __init__(
        self,
        name: str,
        members: Sequence[Field],
        content: Mapping[str, Any],
        *,
        checked: bool = False,
    ) -> None:
        self.name = name
        self.members = members
        self.content = content
        self.checked = checked
        self.stale: list[Any] = []


def _stale(number: int, name: str, values: Mapping[str, Any]) -> Response:
    with looking() as session:
        desk, proposal, members = _editable(session, number, name)
        kind = desk.profile.kinds[proposal.kind]
        mine = {member.name: values.get(member.name) for member in members}
        theirs = {member.name: proposal.content.get(member.name) for member in members}
        sheet = _Sheet(name, members, {**proposal.content, **mine})
        sheet.stale = Differ.of(session, kind, mine, theirs).between(theirs, mine)
        page = _form(session, desk, proposal, sheet)
    return Response(page, 409)


def _form(session: Session, desk: Desk, proposal: Proposal, sheet: _Sheet) -> str:
    kind = desk.profile.kinds[proposal.kind]
    errors = _errors(desk, kind, sheet)
    builder = Builder(
        desk.profile,
        EntryNames.of(session, (kind.fields, sheet.content)).name_of,
        errors,
        _remarks(proposals.open_remarks(proposal)),
        frozenset(proposal.copied or ()),
        frozenset(request.args.getlist("them")),
    )
    controls = builder.controls(sheet.members, sheet.content)
    return render_template(
        "proposals/section.html",
        proposal=proposal,
        kind=kind,
        name=sheet.name,
        heading=_heading(sheet.name),
        controls=[
            control
            for control in controls
            if control.asked or control.errors or control.remarks
        ],
        optional=[
            control
            for control in controls
            if not (control.asked or control.errors or control.remarks)
        ],
        errors=[
            (
                name.replace(".", "-"),
                wording.located(kind, sheet.content, name, message),
            )
            for name, messages in errors.items()
            for message in messages
        ],
        stale=sheet.stale,
        seal=drafting.seal(sheet.members, proposal.content),
        form=uuid4().hex,
        titled=kind.title_field,
        quick=sheet.name == QUICK,
        mending=proposal.status == Status.IN_REVIEW,
    )


def _heading(name: str) -> str:
    if name == QUICK:
        return str(_("Thông tin bắt buộc khi gửi hồ sơ"))
    return wording.label(installation().profile.sections[name].labels)


def _errors(desk: Desk, kind: Kind, sheet: _Sheet) -> dict[str, list[str]]:
    """Return what is wrong in this section; what is only missing is told where the page
    was asked to check it.
    """
    if not sheet.checked and not sheet.stale:
        return {}
    names = {member.name for member in sheet.members}
    found: dict[str, list[str]] = defaultdict(list)
    for error in schema.check(
        kind, _without_blanks(sheet.content), Stage.DRAFT, desk.profile.base
    ).errors:
        if error.field.split(".")[0] in names and error.code != "required":
            found[error.field].append(error.message)
    return found


def _without_blanks(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if not diff.blank(value)}


def _remarks(found: Sequence[Finding]) -> dict[str, list[Finding]]:
    by_field: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_field[finding.field].append(finding)
    return by_field


def _sectioned(
    session: Session, number: int, name: str
) -> tuple[Desk, Proposal, Sequence[Field]]:
    """Return what a section's form needs; NotFoundError for no such section."""
    desk = guard.desk(session)
    proposal = proposals.by_number(desk, number)
    members = drafting.section_fields(desk.profile.kinds[proposal.kind], name)
    if not members or proposal.type not in proposals.WRITING:
        raise NotFoundError(_("Phiếu này không có phần đó"))
    return desk, proposal, members


def _editable(
    session: Session, number: int, name: str
) -> tuple[Desk, Proposal, Sequence[Field]]:
    """Return the same to who may edit now; TransitionError, ForbiddenError and
    FourEyesError to others.
    """
    desk, proposal, members = _sectioned(session, number, name)
    drafting.editing(desk, proposal)
    return desk, proposal, members


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
            until = (
                (sent_day("until") or clock.OPEN_END)
                if "until" in request.form
                else None
            )
            lock_version = arguments.whole(request.form.get("lock")) or 0
            submit = Submit(reason=request.form.get("reason"), until=until)
            service.act(desk, proposal.id, lock_version, submit)
    except InvalidError as error:
        return _check_page(number, error)
    return redirect(url_for("draft.sent", number=number))


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
