"""How the columns of a table about a kind are headed: by the profile's labels, and by
what offices write instead (`headings.csv`, each with where it is from).
"""

import csv
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

from cachetools import LRUCache, cached

from app.documents.tables import relations
from app.documents.tables.finding import BELOW, heading_key
from app.workflow.proposals.typed_bases import LINKED, TYPED
from catalog_schema import code_lists
from catalog_schema.profile import Field, Kind, Stage, Type

# of the entry itself: by what it is known, which of its versions a row is about
IDENTIFIER, VERSION = "entry.identifier", "entry.version"
DAYS = ("effective_from", "effective_to")
ITEMS = "data_items"
# columns of names, divided by semicolons, and of what is said of each such item
ITEM_NAMES = f"{ITEMS}.name"
# of the legal bases that another column numbers: their days and titles
BASIS = LINKED
BASIS_DAY, BASIS_TITLE = f"{TYPED}.issued", f"{TYPED}.title"
SHARING = (f"{ITEMS}.sharing.mode", f"{ITEMS}.sharing.consumer_group")
_WRITTEN = Path(__file__).parent / "headings.csv"
_ANY = "*"
# columns that only number the rows
_COUNTING = frozenset(["stt", "tt", "so tt", "so thu tu", "no", "no.", "#"])
ANSWER = "="  # between a header and the answer that a mark in the column gives
_YES_AND_NO = ("Có", "Không")
_WHOLE_SHARED = "sharing_class"
_KINDS = 32  # whose headings are remembered
_MOST_ANSWERS = 80
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


def _as_labelled(kind: Kind) -> Hashable:
    return kind.name, tuple(
        (dotted, field.labels["vi"]) for dotted, field in kind.walk()
    )


@cached(LRUCache[Hashable, dict[str, str]](_KINDS), key=_as_labelled, lock=Lock())
def known(kind: Kind) -> dict[str, str]:
    """Return how columns may be headed, as `heading_key` gives it → their header: names
    and labels of what an entry says itself go before what offices write, that before
    the labels of what is said of each data item.
    """
    named, walked = labels(kind), list(kind.walk())
    found = {name: name for name in (*DAYS, IDENTIFIER, VERSION, *_of_bases(kind))}
    if kind.name == relations.KIND:
        form = relations.HEADINGS.items()
        found |= {heading_key(heading): header for heading, header in form}

    def note(names: Iterable[str], header: str) -> None:
        for name in names:
            found.setdefault(heading_key(name), header)

    for dotted, field in walked:
        note((dotted, header_of(dotted, field)), header_of(dotted, field))
    for dotted, field in walked:
        if dotted.partition(".")[0] != ITEMS and field.type is not Type.GROUP:
            note((named[dotted], field.labels["vi"]), header_of(dotted, field))
    for heading, header in _written_of(kind, set(found.values())):
        note([heading], header)
    for dotted, field in walked:
        if dotted != ITEMS:
            note((named[dotted], field.labels["vi"]), header_of(dotted, field))
    return found | dict(_below(found)) | dict(_answered(kind, found))


def _below(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the headings that stand below one heading as well below another that says
    the same: “Đầu mối › Đơn vị” as “Đầu mối liên hệ › Đơn vị”.
    """
    for heading, header in names.items():
        group, below, name = heading.partition(BELOW)
        for other, meant in names.items() if below else ():
            if meant == names.get(group) and other != group and BELOW not in other:
                yield f"{other}{BELOW}{name}", header


def _answered(kind: Kind, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the headings of columns in which a mark gives an answer to the question
    that stands above them, and their headers: “Dữ liệu cá nhân › Có”.
    """
    answers = {
        header_of(dotted, field): _answers(field)
        for dotted, field in kind.walk()
        if field.type in (Type.BOOLEAN, Type.CONCEPT)
    }
    for heading, header in names.items():
        for answer in answers.get(header, ()):
            yield (
                heading_key(f"{heading}{BELOW}{answer}"),
                f"{header}{ANSWER}{answer}",
            )


def _answers(field: Field) -> Sequence[str]:
    """Return the answers that a field has, none where they are too many for columns."""
    values = _labels().get(field.code_list or "", ())
    return () if len(values) > _MOST_ANSWERS else (*_YES_AND_NO, *values)


@cache
def _labels() -> Mapping[str, Sequence[str]]:
    """The names of values by code list; they hang on no base address."""
    names_of: dict[str, list[str]] = {}
    for scheme in code_lists.load("http://localhost").schemes.values():
        names = names_of[scheme.name] = []
        for concept in scheme.concepts.values():
            names += concept.names
    return names_of


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


def _of_bases(kind: Kind) -> Sequence[str]:
    """Return the headers of what else a table says of legal bases, where a kind has
    such as the register does not hold.
    """
    has_typed = any(field.name == TYPED for field in kind.fields)
    return (BASIS_DAY, BASIS_TITLE) if has_typed else ()


def of_forms(kind: Kind) -> list[tuple[str, str]]:
    """Return the columns of a form about the kind that are several fields, or none, of
    it: header and heading.
    """
    if kind.name != relations.KIND:
        labels_of = labels(kind)
        return [(header, labels_of[header]) for header in _of_bases(kind)]
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
    if ITEM_NAMES not in headers:
        names = {name: _of_the_whole(kind, header) for name, header in names.items()}
    if len([one for one in headers if one.startswith(f"{ITEMS}.")]) > 1:
        names = names | _of_items(kind)  # a table of items
    allowed = {header for _heading, header, _field in columns(kind)}
    allowed |= {IDENTIFIER, VERSION, *DAYS, *_of_bases(kind)}
    allowed |= {header for header, _heading in of_forms(kind)}
    # a repeated group as a whole, in JSON
    groups = {dotted for dotted, field in kind.walk() if field.type is Type.GROUP}
    allowed |= groups
    taken: set[str] = set()
    found = []
    for cell in cells:
        key = heading_key(cell)
        header = names.get(key, "")
        sure = bool(header) or key in _COUNTING or not key
        if not sure:
            header = _beginning(names, key)
            header = "" if header in groups else header
        if header in taken or header.partition(ANSWER)[0] not in allowed:
            header, sure = "", sure and not header
        taken.add(header)
        found.append(Column(cell, header, sure))
    return found


def _of_the_whole(kind: Kind, header: str) -> str:
    """Return what a column says where no other names data items: how they are shared is
    how the whole is; nothing else is said of none.
    """
    if header == SHARING[0] and any(f.name == _WHOLE_SHARED for f in kind.fields):
        return _WHOLE_SHARED
    return "" if header.startswith(f"{ITEMS}.") else header


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
