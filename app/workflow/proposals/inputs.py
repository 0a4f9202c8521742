"""What people bring to a proposal: what it asks for, remarks, answers, and what comes
with an action.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.workflow.consultations.inputs import Question
from app.workflow.proposals.models import ProposalType, Severity


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


@dataclass(frozen=True)
class Deed:
    """What comes with an action: new content, findings, answers, what is resolved, a
    reason, the hash that was seen.

    `editing` is the form that saves; `base` the version that a rebased content was
    merged with; `assignee` the post of the reviewer who examines it from now on;
    `asked` what other agencies are asked. `until` is the day from which what is
    suspended is to be shared again, the open end where nobody knows it, None to leave
    it as it is.
    """

    lock_version: int
    content: Mapping[str, Any] | None = None
    remarks: Sequence[Remark] = field(default_factory=tuple)
    answers: Sequence[Answer] = field(default_factory=tuple)
    resolved: Sequence[UUID] = field(default_factory=tuple)
    reason: str | None = None
    seen_hash: str | None = None
    editing: str | None = None
    reviewed: Sequence[str] = ()
    base: UUID | None = None
    assignee: UUID | None = None
    asked: Question | None = None
    until: date | None = None
