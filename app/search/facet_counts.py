"""Counts per facet, kept while the register says the same: for one moment they can
never change.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from threading import Lock

from app.register.filters import Filter
from app.register.queries import Register

KEPT = 256  # answers, a few kilobytes each
Counts = tuple[int, dict[str, list[tuple[str, int]]]]

_kept: OrderedDict[Hashable, Counts] = OrderedDict()
_lock = Lock()


def facets(register: Register, wanted: Filter, names: Sequence[str]) -> Counts:
    """Return how many match, and the counts of each facet, which respect every filter
    but its own.

    Lists without words are remembered by what the register held, and the day. A journal
    row that changes no period (a draft that is saved, say) leaves them as they are.
    """
    if wanted.ids is not None:
        return _counted(register, wanted, names)
    key = _key(register, wanted, names)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _counted(register, wanted, names)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


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


def _key(register: Register, wanted: Filter, names: Sequence[str]) -> Hashable:
    held, _at = register.published()
    bind = register.session.get_bind()
    facts = tuple(sorted(wanted.facts.items()))
    asked = (
        wanted.kinds,
        wanted.states,
        facts,
        tuple(wanted.days.items()),
        tuple(names),
    )
    return (str(bind.engine.url), held, register.at.as_of, register.audience, *asked)
