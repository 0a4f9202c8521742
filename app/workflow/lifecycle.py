"""The life of a proposal, as one table. Nothing else decides a status."""

from enum import StrEnum

from app.errors import TransitionError
from app.permissions import Action


class Status(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    ENTERED = "entered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.DRAFT, Action.EDIT): Status.DRAFT,
    (Status.DRAFT, Action.REBASE): Status.DRAFT,
    (Status.DRAFT, Action.CONFIRM): Status.APPROVED,
    (Status.DRAFT, Action.SUBMIT): Status.SUBMITTED,
    (Status.DRAFT, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.SUBMITTED, Action.RECALL): Status.DRAFT,
    (Status.SUBMITTED, Action.TAKE): Status.IN_REVIEW,
    (Status.SUBMITTED, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.IN_REVIEW, Action.MEND): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.FIND): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.REPLY): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.RESOLVE): Status.IN_REVIEW,
    (Status.IN_REVIEW, Action.RETURN): Status.RETURNED,
    (Status.IN_REVIEW, Action.RECOMMEND): Status.RECOMMENDED,
    (Status.IN_REVIEW, Action.WITHDRAW): Status.WITHDRAWN,
    (Status.RETURNED, Action.EDIT): Status.RETURNED,
    (Status.RETURNED, Action.REBASE): Status.RETURNED,
    (Status.RETURNED, Action.REPLY): Status.RETURNED,
    (Status.RETURNED, Action.SUBMIT): Status.SUBMITTED,
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

EDITS: dict[Status, Action] = {  # whose edit it is that saves a form
    Status.DRAFT: Action.EDIT,
    Status.RETURNED: Action.EDIT,
    Status.IN_REVIEW: Action.MEND,
}

OPEN = frozenset(Status) - {Status.ENTERED, Status.REJECTED, Status.WITHDRAWN}


WITH_AGENCY = frozenset({Status.DRAFT, Status.RETURNED})  # whose turn it is: the agency's
WITH_DEPARTMENT = OPEN - WITH_AGENCY
EXAMINED = WITH_DEPARTMENT - {Status.APPROVED}  # while the term of the examination runs
AGAIN = frozenset({Status.REJECTED, Status.WITHDRAWN})  # what may be copied into a new proposal


def follows(status: Status, action: Action) -> bool:
    """Tell whether the action follows from `status`."""
    return (status, action) in TRANSITIONS


def after(status: Status, action: Action) -> Status:
    """Return the status that follows; TransitionError when the action does not follow from `status`."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise TransitionError(f"Hồ sơ đang ở trạng thái “{status}”, không thực hiện được việc “{action}”") from None
