"""How a thing lives here: what may be done to it is a table, a rule for each action.

A proposal has such a table, a decision another. Who may do an action is no part of it:
that is `app.permissions`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar

from app.errors import TransitionError

S = TypeVar("S", bound=StrEnum)  # where a thing stands
A = TypeVar("A", bound=StrEnum)  # what is done to it
T = TypeVar("T")

Work = Callable[[Any, Any, Any], None]  # of a desk, the thing, and what came along


class Place(Enum):
    """Where an action is offered by itself, with nothing but what comes with it."""

    PAGE = "the page of the thing"
    API = "the interface for programs"


@dataclass(frozen=True)
class Nothing:
    """Comes with an action that needs nothing more."""


def nothing(_desk: Any, _thing: Any, _given: Any) -> None:
    """Ask for nothing, or do nothing more."""


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[S]):
    """What one action is.

    `moves` says from where it leads to where. `step` is a step of the office without
    which there is no such action; `instead` are moves for want of a step. `takes` is
    the class of what comes along, `precondition` raises when something else stands in
    the way, `effect` does it. `barred` are the parts in the thing's history that keep
    a person from it (four eyes), `involves` the part that doing it gives. `grave`: a
    page asks once more. `tells` names whom a notice is for. `word` is what it is
    called on screen.
    """

    moves: Mapping[S, S]
    word: str = ""
    step: StrEnum | None = None
    instead: Mapping[StrEnum, Mapping[S, S]] = field(default_factory=dict)
    takes: type = Nothing
    precondition: Work = nothing
    effect: Work = nothing
    barred: frozenset[StrEnum] = frozenset()
    involves: StrEnum | None = None
    places: frozenset[Place] = frozenset()
    grave: bool = False
    tells: StrEnum | None = None

    def asks_for(self, name: str) -> bool:
        """Tell whether something of this name comes along."""
        return any(part.name == name for part in fields(self.takes))


def made_of(takes: type[T], values: Mapping[str, Any]) -> T:
    """Return what comes with an action, of those of the values that it takes."""
    names = {part.name for part in fields(takes)}  # type: ignore[arg-type]
    return takes(**{name: value for name, value in values.items() if name in names})


@dataclass(frozen=True)
class Path(Generic[S, A]):
    """The way of things in one office: what may follow which status."""

    table: Mapping[tuple[S, A], S]
    message: str = (
        "Phiếu đã sang bước khác, không còn làm được việc này; tải lại trang để xem"
    )

    def follows(self, status: S, action: A) -> bool:
        """Tell whether the action follows from `status`."""
        return (status, action) in self.table

    def after(self, status: S, action: A) -> S:
        """Return the status that follows; TransitionError when the action does not."""
        try:
            return self.table[status, action]
        except KeyError:
            raise TransitionError(self.message) from None


def transitions(
    rules: Mapping[A, Rule[S]],
    steps: Iterable[StrEnum] = (),
    left_out: Mapping[S, S] | None = None,
) -> dict[tuple[S, A], S]:
    """Return what follows by these rules in an office that takes these steps.

    `left_out` are statuses that things pass over there, each with the one that they
    come to instead; a thing that stands in one already stays until it goes on.
    """
    taken = frozenset(steps)
    table: dict[tuple[S, A], S] = {}
    for action, rule in rules.items():
        if rule.step is not None and rule.step not in taken:
            continue
        moves = dict(rule.moves)
        for step, more in rule.instead.items():
            if step not in taken:
                moves.update(more)
        for before, after in moves.items():
            table[before, action] = (
                after if after is before else _beyond(after, left_out or {})
            )
    return table


def _beyond(status: S, left_out: Mapping[S, S]) -> S:
    while status in left_out:
        status = left_out[status]
    return status
