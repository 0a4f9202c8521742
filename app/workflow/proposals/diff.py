"""What differs between two contents, field by field and item by item, and how three of
them are merged.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Type

MOST_WORDS = 3000  # of one text; longer ones are shown as a whole
# of equal words, one from each text: so much is compared (a text of one word, repeated,
# has most)
MOST_PAIRS = 50_000
_WORDS = re.compile(r"\s*[^\s]+|\s+")  # a word with the space before it


class Mark(StrEnum):
    """How something stands against what was before."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class ItemChange:
    """One row of a repeated group: its key, where it stands now (from 0, None when
    removed), and what changed in it.
    """

    key: str
    mark: Mark
    position: int | None
    moved: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changes: tuple["Change", ...]


@dataclass(frozen=True)
class Change:
    """One field of two contents. A repeated group has `items`, a single one `parts`."""

    name: str
    field: Field
    mark: Mark
    before: Any
    after: Any
    items: tuple[ItemChange, ...] = ()
    parts: tuple["Change", ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A field that both sides changed in different ways; `name` is dotted, rows of
    groups by `#key`.
    """

    name: str
    field: Field
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """A merged content, with mine where both sides changed a field, and the fields
    where they did.
    """

    content: dict[str, Any]
    conflicts: tuple[Conflict, ...]
    taken: tuple[str, ...]


def compare(
    members: Sequence[Field],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    prefix: str = "",
) -> list[Change]:
    """Return every field that either content has, in the profile's order. Contents may
    be drafts, valid or not.
    """
    return [
        _change(
            field, prefix + field.name, before.get(field.name), after.get(field.name)
        )
        for field in members
        if not (blank(before.get(field.name)) and blank(after.get(field.name)))
    ]


def changed(changes: Sequence[Change]) -> list[Change]:
    """Return those that differ."""
    return [change for change in changes if change.mark is not Mark.SAME]


def words(before: str, after: str) -> list[tuple[Mark, str]]:
    """Return the runs of words that stayed, went and came, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    counted = Counter(old)
    pairs = sum(counted[word] for word in new)
    if max(len(old), len(new)) > MOST_WORDS or pairs > MOST_PAIRS:
        return [(Mark.REMOVED, before), (Mark.ADDED, after)]
    runs: list[tuple[Mark, str]] = []
    for operation, i, j, k, m in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if operation == "equal":
            runs.append((Mark.SAME, "".join(old[i:j])))
            continue
        runs += [
            (mark, "".join(part))
            for mark, part in ((Mark.REMOVED, old[i:j]), (Mark.ADDED, new[k:m]))
            if part
        ]
    return runs


def blank(value: Any) -> bool:
    """Tell whether nothing is there: blanks, empty lists and groups, and groups of
    such.
    """
    if isinstance(value, Mapping):
        return all(blank(inner) for name, inner in value.items() if name != KEY)
    if isinstance(value, list):
        return all(blank(inner) for inner in value)
    return value is None or value == ""


def merge(
    members: Sequence[Field],
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
) -> Merged:
    """Merge what both sides made of `base`: a field that one side changed is that
    side's, else it is a conflict.
    """
    content, conflicts, taken = _merge(members, base, mine, theirs, "")
    return Merged(content, tuple(conflicts), tuple(taken))


def choose(
    members: Sequence[Field], merged: Merged, theirs: Sequence[str]
) -> dict[str, Any]:
    """Return the merged content with the other side's value for the conflicts named in
    `theirs`.
    """
    content = merged.content
    for conflict in merged.conflicts:
        if conflict.name in theirs:
            content = _placed(
                members, content, conflict.name.split("."), conflict.theirs
            )
    return content


def _change(field: Field, name: str, before: Any, after: Any) -> Change:
    if field.type is Type.GROUP and field.many:
        old_rows, new_rows = _rows(before), _rows(after)
        if old_rows is not None and new_rows is not None:
            items = tuple(_items(field, name, old_rows, new_rows))
            same = all(item.mark is Mark.SAME and not item.moved for item in items)
            mark = _mark(before, after, same=same)
            return Change(name, field, mark, before, after, items=items)
    elif field.type is Type.GROUP:
        old_group, new_group = _group(before), _group(after)
        if old_group is not None and new_group is not None:
            parts = tuple(compare(field.fields, old_group, new_group, f"{name}."))
            mark = _mark(before, after, same=not changed(parts))
            return Change(name, field, mark, before, after, parts=parts)
    mark = _mark(before, after, same=_plain(before) == _plain(after))
    return Change(name, field, mark, before, after)


def _mark(before: Any, after: Any, *, same: bool) -> Mark:
    if same:
        return Mark.SAME
    if blank(before):
        return Mark.ADDED
    return Mark.REMOVED if blank(after) else Mark.CHANGED


def _rows(value: Any) -> list[Mapping[str, Any]] | None:
    if blank(value):
        return []
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return value
    return None


def _group(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return {}
    return value if isinstance(value, Mapping) else None


def _plain(value: Any) -> Any:
    """Return a value in a form that compares: blanks gone, the order of simple lists
    forgotten.
    """
    if isinstance(value, Mapping):
        return {
            name: _plain(inner) for name, inner in value.items() if not blank(inner)
        }
    if isinstance(value, list):
        plain = [_plain(inner) for inner in value if not blank(inner)]
        return (
            plain
            if any(isinstance(inner, dict) for inner in plain)
            else sorted(plain, key=str)
        )
    return None if value == "" else value


def _keyed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return rows by key; one that has none yet gets a name that no key can have."""
    keyed: dict[str, Mapping[str, Any]] = {}
    for position, row in enumerate(rows):
        key = str(row.get(KEY) or f"+{position}")
        keyed[f"+{position}" if key in keyed else key] = row
    return keyed


def _items(
    field: Field,
    name: str,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> Iterator[ItemChange]:
    old, new = _keyed(before), _keyed(after)
    common = [key for key in new if key in old]
    remaining = [key for key in old if key in new]
    ranks = {key: rank for rank, key in enumerate(remaining)}
    for position, (key, row) in enumerate(new.items()):
        parts = tuple(
            compare(field.fields, old.get(key, {}), row, f"{name}.{position}.")
        )
        moved = key in ranks and common.index(key) != ranks[key]
        mark = Mark.CHANGED if changed(parts) else Mark.SAME
        if key not in old:
            mark = Mark.ADDED
        yield ItemChange(key, mark, position, moved, old.get(key, {}), row, parts)
    for key, row in old.items():
        if key not in new:
            parts = tuple(compare(field.fields, row, {}, f"{name}."))
            yield ItemChange(
                key,
                Mark.REMOVED,
                None,
                moved=False,
                before=row,
                after={},
                changes=parts,
            )


_Outcome = tuple[dict[str, Any], list[Conflict], list[str]]


def _merge(
    members: Sequence[Field],
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    prefix: str,
) -> _Outcome:
    content: dict[str, Any] = {KEY: mine[KEY]} if KEY in mine else {}
    conflicts: list[Conflict] = []
    taken: list[str] = []
    for field in members:
        trio = tuple(side.get(field.name) for side in (base, mine, theirs))
        value, conflicts_within, taken_within = _merged_value(
            field, prefix + field.name, trio
        )
        conflicts += conflicts_within
        taken += taken_within
        if not blank(value):
            content[field.name] = value
    return content, conflicts, taken


def _merged_value(
    field: Field, name: str, trio: tuple[Any, ...]
) -> tuple[Any, list[Conflict], list[str]]:
    base, mine, theirs = trio
    if _plain(mine) == _plain(theirs) or _plain(theirs) == _plain(base):
        return mine, [], []
    if _plain(mine) == _plain(base):
        return theirs, [], [name]
    if field.type is Type.GROUP and field.many:
        lists = [rows for rows in map(_rows, trio) if rows is not None]
        if len(lists) == len(trio):
            return _merged_rows(field, name, [_keyed(rows) for rows in lists])
    elif field.type is Type.GROUP:
        groups = [group for group in map(_group, trio) if group is not None]
        if len(groups) == len(trio):
            base, mine, theirs = groups
            return _merge(field.fields, base, mine, theirs, f"{name}.")
    return mine, [Conflict(name, field, base, mine, theirs)], []


def _merged_rows(
    field: Field, name: str, sides: Sequence[Mapping[str, Mapping[str, Any]]]
) -> tuple[list[Any], list[Conflict], list[str]]:
    base, mine, theirs = sides
    rows: list[Any] = []
    conflicts: list[Conflict] = []
    taken: list[str] = []
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        path = f"{name}.#{key}"
        if key in mine and key in theirs and key in base:
            row, conflicts_within, taken_within = _merge(
                field.fields, base[key], mine[key], theirs[key], f"{path}."
            )
            conflicts += conflicts_within
            taken += taken_within
            rows.append(row)
            continue
        staying = _one_sided(key, sides)
        rows += staying
        if staying and key not in mine:
            taken.append(path)
        if key in base and not any(
            _plain(base[key]) == _plain(side.get(key)) for side in (mine, theirs)
        ):
            conflicts.append(
                Conflict(path, field, base[key], mine.get(key), theirs.get(key))
            )
    return rows, conflicts, taken


def _one_sided(
    key: str, sides: Sequence[Mapping[str, Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    """Return the rows that stay of one that not all three have: new ones, and those
    changed by one and cut by one.
    """
    base, mine, theirs = sides
    if key not in base:
        if key in mine and key in theirs and _plain(mine[key]) != _plain(theirs[key]):
            return [
                mine[key],
                {name: value for name, value in theirs[key].items() if name != KEY},
            ]
        return [mine[key] if key in mine else theirs[key]]
    if key in mine and _plain(mine[key]) != _plain(base[key]):
        return [mine[key]]
    return []


def _placed(
    members: Sequence[Field],
    content: Mapping[str, Any],
    path: Sequence[str],
    value: Any,
) -> dict[str, Any]:
    field = next(member for member in members if member.name == path[0])
    result = dict(content)
    placed: Any
    if len(path) == 1:
        placed = value
    elif path[1].startswith("#"):
        placed = _placed_row(field, content.get(field.name) or [], path[1:], value)
    else:
        placed = _placed(field.fields, content.get(field.name) or {}, path[1:], value)
    result[field.name] = placed
    return {name: inner for name, inner in result.items() if not blank(inner)}


def _placed_row(
    field: Field, rows: Sequence[Mapping[str, Any]], path: Sequence[str], value: Any
) -> list[Any]:
    key = path[0].removeprefix("#")
    if len(path) == 1:
        placed = [value if str(row.get(KEY)) == key else row for row in rows]
        added = [] if any(str(row.get(KEY)) == key for row in rows) else [value]
        return [row for row in placed + added if row is not None]
    return [
        _placed(field.fields, row, path[1:], value) if str(row.get(KEY)) == key else row
        for row in rows
    ]
