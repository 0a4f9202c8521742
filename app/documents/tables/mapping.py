"""The annex of a decision issued before the register: which column is which field, and
what is said of every row alike.

What an old annex does not say is asked once for all rows, and written as given: mostly
“Chưa xác định”.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.documents.tables import finding, headings
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.headings import (
    ANSWER,
    BASIS,
    BASIS_DAY,
    BASIS_TITLE,
    ITEM_NAMES,
    ITEMS,
    SHARING,
    header_of,
)
from app.documents.tables.rows import Row
from app.documents.tables.sheets import Book, Table
from app.errors import MalformedError
from app.vietnamese import clean, fold
from catalog_schema.profile import Field, Kind, Stage, Type

UNKNOWN = "Chưa xác định"
MOST_COLUMNS = 60
_SEVERAL = 2  # commas that make a sentence a list
_DITTO = frozenset({"nt", "n.t", "nhưtrên", '"', "″", "〃", "''"})
_MARKS = frozenset({"x", "v", "✓", "✔", "1", "co"})  # folded
_NO_MARKS = frozenset({"0", "o", "-", "khong"})
_FILLERS = "….-–—_"
_BULLET = re.compile(r"^\s*(?:[-–•+*]|\(?\d{1,2}[.)])\s*")


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
    return [(header, field) for _heading, header, field in headings.columns(kind)]


def located(kind: Kind, book: Book) -> Located:
    """Return where in a book the annex is: the table with the most known headings.
    MalformedError for a book without a line.
    """
    names = headings.known(kind)

    def many(table: Located) -> int:
        return sum(heading_key(cell) in names for cell in table.lines[0][1])

    found = max(finding.locate(book, names), key=many, default=None)
    if found is None:
        raise MalformedError("Tệp không có dòng nào; ghi tiêu đề và các dòng")
    return found


def guess(kind: Kind, table: Table) -> list[str]:
    """Return the header that each column seems to have; MalformedError for a table
    without a heading and a row.
    """
    if len(table) < 2 or len(table[0][1]) > MOST_COLUMNS:  # noqa: PLR2004 - a heading and a row
        raise MalformedError(
            "Tệp cần một dòng tiêu đề, ít nhất một dòng dưới tiêu đề, tối đa "
            f"{MOST_COLUMNS} cột"
        )
    return [column.header for column in headings.read(kind, table[0][1])]


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
    found: list[Row] = []
    for number, line in _as_above(table[1:]):
        cells = _cells(kind, line, plan, common)
        if found and _goes_on(kind, found[-1].cells, cells):
            found[-1] = Row(found[-1].number, _with_items(found[-1].cells, cells))
        else:
            found.append(Row(number, cells))
    return found


def _as_above(table: Table) -> Table:
    """Return lines in which “như trên” says what the cell above says, and dots and
    dashes say nothing.
    """
    found: Table = []
    above: list[str] = []
    for number, line in table:
        said = []
        for place, text in enumerate(line):
            says_the_same = place < len(above) and _is_ditto(text)
            said.append(above[place] if says_the_same else _unfilled(text))
        found.append((number, said))
        above = said
    return found


def _is_ditto(text: str) -> bool:
    return "".join(text.lower().split()).strip("-") in _DITTO


def _unfilled(text: str) -> str:
    """Return a text, "" for dots and dashes alone."""
    return text if text.strip(_FILLERS) else ""


def _goes_on(kind: Kind, above: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    """Tell whether a line only lists another data item of the database above: it says
    nothing else, or the same once more, as merged cells do.
    """
    if ITEMS not in cells or ITEMS not in above:
        return False
    title = f"{kind.title_field}.vi"
    rest = {name: text for name, text in cells.items() if name != ITEMS}
    same = rest.items() <= above.items()
    return same and cells[ITEMS] != above[ITEMS] and title in above


def _with_items(above: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    items = [*json.loads(above[ITEMS]), *json.loads(cells[ITEMS])]
    return {**above, ITEMS: json.dumps(items, ensure_ascii=False)}


def _cells(
    kind: Kind, line: Sequence[str], plan: ColumnMapping, common: Mapping[str, str]
) -> dict[str, str]:
    cells = {
        header: text
        for header, text in common.items()
        if not header.startswith(f"{ITEMS}.")
    }
    for column, text in zip(plan.columns, line, strict=False):
        header, _mark, answer = column.partition(ANSWER)
        cell = clean(text)
        if answer and fold(cell) in _MARKS:
            cell = answer
        elif answer and fold(cell) in _NO_MARKS:
            continue
        if header and cell:
            # of two answers none is taken for the other
            both = answer and header in cells
            cells[header] = f"{cells[header]}; {cell}" if both else cell
    _tell_of_bases(cells)
    names = _names(cells.pop(ITEM_NAMES, ""))
    modes = [cells.pop(header, "") for header in SHARING]
    # what the line says of the items that it names
    said = {
        name: cells.pop(name) for name in list(cells) if name.startswith(f"{ITEMS}.")
    }
    if names:
        owner = cells.get("owner", "")
        items = [_item(kind, name, owner, {**common, **said}) for name in names]
        shared = _sharing(*modes)
        for item in items if shared else ():
            item.setdefault("sharing", shared)
        cells[ITEMS] = json.dumps(items, ensure_ascii=False)
    return cells


def _tell_of_bases(cells: dict[str, str]) -> None:
    """Put the days and titles of legal bases behind their numbers, each behind its own
    where there are as many of them, else all behind the last.
    """
    bases = _listed(cells.get(BASIS, "")) or [""]
    for header, before in ((BASIS_DAY, "ngày "), (BASIS_TITLE, "")):
        said = _listed(cells.pop(header, ""))
        if len(said) != len(bases):
            said = [*[""] * (len(bases) - 1), ", ".join(said)]
        bases = [
            f"{basis} {before}{text}".strip() if text else basis
            for basis, text in zip(bases, said, strict=True)
        ]
    if any(bases):
        cells[BASIS] = "; ".join(bases)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _names(text: str) -> list[str]:
    """Return the names that a cell lists: on lines of their own or parted by
    semicolons; by commas, where there are several and nothing else parts them.
    """
    parts = re.split(r"[;\n]", text)
    if len(parts) == 1 and text.count(",") >= _SEVERAL:
        parts = text.split(",")
    named = [_BULLET.sub("", part).strip(" .") for part in parts]
    return [name for name in named if name]


def _sharing(mode: str, groups: str) -> list[dict[str, str]]:
    """Return the mode of sharing for each group of consumers that a cell lists."""
    if not mode:
        return []
    listed = [part.strip() for part in re.split(r"[|;\n]", groups) if part.strip()]
    if not listed:
        return [{"mode": mode}]
    return [{"consumer_group": group, "mode": mode} for group in listed]


def _item(
    kind: Kind, name: str, owner: str, common: Mapping[str, str]
) -> dict[str, object]:
    """Return a data item of which the annex says nothing but the name; its owner
    updates it.
    """
    item: dict[str, object] = {"name": {"vi": name}}
    if owner and common:
        item["updater"] = owner
    sharing: dict[str, str] = {}
    for dotted, field in kind.walk():
        header = header_of(dotted, field)
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
        (header_of(d, field), field)
        for d, field in needed
        if d not in said and not d.startswith(free)
    ]


def _offered(field: Field) -> str:
    if field.type in (Type.LANG_TEXT, Type.TEXT):
        return UNKNOWN
    return field.default or ""
