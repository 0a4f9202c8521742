"""Which entry a cell names, as people write it: an identifier, a title, an agency's
short or former name or its code, a law by its number within a whole citation, or by its
name alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.tables.finding import heading_key
from app.register import agency_names, codes, law_numbers
from app.register.codes import AGENCY
from app.register.content import facts
from app.register.content.facts import name_key
from app.register.filters import Filter
from app.register.models import Entry, Period, Version
from app.register.queries import EntryView, Register
from app.register.standing import moment, stands
from app.vietnamese import fold, seen
from app.workflow.proposals.typed_bases import LAW
from catalog_schema.code_lists import Concept
from catalog_schema.profile import Kind, Profile

_LAW_NUMBER = re.compile(
    r"\d{1,5}(?:/\d{4})?/[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ0-9]+)*", re.IGNORECASE
)
_DAY = re.compile(
    r"(\d{1,2})\s*(?:/|-|\.|\s+tháng\s+)\s*(\d{1,2})\s*(?:/|-|\.|\s+năm\s+)\s*(\d{4})"
)


_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATED = re.compile(
    rf"(?:(?:ký|ban hành)\s+)?(?:ngày\s*)?(?:{_DAY.pattern}|{_ISO_DAY.pattern})",
    re.IGNORECASE,
)
_YEAR = 4  # digits
_ARTICLE = re.compile(r",? (?:dieu|khoan|diem) \w.*")  # folded
# folded: a law's name with its year behind
_NAME_AND_YEAR = re.compile(r"(.+?)(?: nam)? ((?:19|20)\d\d)")
_MOST_NEAREST = 3


@dataclass(frozen=True)
class Meant:
    """The entries that a text may name; `as_`: the name of the one, where it is not the
    text; `nearest`: where there is none, agencies whose names are most like it.
    """

    entries: Sequence[UUID]
    as_: str = ""
    nearest: Sequence[str] = ()


@dataclass(frozen=True)
class Citation:
    """A law as it is cited: number, day (ISO, "" where it is not said), all words."""

    number: str
    issued: str
    text: str


@dataclass
class Lookup:
    """Finds what cells name; what was found once is remembered, for a whole file."""

    session: Session
    profile: Profile
    _found: dict[tuple[str, str, date], Meant] = field(default_factory=dict)
    _values: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def meant(self, kind: str, text: str, day: date) -> Meant:
        """Return which entries of a kind a text may name on a day."""
        key = kind, seen(text), day
        if key not in self._found:
            self._found[key] = self._look(kind, key[1], day)
        return self._found[key]

    def concept(self, scheme: str, text: str) -> tuple[str, str]:
        """Return the code of the value that a text calls by code or name, and that
        value's name where the text is another; the text itself where it is no value.
        """
        key = scheme, text
        if key not in self._values:
            self._values[key] = self._value(scheme, text)
        return self._values[key]

    def _value(self, scheme: str, text: str) -> tuple[str, str]:
        concepts = self.profile.lists.schemes[scheme].concepts
        if text in concepts:
            return text, ""
        asked = heading_key(text)
        named = [one for one in concepts.values() if asked in _names(one)]
        if len(named) != 1:
            return text, ""
        label = named[0].labels["vi"]
        return named[0].code, "" if label == text else label

    def _look(self, kind: str, text: str, day: date) -> Meant:
        found = list(find(self.session, self.profile.kinds[kind], text, day))
        if found:
            return Meant(found, self._name(found, text))
        if kind == AGENCY:
            return self._agency(text)
        return self._law(text, day) if kind == LAW else Meant([])

    def _agency(self, text: str) -> Meant:
        """Return the agencies that offices write so, today's before former ones."""
        living = agency_names.meant_today(self._register, text, self._ever)
        if not living:
            return Meant([], nearest=self._nearest_agencies(text))
        return Meant(
            [view.id for view in living], "; ".join(view.title for view in living)
        )

    def _nearest_agencies(self, text: str) -> list[str]:
        """Return the names, as they are today, of the agencies that are called nearly
        so.
        """
        spelled = agency_names.nearest(text, self._ever)
        ever = {agency for name in spelled for agency in self._ever[name]}
        living = agency_names.living(self._register, ever)
        titles = dict.fromkeys(view.title for view in living)
        return list(titles)[:_MOST_NEAREST]

    def _law(self, text: str, day: date) -> Meant:
        """Return the laws of the number that a citation holds; of several, those of the
        day that it says; without a number, those of that name.
        """
        cited = citation(text)
        if cited is None:
            named = self._laws_of_name(text) or self._laws_in_short(text)
            return Meant(named, self._name(named, text))
        law = self.profile.kinds[LAW]
        found = list(find(self.session, law, cited.number, day))
        if len(found) > 1 and cited.issued:
            views = self._register.by_ids(found).values()
            found = [v.id for v in views if v.content.get("issued") == cited.issued]
        return Meant(found, self._name(found, text))

    def _laws_of_name(self, text: str) -> list[UUID]:
        """Return the laws that bear a name, of the year where that is said too
        (“Luật Đất đai năm 2024”); of several, those that are not over.
        """
        cited = _ARTICLE.sub("", heading_key(text))
        match = _NAME_AND_YEAR.fullmatch(cited)
        name, year = (match[1], match[2]) if match else (cited, None)
        views = [
            view
            for view in self._laws.get(name, ())
            if year is None or year in view.title.split("/")
        ]
        standing = [view for view in views if not view.thing.over]
        return [view.id for view in standing or views]

    def _laws_in_short(self, text: str) -> list[UUID]:
        """Return the laws that a text means by kind, number and year: “NĐ 47/2020”."""
        short = law_numbers.SHORT.fullmatch(name_key(text))
        if short is None or short[3] is None:
            return []
        laws = {view.id: view for views in self._laws.values() for view in views}
        return [
            law
            for law, view in laws.items()
            if law_numbers.is_short_for(short, view.title)
        ]

    @cached_property
    def _laws(self) -> dict[str, list[EntryView]]:
        """The laws by their names, as headings are compared."""
        named: dict[str, list[EntryView]] = {}
        for view in self._register.all(Filter((LAW,))):
            name = heading_key(view.content.get("title", {}).get("vi", ""))
            named.setdefault(name, []).append(view)
        return named

    def _name(self, found: Sequence[UUID], text: str) -> str:
        """Return the name of the one entry that was found, "" where the text is it."""
        view = self._register.by_ids(found).get(found[0]) if len(found) == 1 else None
        return "" if view is None or view.title == text else view.title

    @cached_property
    def _register(self) -> Register:
        return Register(self.session, self.profile, moment(self.session))

    @cached_property
    def _ever(self) -> dict[str, set[UUID]]:
        return dict(agency_names.ever(self._register))


def _names(concept: Concept) -> set[str]:
    """Return how people may write a value: its code, and its names."""
    return {fold(concept.code), *map(heading_key, concept.names)}


def citation(text: str) -> Citation | None:
    """Return the law that a text cites by number; None for one that names none."""
    found = _LAW_NUMBER.search(text)
    if found is None:
        return None
    rest = re.sub(rf"(?:\bsố\s*:?\s*)?{re.escape(found[0])}", " ", text)
    day = _DAY.search(rest) or _ISO_DAY.search(rest)
    issued = ""
    if day is not None:
        numbers = [int(part) for part in day.groups()]
        year, month, in_month = numbers if len(day[1]) == _YEAR else numbers[::-1]
        with suppress(ValueError):
            issued = date(year, month, in_month).isoformat()
    number = found[0].upper() if found[0].islower() else found[0]
    return Citation(number, issued, _title(rest))


def _title(rest: str) -> str:
    """Return what a citation says beside number and day, "" where that is but the kind
    of law.
    """
    told = " ".join(_DATED.sub(" ", rest).split()).replace(" ,", ",").strip(" ,;:.-–")
    return "" if fold(told) in law_numbers.KINDS else told


def cited(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts, one that cites several laws by number cut between them."""
    for text in texts:
        if len(_LAW_NUMBER.findall(text)) > 1:
            parts = re.split(r",|\bvà\b", text)
            yield from (part.strip() for part in parts if part.strip())
        else:
            yield text


def find(session: Session, kind: Kind, text: str, day: date) -> Iterator[UUID]:
    """Yield the entries of a kind that `text` names on `day`: by id, by identifier, by
    title, else an agency by the code that it holds. Of a title, case and what nobody
    sees do not count, marks do; the very same title goes first.
    """
    by_identifier = select(Entry.id).where(
        Entry.kind == kind.name, Entry.local_id == text
    )
    with suppress(ValueError):
        by_identifier = select(Entry.id).where(
            Entry.kind == kind.name, Entry.id == UUID(text)
        )
    exact = list(session.scalars(by_identifier))
    if exact:
        yield from exact
        return
    named = select(Entry.id, Version.title).join(Version, Version.entry_id == Entry.id)
    named = named.join(Period, Period.version_id == Version.id)
    named = named.where(
        Version.match_key == facts.match_key(kind, seen(text)),
        Entry.kind == kind.name,
        stands(),
        Period.valid_from <= day,
        Period.valid_to > day,
    )
    alike = [
        (entry_id, title)
        for entry_id, title in session.execute(named.distinct())
        if seen(title).lower() == seen(text).lower()
    ]
    same = [entry_id for entry_id, title in alike if title == text]
    found = same or [entry_id for entry_id, _title in alike]
    if not found and kind.name == AGENCY:
        found = codes.holders(session, text, day)
    yield from dict.fromkeys(found)
