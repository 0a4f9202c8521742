"""A file that was sent, before anything happens: which column is what, what is new,
what changes, what is wrong and in which cell; then its rows become proposals.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from xlsxwriter.utility import xl_col_to_name

from app import files
from app.api import problems
from app.documents.tables import finding, headings, sheets, uploaded
from app.documents.tables.lookup import Lookup
from app.documents.tables.old_letters import Letters
from app.documents.tables.sheets import Book
from app.documents.tables.uploaded import OldLetters, Plan, PlannedTable
from app.errors import DanhmucError, FieldError, InvalidError
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import wording
from app.web.display.diff import Differ, FieldDiff
from app.web.forms.similar_entries import owners
from app.web.http import current, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import XLSX, attachment
from app.web.proposals.bulk_upload import kind_of
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.uploads import comparing
from app.workflow.uploads import service as uploads
from app.workflow.uploads.models import Upload, Wish
from app.workflow.uploads.rows import Choice, Compared, Comparison, Doubt, Outcome
from catalog_schema.profile import Kind, Type

blueprint = Blueprint("upload_preview", __name__, url_prefix="/dang-ky/tep")

SHOWN = 50  # rows of each outcome
_FEW_VALUES = 20
_PATIENCE = 8.0  # seconds that one request goes on


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell: where it is, and what to do."""

    place: str
    message: str


@dataclass(frozen=True)
class Conflicting:
    """A field that somebody else has changed since: what the file and the register
    say.
    """

    label: str
    mine: Sequence[str]
    theirs: Sequence[str]


@dataclass(frozen=True)
class ShownRow:
    """A row as the page shows it, with what changes and what is wrong."""

    compared: Compared
    changes: Sequence[FieldDiff] = ()
    conflicts: Sequence[Conflicting] = ()
    faults: Sequence[Fault] = ()
    lacking: Sequence[str] = ()
    read_as: Sequence[tuple[str, str, str]] = ()
    # whose it is, where that is another agency than the one that sends it
    foreign: str = ""


@dataclass(frozen=True)
class Preview:
    """A file beside the register, as it would be done."""

    upload: Upload
    kind: Kind
    book: Book
    plan: Plan
    tables: Sequence[PlannedTable]
    comparison: Comparison

    @property
    def seal(self) -> str:
        """What the page shows, so that nothing else is done than what was seen."""
        told = [
            (row.row.key, row.outcome, row.title, len(row.changes), len(row.lacking))
            for row in self.comparison.rows
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@blueprint.get("/<serial>")
@declares(Action.PROPOSE)
def show(serial: str) -> Response:
    """Show what would become of a file; of one that was ordered, what became of it."""
    number = _number(serial)
    return Response(_page(number))


def _number(serial: str) -> int:
    """Return the number that an address names; 0, which no file has, for none."""
    return arguments.whole(serial) or 0


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        upload = uploads.get(desk, number)
        if upload.wish is not None:
            return _done_page(desk, upload, error)
        plan = _asked() if error else Plan.of(upload.plan)
        return _preview_page(session, _preview(desk, upload, plan), error)


def _preview(desk: Desk, upload: Upload, plan: Plan) -> Preview:
    kind = kind_of(upload.kind)
    data = files.get(installation().settings.data_dir, upload.file)
    book = sheets.read_book(data, unicode=plan.letters is OldLetters.TURN)
    remembered = uploads.remembered(desk, kind.name)
    tables = uploaded.tables(kind, book, plan, remembered)
    rows = uploaded.read_rows(Lookup(desk.session, desk.profile), kind, tables)
    register = register_today(desk.session)
    comparison = comparing.compare(desk, register, kind, rows, plan.choices)
    return Preview(upload, kind, book, plan, tables, comparison)


def _preview_page(
    session: Session, preview: Preview, error: DanhmucError | None
) -> str:
    comparison, kind = preview.comparison, preview.kind
    alike = [one for row in comparison.rows for one in row.alike]
    complete = [row for row in comparison.to_do if not row.lacking]
    return render_template(
        "proposals/upload_preview.html",
        preview=preview,
        upload=preview.upload,
        kind=kind,
        sections={
            outcome: _shown(session, preview, comparison.of(outcome)[:SHOWN])
            for outcome in Outcome
        },
        counts={outcome: len(comparison.of(outcome)) for outcome in Outcome},
        shown=SHOWN,
        complete=len(complete),
        to_do=len(comparison.to_do),
        common_lacking=_lacked_by_all(kind, comparison),
        owners=owners(register_today(session), alike),
        left_out=[
            (table, one) for table in preview.tables for one in table.located.left_out
        ],
        unread=finding.unread([table.located for table in preview.tables]),
        doubted=finding.DOUBTED,
        old_letters=_old_letters(preview),
        known=_known(kind, preview.tables),
        unused=[name for table in preview.tables for name in table.unused],
        prefilled=_prefilled(session, preview),
        sure=all(table.sure for table in preview.tables),
        Choice=Choice,
        Doubt=Doubt,
        Outcome=Outcome,
        error=error,
    )


def _prefilled(session: Session, preview: Preview) -> list[tuple[str, str]]:
    """Return what new rows get that no column says: label and words."""
    kind = preview.kind
    told = {
        column.header.partition(headings.ANSWER)[0].partition(".")[0]
        for table in preview.tables
        for column in table.columns
    }
    content = comparing.prefilled(guard.desk(session), kind)
    differ = Differ.of(session, kind, content)
    return [
        (_label(kind, name), "; ".join(differ.texts(kind.field(name), value)))
        for name, value in content.items()
        if name not in told
    ]


def _known(kind: Kind, tables: Sequence[PlannedTable]) -> list[tuple[str, str]]:
    """Return what a column may be, header and words; of those of these tables in which
    a mark is an answer, that too.
    """
    own = [
        (headings.IDENTIFIER, _("Mã trong danh mục")),
        (headings.VERSION, _("Phiên bản của mục")),
        ("effective_from", _("Hiệu lực từ ngày")),
        ("effective_to", _("Hiệu lực đến ngày")),
    ]
    fields = [(header, heading) for heading, header, _f in headings.columns(kind)]
    named = dict(fields)
    answers = {column.header for table in tables for column in table.columns}
    marked = [
        (header, f"{named.get(field, field)}: {answer}")
        for header in sorted(answers)
        for field, mark, answer in [header.partition(headings.ANSWER)]
        if mark
    ]
    return [*fields, *marked, *headings.of_forms(kind), *own]


def _old_letters(preview: Preview) -> list[tuple[str, int, str, str]]:
    """Return how cells were written that were not in Unicode: name, number of them, one
    as it is written and as it reads.
    """
    found: dict[str, tuple[int, str, str]] = {}
    for sheet in preview.book.visible:
        for letters, (count, written, reads) in sheet.old_letters.items():
            before = found.get(letters, (0, written, reads))
            found[letters] = (before[0] + count, before[1], before[2])
    found.pop(Letters.MOJIBAKE, None)  # which is never what somebody meant
    return [(letters, *told) for letters, told in found.items()]


def _lacked_by_all(kind: Kind, comparison: Comparison) -> list[str]:
    """Return the labels of what every new row lacks before sending."""
    new = [set(row.lacking) for row in comparison.to_do]
    lacked = set.intersection(*new) if new else set()
    return [_label(kind, name) for name in sorted(lacked)]


def _label(kind: Kind, name: str) -> str:
    return wording.path_label(kind, name.removesuffix(".vi"))


def _shown(
    session: Session, preview: Preview, rows: Sequence[Compared]
) -> list[ShownRow]:
    """Return rows as the page shows them."""
    kind = preview.kind
    contents = [dict(row.content) for row in rows]
    contents += [dict(row.before) for row in rows]
    differ = Differ.of(session, kind, *contents)
    return [
        replace(_shown_row(preview, differ, row), foreign=_foreign(differ, row))
        for row in rows
    ]


def _foreign(differ: Differ, row: Compared) -> str:
    """Return the owner of what a row says, "" where it is the agency that sends it."""
    owner = row.content.get("owner")
    if owner in (None, str(guard.actor().agency_id)):
        return ""
    return differ.names.name_of(str(owner))


def _shown_row(preview: Preview, differ: Differ, row: Compared) -> ShownRow:
    kind = preview.kind
    return ShownRow(
        row,
        differ.between(row.before, row.content) if row.changes else [],
        [
            Conflicting(
                _label(kind, one.name),
                differ.texts(one.field, one.mine),
                differ.texts(one.field, one.theirs),
            )
            for one in row.conflicts
        ],
        [_fault(preview, row, error) for error in row.errors],
        [_label(kind, name) for name in row.lacking],
        [
            (_label(kind, header), text, as_)
            for header, text, as_ in row.row.read_as
            if header
        ],
    )


def _fault(preview: Preview, row: Compared, error: FieldError) -> Fault:
    """Return where a fault is: the cell, and the heading of its column."""
    table = next(
        table for table in preview.tables if table.located.sheet.name == row.row.sheet
    )
    place = uploaded.column_of(table, error.field)
    if place is None:
        return Fault(_label(preview.kind, error.field), error.message)
    heading = table.columns[place].heading
    told = error.message + _values(preview.kind, error)
    return Fault(f"{xl_col_to_name(place)}{row.row.number} “{heading}”", told)


def _values(kind: Kind, error: FieldError) -> str:
    """Return the values that a cell may have, where they are few."""
    field = dict(kind.walk()).get(error.field.removesuffix(".vi"))
    if field is None or field.type is not Type.CONCEPT or not field.code_list:
        return ""
    concepts = installation().profile.lists.schemes[field.code_list].concepts.values()
    if len(concepts) > _FEW_VALUES:
        return ""
    return ": " + "; ".join(wording.label(one.labels) for one in concepts)


def _asked() -> Plan:
    """Return the plan that the form says."""
    columns, choices, taken = (
        dict[str, str](),
        dict[str, str](),
        list[tuple[str, int]](),
    )
    for name, value in request.form.items():
        part, _dot, key = name.partition(":")
        if part == "cot":
            columns[key] = value
        elif part == "chon" and value:
            choices[key] = value
        elif part == "lay":
            sheet, _mark, line = key.rpartition("!")
            taken.append((sheet, int(line) if line.isdigit() else 0))
    said = request.form.get("letters", "")
    letters = OldLetters(said) if said in list(OldLetters) else None
    return Plan(columns, taken, letters, choices)


@blueprint.post("/<serial>")
@declares(Action.PROPOSE)
def decide(serial: str) -> BaseResponse:
    """Note how the file is to be read, and show it again; or have its rows become
    proposals.
    """
    number = _number(serial)
    wish = request.form.get("do", "")
    try:
        _decide(number, Wish(wish) if wish in list(Wish) else None)
    except DanhmucError as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    if wish in list(Wish):
        _go_on(number)
    return redirect(url_for("upload_preview.show", serial=number))


def _decide(number: int, wish: Wish | None) -> None:
    """Keep the plan that the form says, and order what it leads to. It is compared
    before anybody has to wait; what was published meanwhile is a reason to look again.
    """
    plan = _asked()
    with current.looking() as session:
        desk = guard.desk(session)
        until = uploads.last_proposal(desk)
        upload = uploads.get(desk, number)
        shown = Plan.of(upload.plan)
        if plan.letters is not shown.letters:
            plan = replace(plan, columns={})  # headings read otherwise now
        preview = _preview(desk, upload, plan)
        published = register_today(session).published()
        if wish:
            _require_settled(preview)
            _require_seen(desk, upload, shown)
    with current.writing() as session:
        desk = guard.desk(session)
        upload = uploads.get(desk, number)
        faulty_rows = len(preview.comparison.of(Outcome.FAULTY))
        kept = {
            **plan.kept(),
            "headers": uploaded.learned(preview.tables),
            "faulty": faulty_rows,
        }
        uploads.plan(upload, kept)
        if wish and register_today(session).published() != published:
            raise _changed()
        if wish:
            uploads.order(desk, upload, preview.comparison, wish, until)


def _changed() -> InvalidError:
    message = _("Kết quả đối chiếu vừa thay đổi; xem lại rồi bấm lần nữa")
    return InvalidError(message, [FieldError("seal", "changed", message)])


def _require_settled(preview: Preview) -> None:
    """Raise InvalidError where rows are doubted still, or old letters not decided on,
    or where nothing is to be done.
    """
    if preview.plan.letters is None and _old_letters(preview):
        message = _("Tệp có ô chưa phải Unicode; chọn chuyển hoặc giữ nguyên")
        raise InvalidError(message, [FieldError("letters", "required", message)])
    doubted = preview.comparison.of(Outcome.DOUBTED)
    if doubted:
        message = _(
            "Còn %(n)s dòng cần chọn: là mục đã có, mục mới hay bỏ qua", n=len(doubted)
        )
        raise InvalidError(message, [FieldError("chon", "required", message)])
    if not preview.comparison.to_do:
        message = _("Tệp không có dòng nào mới hay thay đổi; chưa ghi gì")
        raise InvalidError(message, [FieldError("tep", "empty", message)])


def _require_seen(desk: Desk, upload: Upload, shown: Plan) -> None:
    """Raise InvalidError where the page showed something else than what its plan leads
    to by now.
    """
    if request.form.get("seal") != _preview(desk, upload, shown).seal:
        raise _changed()


def _go_on(number: int) -> None:
    """Do rows, some at a time, until all are done or the request has taken long."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with current.writing() as session:
            desk = guard.desk(session)
            if not uploads.go_on(desk, uploads.get(desk, number)):
                return


@blueprint.post("/<serial>/tiep")
@declares(Action.PROPOSE)
def go_on(serial: str) -> BaseResponse:
    """Go on with what was ordered and is not done yet."""
    number = _number(serial)
    _go_on(number)
    return redirect(url_for("upload_preview.show", serial=number))


@blueprint.post("/<serial>/thu-hoi")
@declares(Action.PROPOSE)
def recall(serial: str) -> BaseResponse:
    """Take back what the file sent and nobody has received yet."""
    number = _number(serial)
    with current.writing() as session:
        desk = guard.desk(session)
        count = uploads.recall(desk, uploads.get(desk, number))
    flash(_("Đã thu hồi %(n)s phiếu; các phiếu trở lại dự thảo.", n=count))
    return redirect(url_for("upload_preview.show", serial=number))


@blueprint.get("/<serial>/dong-loi.xlsx")
@declares(Action.PROPOSE)
def faulty(serial: str) -> Response:
    """Give the faulty rows as a new workbook, each fault as a comment on its cell."""
    number = _number(serial)
    with current.looking() as session:
        desk = guard.desk(session)
        upload = uploads.get(desk, number)
        preview = _preview(desk, upload, Plan.of(upload.plan))
        rows = preview.comparison.of(Outcome.FAULTY)
        if not rows:
            raise InvalidError(_("Tệp không có dòng lỗi"))
        data = uploaded.returned(preview.kind, preview.tables, rows)
    return attachment(data, _("Các dòng lỗi") + f" {number}.xlsx", XLSX)


def _done_page(desk: Desk, upload: Upload, error: DanhmucError | None) -> str:
    results = uploads.results(desk, upload)
    numbers: dict[Any, Any] = {
        row.proposal_id: proposals.get(desk, row.proposal_id)
        for row in results[:SHOWN]
        if row.proposal_id
    }
    return render_template(
        "proposals/upload_done.html",
        upload=upload,
        kind=kind_of(upload.kind),
        progress=uploads.progress(desk, upload),
        results=results[:SHOWN],
        more=max(len(results) - SHOWN, 0),
        unsent=[row for row in results if row.proposal_id and row.error],
        proposals=numbers,
        sent=sum(row.send and not row.error for row in results),
        faulty=upload.plan.get("faulty", 0),
        wish=upload.wish,
        error=error,
    )
