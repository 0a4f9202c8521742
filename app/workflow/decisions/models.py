"""The table of decisions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed, versioned
from app.workflow.decisions.lifecycle import DecisionStatus


class Issuer(StrEnum):
    """Who issues it: the People's Committee, or its chairman (law.md keeps this
    open).
    """

    COMMITTEE = "ubnd"
    CHAIRMAN = "chu-tich"


class DecisionKind(StrEnum):
    """What a decision does: promulgates a list, amends one, puts one in the place of
    another, or revokes one.
    """

    NEW = "new"
    AMEND = "amend"
    REPLACE = "replace"
    REVOKE = "revoke"


class Effect(StrEnum):
    """From when a decision holds: from the day of its signature, or from a day that it
    names.
    """

    SIGNING = "signing"
    DAY = "day"


class Decision(Base):
    """A decision that promulgates approved proposals together, from its first draft to
    the signed one.

    `annex` is what was frozen, its text included, `annex_hash` its hash; the files are
    named by their bytes. `entry_id` is its document in the register once it was signed
    on. `target_id` is the document that it amends, replaces or revokes, `target_from`
    the effective day that an amendment gives it. `wording`: what the office wrote
    otherwise than the text has it by itself, see `text`. `steps`: what happened to it.
    """

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(500))
    issuer: Mapped[Issuer] = mapped_column(closed(Issuer, 20))
    bases: Mapped[list[str]] = mapped_column(JSON)
    effective_from: Mapped[date | None]
    step: Mapped[DecisionStatus] = mapped_column(closed(DecisionStatus, 20), index=True)
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
    kind: Mapped[DecisionKind] = mapped_column(
        closed(DecisionKind, 20), default=DecisionKind.NEW, server_default="new"
    )
    effect: Mapped[Effect] = mapped_column(
        closed(Effect, 20), default=Effect.DAY, server_default="day"
    )
    target_id: Mapped[UUID | None] = mapped_column(index=True)
    target_from: Mapped[date | None]
    wording: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    steps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )

    __mapper_args__ = versioned(lock_version)


class Rectification(Base):
    """The register said otherwise than the signed paper does: `changes` are (was, is)
    by field, waiting for a second person, who confirms or refuses them.
    """

    __tablename__ = "rectification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"), index=True)
    changes: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    asked_post: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    confirmed: Mapped[bool | None]
    answered_post: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
