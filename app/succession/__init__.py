"""Succession of agencies: one act that moves codes, entries, open proposals, posts and agencies below (ADR 11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.register.content import Content
from app.register.service import Order
from app.succession import checking, correcting, entering
from app.workflow.checks import Candidate, Found
from catalog_schema.profile import Profile

KIND = correcting.KIND


@dataclass(frozen=True)
class Succession:
    """What entering a succession brings with it, as the workflow asks for it."""

    profile: Profile

    def begins(self, content: Content) -> date | None:
        """See `Consequence`."""
        return date.fromisoformat(content["date"]) if content.get("date") else None

    def check(self, candidate: Candidate) -> Iterator[Found]:
        """See `Consequence`."""
        return checking.check(candidate)

    def carry_out(self, session: Session, order: Order) -> None:
        """See `Consequence`."""
        entering.carry_out(session, self.profile, order)
