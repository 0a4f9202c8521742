"""Which entries name which in a field, now or ever: for what has to follow when a name changes."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.db import among
from app.register.models import Fact, Period, Version
from app.register.queries import Register
from app.register.standing import standing_at


def naming(register: Register, targets: Iterable[UUID], fields: Iterable[str]) -> list[tuple[UUID, UUID]]:
    """Return the entries that name one of `targets` in one of the fields, each with the one that it names."""
    query = select(Version.entry_id, Fact.target_id).join(Fact, Fact.version_id == Version.id)
    named = Fact.field.in_(list(fields)), among(register.session, Fact.target_id, set(targets))
    standing = standing_at(register.at, Period.entry_id.in_(query.with_only_columns(Version.entry_id).where(*named)))
    rows = register.session.execute(query.where(*named, Version.id.in_(select(standing.c.version_id))).distinct())
    return [(user, target) for user, target in rows if target is not None]


def ever_named(register: Register, ids: Iterable[UUID], fields: Iterable[str]) -> set[UUID]:
    """Return what any version of these entries names in one of the fields."""
    query = select(Fact.target_id).join(Version, Version.id == Fact.version_id)
    query = query.where(Fact.field.in_(list(fields)), among(register.session, Version.entry_id, set(ids)))
    return {target for target in register.session.scalars(query) if target is not None}
