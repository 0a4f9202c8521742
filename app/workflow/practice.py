"""How this office works: its terms, its calendar, and what entering a kind brings with it; made from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.workflow.consequences import Consequence
from app.workflow.deadlines import Calendar
from app.workflow.lifecycle import EXAMINED, Status
from app.workflow.models import Proposal, ProposalType


@dataclass(frozen=True)
class Practice:
    """What differs between offices and is no right and no status. `review_days` are working days."""

    consequences: Mapping[str, Consequence]
    calendar: Calendar
    review_days: int
    promulgated: frozenset[str] = frozenset()  # kinds that enter by a decision of the People's Committee
    demonstration: bool = False

    def waits(self, proposal: Proposal) -> bool:
        """Tell whether an approved proposal waits for a decision; that a description is still right needs none."""
        return proposal.kind in self.promulgated and ProposalType(proposal.type) is not ProposalType.CONFIRM

    def until(self, proposal: Proposal) -> date | None:
        """Return by when the department answers, None while it has not to, or has by approving.

        What it has used up before it returned the proposal counts; while the agency has it, or it waits for a
        decision, the clock stands still.
        """
        if proposal.submitted_at is None or Status(proposal.status) not in EXAMINED:
            return None
        return self.calendar.due(proposal.submitted_at, max(self.review_days - proposal.spent_days, 0))
