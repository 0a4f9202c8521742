"""Where a case stands, and whose turn it is then."""

from collections.abc import Mapping
from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands. A kind uses those that its rules lead to."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED_BACK = "asked-back"
    GRANT_PREPARED = "grant-prepared"
    REFUSAL_PREPARED = "refusal-prepared"
    ANSWERED = "answered"  # agreed, or clarified: what follows from it is still to come
    REPORTED = "reported"  # said to be done, not verified yet
    REFUSED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({CaseStatus.REFUSED, CaseStatus.DONE, CaseStatus.WITHDRAWN})
OPEN = frozenset(CaseStatus) - CLOSED
# while the term of whoever has to answer runs
ANSWERING = frozenset(
    {CaseStatus.SENT, CaseStatus.GRANT_PREPARED, CaseStatus.REFUSAL_PREPARED}
)
# what the answering agency writes, and nobody else reads before it is confirmed
PREPARED = frozenset({CaseStatus.GRANT_PREPARED, CaseStatus.REFUSAL_PREPARED})
# what an agency's answer made of it: to count how long answers took
ANSWERS = frozenset({CaseStatus.ANSWERED, CaseStatus.REFUSED})


class Side(StrEnum):
    """Which side somebody stands on: who asks, who has to answer, either of the two
    (or the department, which has to do with every case), who records a letter that came
    (who asks, or the department), or the department.
    """

    ASKING = "asking"
    ANSWERING = "answering"
    PARTY = "party"
    RECORDING = "recording"
    DEPARTMENT = "department"


TURN: Mapping[CaseStatus, Side] = {
    CaseStatus.DRAFT: Side.ASKING,
    CaseStatus.SENT: Side.ANSWERING,
    CaseStatus.ASKED_BACK: Side.ASKING,
    CaseStatus.GRANT_PREPARED: Side.ANSWERING,
    CaseStatus.REFUSAL_PREPARED: Side.ANSWERING,
    CaseStatus.ANSWERED: Side.ASKING,
    CaseStatus.REPORTED: Side.DEPARTMENT,
}


class CasePart(StrEnum):
    """What doing something makes a person in the history of a case (four eyes)."""

    PREPARER = "preparer"
