"""What was declared against what happens: four lists of a day, each with what to do,
and as a file.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.documents.tables import cells
from app.documents.tables.workbook import Sheet, workbook
from app.exchange import discrepancies as found
from app.exchange.discrepancies import Gap, Line, Why
from app.permissions import Action, declares
from app.register.queries import EntryView, Register
from app.web.display import case_origins, exchange_rows, wording
from app.web.display.case_origins import Offer
from app.web.display.exchange_rows import Row
from app.web.http import guard
from app.web.http.current import opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import XLSX, attachment

blueprint = Blueprint("discrepancies", __name__)
SHOWN = 50  # lines of a list on the page
_HEADINGS = (
    "Danh sách",
    "Mã",
    "Tên",
    "Bên cung cấp",
    "Bên khai thác",
    "Kênh",
    "Ghi nhận",
    "Việc cần làm",
)
_WIDTHS = (20, 12, 34, 24, 24, 14, 30, 36)
TITLES: Mapping[Gap, object] = {
    Gap.SILENT: _("Có thỏa thuận nhưng không có dữ liệu chạy"),
    Gap.WITHOUT_AGREEMENT: _("Có dữ liệu chạy nhưng chưa có thỏa thuận"),
    Gap.PAST_TERM: _("Kết nối quá thời hạn"),
    Gap.STALE: _("Dữ liệu quá hạn cập nhật mà vẫn đang chạy"),
}
TO_DO: Mapping[Gap, object] = {
    Gap.SILENT: _(
        "Hai bên kiểm tra kết nối; nhập số liệu tháng, hoặc đề nghị tạm ngừng"
    ),
    Gap.WITHOUT_AGREEMENT: _("Hai bên lập thỏa thuận chia sẻ dữ liệu"),
    Gap.PAST_TERM: _("Gia hạn, hoặc ghi kết nối đã kết thúc"),
    Gap.STALE: _("Cơ quan chủ quản cập nhật, hoặc hẹn ngày và nêu lý do"),
}


@blueprint.get("/chia-se/doi-chieu")
@declares(Action.WORK)
def listed() -> Response:
    """Show the four lists."""
    with opened(guard.reader()) as register:
        lists = found.lists(register)
        shown = {gap: lines[:SHOWN] for gap, lines in lists.items()}
        rows = _rows(register, shown)
        offers = _offers(shown, rows)
        page = render_template(
            "office/discrepancies.html",
            lists=[_shown(gap, lists[gap], rows) for gap in lists],
            offers=offers,
            begun=case_origins.begun(
                register.session, [offer.origin for offer in offers.values()]
            ),
            month=wording.day(found.month_before(register.at.as_of))[3:],
            at=register.at,
        )
    return finish(Response(page), None)


@blueprint.get("/chia-se/doi-chieu.<any(xlsx, csv):extension>")
@declares(Action.WORK)
def as_table(extension: str) -> Response:
    """Serve the four lists as a file."""
    with opened(guard.reader()) as register:
        lists = found.lists(register)
        rows = _rows(register, lists)
        lines = [
            _cells(line, rows.get(line.view.id))
            for listed_lines in lists.values()
            for line in listed_lines
        ]
        title = f"Khai báo và thực tế, ngày {wording.day(register.at.as_of)}"
    name = f"doi-chieu.{extension}"
    if extension == "csv":
        body = cells.table(_HEADINGS, lines)
        return finish(attachment(body, name, "text/csv; charset=utf-8"), None)
    sheet = Sheet("Đối chiếu", title, _HEADINGS, lines, _WIDTHS)
    return finish(attachment(workbook([sheet]), name, XLSX), None)


def _shown(
    gap: Gap, lines: Sequence[Line], rows: Mapping[UUID, Row]
) -> tuple[object, ...]:
    """Return a list as the page shows it: its name, title, what to do, how long it is,
    its first lines.
    """
    first = [(each, rows.get(each.view.id), told(each)) for each in lines[:SHOWN]]
    return gap.value, TITLES[gap], TO_DO[gap], len(lines), first


def _offers(
    shown: Mapping[Gap, Sequence[Line]], rows: Mapping[UUID, Row]
) -> dict[tuple[str, UUID], Offer]:
    """Return the cases that may be opened from lines, by list and entry."""
    if not case_origins.may_open():
        return {}
    found = {}
    for gap, lines in shown.items():
        for line in lines:
            row = rows.get(line.view.id)
            offer = case_origins.of_line(line, row.giver.agency if row else "")
            if offer is not None:
                found[gap.value, line.view.id] = offer
    return found


def _rows(
    register: Register, lists: Mapping[Gap, Sequence[Line]]
) -> Mapping[UUID, Row]:
    shown = {
        line.view.id: line.connection
        for lines in lists.values()
        for line in lines
        if line.connection is not None
    }
    rows = exchange_rows.rows(register, list(shown.values()))
    return {row.view.id: row for row in rows}


def told(line: Line) -> str:
    """Return what is known of a line, in words."""
    day = str(wording.day(line.day)) if line.day else ""
    amount = wording.number(int(line.ran))
    match line.why:
        case Why.NOTHING_RAN:
            return str(gettext("Tháng trước: 0"))
        case Why.NO_FIGURE:
            return str(gettext("Tháng trước chưa có số liệu"))
        case Why.NO_CONNECTION:
            return str(gettext("Chưa có kết nối nào theo thỏa thuận này"))
        case Why.TERM:
            return str(gettext("Hết hạn ngày %(day)s", day=day))
        case Why.LATE:
            late = gettext("Dữ liệu quá hạn từ %(day)s", day=day)
            return f"{late}; {gettext('Tháng trước chạy %(n)s', n=amount)}"
        case Why.RAN:
            return str(gettext("Tháng trước chạy %(n)s", n=amount))


def _cells(line: Line, row: Row | None) -> list[str]:
    view: EntryView = line.view
    return [
        str(TITLES[line.gap]),
        view.local_id,
        view.title,
        row.giver.agency if row else "",
        row.taker.agency if row else "",
        row.channels if row else "",
        told(line),
        str(TO_DO[line.gap]),
    ]
