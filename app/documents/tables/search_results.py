"""What a search found as a table, for whoever goes on working with it in a
spreadsheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.documents.tables import cells
from app.documents.tables.workbook import Sheet, workbook
from app.exchange.statements import NOTHING, Evidence, evidence
from app.register.own_databases import bases
from app.register.queries import EntryView, Register
from app.workflow.time import confirmations


@dataclass(frozen=True)
class ColumnOfResults:
    """A column: its heading, its width in letters, whether it is there unless somebody
    chooses others.
    """

    heading: str
    width: int
    usual: bool = True


COLUMNS: Mapping[str, ColumnOfResults] = {
    "ma": ColumnOfResults("Mã", 10),
    "loai": ColumnOfResults("Loại", 12),
    "ten": ColumnOfResults("Tên", 30),
    "chu-quan": ColumnOfResults("Cơ quan chủ quản", 20),
    "trang-thai": ColumnOfResults("Trạng thái", 9),
    "tu-ngay": ColumnOfResults("Có hiệu lực từ", 9),
    "muc-chia-se": ColumnOfResults("Mức độ công khai", 16, usual=False),
    "phan-loai": ColumnOfResults("Phân loại theo mức độ chia sẻ", 14, usual=False),
    "tan-suat": ColumnOfResults("Tần suất cập nhật dữ liệu", 14, usual=False),
    "cap-nhat": ColumnOfResults("Dữ liệu cập nhật đến ngày", 11, usual=False),
    "xac-nhan": ColumnOfResults("Xác nhận gần nhất", 11, usual=False),
    "can-cu": ColumnOfResults("Căn cứ pháp lý", 24, usual=False),
    "mo-ta": ColumnOfResults("Mô tả", 40),
    "minh-hoa": ColumnOfResults("Minh họa", 6),
    "dia-chi": ColumnOfResults("Địa chỉ", 30),
}
USUAL = tuple(name for name, column in COLUMNS.items() if column.usual)
_CONCEPTS = {
    "muc-chia-se": "access_rights",
    "phan-loai": "sharing_class",
    "tan-suat": "frequency",
}


@dataclass(frozen=True)
class ResultTable:
    """Results as rows of texts, in the chosen columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def csv(self) -> bytes:
        """Return it as CSV."""
        return cells.table(self._headings, self.rows)

    def xlsx(self) -> bytes:
        """Return it as a workbook."""
        widths = [COLUMNS[name].width for name in self.columns]
        title = "Kết quả tìm kiếm trong danh mục"
        return workbook([Sheet("Kết quả", title, self._headings, self.rows, widths)])

    @property
    def _headings(self) -> list[str]:
        return [COLUMNS[name].heading for name in self.columns]


def table(
    register: Register,
    ids: Sequence[UUID],
    base: str,
    condition: Callable[[EntryView], str],
    chosen: Sequence[str] = (),
) -> ResultTable:
    """Return a row for each entry, in this order; made-up content says so in a column
    of its own. `condition`: how what an entry is about stands that day, in words.
    `chosen`: names of columns, the usual ones where none is known.
    """
    columns = [name for name in COLUMNS if name in chosen] or list(USUAL)
    views = register.by_ids(ids)
    found = [views[one] for one in ids if one in views]
    named = {basis for view in found for basis in bases(view.content)}
    owners = [view.content.get("owner") for view in found]
    named |= {UUID(owner) for owner in owners if owner}
    confirmed: Mapping[UUID, datetime] = {}
    if "xac-nhan" in columns:
        shown = [view.id for view in found]
        confirmed = confirmations.confirmed(register.session, shown)
    named_views = register.by_ids(named)
    said = evidence(register, found) if "cap-nhat" in columns else {}
    writer = _Writer(register, base, condition, named_views, confirmed, said)
    return ResultTable(columns, [writer.row(view, columns) for view in found])


@dataclass(frozen=True)
class _Writer:
    """Writes a cell of an entry."""

    register: Register
    base: str
    condition: Callable[[EntryView], str]
    named: Mapping[UUID, EntryView]
    confirmed: Mapping[UUID, datetime]
    said: Mapping[UUID, Evidence]

    def row(self, view: EntryView, columns: Sequence[str]) -> list[str]:
        """Return what stands in these columns."""
        return [self.text(view, name) for name in columns]

    def text(self, view: EntryView, column: str) -> str:
        """Return what stands in a column, "" where nothing does."""
        if column in _CONCEPTS:
            return self._concept(view, _CONCEPTS[column])
        kind = self.register.profile.kinds[view.kind]
        match column:
            case "ma":
                return view.local_id
            case "loai":
                return kind.labels["vi"]
            case "ten":
                return view.title
            case "chu-quan":
                return self._titles([view.content.get("owner")])
            case "trang-thai":
                return self.condition(view)
            case "tu-ngay":
                return "" if view.valid_from.year == 1 else _day(view.valid_from)
            case _:
                return self._more(view, column)

    def _more(self, view: EntryView, column: str) -> str:
        content = view.content
        match column:
            case "cap-nhat":
                said = self.said.get(view.id, NOTHING).day
                return _day(said) if said else ""
            case "xac-nhan":
                at = self.confirmed.get(view.id)
                return _day(clock.local(at).date()) if at else ""
            case "can-cu":
                return self._titles(content.get("legal_basis", ()))
            case "mo-ta":
                description = content.get("description")
                told = description if isinstance(description, Mapping) else {}
                return str(told.get("vi", ""))
            case "minh-hoa":
                return "minh họa" if view.illustrative else ""
            case _:
                word = self.register.profile.kinds[view.kind].path_word
                return f"{self.base}/doc/{word}/{view.local_id}"

    def _titles(self, ids: Sequence[str | None]) -> str:
        views = [self.named.get(UUID(one)) for one in ids if one]
        return "; ".join(view.title for view in views if view is not None)

    def _concept(self, view: EntryView, name: str) -> str:
        fields = self.register.profile.kinds[view.kind].fields
        field = next((one for one in fields if one.name == name), None)
        if field is None or not field.code_list:
            return ""
        concepts = self.register.profile.lists.schemes[field.code_list].concepts
        concept = concepts.get(str(view.content.get(name)))
        return concept.labels["vi"] if concept else ""


def _day(value: date) -> str:
    return value.strftime("%d/%m/%Y")
