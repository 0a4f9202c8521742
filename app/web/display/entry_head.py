"""What answers first on the page of an entry: four facts at its head; of a database
also who may have which of its items, and where its data comes from and goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from app.register.queries import EntryView, Use
from app.web.display import wording
from app.web.display.entry_sections import Pager, Value
from catalog_schema.code_lists import Concept
from catalog_schema.profile import DATABASE, Field, Kind

# of each kind but databases: the fields that say what it is, as far as it says them
_FACTS: Mapping[str, tuple[str, ...]] = {
    "agency": ("parent", "classification", "established"),
    "identifier-code": ("holder", "scheme", "parent_code"),
    "legal-document": ("issuer_name", "issued", "in_force_from"),
    "data-standard": ("group", "obligation", "publisher"),
    "data-service": ("owner", "lifecycle", "channel"),
    "information-system": ("owner", "lifecycle", "security_level"),
    "data-concept": ("authoritative", "owner", "personal_data"),
    "connection": ("source", "target", "connection_state", "frequency"),
    "agreement": ("owner", "consumers", "signed", "term_end"),
    "procedure": ("owner", "procedure_code"),
    "project": ("owner", "partners"),
}
# said to be unknown where they are: by kind
_SOUGHT: Mapping[str, frozenset[str]] = {
    "data-concept": frozenset(("authoritative", "owner")),
}
_ABOUT = ("layer", "personal_data")  # of an item: what kind of data it is
_ITEMS, _GROUPS, _MODES = "data_items", "nhom-khai-thac", "hinh-thuc-chia-se"


class Mark(StrEnum):
    """How a fact stands: fine, to be looked at, bad; or only said."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    PLAIN = ""


class Sign(StrEnum):
    """The drawing beside a mode of sharing: open, given as a rule, on request, "
    "private.
    """

    RING = "ring"
    FULL = "full"
    HALF = "half"
    CROSS = "cross"


_SIGNS: Mapping[str, Sign] = {
    "nd47-mo": Sign.RING,
    "nd47-mac-dinh": Sign.FULL,
    "nd47-dac-thu": Sign.HALF,
    "dung-chung": Sign.FULL,
    "dung-rieng": Sign.CROSS,
    "mo": Sign.RING,
}


@dataclass(frozen=True)
class Fact:
    """A fact at the head: its name, what holds, in small what belongs to it, and the
    entries that it cites.
    """

    label: str
    values: Sequence[Value]
    note: str = ""
    cited: Sequence[EntryView] = ()
    mark: Mark = Mark.PLAIN


@dataclass(frozen=True)
class Cell:
    """A mode of sharing in words, without the law that it is named after."""

    sign: Sign
    text: str


@dataclass(frozen=True)
class ItemLine:
    """A data item: its name, what kind of data it is, and the modes of each group."""

    name: str
    about: str
    cells: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Matrix:
    """Items by groups of consumers. `groups` have a mode somewhere; `others` nowhere.
    `vocabularies` are the laws that the modes are named after.
    """

    groups: Sequence[str]
    others: Sequence[str]
    lines: Sequence[ItemLine]
    key: Sequence[Cell]
    vocabularies: Sequence[str]


@dataclass(frozen=True)
class Flow:
    """Where the data of a database comes from, what is about it, and who has it."""

    sources: Sequence[Value] = ()
    kept_in: Sequence[EntryView] = ()
    concepts: Sequence[EntryView] = ()
    services: Sequence[EntryView] = ()
    users: Sequence[EntryView] = ()
    connected: Sequence[EntryView] = ()
    rest: Sequence[Use] = ()


def facts(
    pager: Pager, kind: Kind, content: Mapping[str, Any], laws: Sequence[EntryView]
) -> list[Fact]:
    """Return the facts of an entry; `laws` are those that it rests on."""
    if kind.name == DATABASE:
        return [
            _fact(pager, kind, content, "owner"),
            _sharing(pager, kind, content),
            _basis(laws),
        ]
    sought = _SOUGHT.get(kind.name, frozenset())
    said = [
        name for name in _FACTS.get(kind.name, ()) if name in content or name in sought
    ]
    return [_fact(pager, kind, content, name) for name in said]


def confirmation(confirmed: date | None, due: date, today: date) -> Fact:
    """Return when what an entry says was confirmed, and by when it is to be again."""
    told, mark = _("Chưa xác nhận lại"), Mark.PLAIN
    if confirmed:
        told, mark = wording.day(confirmed), Mark.GOOD
    if due < today:
        mark = Mark.BAD
    note = _("cần xác nhận trước %(day)s", day=wording.day(due))
    return Fact(_("Xác nhận gần nhất"), [Value(told)], note, mark=mark)


def _fact(pager: Pager, kind: Kind, content: Mapping[str, Any], name: str) -> Fact:
    member = kind.field(name)
    values = pager.row(member, content[name]).values if name in content else []
    return Fact(wording.label(member.labels), values or [_unknown()])


def _unknown() -> Value:
    return Value(_("Chưa xác định"))


def _sharing(pager: Pager, kind: Kind, content: Mapping[str, Any]) -> Fact:
    said = _fact(pager, kind, content, "access_rights")
    classed = _fact(pager, kind, content, "sharing_class")
    note = f"{classed.label}: {classed.values[0].text}"
    return Fact(_("Mức chia sẻ"), said.values, note)


def _basis(laws: Sequence[EntryView]) -> Fact:
    over = [law for law in laws if law.thing.over]
    label = _("Căn cứ pháp lý")
    if over:
        told = (
            _("Hết hiệu lực")
            if len(over) == len(laws)
            else _("%(n)s/%(m)s căn cứ hết hiệu lực", n=len(over), m=len(laws))
        )
        return Fact(label, [Value(told)], cited=laws, mark=Mark.BAD)
    if not laws:
        return Fact(label, [_unknown()], mark=Mark.WARN)
    states = {str(wording.condition(law)[0]) for law in laws}
    return Fact(label, [Value("; ".join(sorted(states)))], cited=laws)


def matrix(pager: Pager, kind: Kind, content: Mapping[str, Any]) -> Matrix | None:
    """Return who may have which item, None where no item says so."""
    items = [item for item in content.get(_ITEMS, ()) if isinstance(item, dict)]
    rules = [rule for item in items for rule in item.get("sharing", ())]
    named = {rule["consumer_group"] for rule in rules if "consumer_group" in rule}
    if not named:
        return None
    lists = pager.profile.lists
    every = lists.schemes[_GROUPS].concepts.values()
    groups = [one for one in every if one.code in named]
    modes = {rule["mode"] for rule in rules if "mode" in rule}
    concepts = [
        one for one in lists.schemes[_MODES].concepts.values() if one.code in modes
    ]
    return Matrix(
        [wording.label(one.labels) for one in groups],
        [wording.label(one.labels) for one in every if one.code not in named],
        [_line(pager, kind.field(_ITEMS), item, groups, concepts) for item in items],
        [_cell(one) for one in concepts],
        list(dict.fromkeys(law for law in map(_law, concepts) if law)),
    )


def _line(
    pager: Pager,
    member: Field,
    item: Mapping[str, Any],
    groups: Iterable[Concept],
    modes: Sequence[Concept],
) -> ItemLine:
    about = [
        value.text
        for each in member.fields
        if each.name in _ABOUT and each.name in item
        for value in pager.row(each, item[each.name]).values
    ]
    cells = [_cells(modes, item, group.code) for group in groups]
    return ItemLine(wording.label(item["name"]), "; ".join(about), cells)


def _cells(modes: Iterable[Concept], item: Mapping[str, Any], group: str) -> list[Cell]:
    said = {
        rule.get("mode")
        for rule in item.get("sharing", ())
        if rule.get("consumer_group") == group
    }
    return [_cell(one) for one in modes if one.code in said]


def _cell(mode: Concept) -> Cell:
    return Cell(
        _SIGNS.get(mode.code, Sign.FULL), wording.label(mode.labels).partition(" (")[0]
    )


def _law(mode: Concept) -> str:
    return wording.label(mode.labels).partition(" (")[2].rstrip(")")


def flow(
    pager: Pager, kind: Kind, content: Mapping[str, Any], uses: Iterable[Use]
) -> Flow:
    """Return where the data of a database comes from and goes, by who names it."""
    places = {
        ("information-system", "holds"): "kept_in",
        ("information-system", "uses"): "users",
        ("data-concept", "authoritative"): "concepts",
        ("data-service", "serves"): "services",
        ("connection", "source_database"): "connected",
        ("connection", "target_database"): "connected",
    }
    found: dict[str, Sequence[EntryView]] = {}
    rest = []
    for use in uses:
        place = places.get((use.kind, use.field))
        if place and use.total == len(use.views):
            found[place] = use.views
        else:
            rest.append(use)
    said = kind.field("sources")
    sources = pager.row(said, content["sources"]).values if "sources" in content else []
    return Flow(sources=sources, rest=rest, **found)
