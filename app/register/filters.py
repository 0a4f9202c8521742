"""What a list of entries asks for, and the conditions that it makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, between, exists, not_
from sqlalchemy.orm import aliased

from app import clock
from app.errors import MalformedError
from app.register.content.facts import REFERENCE
from app.register.models import Entry, Fact, Version
from app.register.standing import State
from catalog_schema.profile import Profile, Type, Visibility

# the days of an entry itself, beside the dates of its content
VALID_FROM, RECORDED = (
    "valid_from",
    "recorded",
)
# a name that no field has: whose things, of which WITHIN alone can be asked for
SCOPE, WITHIN = "scope", "within"
# beyond any day on which something was recorded
_EARLY, _LATE = (
    date(1900, 1, 1),
    date(9000, 1, 1),
)


@dataclass(frozen=True)
class Filter:
    """What a list asks for. `facts`: field → allowed values (any of them); `ids`: only
    these entries.

    `days`: a date of the content, `VALID_FROM` (of the period) or `RECORDED` (of the
    version) → first and last day.
    """

    kinds: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: Sequence[UUID] | None = None
    days: Mapping[str, tuple[date, date]] = field(default_factory=dict)


def allowed(profile: Profile, level: Visibility, name: str) -> Type:
    """Return the type of a fact field that readers of a level may ask for;
    MalformedError for any other name.
    """
    if name == SCOPE:
        return Type.CONCEPT
    for kind in profile.kinds.values():
        for dotted, declared in kind.walk():
            if dotted == name and level.sees(declared.audience):
                return declared.type
    raise MalformedError(f"Không lọc được theo “{name}”")


def is_elsewhere(content: Mapping[str, Any]) -> bool:
    """Tell what another province keeps: a reference to a local database."""
    return all(content.get(name) == value for name, value in _ELSEWHERE.items())


_ELSEWHERE = {"record_kind": REFERENCE, "category": "dia-phuong"}


def conditions(
    criteria: Filter, standing: Subquery, type_of: Callable[[str], Type]
) -> list[ColumnElement[bool]]:
    """Return the conditions on entry, version and standing; `type_of` tells which
    fields may be asked for.
    """
    having = [
        _has(name, values, type_of(name)) for name, values in criteria.facts.items()
    ]
    having += [
        _within(name, days, standing, type_of) for name, days in criteria.days.items()
    ]
    if criteria.kinds:
        having.append(Entry.kind.in_(criteria.kinds))
    if criteria.states:
        having.append(standing.c.state.in_(criteria.states))
    return having


def _has(name: str, values: tuple[str, ...], declared: Type) -> ColumnElement[bool]:
    if name == SCOPE:
        return not_(and_(*(_fact(*pair) for pair in _ELSEWHERE.items())))
    fact = aliased(Fact)
    if declared is Type.REFERENCE:
        match = fact.target_id.in_([_uuid(value) for value in values])
    else:
        match = fact.value.in_(values)
    return exists().where(fact.version_id == Version.id, fact.field == name, match)


def _fact(name: str, value: str) -> ColumnElement[bool]:
    fact = aliased(Fact)
    return exists().where(
        fact.version_id == Version.id, fact.field == name, fact.value == value
    )


def _within(
    name: str,
    days: tuple[date, date],
    standing: Subquery,
    type_of: Callable[[str], Type],
) -> ColumnElement[bool]:
    first, last = days
    if name == VALID_FROM:
        return between(standing.c.valid_from, first, last)
    if name == RECORDED:
        begun = Version.recorded_at >= clock.midnight(max(first, _EARLY))
        return and_(
            begun,
            Version.recorded_at < clock.midnight(min(last, _LATE) + timedelta(days=1)),
        )
    if type_of(name) is not Type.DATE:
        raise MalformedError(f"“{name}” không phải là ngày")
    fact = aliased(Fact)
    inside = between(fact.value, first.isoformat(), last.isoformat())
    return exists().where(fact.version_id == Version.id, fact.field == name, inside)


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise MalformedError(
            f"“{value}” không phải là mã của một mục trong danh mục"
        ) from error
