"""“Ban hành”: the clerk gathers what was approved into a decision, has it signed, and
everything of it enters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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

from app import clock, files
from app.accounts.service import posts_by_id
from app.api import problems
from app.documents.papers import decision as documents
from app.documents.papers import docx, pdf, signed_copy
from app.errors import (
    ConflictError,
    DanhmucError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.register.conditions import OVER, Condition
from app.register.content import schema
from app.register.content.hashing import content_hash
from app.register.queries import EntryView
from app.web.display import (
    changes,
    consultation_rows,
    decision_words,
    proposal_rows,
    way,
)
from app.web.http import current, form_fields, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import attachment
from app.web.office import decision_draft as draft
from app.web.office import decision_outlook
from app.workflow.context import Desk
from app.workflow.decisions import annex, rectifying, text
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Decision
from app.workflow.decisions.signing import Signature

blueprint = Blueprint("decisions", __name__)

FILES = {
    "phu-luc.xlsx": "annex_file",
    "quyet-dinh.docx": "text_file",
    "ban-ky": "signed_file",
}


@blueprint.get("/quyet-dinh")
@declares(Action.READ_DECISIONS)
def listed() -> Response:
    """List the decisions in the making, those signed on, and what still waits for
    one.
    """
    return Response(_list())


def _list(error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        return render_template(
            "office/decisions.html",
            decisions=decision_queries.latest(desk),
            waiting=proposal_rows.items(desk, decision_queries.waiting(desk)),
            may_prepare=may(desk.actor, Action.PREPARE_DECISION, None),
            error=error,
            shown=draft.shown(desk, None),
        )


@blueprint.post("/quyet-dinh")
@declares(Action.PREPARE_DECISION)
def begin() -> BaseResponse:
    """Open a draft decision."""
    try:
        with current.writing() as session:
            number = decisions.begin(guard.desk(session), draft.read(session)).number
    except DanhmucError as error:
        return Response(_list(error), problems.of_error(error).status.value)
    return redirect(url_for("decisions.one", serial=number))


@blueprint.get("/quyet-dinh/<serial>")
@declares(Action.READ_DECISIONS)
def one(serial: str) -> Response:
    """Show a decision on one page: what it says, what it gathers, and what comes
    next.
    """
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = decision_queries.get(desk, number)
        rows = decision_queries.gathered(session, found)
        contents = found.annex or annex.of(desk, rows, clock.today())
        documents_named = [*map(UUID, found.bases)]
        documents_named += [found.entry_id] if found.entry_id else []
        documents_named += [found.target_id] if found.target_id else []
        named = register_today(session).by_ids(documents_named)
        history = [
            {
                **step,
                "post": UUID(step["post"]),
                "at": datetime.fromisoformat(step["at"]),
            }
            for step in found.steps or []
        ]
        posts = {step["post"] for step in history} | {found.made_post}
        consulted = consultation_rows.summaries(session, found)
        return render_template(
            "office/decision.html",
            decision=found,
            gathered=proposal_rows.items(desk, rows),
            annex=contents,
            paper=draft.said(desk, found, contents),
            waiting=proposal_rows.items(desk, decision_queries.waiting(desk))
            if found.step == "gathering"
            else [],
            shown=draft.shown(desk, found),
            bases=[named[UUID(one)] for one in found.bases if UUID(one) in named],
            document=named.get(found.entry_id) if found.entry_id else None,
            target=named.get(found.target_id) if found.target_id else None,
            steps=history,
            posts=posts_by_id(session, posts),
            consultations=consulted,
            way=way.of_decision(found, [one["consultation"] for one in consulted]),
            outlook=decision_outlook.outlook(desk, rows, found),
            differing=changes.of(desk, [row for row in rows if row.base_version_id]),
            ids={row.number: row.id for row in rows},
            stand=_bases_stand(named, found),
            stand_on=found.effective_from or clock.today(),
            rectification=rectifying.pending(desk, found),
            has_pdf=pdf.available(),
            may_prepare=may(desk.actor, Action.PREPARE_DECISION, None),
            may_sign=may(desk.actor, Action.ENTER, None),
            error=error,
            typed=request.form,
        )


def _bases_stand(named: Mapping[UUID, EntryView], found: Decision) -> Condition | None:
    """Return how the legal bases stand on the day of effect, today where that is not
    set: in force, or the worst that is true of one; None without any.
    """
    day = found.effective_from or clock.today()
    laws = [named[UUID(one)] for one in found.bases if UUID(one) in named]
    stood = [law.stood(day) for law in laws]
    if any(condition in OVER or condition is Condition.NOT_YET for condition in stood):
        return Condition.LAPSED
    unsettled = [one for one in stood if one is not Condition.IN_FORCE]
    return next(iter(unsettled), Condition.IN_FORCE if stood else None)


@blueprint.post("/quyet-dinh/<serial>/<verb>")
@declares(Action.PREPARE_DECISION)
def act(serial: str, verb: str) -> BaseResponse:
    """Do one thing to a decision; what could not be done is told on its page, with what
    was typed.
    """
    number, lock = (
        arguments.whole(serial) or 0,
        arguments.whole(request.form.get("lock")) or 0,
    )
    deed = DEEDS.get(verb)
    if deed is None:
        raise NotFoundError(_("Không có việc này"))
    try:
        if verb == "chot" and "title" in request.form:
            lock = _written(number, lock)  # what was typed and not saved yet
        prepared = _prepared(verb, number)
        with current.writing() as session:
            deed(guard.desk(session), number, lock, prepared)
    except (SecondFactorError, ForbiddenError):
        raise
    except DanhmucError as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    flash(str(decision_words.DECISION_DONE[verb]))
    return redirect(url_for("decisions.one", serial=number))


def _prepared(verb: str, number: int) -> Any:
    """Do what takes long before the transaction, which keeps everybody else waiting."""
    prepare = PREPARES.get(verb)
    if prepare is None:
        return None
    if verb == "chot":  # what is drawn then sees the identifiers
        with current.writing() as session:
            decisions.reserve(guard.desk(session), number)
    with current.looking() as session:
        return prepare(guard.desk(session), number)


def _written(number: int, lock: int) -> int:
    """Save the draft as it stands in the form; return its lock version."""
    with current.writing() as session:
        desk = guard.desk(session)
        _write(desk, number, lock, None)
        return decision_queries.get(desk, number).lock_version


def _write(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    chosen = [
        one
        for text in request.form.getlist("phieu")
        if (one := arguments.whole(text)) is not None
    ]
    decisions.write(desk, number, lock, draft.read(desk.session), chosen)


def _take_out(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    proposal = arguments.whole(request.form.get("phieu")) or 0
    decisions.take_out(desk, number, lock, proposal, request.form.get("reason", ""))


def _set_aside(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    proposal = arguments.whole(request.form.get("phieu")) or 0
    decisions.set_aside(desk, number, lock, proposal)


@dataclass(frozen=True)
class Rendered:
    """What the decision says now, by its hash, and the files that were made of it."""

    annex_hash: str
    sheet: bytes
    text: bytes


def _render(desk: Desk, number: int) -> Rendered:
    """Make the files of what the decision says now."""
    decision = decision_queries.get(desk, number)
    said = decisions.frozen(desk, decision, clock.today())
    return Rendered(content_hash(said), documents.xlsx(said), printed(desk, said))


def printed(desk: Desk, said: Mapping[str, Any]) -> bytes:
    """Return the decision with its annexes as DOCX."""
    text = documents.text_of(said["paper"], demonstration=desk.office.demonstration)
    return docx.docx(documents.paper(text, said))


def _freeze(desk: Desk, number: int, lock: int, rendered: Rendered) -> None:
    """Keep the files of what the decision says, and fix it."""
    folder = installation().settings.data_dir
    sheet = files.put(desk.session, folder, "phu-luc.xlsx", rendered.sheet).sha256
    text = files.put(desk.session, folder, "quyet-dinh.docx", rendered.text).sha256
    desk.session.flush()
    decision = decisions.freeze(desk, number, lock, (sheet, text))
    if decision.annex_hash != rendered.annex_hash:
        message = "Phụ lục vừa thay đổi trong lúc lập; xem lại rồi chốt lần nữa"
        raise ConflictError(message)


def _send(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.send(desk, number, lock, request.form.get("report", ""))


def _give_back(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.give_back(desk, number, lock, request.form.get("reason", ""))


def _thaw(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.thaw(desk, number, lock, request.form.get("reason", ""))


def _drop(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.drop(desk, number, lock)


@dataclass(frozen=True)
class Looked:
    """What was found before a decision is signed on: checks of its proposals, and what
    the signed copy says otherwise than the frozen text.
    """

    checks: Mapping[str, schema.Checked]
    differences: Sequence[str]


def _look(desk: Desk, number: int) -> Looked:
    decision = decision_queries.get(desk, number)
    return Looked(decisions.checked(desk, number), _differences(desk.session, decision))


def _differences(session: Session, decision: Decision) -> list[str]:
    """Return what the signed copy that was sent says otherwise; a scan says nothing."""
    sent = request.files.get("signed")
    if sent is None or not sent.filename or decision.text_file is None:
        return []
    data = sent.stream.read()
    sent.stream.seek(0)
    frozen, _name = _kept(session, decision, "quyet-dinh.docx")
    try:
        return signed_copy.differences(frozen, data) or []
    except InvalidError as error:
        told = FieldError("signed", "unreadable", error.message)
        raise InvalidError(error.message, [told]) from error


def _sign(desk: Desk, number: int, lock: int, looked: Looked) -> None:
    """Record the signature; everything of the decision enters."""
    kept, signed_on = form_fields.signed(desk.session), form_fields.day("signed_on")
    decision = decision_queries.get(desk, number)
    said = request.form
    signature = Signature(
        number=said.get("number", "").strip(),
        signed_on=signed_on,
        signatory=said.get("signatory", ""),
        effective_from=form_fields.day("effective_from"),
        file=kept,
        issuer_name=text.issuer_name(desk, decision, signed_on or clock.today()),
        differences=looked.differences,
        why=said.get("why", ""),
    )
    decisions.sign(desk, number, lock, signature, looked.checks)


PREPARES: Mapping[str, Callable[[Desk, int], Any]] = {
    "chot": _render,
    "ban-hanh": _look,
}
DEEDS: Mapping[str, Callable[[Desk, int, int, Any], None]] = {
    "luu": _write,
    "dua-ra": _take_out,
    "bo-ra": _set_aside,
    "chot": _freeze,
    "mo-lai": _thaw,
    "trinh": _send,
    "tra-lai": _give_back,
    "ban-hanh": _sign,
    "bo": _drop,
}


@blueprint.get("/quyet-dinh/<serial>/tep/<which>")
@declares(Action.READ_DECISIONS)
def download(serial: str, which: str) -> Response:
    """Give a file of a decision, the same to the byte as when it was frozen."""
    number = arguments.whole(serial) or 0
    with current.looking() as session:
        found = decision_queries.get(guard.desk(session), number)
        if which == "quyet-dinh.pdf":
            return attachment(
                pdf.of(_kept(session, found, "quyet-dinh.docx")[0]),
                which,
                "application/pdf",
            )
        return _given(session, found, which)


@blueprint.get("/muc/van-ban/<local_id>/phu-luc.<any(xlsx, csv):extension>")
@declares(None)
def published(local_id: str, extension: str) -> Response:
    """Give the frozen annex of a decision that was signed on, to everybody: the
    workbook that was kept, or the same lists as CSV.
    """
    with current.looking() as session:
        view = register_today(session).get("legal-document", local_id)
        found = decision_queries.of_entry(session, view.id)
        if found is None or not found.annex:
            raise NotFoundError(_("Văn bản này không có phụ lục trong danh mục"))
        if extension == "csv":
            rows = documents.csv(found.annex)
            return attachment(rows, "phu-luc.csv", "text/csv; charset=utf-8")
        return _given(session, found, "phu-luc.xlsx")


def _given(session: Session, found: Decision, which: str) -> Response:
    data, name = _kept(session, found, which)
    return attachment(
        data,
        which if "." in which else name,
        files.sniff(which if "." in which else name, data),
    )


def _kept(session: Session, found: Decision, which: str) -> tuple[bytes, str]:
    """Return a kept file of a decision and the name it came with."""
    digest = getattr(found, FILES[which]) if which in FILES else None
    row = session.get(files.File, digest) if digest else None
    if row is None:
        raise NotFoundError(_("Quyết định này không có tệp đó"))
    return files.get(installation().settings.data_dir, row.sha256), row.name
