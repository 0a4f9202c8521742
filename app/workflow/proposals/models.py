"""Tables of proposals, of what was sent and mended, of who was involved, of findings
and their threads.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, closed, versioned
from app.workflow.proposals.lifecycle import Status


class ProposalType(StrEnum):
    """What a proposal asks for."""

    REGISTER = "register"
    AMEND = "amend"
    CONFIRM = "confirm"
    SUSPEND = "suspend"
    END = "end"


class Severity(StrEnum):
    """How much a finding weighs: an error must be mended, a warning must be looked
    at.
    """

    ERROR = "error"
    WARNING = "warning"


class Proposal(Base):
    """Asks to register, amend, confirm, suspend or end an entry. `content` is what was
    typed, even where invalid.

    `edited_in` is the form that saved last, so that a form is not stale to itself.
    `copied` are the fields that came from another entry and nobody has looked at yet.
    `submitted_at` starts the department's clock, `spent_days` are the working days that
    it had used up before. `due_on` is by when whoever has it now is done, under the
    rule `due_rule`; a later rule changes neither. `assignee_id` is the reviewer's post
    that examines it.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_status_agency_id", "status", "agency_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    type: Mapped[ProposalType] = mapped_column(closed(ProposalType, 20))
    kind: Mapped[str] = mapped_column(String(40))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    base_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    status: Mapped[Status] = mapped_column(closed(Status, 20))
    lock_version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    edited_in: Mapped[str | None] = mapped_column(String(50))
    copied: Mapped[list[str] | None] = mapped_column(JSON)
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_id: Mapped[UUID | None] = mapped_column(index=True)
    spent_days: Mapped[int] = mapped_column(default=0, server_default="0")
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(String(60))
    assignee_id: Mapped[UUID | None] = mapped_column(index=True)
    dossier_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    involvements: Mapped[list["Involvement"]] = relationship()
    revisions: Mapped[list["Revision"]] = relationship(order_by="Revision.id")
    findings: Mapped[list["Finding"]] = relationship(
        order_by="(Finding.raised_at, Finding.field)"
    )

    __mapper_args__ = versioned(lock_version)


class Contribution(StrEnum):
    """What a person did: wrote it for the agency, endorsed it as the agency's head,
    mended it as a reviewer, put it up for approval, or approved it.
    """

    AUTHOR = "author"
    ENDORSER = "endorser"
    EDITOR = "editor"
    EXAMINER = "examiner"
    APPROVER = "approver"


class Involvement(Base):
    """A person who wrote, endorsed or mended a proposal; `barred` of
    an action's rule says who may not do it.
    """

    __tablename__ = "hand"

    proposal_id: Mapped[UUID] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[Contribution] = mapped_column(
        closed(Contribution, 10), default=Contribution.AUTHOR
    )


class Occasion(StrEnum):
    """Why a revision was kept: what was done, or that a succession moved the proposal.

    `FORMER` is what stood in the form when it was moved, and had never been sent.
    """

    SUBMIT = "submit"
    DECLINE = "decline"
    MEND = "mend"
    RETURN = "return"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    REJECT = "reject"
    REOPEN = "reopen"
    FORMER = "former"
    MOVED = "moved"


class Revision(Base):
    """The content, and the reason given, when it was sent, mended, returned or refused:
    nothing said is ever lost.
    """

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    round: Mapped[int]
    action: Mapped[Occasion] = mapped_column(closed(Occasion, 20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Reply(Base):
    """An answer in the thread of a finding; `mended` when the agency says that it has
    done what was asked.
    """

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    message: Mapped[str] = mapped_column(Text)
    mended: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant)


class Finding(Base):
    """What a reviewer (`post_id`) or a machine check (none) says about one field in one
    round.
    """

    __tablename__ = "finding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    round: Mapped[int]
    field: Mapped[str] = mapped_column(String(120))
    severity: Mapped[Severity] = mapped_column(closed(Severity, 10))
    message: Mapped[str] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(String(60))
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)


class Attachment(Base):
    """A file that the agency sends along with a proposal, e.g. the signed request;
    `sha256` names its bytes.
    """

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
