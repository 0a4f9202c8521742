"""The annex of a decision issued before the register: which column is which field, and
what is said of every row alike.

What an old annex does not say is asked once for all rows, and written as given: mostly
“Chưa xác định”.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.documents.tables import finding
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.rows import Row
from app.documents.tables.sheets import Book, Table
from app.errors import MalformedError
from app.vietnamese import clean
from catalog_schema.profile import Field, Kind, Stage, Type

UNKNOWN = "Chưa xác định"
# a column of names, divided by semicolons, becomes data items
ITEMS, ITEM_NAMES = (
    "data_items",
    "data_items.name",
)
MOST_COLUMNS = 60


@dataclass(frozen=True)
class MissingColumn:
    """A field that no column gives: its header, and what is offered for it."""

    header: str
    field: Field
    offered: str


@dataclass(frozen=True)
class ColumnMapping:
    """How a table is read: the header of each column in order, "" for one that is left
    out, and what all rows share.
    """

    columns: Sequence[str]
    common: Mapping[str, str]


def known(kind: Kind) -> list[tuple[str, Field]]:
    """Return the headers that a column may be given, with their fields."""
    repeated = tuple(
        f"{dotted}."
        for dotted, field in kind.walk()
        if field.type is Type.GROUP and field.many
    )
    single = [
        (dotted, field) for dotted, field in kind.walk() if field.type is not Type.GROUP
    ]
    return [
        (_header(dotted, field), field)
        for dotted, field in single
        if not dotted.startswith(repeated)
    ] + [(ITEM_NAMES, field) for dotted, field in single if dotted == ITEM_NAMES]


def _header(dotted: str, field: Field) -> str:
    return f"{dotted}.vi" if field.type is Type.LANG_TEXT and not field.many else dotted


def located(kind: Kind, book: Book) -> Located:
    """Return where in a book the annex is."""
    return finding.locate(book, _headings(kind))


def guess(kind: Kind, table: Table) -> list[str]:
    """Return the header that each column seems to have; MalformedError for a table
    without a heading and a row.
    """
    if len(table) < 2 or len(table[0][1]) > MOST_COLUMNS:  # noqa: PLR2004 - a heading and a row
        raise MalformedError(
            "Tệp cần một dòng tiêu đề, ít nhất một dòng dưới tiêu đề, tối đa "
            f"{MOST_COLUMNS} cột"
        )
    names = _headings(kind)
    return [names.get(heading_key(cell), "") for cell in table[0][1]]


def _headings(kind: Kind) -> dict[str, str]:
    names = {
        heading_key(name): header
        for header, field in known(kind)
        for name in (header, field.labels["vi"])
    }
    return names | {
        heading_key("Hạng mục dữ liệu"): ITEM_NAMES,
        heading_key("Tên"): f"{kind.title_field}.vi",
    }


def asked(kind: Kind, columns: Sequence[str]) -> list[MissingColumn]:
    """Return what has to be said of every row alike, since no column says it and
    entering needs it.
    """
    given = {column.removesuffix(".vi") for column in columns}
    items = ITEM_NAMES in given
    found = []
    for header, field in _needed(kind):
        if header.removesuffix(".vi") in given or (
            header.startswith(ITEMS) and not items
        ):
            continue
        if field.type is not Type.GROUP:
            found.append(MissingColumn(header, field, _offered(field)))
    return found


def rows(kind: Kind, table: Table, plan: ColumnMapping) -> list[Row]:
    """Return the rows as `documents.rows` reads them; MalformedError for a column named
    twice.
    """
    used = [column for column in plan.columns if column]
    twice = next((column for column in used if used.count(column) > 1), None)
    if twice:
        raise MalformedError(f"Hai cột cùng ghi “{twice}”; chọn lại một cột")
    common = {
        header: clean(text) for header, text in plan.common.items() if clean(text)
    }
    return [Row(number, _cells(kind, line, plan, common)) for number, line in table[1:]]


def _cells(
    kind: Kind, line: Sequence[str], plan: ColumnMapping, common: Mapping[str, str]
) -> dict[str, str]:
    cells = {
        header: text
        for header, text in common.items()
        if not header.startswith(f"{ITEMS}.")
    }
    for column, text in zip(plan.columns, line, strict=False):
        if column and clean(text):
            cells[column] = clean(text)
    names = [
        part.strip()
        for part in cells.pop(ITEM_NAMES, "").replace("\n", ";").split(";")
        if part.strip()
    ]
    if names:
        owner = cells.get("owner", "")
        cells[ITEMS] = json.dumps(
            [_item(kind, name, owner, common) for name in names], ensure_ascii=False
        )
    return cells


def _item(
    kind: Kind, name: str, owner: str, common: Mapping[str, str]
) -> dict[str, object]:
    """Return a data item of which the annex says nothing but the name; its owner
    updates it.
    """
    item: dict[str, object] = {"name": {"vi": name}, "updater": owner}
    sharing: dict[str, str] = {}
    for dotted, field in kind.walk():
        header = _header(dotted, field)
        inner = dotted.removeprefix(f"{ITEMS}.")
        if dotted.startswith(f"{ITEMS}.") and header in common and inner not in item:
            if inner.startswith("sharing."):
                sharing[inner.removeprefix("sharing.")] = common[header]
            else:
                item[inner] = (
                    {"vi": common[header]}
                    if field.type is Type.LANG_TEXT
                    else common[header]
                )
    return {**item, "sharing": [sharing]} if sharing else item


def _needed(kind: Kind) -> list[tuple[str, Field]]:
    """Return the fields that entering needs, by the header under which a cell gives
    them.
    """
    # by the column, by the owner, by where it comes from
    said = (
        ITEM_NAMES,
        f"{ITEMS}.updater",
        "certainty",
    )
    free = tuple(
        f"{d}."
        for d, f in kind.walk()
        if f.type is Type.GROUP and not Stage.ENTER.includes(f.mandatory_at)
    )
    needed = [
        (dotted, field)
        for dotted, field in kind.walk()
        if Stage.ENTER.includes(field.mandatory_at)
    ]
    return [
        (_header(d, field), field)
        for d, field in needed
        if d not in said and not d.startswith(free)
    ]


def _offered(field: Field) -> str:
    if field.type in (Type.LANG_TEXT, Type.TEXT):
        return UNKNOWN
    return field.default or ""
