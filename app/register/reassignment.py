"""Who names an agency, and what a content becomes when another takes its place: the
register's part of a succession.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.register.content.hashing import Content
from app.register.models import Entry, Fact, Period, Version
from app.register.standing import stands
from catalog_schema.profile import Field, Profile, Type

AGENCY = "agency"
Change = Callable[[Content], Content]


@dataclass(frozen=True)
class Naming:
    """An entry that names an agency on some day from the one asked about on, and in
    which fields (dotted).
    """

    entry_id: UUID
    kind: str
    local_id: str
    title: str
    fields: tuple[str, ...]


def movable(profile: Profile, kind: str) -> set[str]:
    """Return the fields of a kind that name an agency and follow its successor (those
    that tell history do not).
    """
    walked = profile.kinds[kind].walk()
    return {
        dotted
        for dotted, field in walked
        if field.target_kind == AGENCY and not field.historical
    }


def naming(session: Session, profile: Profile, agency: UUID, day: date) -> list[Naming]:
    """Return the entries that name `agency` in a field that moves, in a version that
    holds on `day` or later.
    """
    query = _namers(agency, day)
    namers: dict[UUID, tuple[Entry, str, set[str]]] = {}
    moves = {kind: movable(profile, kind) for kind in profile.kinds}
    for entry, field, title in session.execute(
        query.order_by(Entry.kind, Entry.local_id, Version.number)
    ):
        if field in moves[entry.kind]:
            fields = namers[entry.id][2] if entry.id in namers else set[str]()
            namers[entry.id] = (entry, title, fields | {field})
    return [
        Naming(entry.id, entry.kind, str(entry.local_id), title, tuple(sorted(fields)))
        for entry, title, fields in namers.values()
    ]


def _namers(agency: UUID, day: date) -> Select[Entry, str, str]:
    """Select entry, field and title of every version that names an agency and holds on
    a day or later.
    """
    return (
        select(Entry, Fact.field, Version.title)
        .join(Version, Version.entry_id == Entry.id)
        .join(Fact, Fact.version_id == Version.id)
        .join(Period, Period.version_id == Version.id)
        .where(Fact.target_id == agency, stands(), Period.valid_to > day)
    )


def renamed(
    profile: Profile, kind: str, content: Mapping[str, Any], old: UUID, new: UUID | None
) -> Content:
    """Return `content` with `new` in the place of `old` wherever an agency is named and
    moves; without it for None.
    """
    return dict(
        _members(
            profile.content_kind(kind).fields,
            content,
            str(old),
            str(new) if new else None,
        )
    )


def swap(profile: Profile, kind: str, old: UUID, new: UUID | None) -> Change:
    """Return `renamed` as a change of any content of a kind."""
    return lambda content: renamed(profile, kind, content, old, new)


def _members(
    fields: tuple[Field, ...], content: Mapping[str, Any], old: str, new: str | None
) -> Iterator[tuple[str, Any]]:
    known = {field.name: field for field in fields}
    for name, value in content.items():
        field = known.get(name)
        changed = value if field is None else _value(field, value, old, new)
        if changed is not None and changed != []:
            yield name, changed


def _value(field: Field, value: Any, old: str, new: str | None) -> Any:
    if field.type is Type.GROUP and isinstance(value, list):
        return [
            dict(_members(field.fields, item, old, new))
            if isinstance(item, dict)
            else item
            for item in value
        ]
    if field.type is Type.GROUP and isinstance(value, dict):
        return dict(_members(field.fields, value, old, new))
    if field.target_kind != AGENCY or field.historical:
        return value
    if isinstance(value, list):
        swapped = [new if item == old else item for item in value]
        named = [item for item in swapped if item is not None]
        if all(isinstance(item, str) for item in named):
            return sorted(set(named))
        return swapped  # a draft, which may hold anything
    return new if value == old else value
