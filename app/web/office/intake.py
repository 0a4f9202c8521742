"""Codes that a decision has settled: an annex taken in, the next ones issued, a block
reserved; two people do it.
"""

from datetime import date
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
from app.documents.tables import sheets
from app.documents.tables.code_annex import Codes, Row
from app.errors import (
    DanhmucError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.register.queries import EntryView
from app.web.display.entry_names import EntryNames, uuids
from app.web.http import current, form_fields, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import attachment, clean_name
from app.workflow.intake import queries as intake_queries
from app.workflow.intake import service as intake
from app.workflow.intake.models import CODE, SEVERAL, Intake, IntakeStatus
from app.workflow.intake.rows import IntakeRows, SeveralRow
from catalog_schema.identifiers import AgencyCode, MalformedCodeError
from catalog_schema.profile import DATABASE

blueprint = Blueprint("intake", __name__)

SHOWN = 500  # rows on the page of an intake
MOST_NAMES = 200  # codes issued at once
IN_USE = "dang-dung"
STATUSES = {"du-kien", IN_USE}
# what old decisions list, besides codes
MAPPED_KINDS = (
    DATABASE,
    "agency",
    "data-standard",
)


@blueprint.get("/dot-nhap")
@declares(Action.READ_INTAKES)
def listed() -> Response:
    """List the intakes, and offer to begin one."""
    return Response(_list())


def _list(error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        return render_template(
            "office/intakes.html",
            intakes=intake_queries.latest(desk),
            may_prepare=may(desk.actor, Action.TAKE_IN, None),
            error=error,
            typed=request.form,
            mapped_kinds=MAPPED_KINDS,
        )


def listed_again(error: DanhmucError) -> Response:
    """Show the list again, with what was refused and what was typed."""
    return Response(_list(error), problems.of_error(error).status.value)


@blueprint.post("/dot-nhap/phu-luc")
@declares(Action.TAKE_IN)
def annex() -> BaseResponse:
    """Read the annex of a decision and keep it for a second person."""
    try:
        name, data = sent_file("annex")
        book = sheets.read_book(data)
        form_fields.tell_of_macros(data)
        with current.writing() as session:
            desk, decision, day = (
                guard.desk(session),
                named_decision(session),
                effective_day(),
            )
            folder = installation().settings.data_dir
            kept = files.put(session, folder, *sheets.kept(name, data, book)).sha256
            signed = request.files.get("signed")
            scan = (
                kept_file(session, *sent_file("signed"))
                if signed is not None and signed.filename
                else None
            )
            session.flush()
            rows = _codes(session, decision, day).of_table(book.first.table)
            title = _("Phụ lục mã định danh của %(number)s", number=decision.title)
            wanted = IntakeRows(title, CODE, rows, day, decision.id, kept, scan)
            number = intake.prepare(desk, wanted).number
    except DanhmucError as error:
        return listed_again(error)
    return redirect(url_for("intake.one", serial=number))


@blueprint.post("/dot-nhap/cap-ma")
@declares(Action.TAKE_IN)
def issue() -> BaseResponse:
    """Propose codes under a parent: those that a decision has given, or the next free
    ones, reserved for a coming decision.
    """
    status = request.form.get("status", IN_USE)
    try:
        with current.writing() as session:
            desk, day = guard.desk(session), effective_day()
            decision = (
                named_decision(session)
                if status == IN_USE or request.form.get("decision")
                else None
            )
            parent = _entry(
                session,
                "identifier-code",
                "parent",
                _("Chọn mã cấp trên đang dùng, ví dụ bằng giá trị mã"),
            )
            rows = _following(session, parent, decision, day)
            title = _("Cấp mã dưới %(code)s", code=parent.title)
            wanted = IntakeRows(
                title, CODE, rows, day, decision.id if decision else None
            )
            number = intake.prepare(desk, wanted).number
    except DanhmucError as error:
        return listed_again(error)
    return redirect(url_for("intake.one", serial=number))


def _following(
    session: Session, parent: EntryView, decision: EntryView | None, day: date
) -> list[Row]:
    status = request.form.get("status", IN_USE)
    names = [
        line.strip()
        for line in request.form.get("names", "").splitlines()
        if line.strip()
    ]
    if status not in STATUSES or not 0 < len(names) <= MOST_NAMES:
        message = _(
            "Ghi tên cơ quan nhận mã, mỗi dòng một tên, tối đa %(n)s dòng", n=MOST_NAMES
        )
        raise InvalidError(message, [FieldError("names", "required", message)])
    try:
        above = AgencyCode.parse(parent.title)
    except MalformedCodeError as error:
        message = _(
            "Chỉ cấp mã dưới một mã theo Quyết định 20/2020; chọn mã cấp trên như vậy"
        )
        raise InvalidError(
            message, [FieldError("parent", "scheme", message)]
        ) from error
    maker = _codes(session, decision, day)
    maker.common["status"] = status
    rule = parent.content.get("numbering", {})
    if status == IN_USE:  # the decision has said which
        return maker.named(above, names)
    return maker.following(above, rule, names, intake_queries.promised(session))


def _codes(session: Session, decision: EntryView | None, day: date) -> Codes:
    common: dict[str, Any] = {
        "certainty": "co-quan-khai",
        "schema_agency": {"vi": _issuer(decision)},
    }
    if decision is not None:
        common |= {
            "issued_by": str(decision.id),
            "issued": day.isoformat(),
            "validity": {"start": day.isoformat()},
        }
    return Codes(session, installation().profile, common, day)


def _issuer(decision: EntryView | None) -> str:
    province = installation().settings.province(clock.today())
    named = (
        decision.content.get("issuer_name") if decision else None
    ) or f"Ủy ban nhân dân {province.type} {province.name}"
    return str(named)


def named_decision(session: Session) -> EntryView:
    """Return the decision that the form names; InvalidError."""
    message = _(
        "Chọn quyết định có trong danh mục: ghi số, ký hiệu; đăng ký văn bản "
        "trước nếu chưa có"
    )
    return _entry(session, "legal-document", "decision", message)


def _entry(session: Session, kind: str, name: str, message: str) -> EntryView:
    typed = request.form.get(name, "").strip()[:300]
    found = (
        uuids(EntryNames(session, installation().profile, {}).resolve(kind, typed))
        if typed
        else set()
    )
    view = next(iter(register_today(session).by_ids(found).values()), None)
    if view is None or view.kind != kind:
        raise InvalidError(message, [FieldError(name, "reference", message)])
    return view


def effective_day() -> date:
    """Return the day that the form gives; InvalidError."""
    day = arguments.day(request.form.get("day"))
    if day is None:
        message = _("Nhập ngày có hiệu lực, ví dụ 31/12/2026")
        raise InvalidError(message, [FieldError("day", "required", message)])
    return day


def sent_file(name: str) -> tuple[str, bytes]:
    """Return a file of the form, name and bytes; InvalidError without one."""
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        message = _("Chọn tệp phụ lục (Excel hoặc CSV)")
        raise InvalidError(message, [FieldError(name, "required", message)])
    with sent.stream as stream:
        return clean_name(sent.filename), stream.read()


def kept_file(session: Session, name: str, data: bytes) -> str:
    """Keep a signed copy; return its hash."""
    files.sniff(name, data)
    return files.put(session, installation().settings.data_dir, name, data).sha256


@blueprint.get("/dot-nhap/<serial>")
@declares(Action.READ_INTAKES)
def one(serial: str) -> Response:
    """Show what is to be brought in, row by row, to whoever confirms it."""
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = intake_queries.get(desk, number)
        named = register_today(session).by_ids(_named(found))
        return render_template(
            "office/intake.html",
            intake=found,
            rows=_shown(found),
            named={str(entry): view for entry, view in named.items()},
            posts=posts_by_id(
                session,
                {post for post in (found.made_post, found.decided_post) if post},
            ),
            kept={
                name: session.get(files.File, digest)
                for name, digest in _files(found).items()
                if digest
            },
            waits=found.status == IntakeStatus.WAITING,
            own=found.made_by == desk.actor.person_id,
            may_confirm=may(desk.actor, Action.CONFIRM_INTAKE, None),
            error=error,
        )


def _shown(found: Intake) -> list[Any]:
    """Return the rows that the page shows: of several kinds, those of one kind after
    the other.
    """
    if found.kind != SEVERAL:
        return found.rows[:SHOWN]
    rows = [SeveralRow.of(row) for row in found.rows]
    kinds = list(installation().profile.kinds)
    return sorted(rows, key=lambda row: kinds.index(row.kind))


def _named(found: Intake) -> set[UUID]:
    if found.kind == SEVERAL:
        return set()
    texts = [
        str(row.get(name, ""))
        for row in found.rows[:SHOWN]
        for name in ("holder", "owner")
    ]
    texts.append(str(found.decision_id or ""))
    return set[UUID]().union(*map(uuids, texts))


def _files(found: Intake) -> dict[str, str | None]:
    return {"phu-luc": found.annex, "ban-ky": found.signed}


@blueprint.get("/dot-nhap/<serial>/tep/<which>")
@declares(Action.READ_INTAKES)
def download(serial: str, which: str) -> Response:
    """Give the annex as it was sent, or the signed decision."""
    number = arguments.whole(serial) or 0
    with current.looking() as session:
        digest = _files(intake_queries.get(guard.desk(session), number)).get(which)
        row = session.get(files.File, digest) if digest else None
        if row is None:
            raise NotFoundError(_("Đợt nhập này không có tệp đó"))
        data = files.get(installation().settings.data_dir, row.sha256)
    return attachment(data, row.name, "application/octet-stream")


@blueprint.post("/dot-nhap/<serial>/xac-nhan")
@declares(Action.CONFIRM_INTAKE)
def confirm(serial: str) -> BaseResponse:
    """Enter every row."""
    number = arguments.whole(serial) or 0
    if not request.form.get("sure"):
        message = _("Đánh dấu ô xác nhận “Tôi đã xem …” rồi bấm lại")
        return _refused(
            number, InvalidError(message, [FieldError("sure", "required", message)])
        )
    try:
        with current.looking() as session:
            ready = intake.ready(guard.desk(session), number)
        with current.writing() as session:
            found = intake.confirm(guard.desk(session), number, ready)
            flash(_("Đã đưa %(n)s mục vào danh mục.", n=len(found.rows)))
    except SecondFactorError:
        raise
    except DanhmucError as error:
        return _refused(number, error)
    return redirect(url_for("intake.one", serial=number))


@blueprint.post("/dot-nhap/<serial>/tu-choi")
@declares(Action.READ_INTAKES)
def reject(serial: str) -> BaseResponse:
    """Turn it down, or take it back."""
    number = arguments.whole(serial) or 0
    try:
        with current.writing() as session:
            intake.reject(guard.desk(session), number, request.form.get("reason", ""))
            flash(_("Đã kết thúc đợt nhập; không có gì được đưa vào danh mục."))
    except ForbiddenError:
        raise
    except DanhmucError as error:
        return _refused(number, error)
    return redirect(url_for("intake.one", serial=number))


def _refused(number: int, error: DanhmucError) -> Response:
    return Response(_page(number, error), problems.of_error(error).status.value)
