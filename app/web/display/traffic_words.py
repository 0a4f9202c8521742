"""How much ran, in words: of what, which way, as who counted, when."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.documents.tables import traffic_sheet
from app.exchange.models import CountedBy, Extent, Flow, TrafficFigure
from app.exchange.traffic import Figure, Series
from app.web.display import wording

FLOWS: Mapping[Flow, object] = {
    Flow.SENT: _("gửi"),
    Flow.RECEIVED: _("nhận"),
    Flow.BOTH: _("gửi và nhận"),
}
_EXTENTS: Mapping[Extent, object] = {
    Extent.ALL: _("tổng"),
    Extent.INSIDE: _("trong tỉnh"),
    Extent.OUTSIDE: _("ngoài tỉnh"),
}
_COUNTED_BY: Mapping[CountedBy, object] = {
    CountedBy.SOURCE: _("đầu nguồn đếm"),
    CountedBy.TARGET: _("đầu đích đếm"),
    CountedBy.CHANNEL: _("kênh đếm"),
}


def counted(one: Series | TrafficFigure | Figure) -> str:
    """Return what is counted: its unit, which way, of which traffic, by whom."""
    told = FLOWS[one.flow], _EXTENTS[one.extent], _COUNTED_BY[one.counted_by]
    return f"{one.unit}: {', '.join(map(str, told))}"


def amount(value: float) -> str:
    """Return a number as a page shows it."""
    whole = float(value).is_integer()
    return wording.number(int(value)) if whole else traffic_sheet.number(value)


def when(figure: Figure | TrafficFigure) -> str:
    """Return the month of a figure, or the day to which it runs."""
    if figure.month:
        month, year = figure.month.month, figure.month.year
        return str(gettext("tháng %(m)s/%(y)s", m=month, y=year))
    return str(gettext("lũy kế đến %(day)s", day=traffic_sheet.span(figure)))
