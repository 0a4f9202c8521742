"""What people bring to a proposal: what it asks for, remarks, answers, and what comes
with an action.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.workflow.consultations.inputs import Question
from app.workflow.life import Nothing
from app.workflow.proposals.models import ProposalType, Severity
from app.workflow.proposals.sanitising import Sanitised
from app.workflow.proposals.typed_bases import TypedBasis


@dataclass(frozen=True)
class ProposalRequest:
    """What a proposal asks for. `entry_id` None: something new; `effective_from` None:
    the day of entering.

    `copied` names the fields that were taken over from another entry and wait to be
    looked at.
    """

    kind: str
    content: Mapping[str, Any]
    type: ProposalType = ProposalType.REGISTER
    entry_id: UUID | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    copied: Sequence[str] = ()


@dataclass(frozen=True)
class Remark:
    """What a reviewer says about one field (dotted name)."""

    field: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Answer:
    """An answer in the thread of a finding; `mended` says that the agency did what was
    asked.
    """

    finding_id: UUID
    message: str
    mended: bool = False


@dataclass(frozen=True, kw_only=True)
class Reasoned:
    """Comes with a reason."""

    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Remarked:
    """Comes with remarks."""

    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Is about just what was seen."""

    seen_hash: str | None = None  # of the content that was looked at


@dataclass(frozen=True, kw_only=True)
class Written:
    """Comes with new content."""

    content: Mapping[str, Any] | Sanitised | None = None
    editing: str | None = None  # the form that saves
    reviewed: Sequence[str] = ()  # fields taken over from elsewhere that were looked at


@dataclass(frozen=True, kw_only=True)
class Edit(Written):
    """New content, by the agency."""


@dataclass(frozen=True, kw_only=True)
class Mend(Written):
    """New content, by the reviewer."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """Says which document of the register a typed legal basis is."""

    basis: TypedBasis | None = None
    law_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Rebase(Written):
    """The content merged with `base`, the version that the register holds now."""

    base: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Submit(Reasoned):
    """Sends it. `since`: the day from which an entry is to be suspended or to end, the
    open start for when it is approved; `until`: that from which what is suspended is
    shared again, the open end where nobody knows it. None leaves a day as it is.
    """

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Confirm(Nothing):
    """Says that what is in force is still right."""


@dataclass(frozen=True, kw_only=True)
class Endorse(Seen):
    """Sends it on as the head of the agency."""


@dataclass(frozen=True, kw_only=True)
class Decline(Reasoned):
    """Gives it back to whoever wrote it."""


@dataclass(frozen=True, kw_only=True)
class Recall(Nothing):
    """Takes it back to go on writing."""


@dataclass(frozen=True, kw_only=True)
class Withdraw(Nothing):
    """Gives it up."""


@dataclass(frozen=True, kw_only=True)
class Take(Nothing):
    """Takes it to examine."""


@dataclass(frozen=True, kw_only=True)
class Assign:
    """Gives it to a reviewer's post to examine."""

    assignee: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Consult:
    """Asks other agencies."""

    question: Question | None = None


@dataclass(frozen=True, kw_only=True)
class Find(Remarked):
    """Opens a thread for each remark."""


@dataclass(frozen=True, kw_only=True)
class AnswerFindings:
    """Answers in threads."""

    answers: Sequence[Answer] = ()


@dataclass(frozen=True, kw_only=True)
class Resolve:
    """Closes threads (ids of findings); without any, all that one's post opened."""

    resolved: Sequence[UUID] = ()


@dataclass(frozen=True, kw_only=True)
class Return(Reasoned, Remarked):
    """Asks the agency for more."""


@dataclass(frozen=True, kw_only=True)
class Recommend(Reasoned, Remarked):
    """Puts it up for approval, with the reviewer's conclusion; remarks that were typed
    are refused, not dropped.
    """


@dataclass(frozen=True, kw_only=True)
class Clear(Seen, Remarked):
    """Approves a small change in the short lane; remarks as with `Recommend`."""


@dataclass(frozen=True, kw_only=True)
class Approve(Seen, Reasoned, Remarked):
    """Approves what was seen, with the reason; remarks as with `Recommend`."""


@dataclass(frozen=True, kw_only=True)
class Reject(Reasoned, Remarked, Seen):
    """Closes it for good."""


@dataclass(frozen=True, kw_only=True)
class Enter(Nothing):
    """Puts it into the register."""


@dataclass(frozen=True, kw_only=True)
class Reopen(Reasoned):
    """Takes it back to the examination, out of the draft of a decision."""
