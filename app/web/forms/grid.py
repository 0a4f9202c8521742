"""A repeated group as a grid: a row each, its few columns, how it is shared with the
two groups of users that occur everywhere as columns too; the rest is inherited, or
kept.

What the grid does not show of a row stays as it is: a row is known by its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _

from app.documents.tables import structure
from app.errors import InvalidError
from app.register.arguments import whole
from app.vietnamese import clean, fold
from app.web.display import wording
from app.web.forms import pasting, reading
from app.web.forms.pasting import Posted, Resolve
from catalog_schema.code_lists import CodeLists, Concept
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Type

GROUP = "data_items"
SECTION = "items"
COLUMNS = ("name", "meaning", "layer", "source", "updater")
UNIT = "updater_unit"  # what the column of `updater` holds that is no agency
COMMON = ("protection",)  # said once, of every row that does not say it itself
SHARED_WITH = {
    "trong-tinh": _("Trong tỉnh"),
    "bo-nganh-tinh-khac": _("Ngoài tỉnh"),
}
_NOTES = {"updater": _("khi khác chủ quản")}
MORE = 5  # empty rows that a button adds
# short headings under which spreadsheets have these columns
_SHORT = {
    "ten": "name",
    "hang muc": "name",
    "dinh nghia": "meaning",
    "lop": "layer",
    "don vi": "updater",
    "don vi cn": "updater",
    "trong tinh": "trong-tinh",
    "ngoai tinh": "bo-nganh-tinh-khac",
}


@dataclass(frozen=True)
class Column:
    """A column: the name of its inputs, its heading, and its choices, where it has
    any.
    """

    name: str
    label: str
    note: str = ""
    options: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True)
class Line:
    """A row: what its cells hold by column, the columns whose cells are wrong, and what
    is said below.
    """

    index: int
    key: str
    cells: Mapping[str, str]
    wrong: frozenset[str] = frozenset()
    said: Sequence[str] = ()
    fresh: bool = False


@dataclass(frozen=True)
class Grid:
    """The grid as a page shows it; `common` are the columns said once for all rows."""

    columns: Sequence[Column]
    common: Sequence[Column]
    lines: Sequence[Line]
    held: Mapping[str, str]  # what the columns said once hold
    filled: int
    fresh: int
    lacks_common: bool


@dataclass(frozen=True)
class Shape:
    """What the grid is made of: the group, and the code lists of its choices."""

    member: Field
    lists: CodeLists

    def inner(self, name: str) -> Field:
        """Return a field of a row."""
        return next(one for one in self.member.fields if one.name == name)

    @property
    def mode(self) -> Field:
        """The field that says how a row is shared with a group of users."""
        sharing = self.inner("sharing")
        return next(one for one in sharing.fields if one.name == "mode")

    def concepts(self, member: Field) -> Mapping[str, Concept]:
        """Return what may be chosen in a column."""
        return self.lists.schemes[member.code_list or ""].concepts


def show(
    shape: Shape,
    rows: Sequence[Any],
    name_of: Any,
    errors: Mapping[str, Sequence[str]],
    *,
    extra: int = 1,
    fresh: int = 0,
) -> Grid:
    """Return the grid of these rows, the last `fresh` of them just pasted, with `extra`
    empty ones.
    """
    known = [row for row in rows if isinstance(row, Mapping)]
    given: list[Mapping[str, Any]] = [*known, *({} for _ in range(extra))]
    lines = [
        _line(shape, index, row, name_of, errors, fresh=len(known) - fresh <= index)
        for index, row in enumerate(given)
    ]
    held = {name: _agreed(known, name) for name in COMMON}
    return Grid(
        columns=_columns(shape, known),
        common=[_chosen(shape, name, known) for name in COMMON],
        lines=lines,
        held=held,
        filled=len(known),
        fresh=fresh,
        lacks_common=any(not row.get(name) for row in known for name in COMMON),
    )


def _columns(shape: Shape, rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    columns = [_chosen(shape, name, rows) for name in COLUMNS]
    modes = shape.concepts(shape.mode)
    used = {_mode(row, group) for row in rows for group in SHARED_WITH}
    options = [
        (code, next(iter(concept.synonyms), wording.label(concept.labels)))
        for code, concept in modes.items()
        if concept.valid_to is None or code in used
    ]
    groups = shape.concepts(shape.inner("sharing").fields[0])
    columns += [
        Column(
            group,
            str(heading),
            wording.label(groups[group].labels),
            options,
        )
        for group, heading in SHARED_WITH.items()
    ]
    return columns


def _chosen(shape: Shape, name: str, rows: Sequence[Mapping[str, Any]]) -> Column:
    member = shape.inner(name)
    options = None
    if member.type is Type.CONCEPT:
        options = [
            (code, wording.label(concept.labels))
            for code, concept in shape.concepts(member).items()
        ]
        unknown = {str(row[name]) for row in rows if row.get(name)} - {
            code for code, _label in options
        }
        options += [(text, text) for text in sorted(unknown)]
    note = str(_NOTES.get(name, ""))
    return Column(name, wording.label(member.labels), note, options)


def _line(
    shape: Shape,
    index: int,
    row: Mapping[str, Any],
    name_of: Any,
    errors: Mapping[str, Sequence[str]],
    *,
    fresh: bool,
) -> Line:
    cells = {name: _text(row.get(name), name_of) for name in COLUMNS}
    cells["updater"] = str(row.get(UNIT) or "") or cells["updater"]
    cells |= {group: _mode(row, group) for group in SHARED_WITH}
    prefix = f"{shape.member.name}.{index}"
    said = {
        name.removeprefix(prefix).lstrip("."): messages
        for name, messages in errors.items()
        if name == prefix or name.startswith(f"{prefix}.")
    }
    labels = {one.name: wording.label(one.labels) for one in shape.member.fields}
    return Line(
        index,
        str(row.get(KEY, "")),
        cells,
        frozenset(name.split(".")[0] for name in said),
        [
            f"{labels.get(name.split('.')[0], '')}: {message}"
            for name, messages in said.items()
            for message in messages
        ],
        fresh,
    )


def _text(value: Any, name_of: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("vi", ""))
    return str(name_of(str(value))) if value else ""


def _mode(row: Mapping[str, Any], group: str) -> str:
    """Return how a row is shared with a group of users now."""
    found = _standing(row, group)
    return str(found.get("mode", "")) if found else ""


def _standing(row: Mapping[str, Any], group: str) -> Mapping[str, Any] | None:
    """Return what a row says of a group of users, the last where it changed with
    time.
    """
    said = row.get("sharing")
    mine = [
        one
        for one in (said if isinstance(said, list) else ())
        if isinstance(one, Mapping) and one.get("consumer_group") == group
    ]
    return max(mine, key=lambda one: str(one.get("valid_from", "")), default=None)


def _agreed(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return what all rows say, nothing where they differ."""
    said = {str(row.get(name) or "") for row in rows}
    return said.pop() if len(said) == 1 else ""


# -- what was typed


def read(
    shape: Shape,
    rows: Sequence[Any],
    posted: Posted,
    resolve: Resolve,
    used: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return the rows as they were typed into the grid, pasted ones after them; what
    the grid does not show of a row is kept, and a row with nothing in it is dropped.

    TooLargeError for more than a form or a group holds.
    """
    reading.require_bounded(posted)
    before = {
        str(row.get(KEY)): row
        for row in rows
        if isinstance(row, Mapping) and row.get(KEY)
    }
    prefix = f"{shape.member.name}."
    indexes = {
        index
        for name in posted
        if name.startswith(prefix)
        and (index := whole(name.removeprefix(prefix).split(".")[0])) is not None
    }
    typed = []
    for index in sorted(indexes):
        cells = {
            column: clean(posted.get(f"{prefix}{index}.{column}", ""))
            for column in (*COLUMNS, *SHARED_WITH)
        }
        key = posted.get(f"{prefix}{index}.{KEY}", "")
        if any(cells.values()):
            typed.append(_row(shape, before.get(key, {}), key, cells, resolve))
    text = _structured(posted.get(f"{shape.member.name}.paste", ""))
    pasted = _pasted(shape, text, resolve)
    reading.require_room(shape.member, len(typed), len(pasted))
    typed += pasted
    for row in typed:
        for name in COMMON:
            said = posted.get(f"common.{name}", "")
            if said and not row.get(name):
                row[name] = said
    found = reading.codes(shape.lists, [shape.member], {shape.member.name: typed})
    kept: list[dict[str, Any]] = found[shape.member.name]
    return reading.keyed(kept, used.get(shape.member.name, 0))


def _row(
    shape: Shape,
    before: Mapping[str, Any],
    key: str,
    cells: Mapping[str, str],
    resolve: Resolve,
) -> dict[str, Any]:
    row = dict(before)
    if key:
        row[KEY] = key
    for name in COLUMNS:
        member, text = shape.inner(name), cells[name]
        if member.type is Type.LANG_TEXT:
            others = before.get(name) if isinstance(before.get(name), Mapping) else {}
            row[name] = {**(others or {}), "vi": text}
        else:
            row[name] = text
    row |= _updater(cells["updater"], resolve)
    said = before.get("sharing")
    row["sharing"] = list(said) if isinstance(said, list) else []
    for group in SHARED_WITH:
        _share(row, group, cells[group])
    return {name: value for name, value in row.items() if value not in ("", [], {})}


def _updater(text: str, resolve: Resolve) -> dict[str, str]:
    """Return who updates: an agency of the register, else a unit within the owner."""
    found = resolve("agency", text) if text else ""
    try:
        return {"updater": str(UUID(found)), UNIT: ""}
    except ValueError:
        return {"updater": "", UNIT: text}


def _share(row: dict[str, Any], group: str, mode: str) -> None:
    standing = _standing(row, group)
    if standing is not None and str(standing.get("mode", "")) == mode:
        return
    rest = [one for one in row["sharing"] if one is not standing]
    if mode:
        rest.append({**(standing or {"consumer_group": group}), "mode": mode})
    row["sharing"] = rest


def report(shape: Shape, text: str) -> tuple[int, list[str]]:
    """Return how many rows a pasted text has, and the headings in it that are no
    column.
    """
    text = _structured(text)
    lines = _lines(text)
    headings = _Headings.of(shape, lines[0]) if lines else None
    if headings is None:
        return 0, []
    placed = {
        cell for cell, place in zip(lines[0], headings.places, strict=False) if place
    }
    strange = pasting.strange(shape.member, text) if headings.first else []
    return len(headings.rows(lines)), [one for one in strange if one not in placed]


def _structured(text: str) -> str:
    """Return tables that are created as lines of the grid; what cannot be read stays as
    it was pasted, so that nothing of it is lost.
    """
    try:
        return structure.pasted(text)
    except InvalidError:
        return text


@dataclass(frozen=True)
class _Headings:
    """Which column each cell of a pasted line is (None for no column of the grid), and
    whether the first line says so.
    """

    places: Sequence[str | None]
    first: bool

    @classmethod
    def of(cls, shape: Shape, cells: Sequence[str]) -> "_Headings":
        """Read a line; one without headings has the columns in the grid's order."""
        named = {fold(wording.label(shape.inner(one).labels)): one for one in COLUMNS}
        named |= {one: one for one in COLUMNS} | _SHORT
        folded = [fold(cell.strip()) for cell in cells]
        known = set(named) | pasting.headings(shape.member)
        if sum(cell in known for cell in folded) >= min(2, len(cells)):
            return cls([named.get(cell) for cell in folded], first=True)
        return cls((*COLUMNS, *SHARED_WITH), first=False)

    def rows(self, lines: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """Return the lines below the headings."""
        return lines[1:] if self.first else lines


def _lines(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if line.strip()]


def _pasted(shape: Shape, text: str, resolve: Resolve) -> list[dict[str, Any]]:
    """Return the rows of a pasted text: columns by their headings, short ones too, else
    in the grid's order. What only the whole form knows is taken along.
    """
    lines = _lines(text)
    if not lines:
        return []
    headings = _Headings.of(shape, lines[0])
    # the columns that the grid has not, each read as the whole form reads it
    whole_rows = pasting.rows(shape.member, resolve, text) if headings.first else []
    made = []
    for at, line in enumerate(headings.rows(lines)):
        before = whole_rows[at] if at < len(whole_rows) else {}
        cells = dict.fromkeys(COLUMNS, "")
        cells |= {group: _mode(before, group) for group in SHARED_WITH}
        cells |= {
            place: cell.strip()
            for place, cell in zip(headings.places, line, strict=False)
            if place
        }
        if any(cells.values()):
            made.append(_row(shape, before, "", cells, resolve))
    return made
