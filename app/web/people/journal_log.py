"""The journal for whoever watches over what is done: by person, day, act and thing; as
a page, and as CSV.
"""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.clock import OPEN_END
from app.documents.tables import cells
from app.errors import InvalidError, MalformedError
from app.operations import acts
from app.operations.acts import Act, ActFilter
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import wording
from app.web.http.current import installation
from app.web.http.sending_files import attachment

blueprint = Blueprint("journal_log", __name__)
_FIRST = date(2000, 1, 1)  # there is no journal from before
_LONGEST = 100  # characters of what may be asked


@blueprint.get("/nhat-ky")
@declares(Action.VERIFY)
def page() -> Response:
    """Show what was done, the newest first."""
    asked = _asked()
    with installation().database.reading() as session:
        found, following = acts.page(
            session, asked, arguments.whole(request.args.get("truoc"))
        )
        kinds = acts.actions(session)
    given = {name: value for name, value in request.args.items() if name != "truoc"}
    older = urlencode({**given, "truoc": following})
    body = render_template(
        "people/journal.html",
        asked=asked,
        acts=found,
        kinds=[(kind, wording.journal_named(kind)) for kind in kinds],
        older=f"{url_for('journal_log.page')}?{older}" if following else None,
        download=f"{url_for('journal_log.table')}?{urlencode(given)}",
    )
    return Response(body)


@blueprint.get("/nhat-ky.csv")
@declares(Action.VERIFY)
def table() -> Response:
    """Give the same as a file, up to as many rows as files of searches have."""
    most = installation().settings.file_rows
    with installation().database.reading() as session:
        found, following = acts.page(session, _asked(), None, most)
    if following is not None:
        raise InvalidError(
            _("Có hơn %(n)s dòng; thu hẹp theo ngày hoặc người rồi tải", n=most)
        )
    header = (
        _("Dòng"),
        _("Lúc"),
        _("Người"),
        _("Thư điện tử"),
        _("Vị trí"),
        _("Việc"),
        _("Mục"),
        _("Phiếu"),
        _("Người, vị trí liên quan"),
        _("Mã băm"),
    )
    body = cells.table(header, [_line(act) for act in found])
    return attachment(body, f"nhat-ky-{clock.today()}.csv", "text/csv; charset=utf-8")


def _line(act: Act) -> list[str]:
    return [
        str(act.seq),
        wording.instant(act.at),
        act.person,
        act.email,
        act.post,
        wording.journal_named(act.action),
        act.entry,
        "" if act.proposal is None else str(act.proposal),
        act.subject,
        act.hash,
    ]


def _asked() -> ActFilter:
    given = request.args
    return ActFilter(
        given.get("nguoi", "").strip()[:_LONGEST],
        _day("tu"),
        _day("den"),
        given.get("viec", "").strip()[:_LONGEST],
        given.get("muc", "").strip()[:_LONGEST],
    )


def _day(name: str) -> date | None:
    day = arguments.day(request.args.get(name, "").strip() or None)
    if day is not None and not _FIRST <= day < OPEN_END:
        raise MalformedError(_("Chọn một ngày từ năm 2000"))
    return day
