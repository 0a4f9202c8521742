"""“Ban hành”: the clerk gathers what was approved into a decision, has it signed, and
everything of it enters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from app.documents.papers import pdf
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
from app.register.content import schema
from app.register.content.hashing import content_hash
from app.web.display import consultation_rows, proposal_rows, wording
from app.web.display.entry_names import EntryNames
from app.web.http import current, form_fields, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import attachment
from app.workflow.context import Desk
from app.workflow.decisions import annex
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Decision, Issuer
from app.workflow.decisions.service import Draft, Signature

blueprint = Blueprint("decisions", __name__)

FILES = {
    "phu-luc.xlsx": "annex_file",
    "quyet-dinh.docx": "text_file",
    "ban-ky": "signed_file",
}
_MOST_BASES = 30


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
            typed=request.form,
        )


@blueprint.post("/quyet-dinh")
@declares(Action.PREPARE_DECISION)
def begin() -> BaseResponse:
    """Open a draft decision."""
    try:
        with current.writing() as session:
            number = decisions.begin(guard.desk(session), _draft(session)).number
    except DanhmucError as error:
        return Response(_list(error), problems.of_error(error).status.value)
    return redirect(url_for("decisions.one", serial=number))


def _draft(session: Session) -> Draft:
    """Read what the clerk wrote; InvalidError names a basis that the register does not
    hold.
    """
    names, bases, unknown = (
        EntryNames(session, installation().profile, {}),
        list[UUID](),
        list[str](),
    )
    lines = [
        line.strip()[:300]
        for line in request.form.get("bases", "").splitlines()
        if line.strip()
    ]
    for line in lines[:_MOST_BASES]:
        found = names.meant("legal-document", line)
        if len(found) == 1:
            bases.append(found[0])
        elif found:
            unknown.append(
                _(
                    "Có %(n)s văn bản “%(name)s” trong danh mục; ghi mã của văn bản",
                    n=len(found),
                    name=line,
                )
            )
        else:
            told = _(
                "Không có văn bản “%(name)s” trong danh mục; ghi số, ký hiệu "
                "như trong danh mục",
                name=line,
            )
            unknown.append(told)
    if unknown:
        message = unknown[0]
        raise InvalidError(message, [FieldError("bases", "reference", message)])
    issuer = (
        Issuer.CHAIRMAN
        if request.form.get("issuer") == Issuer.CHAIRMAN
        else Issuer.COMMITTEE
    )
    return Draft(
        request.form.get("title", ""), issuer, bases, form_fields.day("effective_from")
    )


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
        day = found.effective_from or clock.today()
        return render_template(
            "office/decision.html",
            decision=found,
            gathered=proposal_rows.items(desk, rows),
            annex=found.annex or annex.of(session, desk.profile, rows, day),
            waiting=proposal_rows.items(desk, decision_queries.waiting(desk))
            if found.step == "gathering"
            else [],
            bases=register_today(session).by_ids(map(UUID, found.bases)),
            document=next(
                iter(
                    register_today(session)
                    .by_ids([found.entry_id] if found.entry_id else [])
                    .values()
                ),
                None,
            ),
            post=posts_by_id(session, [found.made_post])[found.made_post],
            consultations=consultation_rows.summaries(session, found),
            has_pdf=pdf.available(),
            may_prepare=may(desk.actor, Action.PREPARE_DECISION, None),
            may_sign=may(desk.actor, Action.ENTER, None),
            error=error,
            typed=request.form,
        )


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
        prepared = _prepared(verb, number)
        with current.writing() as session:
            deed(guard.desk(session), number, lock, prepared)
    except (SecondFactorError, ForbiddenError):
        raise
    except DanhmucError as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    flash(str(wording.DECISION_DONE[verb]))
    return redirect(url_for("decisions.one", serial=number))


def _prepared(verb: str, number: int) -> Any:
    """Do what takes long before the transaction, which keeps everybody else waiting."""
    prepare = PREPARES.get(verb)
    if prepare is None:
        return None
    with current.looking() as session:
        return prepare(guard.desk(session), number)


def _write(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    chosen = [
        one
        for text in request.form.getlist("phieu")
        if (one := arguments.whole(text)) is not None
    ]
    decisions.write(desk, number, lock, _draft(desk.session), chosen)


def _take_out(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    proposal = arguments.whole(request.form.get("phieu")) or 0
    decisions.take_out(desk, number, lock, proposal, request.form.get("reason", ""))


@dataclass(frozen=True)
class Rendered:
    """The annex as it is now, and the files that were made of it."""

    annex_hash: str
    sheet: bytes
    text: bytes


def _render(desk: Desk, number: int) -> Rendered:
    """Make the files of the annex as it is now."""
    decision = decision_queries.get(desk, number)
    members = decision_queries.gathered(desk.session, decision)
    day = decision.effective_from or clock.today()
    contents = annex.of(desk.session, desk.profile, members, day)
    return Rendered(
        content_hash(contents),
        documents.xlsx(contents),
        documents.docx(text_of(desk, decision), contents),
    )


def _freeze(desk: Desk, number: int, lock: int, rendered: Rendered) -> None:
    """Keep the files of the annex, and fix it."""
    folder = installation().settings.data_dir
    sheet = files.put(desk.session, folder, "phu-luc.xlsx", rendered.sheet).sha256
    text = files.put(desk.session, folder, "quyet-dinh.docx", rendered.text).sha256
    desk.session.flush()
    decision = decisions.freeze(desk, number, lock, (sheet, text))
    if decision.annex_hash != rendered.annex_hash:
        message = "Phụ lục vừa thay đổi trong lúc lập; xem lại rồi chốt lần nữa"
        raise ConflictError(message)


def text_of(desk: Desk, found: Decision) -> documents.DecisionText:
    """Return what the decision says around its annex."""
    settings, day = installation().settings, found.effective_from or clock.today()
    province = settings.province(day)
    bases = register_today(desk.session).by_ids(map(UUID, found.bases))
    department = (
        register_today(desk.session)
        .by_ids([desk.actor.agency_id])
        .get(desk.actor.agency_id)
    )
    return documents.DecisionText(
        issuer=f"Ủy ban nhân dân {province.type} {province.name}",
        chairman=found.issuer == Issuer.CHAIRMAN,
        place=province.name,
        title=found.title,
        bases=[
            _basis(bases[UUID(one)].content)
            for one in found.bases
            if UUID(one) in bases
        ],
        proposer=department.title if department else "",
        effective_from=day,
        demonstration=settings.demonstration,
    )


def _basis(law: Mapping[str, Any]) -> str:
    """Write a legal basis as decisions do: “Nghị định số 1/2020/NĐ-CP ngày 01/01/2020
    của Chính phủ …”.
    """
    types = installation().profile.lists.schemes["loai-van-ban"].concepts
    named = (
        types[law["document_type"]].labels["vi"]
        if law.get("document_type") in types
        else "Văn bản"
    )
    issued = str(law.get("issued", ""))
    when = f" ngày {issued[8:]}/{issued[5:7]}/{issued[:4]}" if issued else ""
    whose = f" của {law['issuer_name']}" if law.get("issuer_name") else ""
    return (
        f"{named} số {law.get('number', '')}{when}{whose} "
        f"{law.get('title', {}).get('vi', '')}"
    ).strip()


def _send(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.send(desk, number, lock, request.form.get("report", ""))


def _give_back(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.give_back(desk, number, lock, request.form.get("reason", ""))


def _thaw(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.thaw(desk, number, lock)


def _drop(desk: Desk, number: int, lock: int, _prepared: None) -> None:
    decisions.drop(desk, number, lock)


def _sign(
    desk: Desk, number: int, lock: int, checks: Mapping[str, schema.Checked]
) -> None:
    """Record the signature; everything of the decision enters."""
    kept, signed_on = form_fields.signed(desk.session), form_fields.day("signed_on")
    province = installation().settings.province(signed_on or clock.today())
    chairman = decision_queries.get(desk, number).issuer == Issuer.CHAIRMAN
    issuer = (
        f"{'Chủ tịch ' if chairman else ''}Ủy ban nhân dân {province.type} "
        f"{province.name}"
    )
    said = request.form
    signature = Signature(
        said.get("number", "").strip(),
        signed_on,
        said.get("signatory", ""),
        form_fields.day("effective_from"),
        kept,
        issuer,
    )
    decisions.sign(desk, number, lock, signature, checks)


PREPARES: Mapping[str, Callable[[Desk, int], Any]] = {
    "chot": _render,
    "ban-hanh": decisions.checked,
}
DEEDS: Mapping[str, Callable[[Desk, int, int, Any], None]] = {
    "luu": _write,
    "dua-ra": _take_out,
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


@blueprint.get("/muc/van-ban/<local_id>/phu-luc.xlsx")
@declares(None)
def published(local_id: str) -> Response:
    """Give the frozen annex of a decision that was signed on, to everybody."""
    with current.looking() as session:
        view = register_today(session).get("legal-document", local_id)
        found = decision_queries.of_entry(session, view.id)
        if found is None:
            raise NotFoundError(_("Văn bản này không có phụ lục trong danh mục"))
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
