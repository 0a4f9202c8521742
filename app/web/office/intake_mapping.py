"""“Nhập từ quyết định đã ban hành”: an annex from before the register, its columns
mapped by whoever brings it in.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import files
from app.api import problems
from app.documents.tables import mapping, rows, sheets
from app.documents.tables.finding import Located
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.permissions import Action, declares
from app.register.queries import EntryView
from app.web.display import wording
from app.web.http import current, form_fields, guard
from app.web.http.current import installation
from app.web.office import intake
from app.workflow.context import Desk
from app.workflow.intake import service as intake_service
from app.workflow.intake.rows import IntakeRows
from catalog_schema.profile import Kind, Type

blueprint = Blueprint("intake_mapping", __name__, url_prefix="/dot-nhap")

SHOWN = 5  # rows of the annex that help to see what a column holds


@blueprint.post("/tep")
@declares(Action.TAKE_IN)
def read() -> BaseResponse:
    """Keep the annex and offer what each of its columns may be."""
    try:
        kind, (name, data) = _kind(), intake.sent_file("annex")
        found = mapping.located(kind, sheets.read_book(data))
        form_fields.tell_of_macros(data)
        columns = mapping.guess(kind, found.lines)
        with current.writing() as session:
            intake.named_decision(session)
            intake.effective_day()
            kept = {
                "annex": files.put(
                    session,
                    installation().settings.data_dir,
                    *sheets.kept(name, data, found.book),
                ).sha256
            }
            signed = request.files.get("signed")
            if signed is not None and signed.filename:
                kept["signed"] = intake.kept_file(session, *intake.sent_file("signed"))
    except DanhmucError as error:
        return intake.listed_again(error)
    return Response(_page(kind, found, columns, kept))


def _kind() -> Kind:
    name = request.form.get("kind", "")
    if name not in intake.MAPPED_KINDS:
        raise NotFoundError(_("Không có loại đối tượng này"))
    return installation().profile.kinds[name]


def _page(
    kind: Kind,
    found: Located,
    columns: Sequence[str],
    kept: dict[str, str],
    error: DanhmucError | None = None,
) -> str:
    lists = installation().profile.lists.schemes
    choices = {
        one.header: [
            (c.code, wording.label(c.labels))
            for c in lists[one.field.code_list].concepts.values()
        ]
        for one in mapping.asked(kind, columns)
        if one.field.type is Type.CONCEPT and one.field.code_list
    }
    return render_template(
        "office/intake_mapping.html",
        kind=kind,
        head=found.lines[0][1],
        sample=[line for _number, line in found.lines[1 : SHOWN + 1]],
        count=len(found.lines) - 1,
        found=found,
        columns=columns,
        known=[
            (header, wording.path_label(kind, header.removesuffix(".vi")))
            for header, _f in mapping.known(kind)
        ],
        asked=[
            (one, wording.path_label(kind, one.header.removesuffix(".vi")))
            for one in mapping.asked(kind, columns)
        ],
        choices=choices,
        kept=kept,
        typed=request.form,
        error=error,
    )


@blueprint.post("/anh-xa")
@declares(Action.TAKE_IN)
def take() -> BaseResponse:
    """Read the annex by the columns that were confirmed, and keep it for a second
    person.
    """
    kind, kept = (
        _kind(),
        {
            name: request.form[name]
            for name in ("annex", "signed")
            if request.form.get(name)
        },
    )
    found = mapping.located(kind, _kept_book(kept.get("annex", "")))
    table = found.lines
    mapping.guess(kind, table)  # refuses what is no annex
    columns = [
        request.form.get(f"column.{place}", "") for place in range(len(table[0][1]))
    ]
    try:
        if request.form.get("do") == "again":
            return Response(_page(kind, found, columns, kept))
        with current.writing() as session:
            number = _take(
                guard.desk(session),
                session,
                kind,
                table,
                mapping.ColumnMapping(columns, _common()),
                kept,
            )
    except DanhmucError as error:
        return Response(
            _page(kind, found, columns, kept, error),
            problems.of_error(error).status.value,
        )
    return redirect(url_for("intake.one", serial=number))


def _common() -> dict[str, str]:
    return {
        name.removeprefix("common."): text
        for name, text in request.form.items()
        if name.startswith("common.")
    }


def _kept_book(digest: str) -> sheets.Book:
    with current.looking() as session:
        row = session.get(files.File, digest) if len(digest) == 64 else None  # noqa: PLR2004 - a SHA-256 in hexadecimal
        if row is None:
            raise NotFoundError(_("Không còn tệp phụ lục; tải tệp lên lại"))
        data = files.get(installation().settings.data_dir, row.sha256)
    return sheets.read_book(data)


def _take(
    desk: Desk,
    session: Session,
    kind: Kind,
    table: sheets.Table,
    plan: mapping.ColumnMapping,
    kept: dict[str, str],
) -> int:
    decision, day = intake.named_decision(session), intake.effective_day()
    found, errors = list[tuple[int, dict[str, Any]]](), list[FieldError]()
    for row in mapping.rows(kind, table, plan):
        try:
            asked = rows.request(session, desk.profile, kind, row)
            found.append((row.number, {**asked.content, **_origin(decision)}))
        except InvalidError as error:
            errors += [
                FieldError(f"dòng {row.number}, {one.field}", one.code, one.message)
                for one in error.fields
            ]
    if errors:
        raise InvalidError(
            f"Có {len(errors)} ô phải sửa; chưa có dòng nào được nhận", errors
        )
    title = f"{kind.plural['vi']} theo {decision.content.get('number', decision.title)}"
    wanted = IntakeRows(
        title, kind.name, found, day, decision.id, kept.get("annex"), kept.get("signed")
    )
    return intake_service.prepare(desk, wanted).number


def _origin(decision: EntryView) -> dict[str, Any]:
    """Return what is said of where every row comes from."""
    shown = (
        {"illustrative": True, "certainty": "minh-hoa"}
        if installation().settings.demonstration
        else {}
    )
    note = (
        "Nhập từ quyết định đã ban hành: "
        f"{decision.content.get('number', decision.title)}"
    )
    return {"certainty": "co-quan-khai", "source_note": note, **shown}
