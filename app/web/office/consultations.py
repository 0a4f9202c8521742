"""“Lấy ý kiến”: other agencies are asked, answer, and the department says what it made
of each answer.
"""

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
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.accounts.service import posts_by_id
from app.api import problems
from app.documents.papers import opinions as papers
from app.errors import (
    ConflictError,
    DanhmucError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, audience, declares, may
from app.register import arguments
from app.register.content import cut, facts
from app.register.queries import EntryView
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.display.entry_names import uuids
from app.web.forms.similar_entries import owners, similar
from app.web.http import current, guard
from app.web.http.current import register_today
from app.web.http.sending_files import attachment
from app.web.office import asking, consultation_table
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Position
from app.workflow.consultations.models import Consultation
from app.workflow.consultations.verdicts import SPOKEN, WEIGHTY
from app.workflow.context import Desk
from app.workflow.decisions import annex
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Decision
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Consult
from app.workflow.proposals.models import Proposal

blueprint = Blueprint("consultations", __name__)

COMMENTED = 20  # comments that one form holds


@blueprint.get("/phieu/<number>/lay-y-kien")
@declares(Action.READ)
@guard.known
def form(number: int) -> Response:
    """Offer to ask agencies about a proposal: those that own databases like it are
    proposed.
    """
    return Response(_form(number))


def _form(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = proposals.by_number(desk, number)
        service.following(desk, found, Action.CONSULT)
        return render_template(
            "office/ask_for_opinions.html",
            proposal=found,
            title=wording.draft_title(desk.profile.kinds[found.kind], found.content),
            choices=asking.choices(
                session,
                _("Cơ quan có mục trong dự thảo"),
                _overlapping(session, found),
            ),
            error=error,
            typed=request.form,
            address=url_for("consultations.ask", number=number),
            lock=found.lock_version,
        )


def _overlapping(session: Session, found: Proposal) -> list[EntryView]:
    """Return the agencies that own entries like a proposal's, but for the one that
    proposes it.
    """
    known = register_today(session)
    title = facts.title(known.profile.kinds[found.kind], found.content)
    views = similar(known, found.kind, title, found.entry_id, limit=10)
    named = {
        view.id: view
        for view in owners(known, views).values()
        if view.id != found.agency_id
    }
    return sorted(named.values(), key=lambda view: view.sort_key)


@blueprint.post("/phieu/<number>/lay-y-kien")
@declares(Action.READ)
@guard.known
def ask(number: int) -> BaseResponse:
    """Ask about a proposal."""
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            found = proposals.by_number(desk, number)
            service.following(desk, found, Action.CONSULT)
            lock_version = arguments.whole(request.form.get("lock")) or 0
            consult = Consult(question=asking.asked(desk))
            service.act(desk, found.id, lock_version, consult)
            made = consultation_queries.about(session, found)[-1].number
    except (InvalidError, ConflictError) as error:
        return Response(_form(number, error), problems.of_error(error).status.value)
    flash(_("Đã gửi xin ý kiến."))
    return redirect(url_for("consultations.one", serial=made))


@blueprint.get("/quyet-dinh/<serial>/lay-y-kien")
@declares(Action.PREPARE_DECISION)
def decision_form(serial: str) -> Response:
    """Offer to ask agencies about a draft decision: those whose entries it holds are
    proposed.
    """
    return Response(_decision_form(arguments.whole(serial) or 0))


def _decision_form(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = decision_queries.get(desk, number)
        concerned = {row.agency_id for row in decision_queries.gathered(session, found)}
        return render_template(
            "office/ask_for_opinions.html",
            decision=found,
            title=found.title,
            choices=asking.choices(
                session,
                _("Cơ quan có phiếu trong dự thảo"),
                register_today(session).by_ids(concerned).values(),
            ),
            error=error,
            typed=request.form,
            address=url_for("consultations.ask_on_decision", serial=number),
            lock=found.lock_version,
        )


@blueprint.post("/quyet-dinh/<serial>/lay-y-kien")
@declares(Action.PREPARE_DECISION)
def ask_on_decision(serial: str) -> BaseResponse:
    """Ask about a draft decision."""
    number, lock = (
        arguments.whole(serial) or 0,
        arguments.whole(request.form.get("lock")) or 0,
    )
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            made = decisions.consult(desk, number, lock, asking.asked(desk)).number
    except (InvalidError, ConflictError) as error:
        return Response(
            _decision_form(number, error), problems.of_error(error).status.value
        )
    flash(_("Đã gửi xin ý kiến."))
    return redirect(url_for("consultations.one", serial=made))


@blueprint.get("/lay-y-kien")
@declares(Action.READ_CONSULTATIONS)
def listed() -> Response:
    """List the consultations: for an agency those in which it is asked, for the
    department all.
    """
    with current.looking() as session:
        desk = guard.desk(session)
        listed = consultation_queries.latest(desk)
        subjects = consultation_queries.subjects(session, listed)
        rows = [_summary(desk, one, subjects[one.id]) for one in listed]
        return Response(render_template("office/consultations.html", rows=rows))


def _summary(
    desk: Desk, one: Consultation, about: Proposal | Decision
) -> dict[str, Any]:
    said = one.opinions
    mine = next(
        (opinion for opinion in said if opinion.agency_id == desk.actor.agency_id), None
    )
    return {
        "consultation": one,
        "title": _title(desk, one, about),
        "answered": sum(opinion.verdict in SPOKEN for opinion in said),
        "asked": len(said),
        "mine": mine,
    }


def _title(desk: Desk, found: Consultation, thing: Proposal | Decision) -> str:
    """Return what the thing was called when agencies were asked about it."""
    if isinstance(thing, Proposal):
        return wording.draft_title(
            desk.profile.kinds[thing.kind], found.content or thing.content
        )
    return thing.title


@blueprint.get("/lay-y-kien/<serial>")
@declares(Action.READ_CONSULTATIONS)
def one(serial: str) -> Response:
    """Show a consultation: what it is about, the form of whoever is asked, the answers
    of whoever may see them.
    """
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = consultation_queries.get(desk, number)
        thing = consultation_queries.subject(session, found)
        said = found.opinions
        mine = next(
            (one for one in said if one.agency_id == desk.actor.agency_id), None
        )
        conducts = may(
            desk.actor,
            Action.CONSULT if found.proposal_id else Action.PREPARE_DECISION,
            None,
        )
        shown = [one for one in said if _sees_all(desk, thing) or one is mine]
        return render_template(
            "office/consultation.html",
            consultation=found,
            title=_title(desk, found, thing),
            proposal=thing if isinstance(thing, Proposal) else None,
            decision=thing if isinstance(thing, Decision) else None,
            may_open=isinstance(thing, Proposal)
            and thing.id in proposals.readable(desk, [thing.id]),
            sees_all=_sees_all(desk, thing),
            mine=mine
            if mine and may(desk.actor, Action.OPINE, desk.actor.agency_id)
            else None,
            agencies=register_today(session).by_ids([one.agency_id for one in said]),
            opinions=shown,
            post=posts_by_id(session, [found.post_id])[found.post_id],
            conducts=conducts,
            addresses=asking.addresses(blueprint.name, number),
            silent=[one.agency_id for one in said if one.verdict not in SPOKEN],
            paper_words=[(one.value, wording.VERDICTS[one]) for one in SPOKEN],
            weighty=WEIGHTY,
            error=error,
            typed=request.form,
            **_about(session, desk, found, thing),
        )


def _sees_all(desk: Desk, thing: Proposal | Decision) -> bool:
    """Tell whether the reader sees what everybody answered: the department, and whose
    proposal it is.
    """
    proposer = isinstance(thing, Proposal) and thing.agency_id == desk.actor.agency_id
    return proposer or may(desk.actor, Action.READ_CONSULTATIONS, None)


def _about(
    session: Session, desk: Desk, found: Consultation, thing: Proposal | Decision
) -> dict[str, Any]:
    """Return what was asked about, cut to the reader's audience: a proposal as it was
    then, or a draft decision.
    """
    if isinstance(thing, Decision):
        rows = decision_queries.gathered(session, thing)
        return {"annex": thing.annex or annex.of(desk, rows, clock.today())}
    kind, owner = (
        desk.profile.kinds[thing.kind],
        next(iter(uuids(str(thing.content.get("owner", "")))), None),
    )
    asked_about = found.content or thing.content
    content = cut.cut(
        kind.fields,
        asked_about,
        audience(desk.actor).level_for(owner or thing.agency_id),
    )
    base = proposals.base_version(session, thing)
    before = (
        cut.cut(kind.fields, base.content, audience(desk.actor).level_for(owner))
        if base
        else {}
    )
    differ = Differ.of(session, kind, content, before)
    sheets = differ.sheets(before, content) if base else differ.answers(content)
    labels = [
        (name, wording.path_label(kind, name))
        for name, _field in kind.walk()
        if "." not in name
    ]
    return {"sheets": sheets, "base": base, "labels": labels, "named": dict(labels)}


@blueprint.post("/lay-y-kien/<serial>/tra-loi")
@declares(Action.OPINE)
def answer(serial: str) -> BaseResponse:
    """Answer for the reader's agency."""
    comments = [
        (field, text)
        for number in range(COMMENTED)
        if (text := request.form.get(f"comment.{number}", "").strip())
        for field in [request.form.get(f"field.{number}", "")]
    ]
    said = Position(
        request.form.get("verdict", ""), request.form.get("reason", ""), comments
    )
    return _done(
        serial,
        lambda desk, number: consultations.answer(desk, number, said),
        _("Đã ghi ý kiến của cơ quan."),
    )


@blueprint.post("/lay-y-kien/<serial>/giai-trinh")
@declares(Action.READ_CONSULTATIONS)
def handle(serial: str) -> BaseResponse:
    """Write down what the department made of an opinion."""
    agency = next(iter(uuids(request.form.get("agency", ""))), UUID(int=0))
    text = request.form.get(f"handling.{agency}", "")
    return _done(
        serial,
        lambda desk, number: consultations.handle(desk, number, agency, text),
        _("Đã ghi giải trình."),
    )


@blueprint.post("/lay-y-kien/<serial>/khep")
@declares(Action.READ_CONSULTATIONS)
def close(serial: str) -> BaseResponse:
    """End a consultation before its day."""
    reason = request.form.get("close_reason", "")
    return _done(
        serial,
        lambda desk, number: consultations.close(desk, number, reason),
        _("Đã kết thúc lần lấy ý kiến."),
    )


@blueprint.post("/lay-y-kien/<serial>/nhac")
@declares(Action.READ_CONSULTATIONS)
def remind(serial: str) -> BaseResponse:
    """Tell those who have not answered once more."""
    return _done(serial, consultations.remind, _("Đã nhắc các cơ quan chưa trả lời."))


@blueprint.post("/lay-y-kien/<serial>/gia-han")
@declares(Action.READ_CONSULTATIONS)
def extend(serial: str) -> BaseResponse:
    """Give more time."""

    def deed(desk: Desk, number: int) -> None:
        reason = request.form.get("extend_reason", "")
        consultations.extend(desk, number, asking.due_day(desk, "new_due_on"), reason)

    return _done(serial, deed, _("Đã gia hạn; các cơ quan chưa trả lời được báo."))


@blueprint.post("/lay-y-kien/<serial>/van-ban")
@declares(Action.READ_CONSULTATIONS)
def answer_on_paper(serial: str) -> BaseResponse:
    """Write down what an agency answered by letter."""

    def deed(desk: Desk, number: int) -> None:
        agency, letter = asking.paper(desk.session)
        said = Position(
            request.form.get("paper_verdict", ""), request.form.get("paper_reason", "")
        )
        consultations.answer_on_paper(desk, number, agency, said, letter)

    return _done(serial, deed, _("Đã ghi văn bản trả lời."))


@blueprint.get("/lay-y-kien/<serial>/van-ban/<agency>")
@declares(Action.READ_CONSULTATIONS)
def letter(serial: str, agency: str) -> Response:
    """Give the letter by which an agency answered."""
    with current.looking() as session:
        desk = guard.desk(session)
        found = consultation_queries.get(desk, arguments.whole(serial) or 0)
        sees_all = _sees_all(desk, consultation_queries.subject(session, found))
        papers_ = [
            opinion.paper
            for opinion in found.opinions
            if str(opinion.agency_id) == agency and opinion.paper and sees_all
        ]
        return asking.letter(session, papers_)


def _done(serial: str, deed: Any, told: str) -> BaseResponse:
    number = arguments.whole(serial) or 0
    try:
        with current.writing() as session:
            deed(guard.desk(session), number)
    except (InvalidError, ConflictError, TransitionError) as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    flash(told)
    return redirect(url_for("consultations.one", serial=number))


@blueprint.get("/lay-y-kien/<serial>/bang-tong-hop.<any(xlsx, csv):extension>")
@declares(Action.READ_CONSULTATIONS)
def table(serial: str, extension: str) -> Response:
    """Give the consolidated table as a workbook, or as CSV."""
    with current.looking() as session:
        desk = guard.desk(session)
        found = consultation_queries.get(desk, arguments.whole(serial) or 0)
        if not _sees_all(desk, consultation_queries.subject(session, found)):
            raise NotFoundError(_("Không có tệp này"))
        opinions = consultation_table.of(desk, [found], "")
        written = papers.csv if extension == "csv" else papers.xlsx
        data = written(opinions)
    return attachment(
        data,
        f"bang-tong-hop-y-kien-{found.number}.{extension}",
        "application/octet-stream",
    )
