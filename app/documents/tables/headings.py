"""How the columns of a table about a kind are headed: by the profile's labels, and by
what offices write instead (`headings.csv`, each with where it is from).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.documents.tables.finding import BELOW, heading_key
from catalog_schema.profile import Field, Kind, Stage, Type

# of the entry itself: by what it is known, which of its versions a row is about
IDENTIFIER, VERSION = "entry.identifier", "entry.version"
DAYS = ("effective_from", "effective_to")
ITEMS = "data_items"
# columns of names, divided by semicolons, and of what is said of each such item
ITEM_NAMES = f"{ITEMS}.name"
SHARING = (f"{ITEMS}.sharing.mode", f"{ITEMS}.sharing.consumer_group")
_WRITTEN = Path(__file__).parent / "headings.csv"
_ANY = "*"
# columns that only number the rows
_COUNTING = frozenset(["stt", "tt", "so tt", "so thu tu", "no", "no.", "#"])
_LEAST_WORDS = 2  # of a known heading with which a longer one begins


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and the header that it has or seems to have,
    "" for none. `sure`: its heading is known as it is written.
    """

    heading: str
    header: str
    sure: bool


def header_of(dotted: str, field: Field) -> str:
    """Return how a field is named as a column of one language."""
    if dotted == ITEM_NAMES:
        return dotted
    return f"{dotted}.vi" if field.type is Type.LANG_TEXT and not field.many else dotted


def labels(kind: Kind) -> dict[str, str]:
    """Return the heading of every field, with the labels of the groups that it is in,
    by its dotted name.
    """
    found: dict[str, str] = {}
    for dotted, field in kind.walk():
        above = dotted.rpartition(".")[0]
        group = f"{found[above]}{BELOW}" if above else ""
        found[dotted] = group + field.labels["vi"]
    return found


def columns(kind: Kind) -> list[tuple[str, str, Field]]:
    """Return what a spreadsheet of the kind asks for: heading, header and field, what
    is needed to send first. Fields of a group that stands once have a column each; of
    one that repeats, the names of data items alone have.
    """
    named = labels(kind)
    repeated = tuple(
        f"{dotted}."
        for dotted, field in kind.walk()
        if field.type is Type.GROUP and field.many
    )
    found = [
        (named[dotted], header_of(dotted, field), field)
        for dotted, field in kind.walk()
        if field.type is not Type.GROUP
        and (not dotted.startswith(repeated) or dotted in (ITEM_NAMES, *SHARING))
    ]
    return sorted(
        found, key=lambda column: not Stage.SUBMIT.includes(column[2].mandatory_at)
    )


def known(kind: Kind) -> dict[str, str]:
    """Return how columns may be headed, as `heading_key` gives it → their header."""
    found: dict[str, str] = {}
    named = labels(kind)
    for dotted, field in kind.walk():
        header = header_of(dotted, field)
        words = () if dotted == ITEMS else (named[dotted], field.labels["vi"])
        for name in (dotted, header, *words):
            found.setdefault(heading_key(name), header)
    headers = set(found.values()) | {IDENTIFIER, VERSION, *DAYS}
    for row_kind, field_name, heading in _written():
        for header in (field_name, f"{field_name}.vi"):
            if row_kind in (_ANY, kind.name) and header in headers:
                found.setdefault(heading_key(heading), header)
    return found | {name: name for name in (*DAYS, IDENTIFIER, VERSION)}


def read(kind: Kind, cells: Sequence[str]) -> list[Column]:
    """Return the columns of a heading. One that is not known as it is written may seem
    to be what it begins with; of two that say the same, the first does.
    """
    names = known(kind)
    allowed = {header for _heading, header, _field in columns(kind)}
    allowed |= {IDENTIFIER, VERSION, *DAYS}
    # a repeated group as a whole, in JSON
    allowed |= {dotted for dotted, field in kind.walk() if field.type is Type.GROUP}
    taken: set[str] = set()
    found = []
    for cell in cells:
        key = heading_key(cell)
        header = names.get(key, "")
        sure = bool(header) or key in _COUNTING or not key
        if not sure:
            header = _beginning(names, key)
        if header in taken or header not in allowed:
            header, sure = "", sure and not header
        taken.add(header)
        found.append(Column(cell, header, sure))
    return found


def _beginning(names: dict[str, str], key: str) -> str:
    """Return the header of the longest known heading that begins one."""
    begun = [
        name
        for name in names
        if key.startswith(f"{name} ") and len(name.split()) >= _LEAST_WORDS
    ]
    return names[max(begun, key=len)] if begun else ""


@cache
def _written() -> list[tuple[str, str, str]]:
    with _WRITTEN.open(encoding="utf-8", newline="") as stream:
        return [
            (row["kind"], row["field"], row["heading"])
            for row in csv.DictReader(stream)
        ]
