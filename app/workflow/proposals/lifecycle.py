"""The life of a proposal, as one table. Nothing else decides a status.

Which steps an office takes is a setting (`Steps`); four eyes is none of them: it is
always on. A proposal that stands in a step which is switched off meanwhile goes on from
there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import TransitionError
from app.permissions import Action


class Status(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    ENDORSING = "endorsing"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    ENTERED = "entered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What an office may take as a step of its own, or leave out."""

    ENDORSEMENT = "endorsement"  # the head of the agency, before it is sent
    RECEIVING = "receiving"  # a reviewer takes it, before it is examined
    CONSULTATION = "consultation"  # other agencies are asked for their opinion
    RECOMMENDATION = "recommendation"  # a reviewer puts it up, before it is approved


USUAL = frozenset({Step.RECEIVING, Step.CONSULTATION, Step.RECOMMENDATION})

_ALWAYS: dict[tuple[Status, Action], Status] = {
    (Status.DRAFT, Action.EDIT): Status.DRAFT,
    (Status.DRAFT, Action.REBASE): Status.DRAFT,
    (Status.DRAFT, Action.CONFIRM): Status.APPROVED,
    (Status.DRAFT, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.ENDORSING, Action.RECALL): Status.DRAFT,
    (Status.ENDORSING, Action.DECLINE): Status.DRAFT,
    (Status.ENDORSING, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.SUBMITTED, Action.RECALL): Status.DRAFT,
    (Status.SUBMITTED, Action.TAKE): Status.IN_REVIEW,
    (Status.SUBMITTED, Action.ASSIGN): Status.SUBMITTED,
    (Status.SUBMITTED, Action.CLEAR): Status.APPROVED,
    (Status.SUBMITTED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.IN_REVIEW, Action.ASSIGN): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.MEND): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.FIND): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.REPLY): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.RESOLVE): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.RETURN): Status.RETURNED,
    (Status.IN_REVIEW, Action.CLEAR): Status.APPROVED,
    (Status.IN_REVIEW, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.RETURNED, Action.EDIT): Status.RETURNED,
    (Status.RETURNED, Action.REBASE): Status.RETURNED,
    (Status.RETURNED, Action.REPLY): Status.RETURNED,
    (Status.RETURNED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.RECOMMENDED, Action.FIND): Status.RECOMMENDED,
    (Status.RECOMMENDED, Action.REPLY): Status.RECOMMENDED,
    (Status.RECOMMENDED, Action.RETURN): Status.RETURNED,
    (Status.RECOMMENDED, Action.APPROVE): Status.APPROVED,
    (Status.RECOMMENDED, Action.REJECT): Status.REJECTED,
    (Status.RECOMMENDED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.APPROVED, Action.ENTER): Status.ENTERED,
    (Status.APPROVED, Action.REOPEN): Status.IN_REVIEW,
}


def transitions(steps: frozenset[Step]) -> dict[tuple[Status, Action], Status]:
    """Return the table of an office that takes these steps."""
    received = Status.SUBMITTED if Step.RECEIVING in steps else Status.IN_REVIEW
    sent = Status.ENDORSING if Step.ENDORSEMENT in steps else received
    table = {
        **_ALWAYS,
        (Status.DRAFT, Action.SUBMIT): sent,
        (Status.RETURNED, Action.SUBMIT): sent,
        (Status.ENDORSING, Action.ENDORSE): received,
    }
    if Step.CONSULTATION in steps:
        table[Status.IN_REVIEW, Action.CONSULT] = Status.IN_REVIEW
    if Step.RECOMMENDATION in steps:
        table[Status.IN_REVIEW, Action.RECOMMEND] = Status.RECOMMENDED
    else:
        table[Status.IN_REVIEW, Action.APPROVE] = Status.APPROVED
        table[Status.IN_REVIEW, Action.REJECT] = Status.REJECTED
    return table


@dataclass(frozen=True)
class Path:
    """The way of proposals in one office."""

    table: Mapping[tuple[Status, Action], Status]

    def follows(self, status: Status, action: Action) -> bool:
        """Tell whether the action follows from `status`."""
        return (status, action) in self.table

    def after(self, status: Status, action: Action) -> Status:
        """Return the status that follows; TransitionError when the action does not
        follow from `status`.
        """
        try:
            return self.table[status, action]
        except KeyError:
            message = (
                "Phiếu đã sang bước khác, không còn làm được việc này; tải lại "
                "trang để xem"
            )
            raise TransitionError(message) from None


def path(steps: frozenset[Step] = USUAL) -> Path:
    """Return the way of proposals in an office that takes these steps."""
    return Path(transitions(steps))


EDITS: dict[Status, Action] = {  # whose edit it is that saves a form
    Status.DRAFT: Action.EDIT,
    Status.RETURNED: Action.EDIT,
    Status.IN_REVIEW: Action.MEND,
}

OPEN = frozenset(Status) - {Status.ENTERED, Status.REJECTED, Status.WITHDRAWN}


WITH_AGENCY = frozenset(
    {Status.DRAFT, Status.RETURNED}
)  # whose turn it is: whoever writes it for the agency
WITH_DEPARTMENT = OPEN - WITH_AGENCY - {Status.ENDORSING}
EXAMINED = WITH_DEPARTMENT - {Status.APPROVED}  # while the term of the examination runs
AGAIN = frozenset(
    {Status.REJECTED, Status.WITHDRAWN}
)  # what may be copied into a new proposal
