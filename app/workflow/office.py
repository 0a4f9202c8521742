"""How this office works: its steps, terms and calendar, and what entering a kind brings
with it; from the settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.config import Province
from app.workflow.entering_hook import Consequence
from app.workflow.proposals.lifecycle import EXAMINED, USUAL, Step
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.time.terms import Terms
from app.workflow.time.working_days import Calendar


def _nowhere(day: date) -> Province:
    """Refuse: an office that prints papers is told where it is."""
    raise LookupError(day)


@dataclass(frozen=True)
class Office:
    """What differs between offices and is no right."""

    consequences: Mapping[str, Consequence]
    calendar: Calendar
    terms: Terms
    steps: frozenset[Step] = USUAL
    # kinds that enter by a decision of the People's Committee
    promulgated: frozenset[str] = frozenset()
    demonstration: bool = False
    province: Callable[[date], Province] = _nowhere

    def waits(self, proposal: Proposal) -> bool:
        """Tell whether an approved proposal waits for a decision; that a description is
        still right needs none.
        """
        return (
            proposal.kind in self.promulgated
            and proposal.type is not ProposalType.CONFIRM
        )

    def until(self, proposal: Proposal) -> date | None:
        """Return by when whoever has the proposal now is done, None where no rule says
        so.
        """
        if proposal.due_on is not None:
            return proposal.due_on
        if proposal.submitted_at is None or proposal.status not in EXAMINED:
            return None
        # sent before terms were kept with it
        rule = self.terms.rule("examination", proposal.submitted_at.date())
        if rule is None:
            return None
        return rule.due(proposal.submitted_at, self.calendar, proposal.spent_days)
