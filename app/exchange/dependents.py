"""What stands on an entry, and so stops with it when it is suspended or ends: seen
before, and told to the agencies that it concerns.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.exchange.connections import AGREEMENT, DATABASES
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
    views = register.by_ids(users).values()
    there = [user for user in views if user.state in PRESENT]
    return sorted(there, key=lambda user: user.sort_key)


def concerned(register: Register, view: EntryView) -> set[UUID]:
    """Return the agencies that have to know when an entry is suspended or ends: its own
    parties, and those of what stands on it.
    """
    found = named(view.content)
    for user in dependents(register, view):
        found |= named(user.content)
    return found


def named(content: Mapping[str, Any]) -> set[UUID]:
    """Return the agencies that a content names as its parties."""
    found: set[UUID] = set()
    for name in _PARTIES:
        value = content.get(name, ())
        ids = [value] if isinstance(value, str) else value
        found.update(map(UUID, ids))
    return found
