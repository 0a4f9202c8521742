"""How a proposal begins: blank, as a copy, as a change of an entry in force; and
confirming an entry with one click.
"""

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
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.errors import NotFoundError
from app.permissions import Action, declares
from app.vietnamese import clean
from app.web.display import wording
from app.web.forms.similar_entries import owners, similar
from app.web.http import guard
from app.web.http.current import installation, looking, register_today, writing
from app.workflow.context import Desk
from app.workflow.proposals import drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.drafting import QUICK
from app.workflow.proposals.inputs import ProposalRequest
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import DATABASE, Kind, Type

blueprint = Blueprint("start", __name__)


@blueprint.get("/dang-ky")
@declares(Action.PROPOSE)
def begin() -> Response:
    """Offer the ways to begin; with a name, show what is like it first."""
    kind, name = (
        _kind(request.args.get("kind", DATABASE)),
        request.args.get("ten", "").strip()[:300],
    )
    with looking() as session:
        found = register_today(session)
        views = similar(found, kind.name, name, None) if name else []
        page = render_template(
            "proposals/start.html",
            kind=kind,
            name=name,
            views=views,
            owners=owners(found, views),
            all_kinds=_kinds(),
            unnamed="ten" in request.args and not name,
            former=request.args.get("sua", "")[:300],
            agency=found.by_ids([guard.actor().agency_id]).get(guard.actor().agency_id),
        )
    return Response(page)


@blueprint.post("/dang-ky")
@declares(Action.PROPOSE)
def create() -> BaseResponse:
    """Open a draft: blank, as a copy of an entry, or of the agency that one works in
    and that is not registered yet.
    """
    kind, source = _kind(request.form.get("kind", "")), request.form.get("source", "")
    name = clean(request.form.get("ten", ""))[:300]
    with writing() as session:
        desk = guard.desk(session)
        own = drafting.own_agency(desk) if request.form.get("own") else None
        if own is not None:
            wanted = own
        elif source:
            view = register_today(session).get(kind.name, source)
            wanted = drafting.copy(desk, kind, view.content)
        else:
            wanted = ProposalRequest(kind.name, drafting.blank(desk, kind))
        if name:
            wanted = _named(wanted, kind, name)
        proposal = _one(desk, wanted)
        target = url_for("sections.form", number=proposal.number, name=QUICK)
    return redirect(target)


def _one(desk: Desk, wanted: ProposalRequest) -> Proposal:
    """Return the draft that there is of this already, else a new one."""
    begun = drafting.begun(desk, wanted)
    if begun is not None:
        flash(_("Cơ quan đã mở phiếu này trước đó; làm tiếp tại đây."))
    return begun or service.propose(desk, wanted)


@blueprint.post("/phieu/<number>/sao-chep")
@declares(Action.PROPOSE)
@guard.known
def again(number: int) -> BaseResponse:
    """Open a new draft with the content of a proposal that was refused or withdrawn."""
    with writing() as session:
        desk = guard.desk(session)
        proposal = service.propose(
            desk, drafting.again(desk, proposals.by_number(desk, number))
        )
        target = url_for("review.proposal", number=proposal.number)
    return redirect(target)


def _named(wanted: ProposalRequest, kind: Kind, name: str) -> ProposalRequest:
    value = (
        {"vi": name} if kind.field(kind.title_field).type is Type.LANG_TEXT else name
    )
    copied = [field for field in wanted.copied if field != kind.title_field]
    return ProposalRequest(
        wanted.kind, {**wanted.content, kind.title_field: value}, copied=copied
    )


def _kind(name: str) -> Kind:
    kind = installation().profile.kinds.get(name)
    if kind is None:
        raise NotFoundError(_("Không có loại đối tượng này"))
    return kind


def _kinds() -> list[Kind]:
    return list(installation().profile.kinds.values())


@blueprint.post("/muc/<word>/<local_id>/phieu")
@declares(Action.PROPOSE)
def change(word: str, local_id: str) -> BaseResponse:
    """Open a proposal about an entry in force: to amend, suspend or end it."""
    wanted = (
        ProposalType(request.form.get("type", "amend"))
        if request.form.get("type") in set(ProposalType)
        else None
    )
    if wanted not in (ProposalType.AMEND, ProposalType.SUSPEND, ProposalType.END):
        raise NotFoundError(_("Không có loại phiếu này"))
    with writing() as session:
        desk = guard.desk(session)
        proposal = _one(
            desk, drafting.amend(desk, _entry(session, word, local_id), wanted)
        )
        target = url_for("review.proposal", number=proposal.number)
    return redirect(target)


@blueprint.post("/muc/<word>/<local_id>/xac-nhan")
@declares(Action.CONFIRM)
def confirm(word: str, local_id: str) -> BaseResponse:
    """Confirm with one click that the description of an entry is still right."""
    try:
        seen = UUID(request.form.get("version", ""))
    except ValueError as error:
        raise NotFoundError(_("Không có phiên bản này")) from error
    with writing() as session:
        entry_id = _entry(session, word, local_id)
        proposal = service.confirm(guard.desk(session), entry_id, seen)
        number = proposal.number
    flash(
        _(
            "Đã ghi nhận: thông tin của %(code)s còn chính xác tại ngày "
            "%(day)s (phiếu số %(number)s).",
            code=local_id,
            day=wording.day(clock.today()),
            number=number,
        )
    )
    return redirect(guard.local(request.form.get("next")) or url_for("inbox.mine"))


def _entry(session: Session, word: str, local_id: str) -> UUID:
    kind = installation().profile.by_path_word(word)
    if kind is None:
        raise NotFoundError(_("Danh mục không có mục này"))
    return register_today(session).get(kind.name, local_id).id
