"""“Thay đổi”: what changed between two days, as a page and as files; a version, and any
two of them compared.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.documents.tables import cells
from app.documents.tables.workbook import Editable, editable
from app.errors import MalformedError, NotFoundError
from app.operations.installation import open_register
from app.permissions import PUBLIC, Audience, declares
from app.register import arguments, changes
from app.register.changes import Changed, ChangeType
from app.register.queries import Register, VersionView
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.display.entry_names import EntryNames
from app.web.http import guard
from app.web.http.current import installation
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment

blueprint = Blueprint("changes_page", __name__)

_FIRST = date(1900, 1, 1)
SHOWN = 200  # changes on the page; files have all
# of the workbook
_HEADS = (
    _l("Loại đối tượng"),
    _l("Mã"),
    _l("Tên"),
    _l("Thay đổi"),
    _l("Từ ngày"),
    _l("Đến ngày"),
    _l("Nội dung thay đổi"),
    _l("Địa chỉ"),
)
WHATS = {
    ChangeType.BEGAN: (_l("Bắt đầu có hiệu lực"), "govuk-tag--green"),
    ChangeType.ENDED: (_l("Hết hiệu lực"), "govuk-tag--grey"),
    ChangeType.CHANGED: (_l("Thay đổi nội dung"), "app-tag--light-blue"),
    ChangeType.SUSPENDED: (_l("Tạm ngừng chia sẻ"), "govuk-tag--pink"),
    ChangeType.RESUMED: (_l("Chia sẻ trở lại"), "govuk-tag--turquoise"),
}


@dataclass(frozen=True)
class TwoDays:
    """The two days, the kind and the agency that the address asks about; `typed` is the
    agency as it was typed.
    """

    first: date
    last: date
    kind: str
    agency: UUID | None
    typed: str


def _asked(register: Register) -> TwoDays:
    last = register.at.as_of
    first = arguments.day(request.args.get("tu")) or (
        last - timedelta(days=30) if last > _FIRST else last
    )
    kind, typed = (
        request.args.get("kind", ""),
        request.args.get("agency", "").strip()[:300],
    )
    if kind and kind not in register.profile.kinds:
        raise MalformedError(_("Không có loại đối tượng này"))
    names = EntryNames(register.session, register.profile, {})
    found = names.resolve("agency", typed) if typed else ""
    try:
        agency = UUID(found) if found else None
    except ValueError as error:
        raise MalformedError(
            _("Không có cơ quan “%(name)s”; ghi tên đầy đủ hoặc mã CQ-…", name=typed)
        ) from error
    return TwoDays(first, last, kind, agency, typed)


def _found(register: Register, asked: TwoDays) -> list[Changed]:
    return changes.between(
        register, asked.first, (asked.kind,) if asked.kind else (), asked.agency
    )


def _register(audience: Audience) -> AbstractContextManager[Register]:
    day, row = (
        arguments.day(request.args.get("den")),
        arguments.number(request.args.get("known_at")),
    )
    return open_register(installation(), day or clock.today(), row, audience)


@blueprint.get("/thay-doi")
@declares(None)
def page() -> Response:
    """Show what changed between two days, counted by kind and listed."""
    with _register(guard.reader()) as register:
        asked = _asked(register)
        found = _found(register, asked)
        counts = Counter((one.after.kind, one.what) for one in found)
        body = render_template(
            "public/changes.html",
            asked=asked,
            found=found[:SHOWN],
            total=len(found),
            counts=[
                (kind, what, counts[kind, what])
                for kind in register.profile.kinds
                for what in ChangeType
                if counts[kind, what]
            ],
            whats=WHATS,
            labels=_labels(register, found[:SHOWN]),
            downloads={
                extension.upper(): url_for(
                    "changes_page.table", extension=extension, lang=None
                )
                + "?"
                + urlencode(request.args.to_dict())
                for extension in ("xlsx", "csv")
            },
            known_at=register.at.known_at,
        )
    return finish(Response(body), None)


def _labels(register: Register, found: Sequence[Changed]) -> dict[UUID, str]:
    """Return in words which fields of each entry differ."""
    kinds = register.profile.kinds
    told = {}
    for one in found:
        kind = kinds[one.after.kind]
        words = [wording.label(kind.field(name).labels) for name in one.fields]
        told[one.after.id] = "; ".join(words)
    return told


@blueprint.get("/thay-doi.<any(csv, xlsx):extension>")
@declares(None)
def table(extension: str) -> Response:
    """Give the same whole, as the public sees it: as CSV, or in words as a
    workbook.
    """
    if extension == "xlsx":
        return attachment(_workbook(), "thay-doi.xlsx", XLSX)
    header = (
        "loai",
        "ma",
        "ten",
        "thay_doi",
        "tu",
        "den",
        "truong_thay_doi",
        "dia_chi",
    )
    with _register(PUBLIC) as register:
        asked = _asked(register)
        found = _found(register, asked)
        rows = [
            (
                one.after.kind,
                one.after.local_id,
                one.after.title,
                one.what.value,
                asked.first.isoformat(),
                asked.last.isoformat(),
                " ".join(one.fields),
                one.after.iri,
            )
            for one in found
        ]
    return attachment(
        cells.table(header, rows), "thay-doi.csv", "text/csv; charset=utf-8"
    )


def _workbook() -> bytes:
    with _register(PUBLIC) as register:
        asked = _asked(register)
        changed = _found(register, asked)
        labels = _labels(register, changed)
        rows = [
            (
                wording.label(register.profile.kinds[change.after.kind].labels),
                change.after.local_id,
                change.after.title,
                str(WHATS[change.what][0]),
                wording.day(asked.first),
                wording.day(asked.last),
                labels[change.after.id],
                change.after.iri,
            )
            for change in changed
        ]
    return editable([Editable(_("Thay đổi"), [str(head) for head in _HEADS], rows)])


@blueprint.get("/muc/<word>/<local_id>/phien-ban/<ordinal>")
@declares(None)
def version(word: str, local_id: str, ordinal: str) -> Response:
    """Show one version of an entry, compared with another where the address names
    one.
    """
    kind = installation().profile.by_path_word(word)
    if kind is None:
        raise NotFoundError(_("Danh mục không có mục này"))
    row = arguments.number(request.args.get("known_at"))
    with open_register(installation(), None, row, guard.reader()) as register:
        view = register.get(kind.name, local_id)
        versions = register.versions(view.id)
        shown = _numbered(versions, ordinal)
        other = (
            _numbered(versions, request.args["so_voi"])
            if request.args.get("so_voi")
            else None
        )
        content, former = (
            register.content_of(one) if one else {} for one in (shown, other)
        )
        differ = Differ.of(register.session, kind, content, former)
        body = render_template(
            "public/version.html",
            view=view,
            kind=kind,
            shown=shown,
            other=other,
            versions=sorted(
                {one.number: one for one in versions}.values(),
                key=lambda one: one.number,
            ),
            sheets=differ.sheets(former, content) if other else differ.answers(content),
        )
    return finish(Response(body), None)


def _numbered(versions: Sequence[VersionView], text: str) -> VersionView:
    number = arguments.whole(text)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise NotFoundError(_("Mục này không có phiên bản đó"))
    return found
