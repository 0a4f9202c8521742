"""Queries of the register that are made once, since making them costs more than running
them.

Their parameters: `as_of` and `known_at` (see `standing.ANY`), and what their docstrings
name.
"""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    bindparam,
    select,
)

from app.clock import OPEN_START
from app.db import among_given
from app.register.models import Entry, Fact, Period, Version
from app.register.standing import ANY, PRESENT, Moment, known, standing_at

# what `Standing` begins with
OF_ENTRY = (
    Entry.id,
    Entry.kind,
    Entry.local_id,
    Entry.iri,
    Entry.issued_on,
)


def views(standing: Subquery) -> Select[Any]:
    """Return the query for entries with the versions that say how they stand."""
    return (
        select(
            Entry,
            Version,
            standing.c.id,
            standing.c.state,
            standing.c.valid_from,
            standing.c.valid_to,
        )
        .join(standing, standing.c.entry_id == Entry.id)
        .join(Version, Version.id == standing.c.version_id)
    )


@cache
def given(dialect: str) -> Select[Any]:
    """Return the query for entries whose `ids` come with it."""
    return views(_of_given(dialect))


@cache
def standings(dialect: str) -> Select[Any]:
    """Return the query for how entries stand whose `ids` come with it, in order of
    (issued, identifier).
    """
    standing = _of_given(dialect)
    query = select(*OF_ENTRY, standing.c.state, standing.c.id).join(
        standing, standing.c.entry_id == Entry.id
    )
    return query.order_by(Entry.issued_on, Entry.local_id)


def _of_given(dialect: str) -> Subquery:
    ids = bindparam(
        "ids", type_=None if dialect == "sqlite" else ARRAY(Period.entry_id.type)
    )
    return standing_at(ANY, among_given(dialect, Period.entry_id, ids))


@cache
def corrected() -> Select[Any]:
    """Return the query for the successions that another one corrects."""
    query = select(Fact.target_id).join(Period, Period.version_id == Fact.version_id)
    return query.where(
        Fact.field == "corrects", known(ANY.known_at), Period.valid_from <= ANY.as_of
    )


@cache
def latest() -> Select[Any]:
    """Return the query for the entries that were recorded last."""
    query = views(standing_at(ANY)).order_by(Version.recorded_at.desc(), Entry.id)
    return query.limit(bindparam("most", type_=Integer))


@cache
def latest_in_effect() -> Select[Any]:
    """Return the query for the entries that stand since the latest day, of those whose
    day is known.
    """
    standing = standing_at(ANY, states=PRESENT)
    query = views(standing).where(standing.c.valid_from > OPEN_START)
    query = query.order_by(standing.c.valid_from.desc(), Version.sort_key, Entry.id)
    return query.limit(bindparam("most", type_=Integer))


@cache
def using() -> Select[str, str, UUID]:
    """Return the query for who names an entry: kind, field and id, in order of
    titles.
    """
    target = bindparam("target", type_=Entry.id.type)
    facts = select(Entry.kind, Fact.field, Entry.id).join(
        Version, Version.id == Fact.version_id
    )
    facts = facts.join(Entry, Entry.id == Version.entry_id).where(
        Fact.target_id == target
    )
    users = (
        select(Version.entry_id)
        .join(Fact, Fact.version_id == Version.id)
        .where(Fact.target_id == target)
    )
    standing = standing_at(ANY, Period.entry_id.in_(users))
    standing_ones = Fact.version_id.in_(select(standing.c.version_id))
    return facts.where(standing_ones).order_by(Version.sort_key, Entry.id)


@cache
def naming(dialect: str) -> Select[UUID, UUID]:
    """Return the query for who names those whose `ids` come with it in one of `fields`:
    who, and whom.
    """
    ids = bindparam(
        "ids", type_=None if dialect == "sqlite" else ARRAY(Fact.target_id.type)
    )
    return holding(
        Fact.field.in_(bindparam("fields", expanding=True))
        & among_given(dialect, Fact.target_id, ids),
        ANY,
    )


def holding(about: ColumnElement[bool], at: Moment) -> Select[UUID, UUID]:
    """Return the query for who holds such a fact, and whom it names; looked up from the
    facts, where few hold one.
    """
    ever = (
        select(Version.entry_id).join(Fact, Fact.version_id == Version.id).where(about)
    )
    standing = standing_at(at, Period.entry_id.in_(ever))
    query = select(standing.c.entry_id, Fact.target_id).join(
        Fact, Fact.version_id == standing.c.version_id
    )
    return query.where(about).distinct()
