"""Entries as a table that people change in a spreadsheet and send back: what comes back
unchanged reads as it was, and each row carries the version that it was made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.documents.tables import cells, headings
from app.documents.tables.headings import (
    IDENTIFIER,
    ITEM_NAMES,
    ITEMS,
    SHARING,
    VERSION,
)
from app.documents.tables.workbook import Editable, editable
from app.register.models import Entry, Period, Version
from app.register.queries import EntryView, Register
from app.register.standing import stands
from catalog_schema.profile import Field, Kind, Type

_LONGEST_CELL = 30_000  # characters, fewer than Excel allows
ColumnOfKind = tuple[str, str, Field]
_OWN = {IDENTIFIER: "Mã", VERSION: "Phiên bản của mục"}


@dataclass(frozen=True)
class Exported:
    """A table: the headings, and a row of texts for each entry."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]

    def csv(self) -> bytes:
        """Return it as CSV, in which no cell is a formula."""
        return cells.table(self.heading, self.rows)

    def xlsx(self) -> bytes:
        """Return it as a workbook whose heading stays in sight; every cell is text."""
        return editable(
            [Editable("Danh mục", self.heading, self.rows, frozen=len(_OWN))]
        )


def table(register: Register, kind: Kind, views: Sequence[EntryView]) -> Exported:
    """Return entries of a kind as a table; identifier and version come first."""
    columns = [one for one in headings.offered(kind) if one[1] not in SHARING]
    writer = _Writer(register, _named(register, columns, views))
    rows = []
    for view in views:
        row = [view.local_id, str(view.number)]
        for _heading, header, field in columns:
            row.append(writer.text(view.content, header, field))
        rows.append(row)
    return Exported([*_OWN.values(), *(heading for heading, _h, _f in columns)], rows)


def _named(
    register: Register, columns: Sequence[ColumnOfKind], views: Sequence[EntryView]
) -> dict[str, str]:
    """Return how every entry that these name is written: by its title where that is
    the title of one entry alone, else by its identifier.
    """
    ids: set[UUID] = set()
    for _heading, header, field in columns:
        if field.type is Type.REFERENCE:
            for view in views:
                ids |= {UUID(one) for one in _held(view.content, header)}
    named = register.by_ids(ids)
    titles = {view.title for view in named.values()}
    query = (
        select(Entry.kind, Version.title)
        .join(Version, Version.entry_id == Entry.id)
        .join(Period, Period.version_id == Version.id)
        .where(Version.title.in_(titles), stands())
        .group_by(Entry.kind, Version.title)
        .having(func.count(Entry.id.distinct()) == 1)
    )
    single = {(kind, title) for kind, title in register.session.execute(query)}
    return {
        str(entry): view.title if (view.kind, view.title) in single else view.local_id
        for entry, view in named.items()
    }


def _held(content: Mapping[str, Any], header: str) -> list[Any]:
    """Return the values that a content holds under a header."""
    value: Any = content
    for part in header.removesuffix(".vi").split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


@dataclass(frozen=True)
class _Writer:
    """Writes what a content holds as the texts of cells."""

    register: Register
    named: Mapping[str, str]

    def text(self, content: Mapping[str, Any], header: str, field: Field) -> str:
        """Return what stands under a header, "" where nothing does or a cell cannot
        say it.
        """
        if header == ITEM_NAMES:
            return self._items(content)
        said = "\n".join(self._value(field, one) for one in _held(content, header))
        return said if len(said) <= _LONGEST_CELL else ""

    def _items(self, content: Mapping[str, Any]) -> str:
        names = [item["name"]["vi"] for item in content.get(ITEMS, ())]
        if any(";" in name or "\n" in name for name in names):
            return ""
        return "\n".join(names)

    def _value(self, field: Field, value: Any) -> str:
        match field.type:
            case Type.LANG_TEXT if isinstance(value, Mapping):
                return str(value.get("vi", ""))
            case Type.BOOLEAN:
                return "Có" if value else "Không"
            case Type.DATE:
                year, month, day = str(value).split("-")
                return f"{day}/{month}/{year}"
            case Type.REFERENCE:
                return self.named.get(str(value), str(value))
            case Type.CONCEPT:
                return self._concept(field, str(value))
            case _:
                return str(value)

    def _concept(self, field: Field, code: str) -> str:
        schemes = self.register.profile.lists.schemes
        concepts = schemes[field.code_list or ""].concepts
        label = concepts[code].labels["vi"] if code in concepts else code
        same = [one for one in concepts.values() if one.labels["vi"] == label]
        return label if len(same) == 1 else code
