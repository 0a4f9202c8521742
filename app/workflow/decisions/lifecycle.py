"""The life of a decision, as one table: what may be done where it stands, and where
that leads.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.permissions import Action
from app.workflow.life import Path, Rule, transitions


class DecisionStatus(StrEnum):
    """Where a decision stands."""

    GATHERING = "gathering"
    FROZEN = "frozen"
    SENT = "sent"
    SIGNED = "signed"
    DROPPED = "dropped"


OPEN = frozenset({DecisionStatus.GATHERING, DecisionStatus.FROZEN, DecisionStatus.SENT})


class DecisionAction(StrEnum):
    """What is done to a decision."""

    WRITE = "write"
    TAKE_OUT = "take-out"
    CONSULT = "consult"
    FREEZE = "freeze"
    THAW = "thaw"
    SEND = "send"
    GIVE_BACK = "give-back"
    SIGN = "sign"
    DROP = "drop"


ACTIONS: Mapping[DecisionAction, Rule[DecisionStatus]] = {
    **dict.fromkeys(
        (DecisionAction.WRITE, DecisionAction.TAKE_OUT, DecisionAction.CONSULT),
        Rule(moves={DecisionStatus.GATHERING: DecisionStatus.GATHERING}),
    ),
    DecisionAction.FREEZE: Rule(
        moves={DecisionStatus.GATHERING: DecisionStatus.FROZEN}
    ),
    DecisionAction.THAW: Rule(moves={DecisionStatus.FROZEN: DecisionStatus.GATHERING}),
    DecisionAction.SEND: Rule(moves={DecisionStatus.FROZEN: DecisionStatus.SENT}),
    DecisionAction.GIVE_BACK: Rule(
        moves={DecisionStatus.SENT: DecisionStatus.GATHERING}
    ),
    DecisionAction.SIGN: Rule(
        moves={
            DecisionStatus.FROZEN: DecisionStatus.SIGNED,
            DecisionStatus.SENT: DecisionStatus.SIGNED,
        }
    ),
    DecisionAction.DROP: Rule(moves={DecisionStatus.GATHERING: DecisionStatus.DROPPED}),
}
RIGHTS_ASKED: Mapping[DecisionAction, Action] = {
    **dict.fromkeys(DecisionAction, Action.PREPARE_DECISION),
    DecisionAction.SIGN: Action.ENTER,
}
PATH = Path(
    transitions(ACTIONS), "Quyết định không còn ở bước này; tải lại trang để xem"
)
