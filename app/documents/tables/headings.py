"""How the columns of a table about a kind are headed: by the profile's labels, and by
what offices write instead (`headings.csv`, each with where it is from).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.documents.tables import relations
from app.documents.tables.finding import ANSWERS, BELOW, heading_key
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
ANSWER = "="  # between a header and the answer that a mark in the column gives
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
    groups that repeat, data items alone have, and the modes of their sharing.
    """
    named = labels(kind)
    found = [
        (named[dotted], header_of(dotted, field), field)
        for dotted, field in kind.walk()
        if field.type is not Type.GROUP and not _beyond(kind, dotted)
    ]
    return sorted(
        found, key=lambda column: not Stage.SUBMIT.includes(column[2].mandatory_at)
    )


def offered(kind: Kind) -> list[tuple[str, str, Field]]:
    """Return those columns that a sample and an export have: what is deprecated is
    still read, and asked for no longer.
    """
    return [column for column in columns(kind) if not column[2].deprecated]


def _beyond(kind: Kind, dotted: str) -> bool:
    """Tell whether a field has no column: it is of a group that repeats, and neither
    one of a data item's own nor of how that is shared.
    """
    if dotted in SHARING:
        return False
    repeated = [
        name
        for name, field in kind.walk()
        if field.type is Type.GROUP and field.many and dotted.startswith(f"{name}.")
    ]
    return bool(repeated) and repeated != [ITEMS]


def known(kind: Kind) -> dict[str, str]:
    """Return how columns may be headed, as `heading_key` gives it → their header: names
    and labels of what an entry says itself go before what offices write, that before
    the labels of what is said of each data item.
    """
    named, walked = labels(kind), list(kind.walk())
    found = {name: name for name in (*DAYS, IDENTIFIER, VERSION)}
    if kind.name == relations.KIND:
        form = relations.HEADINGS.items()
        found |= {heading_key(heading): header for heading, header in form}

    def note(names: Iterable[str], header: str) -> None:
        for name in names:
            found.setdefault(heading_key(name), header)

    for dotted, field in walked:
        note((dotted, header_of(dotted, field)), header_of(dotted, field))
    for dotted, field in walked:
        if dotted.partition(".")[0] != ITEMS:
            note((named[dotted], field.labels["vi"]), header_of(dotted, field))
    for heading, header in _written_of(kind, set(found.values())):
        note([heading], header)
    for dotted, field in walked:
        if dotted != ITEMS:
            note((named[dotted], field.labels["vi"]), header_of(dotted, field))
    return found


def _written_of(kind: Kind, headers: set[str]) -> Iterator[tuple[str, str]]:
    """Yield how offices head columns about a kind, and the header of each."""
    for row_kind, field_name, heading in _written():
        if row_kind in (_ANY, kind.name):
            for header in {field_name, f"{field_name}.vi"} & headers:
                yield heading, header


def _of_items(kind: Kind) -> dict[str, str]:
    """Return how columns are headed that say something of a data item → their header,
    which may be headed as the same of the whole.
    """
    return {
        heading_key(field.labels["vi"]): header_of(dotted, field)
        for dotted, field in kind.walk()
        if dotted.startswith(f"{ITEMS}.") and dotted.count(".") == 1
    }


def of_forms(kind: Kind) -> list[tuple[str, str]]:
    """Return the columns of a form about the kind that are several fields, or none, of
    it: header and heading.
    """
    if kind.name != relations.KIND:
        return []
    return [
        (header, f"{heading} ({relations.SHEET})")
        for heading, header in relations.HEADINGS.items()
        if header in relations.OWN
    ]


def counts_rows(heading: str) -> bool:
    """Tell whether a column of this heading only numbers the rows."""
    return heading_key(heading) in _COUNTING


def read(kind: Kind, cells: Sequence[str]) -> list[Column]:
    """Return the columns of a heading. One that is not known as it is written may seem
    to be what it begins with; of two that say the same, the first does.
    """
    names = known(kind)
    headers = {names.get(heading_key(cell), "") for cell in cells}
    if len([one for one in headers if one.startswith(f"{ITEMS}.")]) > 1:
        names |= _of_items(kind)  # a table of items
    allowed = {header for _heading, header, _field in columns(kind)}
    allowed |= {IDENTIFIER, VERSION, *DAYS}
    allowed |= {header for header, _heading in of_forms(kind)}
    # a repeated group as a whole, in JSON
    allowed |= {dotted for dotted, field in kind.walk() if field.type is Type.GROUP}
    taken: set[str] = set()
    found = []
    for cell in cells:
        key = heading_key(cell)
        header = names.get(key, "") or _answered(names, cell)
        sure = bool(header) or key in _COUNTING or not key
        if not sure:
            header = _beginning(names, key)
        if header in taken or header.partition(ANSWER)[0] not in allowed:
            header, sure = "", sure and not header
        taken.add(header)
        found.append(Column(cell, header, sure))
    return found


def _answered(names: dict[str, str], cell: str) -> str:
    """Return the header of a column in which a mark gives an answer to the question
    that stands above it: “Dữ liệu cá nhân › Có”; "" for none.
    """
    question, _below, answer = cell.rpartition(BELOW)
    header = names.get(heading_key(question), "")
    is_answer = bool(header) and heading_key(answer) in ANSWERS
    return f"{header}{ANSWER}{answer.strip()}" if is_answer else ""


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
