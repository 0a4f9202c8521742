"""Figures of traffic as a spreadsheet has them: one figure a row, out and in. All that
is wrong is told at once, each at its cell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from app import clock
from app.documents.tables import cells, finding
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.lookup import Lookup
from app.documents.tables.sheets import Book
from app.documents.tables.workbook import Editable, editable
from app.errors import MalformedError
from app.exchange.connections import CONNECTION
from app.exchange.models import CountedBy, Extent, Flow, TrafficFigure
from app.exchange.traffic import Figure
from app.register.content.facts import UNDETERMINED
from app.register.queries import EntryView, Register
from app.vietnamese import clean, iso_day
from catalog_schema.code_lists import CodeLists

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
    "Nguồn số liệu",
    "Mức xác thực",
    "Minh họa",
)
MOST_ROWS = 20_000
PERCENT = "%"
_LEAST_HEADINGS = 3  # of a table of traffic
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
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"\d{1,15}(?:[.,]\d+)?")
_SPAN = re.compile(r"\s*(?:–|—|đến|\s-\s)\s*")
_Choice = TypeVar("_Choice", Flow, Extent, CountedBy)
_YES = frozenset({"có", "co", "x", "true", "1"})


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: the number of its line, its heading, the mend."""

    line: int
    heading: str
    message: str


@dataclass
class ReadTraffic:
    """What a file says: figures, and what could not be read."""

    figures: list[Figure] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of each figure
    faults: list[Fault] = field(default_factory=list)


def read(lookup: Lookup, register: Register, book: Book) -> ReadTraffic:
    """Return the figures of a file. MalformedError where it has no such table, or more
    than MOST_ROWS rows.
    """
    names = {heading_key(heading): heading for heading in HEADINGS}
    located = [each for each in finding.locate(book, names) if _is_traffic(each)]
    if not located:
        needed = ", ".join(f"“{heading}”" for heading in HEADINGS[:10])
        raise MalformedError(f"Tệp không có bảng nào với các cột {needed}")
    if sum(len(table.lines) for table in located) > MOST_ROWS:
        raise MalformedError(f"Tối đa {MOST_ROWS} dòng một tệp; chia nhỏ tệp")
    found = ReadTraffic()
    reader = _Reader(lookup, register, found.faults)
    for table in located:
        heads = [names.get(heading_key(cell), "") for cell in table.lines[0][1]]
        for number, line in table.lines[1:]:
            row = {
                head: clean(cell)
                for head, cell in zip(heads, line, strict=False)
                if head and clean(cell)
            }
            figure = reader.figure(number, row)
            if figure is not None:
                found.figures.append(figure)
                found.lines.append(number)
    return found


def _is_traffic(table: Located) -> bool:
    """Tell whether enough columns of a table are headed as those of traffic are."""
    known = {heading_key(heading) for heading in HEADINGS}
    _number, heads = table.lines[0]
    return sum(heading_key(cell) in known for cell in heads) >= _LEAST_HEADINGS


@dataclass
class _Reader:
    lookup: Lookup
    register: Register
    faults: list[Fault]
    line: int = 0
    row: Mapping[str, str] = field(default_factory=dict)

    def figure(self, line: int, row: Mapping[str, str]) -> Figure | None:
        """Return the figure of a row, None where a cell of it is wrong."""
        self.line, self.row = line, row
        before = len(self.faults)
        connection = self._connection()
        channel = self._channel(connection)
        month, (first, last) = self._month(), self._span()
        both = "Tháng" in row and "Lũy kế đến ngày" in row
        if both:
            self._fail("Tháng", "Chỉ ghi một trong hai: tháng, hoặc lũy kế đến ngày")
        elif "Tháng" not in row and "Lũy kế đến ngày" not in row:
            self._fail("Tháng", "Ghi tháng (như 10/2026), hoặc “Lũy kế đến ngày”")
        unit = row.get("Đơn vị tính", "lượt")
        figure = Figure(
            connection.id if connection else None,
            channel,
            self._choice("Chiều", FLOWS),
            self._choice("Phạm vi", EXTENTS, Extent.ALL),
            self._choice("Bên đếm", COUNTED_BY, CountedBy.CHANNEL),
            unit[:40],
            self._value(unit),
            month,
            self._day("Từ ngày"),
            first,
            last,
            row.get("Nguồn số liệu", "")[:1000],
            self._certainty(),
            row.get("Minh họa", "").lower() in _YES,
        )
        return figure if len(self.faults) == before else None

    def _fail(self, heading: str, message: str) -> None:
        self.faults.append(Fault(self.line, heading, message))

    def _connection(self) -> EntryView | None:
        text = self.row.get("Mã kết nối")
        if text is None:
            return None
        meant = self.lookup.meant(CONNECTION, text, self.register.at.as_of).entries
        if len(meant) != 1:
            self._fail("Mã kết nối", f"“{text}” không phải một kết nối trong danh mục")
            return None
        return self.register.by_ids(meant)[meant[0]]

    def _channel(self, connection: EntryView | None) -> str:
        text = self.row.get("Kênh")
        if text is None:
            if connection is None and "Mã kết nối" not in self.row:
                self._fail("Kênh", "Ghi mã kết nối, hoặc kênh của cả số liệu")
                return ""
            if connection is None:
                return ""
            return str(next(iter(connection.content.get("channel", ())), UNDETERMINED))
        code, _name = self.lookup.concept("kenh-ket-noi", text)
        if code not in _concepts(self.register.profile.lists, "kenh-ket-noi"):
            self._fail("Kênh", f"“{text}” không phải một kênh kết nối")
        return code

    def _certainty(self) -> str:
        text = self.row.get("Mức xác thực")
        if text is None:
            return "co-quan-khai"
        code, _name = self.lookup.concept("do-tin-cay", text)
        if code not in _concepts(self.register.profile.lists, "do-tin-cay"):
            self._fail("Mức xác thực", f"“{text}” không phải một mức xác thực")
        return code

    def _choice(
        self,
        heading: str,
        choices: Mapping[_Choice, str],
        default: _Choice | None = None,
    ) -> _Choice:
        text = self.row.get(heading, "").lower()
        if not text and default is not None:
            return default
        for choice, name in choices.items():
            if text == name:
                return choice
        self._fail(heading, f"Ghi {', '.join(choices.values())}")
        return next(iter(choices))

    def _value(self, unit: str) -> float:
        text = self.row.get("Số lượng", "").replace(" ", "").removesuffix(PERCENT)
        if _THOUSANDS.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        elif _PLAIN.fullmatch(text):
            text = text.replace(",", ".")
        else:
            self._fail(
                "Số lượng", "Ghi một số từ 0 trở lên, ví dụ 1.234; chưa rõ thì bỏ dòng"
            )
            return 0
        value = float(text)
        if unit != PERCENT and not value.is_integer():
            self._fail("Số lượng", "Số lượng phải là số nguyên; tỷ lệ có đơn vị là %")
        return value

    def _month(self) -> date | None:
        text = self.row.get("Tháng")
        if text is None:
            return None
        month = _first_day(text)
        if month is None:
            self._fail("Tháng", "Ghi tháng như 10/2026")
        elif month > clock.today():
            self._fail("Tháng", "Tháng này chưa đến")
        return month

    def _span(self) -> tuple[date | None, date | None]:
        """Return the days between which the day lies up to which a total runs."""
        text = self.row.get("Lũy kế đến ngày")
        if text is None:
            return None, None
        days = [self._read_day("Lũy kế đến ngày", part) for part in _SPAN.split(text)]
        first, last = days[0], days[-1]
        if first and last and first > last:
            self._fail("Lũy kế đến ngày", "Ngày đầu phải trước ngày sau")
        return first, last

    def _day(self, heading: str) -> date | None:
        text = self.row.get(heading)
        return None if text is None else self._read_day(heading, text)

    def _read_day(self, heading: str, text: str) -> date | None:
        try:
            return date.fromisoformat(iso_day(text.strip()))
        except ValueError:
            self._fail(heading, "Ghi ngày như 31/12/2026, hoặc hai ngày nối bằng “–”")
            return None


def _first_day(text: str) -> date | None:
    """Return the first day of the month that a text names, None for any other text."""
    match = _MONTH.fullmatch(text) or _ISO_MONTH.fullmatch(text)
    number, year = (int(match["month"]), int(match["year"])) if match else (0, 0)
    return date(year, number, 1) if 1 <= number <= 12 and year else None  # noqa: PLR2004 - months


def _concepts(lists: CodeLists, scheme: str) -> Mapping[str, object]:
    return lists.schemes[scheme].concepts


def rows(register: Register, figures: Sequence[TrafficFigure]) -> list[list[str]]:
    """Return figures as rows, as `read` reads them."""
    ids = {figure.connection_id for figure in figures if figure.connection_id}
    names: dict[UUID | None, str] = {
        view.id: view.local_id for view in register.by_ids(ids).values()
    }
    lists = register.profile.lists
    return [list(_row(lists, names, figure)) for figure in figures]


def _row(
    lists: CodeLists, names: Mapping[UUID | None, str], figure: TrafficFigure
) -> Iterator[str]:
    yield names.get(figure.connection_id, "")
    yield lists.schemes["kenh-ket-noi"].concepts[figure.channel].labels["vi"]
    yield f"{figure.month.month}/{figure.month.year}" if figure.month else ""
    yield _shown(figure.since)
    yield span(figure)
    yield FLOWS[figure.flow]
    yield EXTENTS[figure.extent]
    yield COUNTED_BY[figure.counted_by]
    yield figure.unit
    yield number(figure.value)
    yield figure.source
    yield lists.schemes["do-tin-cay"].concepts[figure.certainty].labels["vi"]
    yield "có" if figure.illustrative else ""


def _shown(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def span(figure: TrafficFigure) -> str:
    """Return the day to which a total runs, or the days between which it lies; "" for a
    figure of a month.
    """
    first, last = figure.until_first, figure.until_last
    if first is None or last is None:
        return ""
    exact = last - first < timedelta(days=1)
    return _shown(last) if exact else f"{_shown(first)} – {_shown(last)}"


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
