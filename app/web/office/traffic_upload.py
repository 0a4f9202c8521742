"""Figures of traffic from a spreadsheet: seen first, then recorded as one act."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.documents.tables import traffic_sheet
from app.exchange import traffic
from app.exchange.models import TrafficFigure
from app.exchange.traffic import Change, Figure
from app.permissions import Action, declares
from app.register.queries import Register
from app.web.display import exchange_rows
from app.web.display.traffic_words import amount, counted, when
from app.web.http.sending_files import XLSX, attachment
from app.web.office import measured_files
from app.web.office.measured_files import Kind, Line

blueprint = Blueprint("traffic_upload", __name__)


@blueprint.get("/chia-se/luu-thong/nhap")
@declares(Action.COUNT)
def form() -> Response:
    """Offer the form."""
    return Response(render_template(_KIND.form, error=None))


@blueprint.get("/chia-se/luu-thong/mau.xlsx")
@declares(Action.COUNT)
def sample() -> Response:
    """Give a spreadsheet to fill in."""
    return attachment(traffic_sheet.workbook([]), "luu-thong.xlsx", XLSX)


@blueprint.post("/chia-se/luu-thong/nhap")
@declares(Action.COUNT)
def preview() -> BaseResponse:
    """Keep what was sent, and show what it would do."""
    return measured_files.preview(_KIND)


@blueprint.post("/chia-se/luu-thong/ghi")
@declares(Action.COUNT)
def record() -> BaseResponse:
    """Record the figures of a file that was seen."""
    flash(_("Đã ghi %(n)s số liệu.", n=measured_files.record(_KIND)))
    return redirect(url_for("traffic.monthly"))


def _in_words(register: Register, changes: Sequence[Change]) -> list[Line]:
    ids = {change.figure.connection for change in changes if change.figure.connection}
    names = register.by_ids(ids)
    lines = []
    for change in changes:
        figure = change.figure
        of = names.get(figure.connection) if figure.connection else None
        named = exchange_rows.channel(register.profile.lists, figure.channel)
        what = of.title if of else named, when(figure), counted(figure)
        before = _amount(change.before) if change.before else ""
        lines.append(Line(" · ".join(what), before, _amount(figure)))
    return lines


def _amount(figure: Figure | TrafficFigure) -> str:
    if figure.value is None:
        return str(_("rút, trở lại chưa rõ"))
    return f"{amount(figure.value)} {figure.unit}"


_KIND = Kind(
    read=traffic_sheet.read,
    recordable=traffic.recordable,
    compare=traffic.compare,
    record=traffic.record,
    own=("Mã kết nối", traffic.NOT_OWN),
    in_words=_in_words,
    form="office/traffic_upload.html",
    endpoint="traffic_upload",
    measured=lambda change: change.figure,
)
