"""Tables of review campaigns and of what each agency answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, closed


class CampaignReply(StrEnum):
    """What an agency answers."""

    UNCHANGED = "unchanged"
    CHANGING = "changing"


class Campaign(Base):
    """A review that the department opens: which agencies look through their entries, by
    when.
    """

    __tablename__ = "campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )


class CampaignAnswer(Base):
    """What one agency answers to a campaign; `answer` None until it does."""

    __tablename__ = "campaign_answer"

    campaign_id: Mapped[UUID] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True
    )
    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("entry.id"), primary_key=True, index=True
    )
    answer: Mapped[CampaignReply | None] = mapped_column(closed(CampaignReply, 20))
    note: Mapped[str | None] = mapped_column(Text)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    paper: Mapped[dict[str, Any] | None] = mapped_column(JSON)
