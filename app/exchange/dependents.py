"""What stands on an entry, and so stops with it when it is suspended or ends: seen
before, and told to the agencies that it concerns.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.exchange.connections import DATABASES
from app.exchange.discrepancies import AGREEMENT
from app.register.queries import EntryView, Register
from app.register.references import naming
from app.register.standing import PRESENT
from catalog_schema.profile import DATABASE

# by kind, the fields of other entries that stand on one of it
_STANDING_ON: Mapping[str, tuple[str, ...]] = {
    AGREEMENT: ("agreement",),
    "data-service": ("service",),
    "information-system": ("source_system", "target_system"),
    DATABASE: (*DATABASES, "serves", "databases", "uses"),
}
# what names the agencies that an entry concerns
_PARTIES = ("owner", "consumers", "partners", "source", "target")


def dependents(register: Register, view: EntryView) -> list[EntryView]:
    """Return what stands on an entry on the register's day, by title."""
    fields = _STANDING_ON.get(view.kind)
    if fields is None:
        return []
    users = {user for user, _target in naming(register, [view.id], fields)}
    there = [
        user
        for user in register.by_ids(users).values()
        if user.state in PRESENT and user.kind not in register.hidden
    ]
    return sorted(there, key=lambda user: user.sort_key)


def concerned(register: Register, view: EntryView) -> set[UUID]:
    """Return the agencies that have to know when an entry is suspended or ends: its own
    parties, and those of what stands on it.
    """
    return _parties([view, *dependents(register, view)])


def _parties(views: Iterable[EntryView]) -> set[UUID]:
    found: set[UUID] = set()
    for view in views:
        for name in _PARTIES:
            named = view.content.get(name, ())
            ids = [named] if isinstance(named, str) else named
            found.update(map(UUID, ids))
    return found
