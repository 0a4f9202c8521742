"""Succession of agencies: one act that moves codes, entries, open proposals, posts and
agencies below (ADR 11).

* Which kinds of act are there? `acts`; what does a merger move, and what has nobody
  been told to take? `plan`
* What is wrong with an act? `check`; how is it entered and carried out? `execute`
* How is one corrected? `correct`; which codes close below one that is closed?
  `codes_below`
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.register.content.hashing import Content
from app.register.service import Order
from app.succession import check as succession_check
from app.succession import correct, execute
from app.workflow.checks.candidate import Candidate, CheckResult
from catalog_schema.profile import Profile

KIND = correct.KIND


@dataclass(frozen=True)
class Succession:
    """What entering a succession brings with it, as the workflow asks for it."""

    profile: Profile

    def begins(self, content: Content) -> date | None:
        """See `Consequence`."""
        return date.fromisoformat(content["date"]) if content.get("date") else None

    def check(self, candidate: Candidate) -> Iterator[CheckResult]:
        """See `Consequence`."""
        return succession_check.check(candidate)

    def carry_out(self, session: Session, order: Order) -> None:
        """See `Consequence`."""
        execute.carry_out(session, self.profile, order)
