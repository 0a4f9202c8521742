"""Rows pasted from a spreadsheet: which column is which field, and what its cells
mean.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.vietnamese import fold, iso_day
from app.web.display import wording
from catalog_schema.profile import Field, Type

# columns that only number the rows
COUNTING = frozenset(["stt", "tt", "so tt", "so thu tu", "no", "no."])

Posted = MultiDict[str, str]
# (kind, what was typed) → id of an entry, or what was typed
Resolve = Callable[[str, str], str]


def rows(member: Field, resolve: Resolve, text: str) -> list[dict[str, Any]]:
    """Return the rows that a pasted text gives for a repeated group, none for an empty
    one.
    """
    return _Pasted(member, resolve).rows(text) if text.strip() else []


def plain(member: Field, text: str) -> Any:
    """Return a typed text as the value of a field without parts; what does not fit
    stays as it was typed.
    """
    if member.type is Type.INTEGER and re.fullmatch(r"-?[0-9]{1,15}", text.strip()):
        return int(text)
    if member.type is Type.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    return text


def headings(member: Field) -> set[str]:
    """Return what the columns of a group may be headed, folded."""
    return set(_Pasted(member, lambda _kind, cell: cell).names)


def strange(member: Field, text: str) -> list[str]:
    """Return the headings of a pasted text that no field of the group has."""
    return _Pasted(member, lambda _kind, cell: cell).strange(text)


class _Pasted:
    """Rows pasted from a spreadsheet: tabs between cells, columns named in the first
    line or in the form's order.
    """

    def __init__(self, member: Field, resolve: Resolve) -> None:
        self.resolve = resolve
        self.columns = columns(member)
        self.names: dict[str, str] = {}
        for (
            path,
            one,
        ) in self.columns:  # a name that an inner group has too means the outer column
            for name in (path, *one.labels.values(), heading(member, path, one)):
                self.names.setdefault(fold(name), path)

    def strange(self, text: str) -> list[str]:
        """Return the headings of pasted columns that no field has, when the first line
        is a line of headings.
        """
        cells = text.splitlines()[0].split("\t") if text.strip() else []
        unknown = [
            cell.strip()
            for cell in cells
            if cell.strip() and fold(cell.strip()) not in self.names
        ]
        unknown = [cell for cell in unknown if fold(cell) not in COUNTING]
        if len(cells) - len(unknown) >= min(2, len(cells)):
            return unknown
        widest = max(
            (len(line.rstrip().split("\t")) for line in text.splitlines()), default=0
        )
        return (
            [_("cột thứ %(n)s trở đi", n=len(self.columns) + 1)]
            if widest > len(self.columns)
            else []
        )

    def rows(self, text: str) -> list[dict[str, Any]]:
        lines = [line.split("\t") for line in text.splitlines() if line.strip()]
        header = [self.names.get(fold(cell.strip())) for cell in lines[0]]
        if sum(path is not None for path in header) >= min(2, len(header)):
            lines = lines[1:]
        else:
            header = [path for path, _ in self.columns]
        return [row for line in lines if (row := self._row(header, line))]

    def _row(
        self, header: Sequence[str | None], cells: Sequence[str]
    ) -> dict[str, Any]:
        row: dict[str, Any] = {}
        members = dict(self.columns)
        for path, cell in zip(header, cells, strict=False):
            if path is None or not cell.strip():
                continue
            group, _, name = path.rpartition(".")
            value = self._value(members[path], cell.strip())
            if group:
                row.setdefault(group, [{}])[0][name] = value
            else:
                row[name] = value
        return row

    def _value(self, member: Field, cell: str) -> Any:
        match member.type:
            case Type.LANG_TEXT if not member.many:
                return {"vi": cell}
            case Type.DATE:
                return iso_day(cell)
            case Type.CONCEPT:
                # the label is turned into its code by `codes`, which knows the lists
                return cell
            case Type.REFERENCE:
                found = self.resolve(member.target_kind or "", cell)
                return [found] if member.many else found
            case _ if member.many:
                return [part.strip() for part in cell.split(";")]
            case _:
                return plain(member, cell)


def report(members: Sequence[Field], posted: Posted) -> tuple[int, list[str]]:
    """Return how many rows were pasted, and the headings of columns that were left out
    since no field is called so.
    """
    groups = [member for member in members if member.type is Type.GROUP and member.many]
    texts = [
        (member, posted.get(f"{member.name}.paste", "").strip()) for member in groups
    ]
    read = [
        (_Pasted(member, lambda _kind, cell: cell), text)
        for member, text in texts
        if text
    ]
    return sum(len(each.rows(text)) for each, text in read), [
        name for each, text in read for name in each.strange(text)
    ]


def heading(member: Field, path: str, column: Field) -> str:
    """Return how a column is headed: a column of an inner group names that group, since
    names come twice.
    """
    group, _, _name = path.rpartition(".")
    outer = next(
        (
            wording.label(one.labels)
            for one in member.fields
            if group and one.name == group
        ),
        "",
    )
    return (
        f"{outer} – {wording.label(column.labels)}"
        if outer
        else wording.label(column.labels)
    )


def columns(member: Field) -> list[tuple[str, Field]]:
    """Return the columns that a spreadsheet of a repeated group has: its plain fields,
    then those of inner groups.
    """
    plain = [
        (inner.name, inner) for inner in member.fields if inner.type is not Type.GROUP
    ]
    inner = [
        (f"{g.name}.{name}", one)
        for g in member.fields
        if g.type is Type.GROUP and g.many
        for name, one in columns(g)
    ]
    return plain + inner
