"""Accounts as a whole: who has one, who uses it, what it may do; closing, opening, and
the review of rights.
"""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.accounts import factors, rights_review
from app.accounts.models import ClosingReason, Person
from app.accounts.rights_review import AccountRow
from app.documents.tables import cells
from app.errors import FieldError, InvalidError, NotFoundError
from app.permissions import STRONG, Action, Role, declares
from app.register.queries import EntryView
from app.web.display import wording
from app.web.http import current, guard
from app.web.http.current import installation, register_today
from app.web.http.sending_files import attachment

blueprint = Blueprint("rights_review", __name__)


@blueprint.get("/quan-tri/ra-soat")
@declares(Action.OPERATE)
def listed() -> Response:
    """Show every account with its rights, as it stands today."""
    with installation().database.reading() as session:
        rows = rights_review.accounts(session, clock.today())
        agencies, last = _agencies(session, rows), rights_review.last_review(session)
    overdue = last is None or last + rights_review.EVERY < clock.today()
    page = render_template(
        "people/rights_review.html",
        rows=rows,
        agencies=agencies,
        last=last,
        overdue=overdue,
        named=_named,
        strong=STRONG,
    )
    return Response(page)


@blueprint.get("/quan-tri/ra-soat.csv")
@declares(Action.OPERATE)
def download() -> Response:
    """Give the same list as a file."""
    with installation().database.reading() as session:
        rows = rights_review.accounts(session, clock.today())
        agencies = _agencies(session, rows)
    header = (
        *(
            _("Họ và tên"),
            _("Thư điện tử"),
            _("Loại tài khoản"),
            _("Vai trò"),
            _("Vị trí"),
            _("Cơ quan"),
        ),
        *(_("Giữ vị trí"), _("Kích hoạt"), _("Dùng lần cuối"), _("Tình trạng")),
        *(_("Ứng dụng xác thực"), _("Số khóa API")),
    )
    body = cells.table(header, [_line(row, agencies) for row in rows])
    return attachment(
        body, f"ra-soat-quyen-{clock.today()}.csv", "text/csv; charset=utf-8"
    )


@blueprint.post("/quan-tri/ra-soat")
@declares(Action.MANAGE_ACCOUNTS)
def reviewed() -> BaseResponse:
    """Record that every account and its rights were gone through."""
    with current.writing() as session:
        rights_review.note_review(session, guard.actor().post_id)
    flash(
        _(
            "Đã ghi vào nhật ký: quyền được rà soát ngày %(day)s.",
            day=wording.day(clock.today()),
        )
    )
    return redirect(url_for("rights_review.listed"))


@blueprint.post("/quan-tri/nguoi/<uuid:person_id>/tai-khoan/<what>")
@declares(Action.MANAGE_ACCOUNTS)
def change(person_id: UUID, what: str) -> BaseResponse:
    """Close or open an account, or take a lost second factor off it; each at once."""
    if what not in DONE:
        raise NotFoundError(_("Không có việc này"))
    with current.writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFoundError(_("Không có người dùng này"))
        if person.id == guard.actor().person_id:
            message = (
                "Không ai tự khóa, tự mở hay tự gỡ ứng dụng xác thực của mình; nhờ "
                "một quản trị khác"
            )
            raise InvalidError(message, [FieldError("person", "own", message)])
        _do(session, person, what)
        flash(str(DONE[what]) % {"email": person.email})
    return redirect(url_for("rights_review.listed"))


DONE = {
    "khoa": _l("Đã khóa tài khoản %(email)s; mọi phiên và khóa của họ hết dùng được."),
    "mo": _l("Đã mở tài khoản %(email)s."),
    "go-ung-dung": _l(
        "Đã gỡ ứng dụng xác thực của %(email)s; lần đăng nhập sau họ cài lại."
    ),
}


def _do(session: Session, person: Person, what: str) -> None:
    match what:
        case "khoa":
            rights_review.disable(session, person, ClosingReason.ASKED)
        case "mo":
            rights_review.enable(session, person)
        case "go-ung-dung":
            factors.forget(session, person.id)
            rights_review.close(session, person.id)


def _agencies(session: Session, rows: list[AccountRow]) -> dict[UUID, EntryView]:
    return register_today(session).by_ids(
        {row.agency_id for row in rows if row.agency_id}
    )


def _named(row: AccountRow) -> str:
    """Return what kind of account this is."""
    if row.role is None:
        return str(_("không giữ vị trí"))
    return str(_("quản trị") if row.role is Role.ADMINISTRATOR else _("nghiệp vụ"))


def _line(row: AccountRow, agencies: dict[UUID, EntryView]) -> list[str]:
    view = agencies.get(row.agency_id) if row.agency_id else None
    return [
        *(
            row.name,
            row.email,
            _named(row),
            str(wording.ROLES[row.role]) if row.role else "",
            row.title or "",
        ),
        view.title if view else "",
        wording.span(row.since, row.until or date.max) if row.since else "",
        wording.instant(row.activated_at),
        wording.instant(row.seen_at) if row.seen_at else str(_("chưa lần nào")),
        str(_("đã khóa") if row.disabled_at else _("đang dùng")),
        str(wording.YES if row.second_factor else wording.NO),
        str(row.keys),
    ]
