"""Where a proposal may stand, whose turn it is there, and which steps an office takes.

What leads from one status to another is in the table of actions (`actions`). Which
steps an office takes is a setting; four eyes is none of them: it is always on. A
proposal that stands in a step which is switched off meanwhile goes on from there.
"""

from enum import StrEnum


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

# a status that a proposal does not come to where the step is left out, and the next
PASSED_OVER: dict[Step, tuple[Status, Status]] = {
    Step.ENDORSEMENT: (Status.ENDORSING, Status.SUBMITTED),
    Step.RECEIVING: (Status.SUBMITTED, Status.IN_REVIEW),
}

CLOSED = frozenset({Status.ENTERED, Status.REJECTED, Status.WITHDRAWN})
OPEN = frozenset(Status) - CLOSED


# whose turn it is: whoever writes it for the agency
WITH_AGENCY = frozenset({Status.DRAFT, Status.RETURNED})
WITH_DEPARTMENT = OPEN - WITH_AGENCY - {Status.ENDORSING}
EXAMINED = WITH_DEPARTMENT - {Status.APPROVED}  # while the term of the examination runs
# what may be copied into a new proposal
AGAIN = frozenset({Status.REJECTED, Status.WITHDRAWN})
