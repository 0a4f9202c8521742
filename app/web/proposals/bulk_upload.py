"""“Đăng ký từ tệp”: a spreadsheet is sent and kept, to be looked at before anything
happens; and an empty one to fill in.
"""

import io

import xlsxwriter
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from xlsxwriter.worksheet import Worksheet

from app import files
from app.api import problems
from app.documents.tables import exported, headings, sheets, uploaded
from app.documents.tables.uploaded import Plan
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.permissions import Action, declares
from app.register.filters import Filter
from app.register.standing import PRESENT
from app.web.display import wording
from app.web.http import current, form_fields, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import XLSX, attachment, clean_name
from app.workflow.uploads import service as uploads
from catalog_schema.profile import DATABASE, Field, Kind, Type

blueprint = Blueprint("bulk_upload", __name__)

_LIST = 255  # letters of a list of values in a cell, as Excel allows
MOST_ROWS = 5_000  # of one file
_PASTED = "dán từ Excel.csv"


@blueprint.get("/dang-ky/tep")
@declares(Action.PROPOSE)
def form() -> Response:
    """Offer the form."""
    return Response(_page(request.args.get("kind", DATABASE)))


def _page(kind: str, error: DanhmucError | None = None) -> str:
    return render_template(
        "proposals/bulk_upload.html",
        kind=kind_of(kind),
        error=error,
        pasted=request.form.get("dan", "") if error else "",
    )


def kind_of(name: str) -> Kind:
    """Return the kind of that name; NotFoundError."""
    kind = installation().profile.kinds.get(name)
    if kind is None:
        raise NotFoundError(_("Không có loại đối tượng này"))
    return kind


@blueprint.post("/dang-ky/tep")
@declares(Action.PROPOSE)
def bring() -> BaseResponse:
    """Keep what was sent and show what would become of it; nothing is proposed yet."""
    kind = kind_of(request.form.get("kind", ""))
    try:
        name, data = _sent()
        book = sheets.read_book(data)
        found = uploaded.tables(kind, book, Plan(), {})
        count = sum(len(table.located.lines) - 1 for table in found)
        if count > MOST_ROWS:
            message = _("Mỗi tệp tối đa %(n)s dòng; chia nhỏ", n=MOST_ROWS)
            raise InvalidError(message, [FieldError("tep", "count", message)])
        form_fields.tell_of_macros(data)
        with current.writing() as session:
            folder = installation().settings.data_dir
            kept = files.put(session, folder, *sheets.kept(name, data, book))
            upload = uploads.keep(guard.desk(session), kind.name, kept, name)
            number = upload.number
    except DanhmucError as error:
        return Response(_page(kind.name, error), problems.of_error(error).status.value)
    return redirect(url_for("upload_preview.show", serial=number))


def _sent() -> tuple[str, bytes]:
    """Return what was sent, name and bytes: a file, or the rows that were pasted."""
    pasted = request.form.get("dan", "")
    if pasted.strip():
        return _PASTED, pasted.encode()
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        message = _("Chọn một tệp, hoặc dán các dòng từ Excel")
        raise InvalidError(message, [FieldError("tep", "required", message)])
    with sent.stream as stream:
        return clean_name(sent.filename), stream.read()


@blueprint.get("/dang-ky/mau.xlsx")
@declares(Action.PROPOSE)
def empty() -> Response:
    """Give an empty spreadsheet: the columns that are asked for to send come first,
    each with its hint.
    """
    kind, stream = kind_of(request.args.get("kind", DATABASE)), io.BytesIO()
    columns = headings.offered(kind)
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True})
        page.set_column(0, len(columns), 24)
        for place, (heading, _header, field) in enumerate(columns):
            page.write_string(0, place, heading, bold)
            page.write_comment(0, place, field.hints["vi"])
            _offer(page, place, field)
    return attachment(stream.getvalue(), f"{wording.label(kind.labels)}.xlsx", XLSX)


@blueprint.get("/dang-ky/hien-co.<extension>")
@declares(Action.PROPOSE)
def held(extension: str) -> Response:
    """Give what the agency has in the register of a kind, to be changed in a
    spreadsheet and sent back.
    """
    kind = kind_of(request.args.get("kind", DATABASE))
    if extension not in ("xlsx", "csv"):
        raise NotFoundError(_("Danh sách tải được ở dạng xlsx, csv"))
    with current.looking() as session:
        owner = str(guard.actor().agency_id)
        own = Filter((kind.name,), PRESENT, {"owner": (owner,)})
        found = register_today(session).all(own)
        table = exported.table(register_today(session), kind, found)
    name = f"{wording.label(kind.plural)}.{extension}"
    if extension == "csv":
        return attachment(table.csv(), name, "text/csv; charset=utf-8")
    return attachment(table.xlsx(), name, XLSX)


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
