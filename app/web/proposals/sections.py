"""The sections of a draft as forms: what lacks is asked, what is filled already folded;
data items as a grid; saving, valid or not.
"""

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

from app import clock
from app.api import problems
from app.errors import (
    ConflictError,
    DanhmucError,
    ForbiddenError,
    NotFoundError,
    StaleError,
    TransitionError,
)
from app.permissions import Action, declares
from app.register import arguments
from app.register.content import schema
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.display.entry_names import EntryNames
from app.web.forms import grid, pasting, reading
from app.web.forms.controls import Builder, Control
from app.web.http import guard
from app.web.http.current import installation, looking, writing
from app.workflow.context import Desk
from app.workflow.proposals import diff, drafting
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.drafting import QUICK, Save
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Finding, Proposal
from catalog_schema.profile import Field, Kind, Stage

blueprint = Blueprint("sections", __name__)


@blueprint.get("/phieu/<number>/phan/<name>")
@declares(Action.READ)
@guard.known
def form(number: int, name: str) -> Response:
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
            seal = drafting.seal(members, proposal.content)
            wrong = _wrong(desk, proposal, members)
            kind = desk.profile.kinds[proposal.kind]
            following = drafting.following(desk.profile, kind, proposal.content, name)
            report = _report(desk, proposal, members)
    except StaleError:
        return _stale(number, name, values)
    except (TransitionError, ForbiddenError, ConflictError) as error:
        return _unsaved(number, name, values, error)
    if request.headers.get("HX-Request"):
        return Response(
            render_template("proposals/saved.html", seal=seal, at=clock.now())
        )
    _tell(do, _heading(name), *report)
    return redirect(
        _next(number, name, do, wrong=wrong, following=following, fresh=report[0])
    )


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
    if do in {"", "next", "later", "check"}:
        flash(_("Đã lưu phần “%(part)s”.", part=heading))


def _posted(
    session: Session, desk: Desk, proposal: Proposal, members: Sequence[Field]
) -> dict[str, Any]:
    names, used = (
        EntryNames(session, desk.profile, {}),
        drafting.highest_keys(desk, proposal),
    )
    if request.form.get("grid"):
        shape = _grid_shape(desk, proposal)
        before = proposal.content.get(grid.GROUP)
        rows = before if isinstance(before, list) else []
        found = grid.read(shape, rows, request.form, names.resolve, used)
        return {grid.GROUP: found}
    return reading.codes(
        desk.profile.lists,
        members,
        reading.read(members, request.form, names.resolve, used=used),
    )


def _report(
    desk: Desk, proposal: Proposal, members: Sequence[Field]
) -> tuple[int, list[str]]:
    """Return how many rows were pasted, and which columns nobody asked for."""
    if not request.form.get("grid"):
        return pasting.report(members, request.form)
    text = request.form.get(f"{grid.GROUP}.paste", "").strip()
    return grid.report(_grid_shape(desk, proposal), text)


def _grid_shape(desk: Desk, proposal: Proposal) -> grid.Shape:
    member = desk.profile.kinds[proposal.kind].field(grid.GROUP)
    return grid.Shape(member, desk.profile.lists)


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


def _next(
    number: int, name: str, do: str, *, wrong: bool, following: str | None, fresh: int
) -> str:
    """Return where a save leads: where it was saved (with `fresh` rows pasted), the
    next section that lacks something, the check before sending, or the list of
    sections.
    """
    verb, _colon, path = do.partition(":")
    again: dict[str, Any] = {"number": number, "name": name} | (
        {"chi-tiet": 1} if _whole() else {}
    )
    if verb in {"add", "up", "down", "cut"}:
        group = path if verb == "add" else path.rpartition(":")[0] or path
        again |= {"them": group} if verb == "add" else {}
        return url_for("sections.form", _anchor=group.replace(".", "-"), **again)
    if verb in {"paste", "more"} or (wrong and do != "later"):
        again |= {"moi": fresh} if fresh else {}
        again |= {"dong": grid.MORE} if verb == "more" else {}
        return url_for("sections.form", kiem=1, **again)
    if do == "next" and following is not None and following != name:
        return url_for("sections.form", number=number, name=following)
    if do in {"next", "check"}:
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
    names = EntryNames.of(session, (kind.fields, sheet.content))
    builder = Builder(
        desk.profile,
        names.name_of,
        errors,
        _remarks(proposals.open_remarks(proposal)),
        frozenset(proposal.copied or ()),
        frozenset(request.args.getlist("them")),
    )
    stage = Stage.SUBMIT if sheet.name == QUICK else Stage.ENTER
    lacking = drafting.lacking(desk.profile, kind, sheet.content, stage)
    controls = builder.controls(sheet.members, sheet.content)
    gridded = _gridded(sheet)
    parts = drafting.parts(desk.profile, kind, proposal.content)
    section_ = desk.profile.sections.get(sheet.name)
    return render_template(
        "proposals/section.html",
        proposal=proposal,
        kind=kind,
        name=sheet.name,
        heading=_heading(sheet.name),
        title=wording.draft_title(kind, proposal.content),
        **_shared_out(
            controls,
            lacking,
            {
                f.name: f.mandatory_when.unless
                for f in sheet.members
                if f.mandatory_when
            },
            checked=bool(errors or sheet.checked),
        ),
        every=controls,
        grid=_grid(desk, proposal, sheet, names, errors) if gridded else None,
        group=grid.GROUP,
        benefit=wording.label(section_.benefits)
        if section_ and section_.benefits
        else "",
        parts=parts,
        to_send=drafting.lacking(desk.profile, kind, proposal.content, Stage.SUBMIT),
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


def _instead(members: Sequence[Field]) -> dict[str, str | None]:
    """Return which field may be filled in instead of another."""
    return {
        one.name: one.mandatory_when.unless for one in members if one.mandatory_when
    }


def _shared_out(
    controls: Sequence[Control],
    lacking: set[str],
    instead: Mapping[str, str | None],
    *,
    checked: bool,
) -> dict[str, list[Control]]:
    """Return what is asked here, with what may be filled in `instead` of it, what is
    filled already, and what may be left blank: the last two are folded. Where nothing
    lacks, what is filled is asked once more.
    """
    told = [one for one in controls if one.errors or one.remarks or one.copied]
    asked = [one for one in controls if one.asked and one not in told]
    open_ = [one for one in asked if one.name in lacking]
    filled = [one for one in asked if one.name not in lacking]
    if checked or not (open_ or told):
        open_, filled = asked, []
    others = {instead.get(one.name) for one in [*open_, *told]}
    shown = [
        one for one in controls if one in told or one in open_ or one.name in others
    ]
    rest = [one for one in controls if one not in shown and one not in filled]
    return {"controls": shown, "filled": filled, "optional": rest}


def _gridded(sheet: "_Sheet") -> bool:
    """Tell whether a section is shown as a grid, and not with all that its rows may
    say.
    """
    return sheet.name == grid.SECTION and not _whole()


def _whole() -> bool:
    return "chi-tiet" in request.args


def _grid(
    desk: Desk,
    proposal: Proposal,
    sheet: "_Sheet",
    names: EntryNames,
    errors: Mapping[str, Sequence[str]],
) -> grid.Grid:
    rows = sheet.content.get(grid.GROUP)
    return grid.show(
        _grid_shape(desk, proposal),
        rows if isinstance(rows, list) else [],
        names.name_of,
        errors,
        extra=arguments.whole(request.args.get("dong")) or 1,
        fresh=arguments.whole(request.args.get("moi")) or 0,
    )


def _heading(name: str) -> str:
    if name == QUICK:
        return str(_("Thông tin bắt buộc để gửi"))
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
