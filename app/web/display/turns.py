"""Whose turn a proposal is, by role, and which one comes next for whoever works through
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.permissions import Role
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.queries import ProposalFilter

BY_ROLE: Mapping[Role, Sequence[Status]] = {
    Role.REGISTRAR: (
        *(Status.RETURNED, Status.DRAFT, Status.ENDORSING),
        *(Status.RECOMMENDED, Status.IN_REVIEW, Status.SUBMITTED, Status.APPROVED),
    ),
    Role.HEAD: (Status.ENDORSING,),
    Role.REVIEWER: (Status.SUBMITTED, Status.IN_REVIEW),
    Role.APPROVER: (Status.RECOMMENDED,),
    Role.DRAFTER: (Status.APPROVED,),
    Role.CLERK: (Status.APPROVED,),
    Role.AUDITOR: (),
    Role.ADMINISTRATOR: (),
}
# who decides on one proposal after the other
_THROUGH = frozenset({Role.HEAD, Role.REVIEWER, Role.APPROVER})


@dataclass(frozen=True)
class Turn:
    """Where a proposal stands among those that wait for the reader (None once it does
    not), how many wait, and the number of the next one.
    """

    place: int | None
    count: int
    following: int | None


def of(desk: Desk, number: int) -> Turn | None:
    """Return the turn of a proposal, None for a reader who does not work through
    them.
    """
    if desk.actor.role not in _THROUGH:
        return None
    mine = desk.actor.post_id if desk.actor.role is Role.REVIEWER else None
    criteria = ProposalFilter(BY_ROLE[desk.actor.role], free_or_of=mine)
    waiting = proposals.turns(desk, criteria)
    if number not in waiting:
        return Turn(None, len(waiting), waiting[0] if waiting else None)
    at = waiting.index(number)
    others = [*waiting[at + 1 :], *waiting[:at]]
    return Turn(at + 1, len(waiting), others[0] if others else None)
