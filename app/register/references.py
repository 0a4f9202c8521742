"""Which entries name which in a field, now or ever: for what has to follow when a name
changes.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.db import among, dialect_of, packed
from app.register import statements
from app.register.models import Fact, Version
from app.register.queries import Register


def naming(
    register: Register, targets: Iterable[UUID], fields: Iterable[str]
) -> list[tuple[UUID, UUID]]:
    """Return the entries that name one of `targets` in one of the fields, each with the
    one that it names.
    """
    dialect = dialect_of(register.session)
    values = {"ids": packed(dialect, set(targets)), "fields": list(fields)}
    rows = register.session.execute(
        statements.naming(dialect), {**register.times, **values}
    )
    return [(user, target) for user, target in rows if target is not None]


def holding(register: Register, about: ColumnElement[bool]) -> list[tuple[UUID, UUID]]:
    """Return the entries that hold such a fact, each with the one that it names."""
    return [
        (user, target)
        for user, target in register.session.execute(
            statements.holding(about, register.at)
        )
    ]


def entries_that_hold(register: Register, about: ColumnElement[bool]) -> set[UUID]:
    """Return the entries that hold such a fact."""
    rows = register.session.execute(statements.holding(about, register.at))
    return {user for user, _target in rows}


def ever_named(
    register: Register, ids: Iterable[UUID], fields: Iterable[str]
) -> set[UUID]:
    """Return what any version of these entries names in one of the fields."""
    query = select(Fact.target_id).join(Version, Version.id == Fact.version_id)
    query = query.where(
        Fact.field.in_(list(fields)),
        among(register.session, Version.entry_id, set(ids)),
    )
    return {target for target in register.session.scalars(query) if target is not None}


def once_named(
    register: Register, ids: Iterable[UUID], name: str
) -> dict[UUID, set[UUID]]:
    """Return what the versions of each of these entries that began by the register's
    day name in a field.
    """
    query = select(Version.entry_id, Fact.target_id).join(
        Fact, Version.id == Fact.version_id
    )
    query = query.where(
        Fact.field == name,
        Fact.valid_from <= register.at.as_of,
        among(register.session, Version.entry_id, set(ids)),
    )
    found: dict[UUID, set[UUID]] = {}
    for entry_id, target in register.session.execute(query.distinct()):
        if target is not None:
            found.setdefault(entry_id, set()).add(target)
    return found
