"""How people write the name of an agency: any letter case, without marks, by the
initials that offices use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import select

from app.register.filters import Filter
from app.register.models import Entry, Version
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State
from app.vietnamese import fold

# how the name of an office or a unit begins, and how it is written short
_BEGINNINGS = {
    "uy ban nhan dan": "ubnd",
    "hoi dong nhan dan": "hdnd",
    "van phong": "vp",
    "cong an": "ca",
    "ban quan ly": "bql",
}
_UNITS = {
    "phuong": "p",
    "xa": "x",
    "dac khu": "dk",
    "thanh pho": "tp",
    "tinh": "t",
}
_PROVINCES = ("tinh", "thanh pho")
_AND = "va"
_WORD = re.compile(r"\w+")
_LIKE = 80  # of a hundred: from there two names may be meant to be one
_OFFICES = {"so", "ban", "cuc", "chi cuc", "thanh tra"}


def meant(register: Register, text: str) -> list[UUID]:
    """Return the agencies of the register's day that a text may name: those of exactly
    that name, else those that offices write so.
    """
    typed = _plain(text)
    criteria = Filter(("agency",), (State.IN_FORCE, State.SUSPENDED, State.NOT_YET))
    views = register.all(criteria)
    exact = [view.id for view in views if _plain(view.title) == typed]
    if exact or not typed:
        return exact
    written = as_written(text)
    return [view.id for view in views if written in _names(view)]


def _names(view: EntryView) -> set[str]:
    short_name = view.content.get("short_name", {}).get("vi", "")
    return {*spellings(view.title), as_written(short_name)}


def ever(register: Register) -> Mapping[str, set[UUID]]:
    """Return every way to write a name that an agency has ever had → those agencies,
    ended ones too.
    """
    query = select(Version.entry_id, Version.title).join(
        Entry, Entry.id == Version.entry_id
    )
    found: dict[str, set[UUID]] = {}
    rows = register.session.execute(query.where(Entry.kind == "agency").distinct())
    for entry_id, title in rows:
        for spelled in spellings(title):
            found.setdefault(spelled, set()).add(entry_id)
    return found


def living(register: Register, agencies: set[UUID]) -> list[EntryView]:
    """Return what of these agencies is there on the register's day: they themselves,
    else who came after them, at the end of every path.
    """
    found: dict[UUID, EntryView] = {}
    seen: set[UUID] = set()
    ahead = set(agencies)
    while ahead:
        seen |= ahead
        views = register.by_ids(ahead).values()
        ahead = set()
        for view in views:
            if view.state in PRESENT:
                found[view.id] = view
            else:
                ahead |= {UUID(one) for one in view.content.get("successor", ())}
        ahead -= seen
    return sorted(found.values(), key=lambda view: view.sort_key)


def meant_today(
    register: Register, text: str, spelled: Mapping[str, set[UUID]] | None = None
) -> list[EntryView]:
    """Return the agencies that a text may name, as they are on the register's day:
    those of the day before those that ended, which lead to whoever came after them.
    `spelled`: what `ever` returns, where it is at hand.
    """
    names = ever(register) if spelled is None else spelled
    known = names.get(as_written(text), set())
    views = register.by_ids(known)
    present = {one for one, view in views.items() if view.state in PRESENT}
    return living(register, present or known)


def ever_called(
    register: Register, text: str, spelled: Mapping[str, set[UUID]]
) -> list[EntryView]:
    """Return the agencies that have ever borne just the name that a text is, ended ones
    too, by name; `spelled` is what `ever` returns.
    """
    typed = _plain(text)
    views = register.by_ids(spelled.get(as_written(text), set())).values()
    called = [view for view in views if _plain(view.title) == typed]
    return sorted(called, key=lambda view: view.sort_key)


def as_written(text: str) -> str:
    """Return a name as `ever` holds it: without what parts its words, since offices
    write “KH&CN”, “KH-CN” and “KHCN”, “P. An Bình” and “P.An Bình”.
    """
    return "".join(word for word in _WORD.findall(fold(text)) if word != _AND)


def nearest(text: str, spelled: Iterable[str], most: int = 3) -> list[str]:
    """Return the ways to write a name that are most like what somebody wrote."""
    written = as_written(text)
    rated = process.extract(
        written, list(spelled), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=most
    )
    return [name for name, _score, _place in rated]


def spellings(name: str) -> Iterator[str]:
    """Yield how an agency's name may be written, as `as_written` leaves it."""
    yield as_written(name)
    for short in _short(_plain(name)):
        yield as_written(short)


def _short(plain: str) -> Iterator[str]:
    for long, short in _BEGINNINGS.items():
        if plain.startswith(f"{long} "):
            rest = plain.removeprefix(f"{long} ")
            yield f"{short} {rest}"
            yield from (f"{short} {unit}" for unit in _units(rest))
            # of the province: an office says no more than what it is
            yield from (
                f"{beginning} {unit}"
                for unit in _PROVINCES
                for beginning in (long, short)
                if rest.startswith(f"{unit} ")
            )
    for office in _OFFICES:
        if plain.startswith(f"{office} "):
            yield from _initials(office, plain.removeprefix(f"{office} ").split())


def _units(rest: str) -> Iterator[str]:
    for long, short in _UNITS.items():
        if rest.startswith(f"{long} "):
            name = rest.removeprefix(f"{long} ")
            yield name
            yield f"{short} {name}"


def _initials(office: str, words: list[str]) -> Iterator[str]:
    letters = "".join(word[0] for word in words if word != _AND)
    head = "".join(word[0] for word in office.split())
    if len(letters) > 1:
        yield f"{office} {letters}"
        yield f"{head}{letters}"


def _plain(text: str) -> str:
    return " ".join(fold(text).replace(" & ", "&").split())
