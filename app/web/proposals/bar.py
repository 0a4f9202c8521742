"""Which of the things that may be done to a proposal stand in the bar of its page: the
one that its state asks for, and its opposite.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.permissions import Action

# what a page decides with; the rest (recalling, assigning …) stands beside
DECIDING = (
    Action.TAKE,
    Action.FIND,
    Action.RETURN,
    Action.RECOMMEND,
    Action.DECLINE,
    Action.ENDORSE,
    Action.REJECT,
    Action.APPROVE,
)


@dataclass(frozen=True)
class Bar:
    """The one thing to do (`go`), what may be done instead of it (`instead`), and what
    else may be decided (`rest`), which stands with the opinion.
    """

    go: Action | None
    instead: Action | None
    rest: Sequence[Action]


def bar(actions: Collection[Action], remarks: int) -> Bar:
    """Return what stands in the bar; `remarks` are open. While there are any, nothing
    goes up.
    """
    may = [action for action in DECIDING if action in actions]
    if remarks and Action.RECOMMEND in may:
        may.remove(Action.RECOMMEND)
    pairs = (
        (Action.APPROVE, Action.REJECT),
        (Action.ENDORSE, Action.DECLINE),
        (Action.RECOMMEND, Action.FIND),
        (Action.RETURN, Action.FIND),
        (Action.TAKE, None),
    )
    go, instead = next((pair for pair in pairs if pair[0] in may), (None, None))
    instead = instead if instead in may else None
    rest = [action for action in may if action not in (go, instead)]
    return Bar(go, instead, rest)
