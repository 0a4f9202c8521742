"""What a code, in whatever spelling, leads to: the agency that holds it, or what has
come in its place.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import among
from app.register import conditions
from app.register.conditions import Condition, Told
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State, standing_at, stands
from catalog_schema import identifiers
from catalog_schema.identifiers import MalformedCodeError, Scheme

CODE, AGENCY = "identifier-code", "agency"
UNIT = "administrative_unit.code"
_LONGEST = 60  # characters of anything that may be a code


class CodeStatus(StrEnum):
    """How a code stands on the day that is asked about."""

    IN_USE = "in-use"
    RESERVED = "reserved"
    CLOSED = "closed"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


_STANDINGS = {
    Condition.IN_FORCE: CodeStatus.IN_USE,
    Condition.IN_USE: CodeStatus.IN_USE,
    # whoever has to name it goes on; pages say that its beginning is not known
    Condition.START_UNKNOWN: CodeStatus.IN_USE,
    Condition.SUSPENDED: CodeStatus.IN_USE,
    Condition.RESERVED: CodeStatus.RESERVED,
    Condition.NOT_YET: CodeStatus.RESERVED,
    Condition.CLOSED: CodeStatus.CLOSED,
    Condition.ENDED: CodeStatus.CLOSED,
}
# what says how a code stands
_DATED = ("status", "issued", "validity.start", "validity.end")


@dataclass(frozen=True)
class NamedThing:
    """One thing that a code names: a code of the register, or the agency in charge of
    an administrative unit.

    `successors` are what lives on in its place at the end of every path, once each;
    none where nothing is recorded.
    """

    entry: EntryView
    standing: CodeStatus
    holder: EntryView | None
    successors: Sequence[EntryView] = ()


@dataclass(frozen=True)
class Resolution:
    """What a text leads to. Several hits: the same code names more than one thing on
    that day.
    """

    asked: str
    read_as: str
    hits: Sequence[NamedThing] = ()
    # the old form was converted by structure alone: provinces re-numbered
    suggested: bool = False

    @property
    def standing(self) -> CodeStatus:
        """How the code stands; unknown when the register holds nothing of that name."""
        return self.hits[0].standing if self.hits else CodeStatus.UNKNOWN

    @property
    def names(self) -> list[EntryView]:
        """What the code leads to today: holders of what is in use, successors of what
        is closed.
        """
        living = [
            hit.holder or hit.entry
            for hit in self.hits
            if hit.standing is not CodeStatus.CLOSED
        ]
        return living + [
            view
            for hit in self.hits
            if hit.standing is CodeStatus.CLOSED
            for view in hit.successors
        ]


def resolve(register: Register, texts: Iterable[str]) -> list[Resolution]:
    """Return for each text what it leads to at the register's moment, in the same
    order; never fails for a text.
    """
    texts_ = list(texts)
    read = [read_as(text) for text in texts_]
    finder = _Finder(register, dict.fromkeys(read))
    return [finder.answer(text, code) for text, code in zip(texts_, read, strict=True)]


@dataclass
class _Finder:
    """Looks up many codes in a few queries, whatever their number."""

    register: Register
    read: Mapping[str, None]
    views: dict[UUID, EntryView] = field(default_factory=dict)
    by_name: dict[str, list[UUID]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names()
        self._units()
        ahead = {entry for entries in self.by_name.values() for entry in entries}
        while ahead:  # holders and successors, and theirs, round by round
            new = self.register.by_ids(ahead - self.views.keys())
            self.views |= new
            ahead = {
                target for view in new.values() for target in _ahead(view)
            } - self.views.keys()

    def _names(self) -> None:
        names = {name for code in self.read for name in _local_ids(code)}
        names |= {code for code in self.read if code.startswith("CQ-")}
        query = select(Entry.local_id, Entry.id).where(
            Entry.kind.in_((CODE, AGENCY)), Entry.local_id.in_(names)
        )
        for local_id, entry_id in self.register.session.execute(query):
            self.by_name.setdefault(str(local_id), []).append(entry_id)

    def _units(self) -> None:
        """Find what administrative units the codes name; these codes are used again, so
        the day decides.
        """
        codes = [
            code
            for code in self.read
            if code.isascii() and code.isdigit() and len(code) in (2, 3, 5)
        ]
        query = select(Fact.value, Version.entry_id).join(
            Version, Version.id == Fact.version_id
        )
        query = query.where(Fact.field == UNIT, Fact.value.in_(codes)).distinct()
        for value, entry_id in self.register.session.execute(query):
            self.by_name.setdefault(str(value), []).append(entry_id)

    def answer(self, text: str, code: str) -> Resolution:
        for name in _local_ids(code):
            if name in self.by_name:
                return Resolution(
                    text,
                    code,
                    self._hits(self.by_name[name]),
                    suggested=name == _suggestion(code),
                )
        return Resolution(text, code, self._hits(self.by_name.get(code, [])))

    def _hits(self, ids: Sequence[UUID]) -> list[NamedThing]:
        """Return what stands on the day; where nothing does, what stood last before,
        else what is to come.
        """
        hits = [
            self._hit(self.views[entry_id])
            for entry_id in ids
            if entry_id in self.views
        ]
        present = [hit for hit in hits if hit.entry.state in PRESENT]
        ended = [hit for hit in hits if hit.entry.state is State.ENDED]
        latest = max((hit.entry.valid_to for hit in ended), default=None)
        return present or [hit for hit in ended if hit.entry.valid_to == latest] or hits

    def _hit(self, view: EntryView) -> NamedThing:
        standing = standing_of(view)
        holder = self._named(view, "holder") if view.kind == CODE else [view]
        successors = self._living(view) if standing is CodeStatus.CLOSED else []
        return NamedThing(view, standing, holder[0] if holder else None, successors)

    def _living(self, view: EntryView) -> list[EntryView]:
        """Return what lives at the ends of the paths of successors: codes, else
        agencies.
        """
        living: list[EntryView] = []
        seen = {view.id}
        ahead = [view]
        while ahead:
            for after in self._after(ahead.pop(0)):
                if after.id in seen:
                    continue
                seen.add(after.id)
                if standing_of(after) is CodeStatus.CLOSED:
                    ahead.append(after)
                else:
                    living.append(after)
        return sorted(living, key=lambda successor: successor.sort_key)

    def _after(self, view: EntryView) -> list[EntryView]:
        if view.kind == AGENCY:
            return self._named(view, "successor")
        return self._named(view, "successors") or [
            after
            for holder in self._named(view, "holder")
            for after in self._heirs(holder)
        ]

    def _heirs(self, holder: EntryView) -> list[EntryView]:
        """A closed code that names no other leads to its holder while that lives, else
        to who came after it.
        """
        return [holder] if holder.state in PRESENT else self._named(holder, "successor")

    def _named(self, view: EntryView, name: str) -> list[EntryView]:
        value = view.content.get(name) or ()
        ids = [
            UUID(target) for target in ([value] if isinstance(value, str) else value)
        ]
        return [self.views[target] for target in ids if target in self.views]


def read_as(text: str) -> str:
    """Return the spelling under which a text is looked up, empty for what holds no
    letter or digit.
    """
    return identifiers.spelled(text[:_LONGEST])


def in_use(register: Register, holders: Iterable[UUID]) -> dict[UUID, EntryView]:
    """Return the code under QĐ 20/2020 that each of these agencies uses on the
    register's day, where it has one.
    """
    by_holder = {}
    for view in held(register, holders):
        used = standing_of(view) is CodeStatus.IN_USE
        if used and view.content["scheme"] == Scheme.QD20:
            by_holder[UUID(view.content["holder"])] = view
    return by_holder


def held(register: Register, holders: Iterable[UUID]) -> list[EntryView]:
    """Return every code that names one of these agencies as its holder on the
    register's day, in order of codes.
    """
    agencies = set(holders)
    if not agencies:
        return []
    named = (
        select(Version.entry_id)
        .join(Fact, Fact.version_id == Version.id)
        .where(Fact.field == "holder")
    )
    ids = register.session.scalars(
        named.where(among(register.session, Fact.target_id, agencies)).distinct()
    )
    views = [
        view for view in register.by_ids(ids).values() if view.content.get("holder")
    ]
    return sorted(
        (v for v in views if UUID(v.content["holder"]) in agencies),
        key=lambda view: view.sort_key,
    )


def standing_of(view: EntryView) -> CodeStatus:
    """Return how a code, or the code of an agency's administrative unit, stands on the
    day of the view.
    """
    return _STANDINGS.get(view.thing.condition, CodeStatus.UNCERTAIN)


def conditions_of_all(register: Register) -> Counter[Condition]:
    """Count the codes that the register holds at its moment by how they stand."""
    standing = standing_at(register.at, states=PRESENT)
    period = (standing.c.state, standing.c.valid_from, standing.c.valid_to)
    columns = (standing.c.entry_id, *period, Version.recorded_at, Fact.field)
    query = select(*columns, Fact.value)
    query = query.join(Fact, Fact.version_id == standing.c.version_id)
    query = query.join(Version, Version.id == standing.c.version_id)
    query = query.join(Entry, Entry.id == standing.c.entry_id)
    query = query.where(Entry.kind == CODE, Fact.field.in_(_DATED))
    told: dict[UUID, Told] = {}
    for entry_id, state, start, stop, recorded, name, value in register.session.execute(
        query
    ):
        content: dict[str, Any] = {"validity": {}}
        known = Told(State(state), start, stop, recorded, content, register.at.as_of)
        content = told.setdefault(entry_id, known).content
        group, _, member = name.rpartition(".")
        (content[group] if group else content)[member] = value
    return Counter(conditions.of(CODE, known).condition for known in told.values())


def _ahead(view: EntryView) -> list[UUID]:
    names = ("holder", "successors", "successor")
    values = [view.content.get(name) or () for name in names]
    return [
        UUID(target)
        for value in values
        for target in ([value] if isinstance(value, str) else value)
    ]


def _local_ids(code: str) -> list[str]:
    """Return the identifiers under which the register may hold a code, the likeliest
    first.
    """
    ids_ = []
    for scheme in Scheme:
        try:
            identifiers.parse(scheme, code)
            ids_.append(identifiers.segment(scheme, code))
        except MalformedCodeError:
            continue
    suggestion = _suggestion(code)
    return [*ids_, *([suggestion] if suggestion else [])]


def _suggestion(code: str) -> str | None:
    try:
        suggestion = identifiers.OldCode.parse(code).suggest()
    except MalformedCodeError:
        return None
    return suggestion.value if suggestion else None


def holders(session: Session, value: str, day: date) -> list[UUID]:
    """Return the agencies that hold a code, in whatever spelling, on a day."""
    query = select(Version.content).join(Entry, Version.entry_id == Entry.id)
    query = query.join(Period, Period.version_id == Version.id)
    query = query.where(Entry.kind == CODE, Version.title == read_as(value), stands())
    query = query.where(Period.valid_from <= day, Period.valid_to > day)
    contents = session.scalars(query)
    return [UUID(content["holder"]) for content in contents if "holder" in content]
