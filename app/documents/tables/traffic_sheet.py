"""Figures of traffic as a spreadsheet has them: one figure a row, out and in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from app import clock
from app.documents.tables import cells, measured_rows
from app.documents.tables.lookup import Lookup
from app.documents.tables.measured_rows import (
    CERTAINTY,
    MADE_UP,
    SOURCE,
    WITHDRAWN,
    Cells,
    Fault,
    ReadRows,
    Row,
    shown,
)
from app.documents.tables.sheets import Book
from app.documents.tables.workbook import Editable, editable
from app.exchange.connections import CONNECTION
from app.exchange.measurements import EARLIEST
from app.exchange.models import CountedBy, Extent, Flow, TrafficFigure
from app.exchange.traffic import Figure
from app.register.content.facts import UNDETERMINED
from app.register.queries import EntryView, Register

HEADINGS = (
    "Mã kết nối",
    "Kênh",
    "Tháng",
    "Từ ngày",
    "Lũy kế đến ngày",
    "Chiều",
    "Phạm vi",
    "Bên đếm",
    "Đơn vị tính",
    "Số lượng",
    SOURCE,
    CERTAINTY,
    MADE_UP,
)
PERCENT = "%"
_CHANNELS = "kenh-ket-noi"
FLOWS: Mapping[Flow, str] = {
    Flow.SENT: "gửi",
    Flow.RECEIVED: "nhận",
    Flow.BOTH: "gửi và nhận",
}
EXTENTS: Mapping[Extent, str] = {
    Extent.ALL: "tổng",
    Extent.INSIDE: "trong tỉnh",
    Extent.OUTSIDE: "ngoài tỉnh",
}
COUNTED_BY: Mapping[CountedBy, str] = {
    CountedBy.SOURCE: "đầu nguồn",
    CountedBy.TARGET: "đầu đích",
    CountedBy.CHANNEL: "kênh",
}
_MONTH = re.compile(
    r"(?:tháng\s*|t)?(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})", re.IGNORECASE
)
_ISO_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-\d{2})?")
_SPAN = re.compile(r"\s*(?:–|—|đến|\s-\s)\s*")


def read(lookup: Lookup, register: Register, book: Book) -> ReadRows[Figure]:
    """Return the figures of a file. MalformedError where it has no such table, or too
    many rows.
    """
    views: dict[UUID, EntryView] = {}

    def figure(line: int, row: Row, faults: list[Fault]) -> Figure | None:
        return _Reader(lookup, register, line, row, faults, views).figure()

    return measured_rows.read(book, HEADINGS, figure)


class _Reader(Cells):
    """A row of traffic."""

    def figure(self) -> Figure | None:
        """Return the figure of the row, None where a cell of it is wrong."""
        row, before = self.row, len(self.faults)
        connection = self.entry("Mã kết nối", CONNECTION, "một kết nối")
        channel = self._channel(connection)
        month, (first, last) = self._month(), self._span()
        both = "Tháng" in row and "Lũy kế đến ngày" in row
        if both:
            self.fail("Tháng", "Chỉ ghi một trong hai: tháng, hoặc lũy kế đến ngày")
        elif "Tháng" not in row and "Lũy kế đến ngày" not in row:
            self.fail("Tháng", "Ghi tháng (như 10/2026), hoặc “Lũy kế đến ngày”")
        unit = row.get("Đơn vị tính", "lượt")
        figure = Figure(
            connection.id if connection else None,
            channel,
            self.choice("Chiều", FLOWS),
            self.choice("Phạm vi", EXTENTS, Extent.ALL),
            self.choice("Bên đếm", COUNTED_BY, CountedBy.CHANNEL),
            unit[:40],
            self._value(unit),
            month,
            self.day("Từ ngày"),
            first,
            last,
            self.source(),
            self.certainty(),
            self.made_up(),
        )
        return figure if len(self.faults) == before else None

    def _channel(self, connection: EntryView | None) -> str:
        own = connection.content.get("channel", ()) if connection else ()
        if "Kênh" not in self.row and "Mã kết nối" not in self.row:
            self.fail("Kênh", "Ghi mã kết nối, hoặc kênh của cả số liệu")
        default = str(next(iter(own), UNDETERMINED))
        return self.concept("Kênh", _CHANNELS, "một kênh kết nối", default)

    def _value(self, unit: str) -> float | None:
        text = self.row.get("Số lượng", "").removesuffix(PERCENT)
        if text.lower() == WITHDRAWN:
            return None
        value = self.number("Số lượng", text, "bỏ dòng") or 0.0
        if unit != PERCENT and not value.is_integer():
            self.fail("Số lượng", "Số lượng phải là số nguyên; tỷ lệ có đơn vị là %")
        return value

    def _month(self) -> date | None:
        text = self.row.get("Tháng")
        if text is None:
            return None
        month = _first_day(text)
        if month is None:
            self.fail("Tháng", "Ghi tháng như 10/2026")
        elif month > clock.today():
            self.fail("Tháng", "Tháng này chưa đến")
        elif month < EARLIEST:
            self.fail("Tháng", f"Năm {month.year} quá sớm; kiểm tra lại năm")
        return month

    def _span(self) -> tuple[date | None, date | None]:
        """Return the days between which the day lies up to which a total runs."""
        text = self.row.get("Lũy kế đến ngày")
        if text is None:
            return None, None
        days = [self.read_day("Lũy kế đến ngày", part) for part in _SPAN.split(text)]
        first, last = days[0], days[-1]
        if first and last and first > last:
            self.fail("Lũy kế đến ngày", "Ngày đầu phải trước ngày sau")
        return first, last


def _first_day(text: str) -> date | None:
    """Return the first day of the month that a text names, None for any other text."""
    match = _MONTH.fullmatch(text) or _ISO_MONTH.fullmatch(text)
    number, year = (int(match["month"]), int(match["year"])) if match else (0, 0)
    return date(year, number, 1) if 1 <= number <= 12 and year else None  # noqa: PLR2004 - months


def rows(register: Register, figures: Sequence[TrafficFigure]) -> list[list[str]]:
    """Return figures as rows, as `read` reads them."""
    ids = {figure.connection_id for figure in figures if figure.connection_id}
    names: dict[UUID | None, str] = {
        view.id: view.local_id for view in register.by_ids(ids).values()
    }
    return [list(_row(register, names, figure)) for figure in figures]


def _row(
    register: Register, names: Mapping[UUID | None, str], figure: TrafficFigure
) -> Iterator[str]:
    channels = register.profile.lists.schemes[_CHANNELS].concepts
    yield names.get(figure.connection_id, "")
    yield channels[figure.channel].labels["vi"]
    yield f"{figure.month.month}/{figure.month.year}" if figure.month else ""
    yield shown(figure.since)
    yield span(figure)
    yield FLOWS[figure.flow]
    yield EXTENTS[figure.extent]
    yield COUNTED_BY[figure.counted_by]
    yield figure.unit
    yield number(figure.value)
    yield figure.source
    yield measured_rows.told(register, figure.certainty)
    yield "có" if figure.illustrative else ""


def span(figure: TrafficFigure | Figure) -> str:
    """Return the day to which a total runs, or the days between which it lies; "" for a
    figure of a month.
    """
    first, last = figure.until_first, figure.until_last
    if first is None or last is None:
        return ""
    exact = last - first < timedelta(days=1)
    return shown(last) if exact else f"{shown(first)} – {shown(last)}"


def number(value: float) -> str:
    """Return a number as it is written in a cell."""
    return (
        str(int(value)) if float(value).is_integer() else str(value).replace(".", ",")
    )


def workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook that can be changed and sent back."""
    return editable([Editable("Lưu thông", HEADINGS, lines, frozen=1)])


def csv(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV."""
    return cells.table(HEADINGS, lines)
