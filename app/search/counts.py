"""Counts per facet, kept while the register says the same: for one moment they can never change."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from app.register.queries import Filter, Register

KEPT = 256  # answers, a few kilobytes each
Counts = tuple[int, dict[str, list[tuple[str, int]]]]

_kept: OrderedDict[Hashable, Counts] = OrderedDict()
_lock = Lock()


def facets(register: Register, wanted: Filter, names: Sequence[str]) -> Counts:
    """Return what `Register.facets` does; lists without words are remembered by what the register held, and the day.

    A journal row that changes no period (a draft that is saved, say) leaves them as they are.
    """
    if wanted.ids is not None:
        return register.facets(wanted, names)
    key = _key(register, wanted, names)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = register.facets(wanted, names)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _key(register: Register, wanted: Filter, names: Sequence[str]) -> Hashable:
    held, _at = register.published()
    bind = register.session.get_bind()
    facts = tuple(sorted(wanted.facts.items()))
    asked = (wanted.kinds, wanted.states, facts, tuple(names))
    return (str(bind.engine.url), held, register.at.as_of, register.audience, *asked)
