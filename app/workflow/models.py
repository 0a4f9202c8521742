"""Tables of proposals, of what was sent and mended, of the hands that worked on them, of findings and their threads."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class ProposalType(StrEnum):
    """What a proposal asks for."""

    REGISTER = "register"
    AMEND = "amend"
    CONFIRM = "confirm"
    SUSPEND = "suspend"
    END = "end"


class Severity(StrEnum):
    """How much a finding weighs: an error must be mended, a warning must be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Proposal(Base):
    """Asks to register, amend, confirm, suspend or end an entry. `content` is what was typed, even where invalid.

    `edited_in` is the form that saved last, so that a form is not stale to itself. `copied` are the fields that came
    from another entry and nobody has looked at yet. `submitted_at` starts the department's clock, `spent_days` are the
    working days that it had used up before. `due_on` is by when whoever has it now is done, under the rule `due_rule`;
    a later rule changes neither. `assignee_id` is the reviewer's post that examines it.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_status_agency_id", "status", "agency_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    type: Mapped[ProposalType] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    base_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    status: Mapped[str] = mapped_column(String(20))
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


class Part(StrEnum):
    """What a person did: wrote it for the agency, endorsed it as the agency's head, or mended it as a reviewer."""

    AUTHOR = "author"
    ENDORSER = "endorser"
    EDITOR = "editor"


class Hand(Base):
    """A person who wrote, endorsed or mended a proposal; `BARRED` of the service says what they may not decide."""

    __tablename__ = "hand"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), default=Part.AUTHOR)


class Revision(Base):
    """The content, and the reason given, when it was sent, mended, returned or refused: nothing said is ever lost."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    round: Mapped[int]
    action: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Reply(Base):
    """An answer in the thread of a finding; `mended` when the agency says that it has done what was asked."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    message: Mapped[str] = mapped_column(Text)
    mended: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant)


class Finding(Base):
    """What a reviewer (`post_id`) or a machine check (none) says about one field in one round."""

    __tablename__ = "finding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    round: Mapped[int]
    field: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(String(60))
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)


class Attachment(Base):
    """A file that the agency sends along with a proposal, e.g. the signed request; `sha256` names its bytes."""

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)


class Intake(Base):
    """Entries that a decision has settled already, brought in together: one person prepares, another confirms.

    `rows` are contents as they will be entered; `status` is waiting, entered or rejected.
    """

    __tablename__ = "intake"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20), index=True, default="waiting")
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    effective_from: Mapped[date]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    annex: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    signed: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_post: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)


class Decision(Base):
    """A decision that promulgates approved proposals together, from its first draft to the signed one.

    `annex` is what was frozen, `annex_hash` its hash; the files are named by their bytes. `entry_id` is its document in
    the register once it was signed on.
    """

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(500))
    issuer: Mapped[str] = mapped_column(String(20))
    bases: Mapped[list[str]] = mapped_column(JSON)
    effective_from: Mapped[date | None]
    step: Mapped[str] = mapped_column(String(20), index=True)
    lock_version: Mapped[int] = mapped_column(default=1)
    annex: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    annex_hash: Mapped[str | None] = mapped_column(String(64))
    annex_file: Mapped[str | None] = mapped_column(String(64))
    text_file: Mapped[str | None] = mapped_column(String(64))
    report: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)
    symbol: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    signatory: Mapped[str | None] = mapped_column(String(200))
    signed_file: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[UUID | None] = mapped_column(index=True)
    made_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)


class Consultation(Base):
    """Other agencies are asked for their opinion on a proposal, or on a decision in the making, by a day.

    `content` is that of the proposal when they were asked: what becomes of it afterwards is not theirs to read.
    """

    __tablename__ = "consultation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    due_on: Mapped[date]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Opinion(Base):
    """What one agency answers to a consultation; `verdict` None until it does, "silent" when it has let the day go by.

    `comments` are {"field", "message"}; `handling` is what the department made of it.
    """

    __tablename__ = "opinion"

    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True, index=True)
    verdict: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    comments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    handling: Mapped[str | None] = mapped_column(Text)
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    handled_at: Mapped[datetime | None] = mapped_column(Instant)


class Dossier(Base):
    """Proposals that an agency sends together under one official letter; `sent_at` None while it is gathered."""

    __tablename__ = "dossier"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    symbol: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    file: Mapped[str | None] = mapped_column(String(64))
    lock_version: Mapped[int] = mapped_column(default=1)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class Campaign(Base):
    """A review that the department opens: which agencies look through their entries, by when."""

    __tablename__ = "campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class CampaignAnswer(Base):
    """What one agency answers to a campaign; `answer` None until it does."""

    __tablename__ = "campaign_answer"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True, index=True)
    answer: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class CannedReason(Base):
    """A reason that the department's reviewers keep together, to be chosen instead of typed; never deleted."""

    __tablename__ = "canned_reason"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    text: Mapped[str] = mapped_column(String(500))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
