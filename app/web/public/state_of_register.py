"""How the list stands at a moment: how many databases are confirmed, rest on law in
force, are classified and dated; and how many there were on other days.

Remembered by what the register held, and the day, since a moment never changes.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import Moment, State
from app.workflow.time import confirmations
from catalog_schema.profile import DATABASE

PRESENT = (State.IN_FORCE, State.SUSPENDED)
ORIGINALS = Filter((DATABASE,), PRESENT, {"record_kind": ("goc",)})
_KEPT = 64
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class StateOfRegister:
    """Of how many original databases each thing holds; `next_due` is the first day by
    which one has to be confirmed again, `lapsed` the laws that no longer hold and on
    which some rest.
    """

    databases: int
    confirmed: int
    in_force: int
    classified: int
    dated: int
    next_due: date | None
    lapsed: tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """How many original databases and owners there are on a day."""

    databases: int
    owners: int


def state(register: Register) -> StateOfRegister:
    """Return how the list stands at the register's moment."""
    return _remembered("state", register, register.at.as_of, _state)


def size(register: Register, day: date) -> Size:
    """Return how large the list was on a day, by what is known at the moment."""
    return _remembered("size", register, day, _size)


def owners(register: Register, day: date) -> dict[UUID, str]:
    """Return the name of the owner of every original database on a day."""
    return _remembered("owners", register, day, _owners)


def _remembered(
    name: str, register: Register, day: date, count: Callable[[Register], Answer]
) -> Answer:
    """Return what `count` makes of the register of a day, counted once while it holds
    the same; of confirmations, which change no period, while nothing is journalled.
    """
    moment = Moment(day, register.at.known_at)
    held = moment.known_at if count is _state else register.published()[0]
    bind = register.session.get_bind()
    key = name, str(bind.engine.url), day, held, register.audience
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Answer = _kept[key]
            return found
    then = Register(register.session, register.profile, moment, register.audience)
    answer = count(then)
    with _lock:
        _kept[key] = answer
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return answer


def _state(register: Register) -> StateOfRegister:
    views = register.all(ORIGINALS)
    day = register.at.as_of
    due = confirmations.due(register.session, views).values()
    laws = register.by_ids({UUID(basis) for view in views for basis in _bases(view)})
    over = {str(law.id): law for law in laws.values() if law.thing.over}
    resting = [[basis for basis in _bases(view) if basis in over] for view in views]
    lapsed = {basis for bases in resting for basis in bases}
    numbers = sorted(str(over[basis].content.get("number")) for basis in lapsed)
    return StateOfRegister(
        databases=len(views),
        confirmed=sum(until >= day for until in due),
        in_force=sum(not bases for bases in resting),
        classified=sum(bool(view.content.get("sharing_class")) for view in views),
        dated=sum(bool(view.content.get("last_updated")) for view in views),
        next_due=min((until for until in due if until >= day), default=None),
        lapsed=tuple(numbers),
    )


def _bases(view: EntryView) -> list[str]:
    return list(view.content.get("legal_basis", ()))


def _size(register: Register) -> Size:
    total, owned = register.facets(ORIGINALS, ("owner",))
    return Size(total, len(owned["owner"]))


def _owners(register: Register) -> dict[UUID, str]:
    owned = {view.id: view.content.get("owner") for view in register.all(ORIGINALS)}
    agencies = register.by_ids({UUID(owner) for owner in owned.values() if owner})
    return {
        entry: agencies[UUID(owner)].title
        for entry, owner in owned.items()
        if owner and UUID(owner) in agencies
    }
