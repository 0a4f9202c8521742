"""What a search found as a table, for whoever goes on working with it in a
spreadsheet.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from app.documents.tables import cells
from app.documents.tables.workbook import Sheet, workbook
from app.register.queries import EntryView, Register

HEADER = (
    "Mã",
    "Loại",
    "Tên",
    "Cơ quan chủ quản",
    "Trạng thái",
    "Có hiệu lực từ",
    "Mô tả",
    "Minh họa",
    "Địa chỉ",
)
_WIDTHS = (10, 12, 30, 20, 9, 9, 40, 6, 30)  # letters


def rows(
    register: Register,
    ids: Sequence[UUID],
    base: str,
    condition: Callable[[EntryView], str],
) -> list[list[str]]:
    """Return a row for each entry, in this order; made-up content says so in a column
    of its own. `condition`: how what an entry is about stands that day, in words.
    """
    views = register.by_ids(ids)
    found = [views[one] for one in ids if one in views]
    owners = register.by_ids(
        {UUID(one) for view in found if (one := view.content.get("owner"))}
    )
    return [_row(register, view, owners, base, condition(view)) for view in found]


def csv(table: Sequence[Sequence[str]]) -> bytes:
    """Return the rows as CSV."""
    return cells.table(HEADER, table)


def xlsx(table: Sequence[Sequence[str]]) -> bytes:
    """Return the rows as a workbook."""
    title = "Kết quả tìm kiếm trong danh mục"
    return workbook([Sheet("Kết quả", title, HEADER, table, _WIDTHS)])


def _row(
    register: Register,
    view: EntryView,
    owners: dict[UUID, EntryView],
    base: str,
    state: str,
) -> list[str]:
    kind = register.profile.kinds[view.kind]
    owner = (
        owners.get(UUID(view.content["owner"])) if view.content.get("owner") else None
    )
    begun = "" if view.valid_from.year == 1 else view.valid_from.strftime("%d/%m/%Y")
    description = view.content.get("description")
    return [
        view.local_id,
        kind.labels["vi"],
        view.title,
        owner.title if owner else "",
        state,
        begun,
        description["vi"]
        if isinstance(description, dict) and "vi" in description
        else "",
        "minh họa" if view.illustrative else "",
        f"{base}/doc/{kind.path_word}/{view.local_id}",
    ]
