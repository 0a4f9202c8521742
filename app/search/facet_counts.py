"""Counts per facet, kept while the register says the same: for one moment they can
never change.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached

from app.register.filters import Filter
from app.register.queries import Register

LISTS = 16  # of which all that they hold is remembered
KEPT = 256  # answers, a few kilobytes each
Counts = tuple[int, dict[str, list[tuple[str, int]]]]


def facets(register: Register, wanted: Filter, names: Sequence[str]) -> Counts:
    """Return how many match, and the counts of each facet, which respect every filter
    but its own.

    Lists without words are remembered by what the register held, and the day. A journal
    row that changes no period (a draft that is saved, say) leaves them as they are.
    """
    count = _counted if wanted.ids is not None else _remembered
    return count(register, wanted, names)


def _key(register: Register, wanted: Filter, names: Sequence[str]) -> Hashable:
    facts, days = tuple(sorted(wanted.facts.items())), tuple(wanted.days.items())
    return register.edition, wanted.kinds, wanted.states, facts, days, tuple(names)


@cached(LRUCache[Hashable, Any](KEPT), key=_key, lock=Lock())
def _remembered(register: Register, wanted: Filter, names: Sequence[str]) -> Counts:
    return _counted(register, wanted, names)


def _key_of_all(register: Register, wanted: Filter) -> Hashable:
    ids = None if wanted.ids is None else tuple(wanted.ids)
    return _key(register, wanted, ()), ids


@cached(LRUCache[Hashable, Any](LISTS), key=_key_of_all, lock=Lock())
def matching(register: Register, wanted: Filter) -> frozenset[UUID]:
    """Return what a list without words holds; remembered as its counts are."""
    return frozenset(register.ids(wanted))


def _counted(register: Register, wanted: Filter, names: Sequence[str]) -> Counts:
    total, counts = register.facets(wanted, names)
    for name in names:
        less = without(wanted, name)
        if less != wanted:
            counts = {**counts, name: register.facets(less, (name,))[1][name]}
    return total, counts


def without(wanted: Filter, name: str) -> Filter:
    """Return a filter without what it asks of one name."""
    if name == "kind":
        return replace(wanted, kinds=())
    if name == "state":
        return replace(wanted, states=())
    return replace(
        wanted,
        facts={
            other: values for other, values in wanted.facts.items() if other != name
        },
    )
