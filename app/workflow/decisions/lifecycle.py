"""The life of a decision, as one table: what may be done where it stands, and where
that leads.
"""

from enum import StrEnum


class DecisionStatus(StrEnum):
    """Where a decision stands."""

    GATHERING = "gathering"
    FROZEN = "frozen"
    SENT = "sent"
    SIGNED = "signed"
    DROPPED = "dropped"


OPEN = frozenset({DecisionStatus.GATHERING, DecisionStatus.FROZEN, DecisionStatus.SENT})
STEPS: dict[
    str, dict[DecisionStatus, DecisionStatus]
] = {  # what may be done at which step, and where it leads
    "write": {DecisionStatus.GATHERING: DecisionStatus.GATHERING},
    "take-out": {DecisionStatus.GATHERING: DecisionStatus.GATHERING},
    "consult": {DecisionStatus.GATHERING: DecisionStatus.GATHERING},
    "freeze": {DecisionStatus.GATHERING: DecisionStatus.FROZEN},
    "thaw": {DecisionStatus.FROZEN: DecisionStatus.GATHERING},
    "send": {DecisionStatus.FROZEN: DecisionStatus.SENT},
    "give-back": {DecisionStatus.SENT: DecisionStatus.GATHERING},
    "sign": {
        DecisionStatus.FROZEN: DecisionStatus.SIGNED,
        DecisionStatus.SENT: DecisionStatus.SIGNED,
    },
    "drop": {DecisionStatus.GATHERING: DecisionStatus.DROPPED},
}
