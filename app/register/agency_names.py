"""How people write the name of an agency: any letter case, without marks, by the
initials that offices use.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select

from app.register.filters import Filter
from app.register.models import Entry, Version
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State
from app.vietnamese import fold

# how the name of an office or a unit begins, and how it is written short
_BEGINNINGS = {
    "uy ban nhan dan": ("ubnd",),
    "hoi dong nhan dan": ("hdnd",),
    "van phong": ("vp",),
    "cong an": ("ca",),
}
_UNITS = {
    "phuong": ("p.", "p"),
    "xa": ("x.", "x"),
    "dac khu": ("dk.", "dk"),
    "thanh pho": ("tp.", "tp"),
    "tinh": ("t.", "t"),
}
_AND = "va"
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
    return [
        view.id
        for view in views
        if typed in set(spellings(view.title))
        or typed == _plain(view.content.get("short_name", {}).get("vi", ""))
    ]


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


def as_written(text: str) -> str:
    """Return a name as `ever` holds it."""
    return _plain(text)


def spellings(name: str) -> Iterator[str]:
    """Yield how an agency's name may be written, without marks and in small letters."""
    plain = _plain(name)
    yield plain
    for long, shorts in _BEGINNINGS.items():
        if plain.startswith(f"{long} "):
            rest = plain.removeprefix(f"{long} ")
            for short in shorts:
                yield f"{short} {rest}"
                yield from (f"{short} {unit}" for unit in _units(rest))
    for office in _OFFICES:
        if plain.startswith(f"{office} "):
            words = plain.removeprefix(f"{office} ").split()
            yield from _initials(office, words)


def _units(rest: str) -> Iterator[str]:
    for long, shorts in _UNITS.items():
        if rest.startswith(f"{long} "):
            name = rest.removeprefix(f"{long} ")
            yield name
            for short in shorts:
                yield f"{short} {name}"
                yield f"{short}{name}"


def _initials(office: str, words: list[str]) -> Iterator[str]:
    letters = "".join(word[0] for word in words if word != _AND)
    joined = "".join("&" if word == _AND else word[0] for word in words)
    head = "".join(word[0] for word in office.split())
    for short in {letters, joined}:
        if len(short) > 1:
            yield f"{office} {short}"
            yield f"{head}{short}"


def _plain(text: str) -> str:
    return " ".join(fold(text).replace(" & ", "&").split())
