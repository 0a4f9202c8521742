"""How the list stands at a moment: how many databases are confirmed, rest on law in
force, are classified and dated; and how many there were on other days.

Remembered by what the register held, and the day, since a moment never changes.
"""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache, cached

from app.exchange import freshness
from app.exchange.freshness import Freshness
from app.register.own_databases import (
    ORIGINALS,
    bases,
    is_classified,
    lapsed,
    rests_on_law,
)
from app.register.queries import Register
from app.register.standing import Moment
from app.workflow.time import confirmations

_KEPT = 64  # answers of each question


@dataclass(frozen=True)
class StateOfRegister:
    """Of how many original databases each thing holds, and how many data are `late`;
    `next_due` is the first day by
    which one has to be confirmed again, `lapsed` the laws that hold no longer and on
    which alone `on_lapsed` databases rest.
    """

    databases: int
    confirmed: int
    in_force: int
    classified: int
    current: int
    late: int
    next_due: date | None
    on_lapsed: int
    lapsed: tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """How many original databases and owners there are on a day."""

    databases: int
    owners: int


def _of_confirmations(register: Register) -> Hashable:
    """Confirmations change no period: this holds while nothing is journalled."""
    return register.edition, register.at.known_at


def _of_day(register: Register, day: date) -> Hashable:
    return _on(register, day).edition


@cached(LRUCache[Hashable, Any](_KEPT), key=_of_confirmations, lock=Lock())
def state(register: Register) -> StateOfRegister:
    """Return how the list stands at the register's moment."""
    day = register.at.as_of
    views = register.all(ORIGINALS)
    contents = [view.content for view in views]
    due = confirmations.due(register.session, views).values()
    over = lapsed(register, contents)
    fresh = Counter(one.state for one in freshness.all_of(register, views).values())
    unfounded = [one for one in contents if not rests_on_law(one, over)]
    cited = {basis for content in unfounded for basis in bases(content)}
    return StateOfRegister(
        databases=len(views),
        confirmed=sum(until >= day for until in due),
        in_force=len(views) - len(unfounded),
        classified=sum(is_classified(content) for content in contents),
        current=fresh[Freshness.CURRENT] + fresh[Freshness.DUE],
        late=fresh[Freshness.LATE],
        next_due=min((until for until in due if until >= day), default=None),
        on_lapsed=sum(bool(bases(content)) for content in unfounded),
        lapsed=tuple(sorted(str(over[basis].content.get("number")) for basis in cited)),
    )


@cached(LRUCache[Hashable, Any](_KEPT), key=_of_day, lock=Lock())
def size(register: Register, day: date) -> Size:
    """Return how large the list was on a day, by what is known at the moment."""
    total, owned = _on(register, day).facets(ORIGINALS, ("owner",))
    return Size(total, len(owned["owner"]))


@cached(LRUCache[Hashable, Any](_KEPT), key=_of_day, lock=Lock())
def owners(register: Register, day: date) -> dict[UUID, str]:
    """Return the name of the owner of every original database on a day."""
    then = _on(register, day)
    owned = {view.id: view.content.get("owner") for view in then.all(ORIGINALS)}
    agencies = then.by_ids({UUID(owner) for owner in owned.values() if owner})
    return {
        entry: agencies[UUID(owner)].title
        for entry, owner in owned.items()
        if owner and UUID(owner) in agencies
    }


def _on(register: Register, day: date) -> Register:
    """Return the register of another day, as it is known at the same moment."""
    moment = Moment(day, register.at.known_at)
    return Register(register.session, register.profile, moment, register.audience)
