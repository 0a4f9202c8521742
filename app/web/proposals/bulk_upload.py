"""“Đăng ký từ tệp”: a spreadsheet whose rows become proposals of one kind, all or none;
and an empty one to fill in.
"""

import csv
import io

import xlsxwriter
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from xlsxwriter.worksheet import Worksheet

from app.api import problems
from app.documents.tables import finding, importing, rows, sheets
from app.documents.tables.finding import Located
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.permissions import Action, declares
from app.web.display import wording
from app.web.http import current, form_fields, guard
from app.web.http.current import installation
from app.web.http.sending_files import attachment
from catalog_schema.profile import Field, Kind, Type

blueprint = Blueprint("bulk_upload", __name__)

_LIST = 255  # letters of a list of values in a cell, as Excel allows
MOST_ROWS = 500  # proposals of one file


@blueprint.get("/dang-ky/tep")
@declares(Action.PROPOSE)
def form() -> Response:
    """Offer the form."""
    return Response(_page(request.args.get("kind", "succession")))


class _CountUnconfirmed(Exception):  # noqa: N818 - a question, not a fault
    """Rolls back what was sent as text until somebody says that all rows are there."""

    def __init__(self, table: sheets.Table, count: int) -> None:
        super().__init__()
        self.table, self.count = table, count
        _number, cells = table[-1]
        self.last = " · ".join([text for text in cells if text][:3])

    def as_text(self) -> str:
        """Return the rows as they may be pasted, blank lines at their place."""
        stream = io.StringIO()
        lines = dict(self.table)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows(lines.get(n, [""]) for n in range(1, max(lines) + 1))
        return stream.getvalue()


def _page(
    kind: str,
    error: DanhmucError | None = None,
    done: list[int] | None = None,
    read: Located | None = None,
    unconfirmed: _CountUnconfirmed | None = None,
) -> str:
    pasted = request.form.get("dan", "") if error else ""
    if unconfirmed is not None:
        pasted = unconfirmed.as_text()
    found = _kind(kind)
    faults = _faults(found, error) if error else []
    return render_template(
        "proposals/bulk_upload.html",
        kind=found,
        error=error,
        faults=faults,
        done=done or [],
        pasted=pasted,
        unconfirmed=unconfirmed,
        read=read,
    )


def _faults(kind: Kind, error: DanhmucError) -> list[str]:
    """Say in which row and under which heading each fault is."""
    headings = rows.headings(kind)
    told = []
    for one in error.fields:
        row, _comma, name = one.field.partition(", ")
        heading = headings.get(name.removesuffix(".vi"), name)
        told.append(
            f"{row}, “{heading}”: {one.message}"
            if row.startswith("dòng") and heading
            else one.message
        )
    return told


def _kind(name: str) -> Kind:
    kind = installation().profile.kinds.get(name)
    if kind is None:
        raise NotFoundError(_("Không có loại đối tượng này"))
    return kind


@blueprint.post("/dang-ky/tep")
@declares(Action.PROPOSE)
def bring() -> Response:
    """Propose and send every row, or none; each faulty cell is named. Of rows that came
    as text, their number is confirmed first.
    """
    kind = _kind(request.form.get("kind", ""))
    try:
        data = _sent()
        read = finding.locate(sheets.read_book(data), rows.known_headings(kind))
        found = rows.of_table(kind, read.lines)
        form_fields.tell_of_macros(data)
        if len(found) > MOST_ROWS:
            message = _("Mỗi tệp tối đa %(n)s dòng; chia nhỏ", n=MOST_ROWS)
            raise InvalidError(message, [FieldError("tep", "count", message)])
        with current.writing() as session:
            proposals = importing.submit_rows(guard.desk(session), kind.name, found)
            done = [proposal.number for proposal in proposals]
            if not sheets.is_workbook(data):
                _require_count(read.book.table, len(found))
    except _CountUnconfirmed as question:
        return Response(_page(kind.name, unconfirmed=question))
    except DanhmucError as error:
        return Response(_page(kind.name, error), problems.of_error(error).status.value)
    return Response(_page(kind.name, done=done, read=read))


def _require_count(table: sheets.Table, count: int) -> None:
    """Raise _CountUnconfirmed unless the form says that these are all rows."""
    if request.form.get("rows") != str(count):
        raise _CountUnconfirmed(table, count)


def _sent() -> bytes:
    """Return what was sent: a file, or the rows that were pasted."""
    pasted = request.form.get("dan", "")
    if pasted.strip():
        return pasted.encode()
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        message = _("Chọn một tệp, hoặc dán các dòng từ Excel")
        raise InvalidError(message, [FieldError("tep", "required", message)])
    with sent.stream as stream:
        return stream.read()


@blueprint.get("/dang-ky/mau.xlsx")
@declares(Action.PROPOSE)
def empty() -> Response:
    """Give an empty spreadsheet: the columns that are asked for to send come first,
    each with its hint.
    """
    kind, stream = _kind(request.args.get("kind", "succession")), io.BytesIO()
    fields = rows.columns(kind)
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page, bold = (
            book.add_worksheet(),
            book.add_format({"bold": True, "text_wrap": True}),
        )
        page.set_column(0, len(fields), 24)
        for place, (heading, field) in enumerate(fields):
            page.write_string(0, place, heading, bold)
            page.write_comment(0, place, field.hints["vi"])
            _offer(page, place, field)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return attachment(
        stream.getvalue(), f"{wording.label(kind.labels)}.xlsx", media_type
    )


def _offer(page: Worksheet, place: int, field: Field) -> None:
    """Offer the values of a code list, and yes or no, as a list in the cells of a
    column.
    """
    if field.code_list is not None and not field.many:
        concepts = (
            installation().profile.lists.schemes[field.code_list].concepts.values()
        )
        values = [concept.labels["vi"] for concept in concepts]
    else:
        values = ["Có", "Không"] if field.type is Type.BOOLEAN else []
    if values and len(",".join(values)) <= _LIST:
        page.data_validation(
            1,
            place,
            MOST_ROWS,
            place,
            {"validate": "list", "source": values, "error_type": "warning"},
        )
