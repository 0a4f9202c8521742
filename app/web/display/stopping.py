"""What stops when an entry is suspended or ends, and how long before that is to be
announced; shown before anybody decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.exchange.dependents import concerned, dependents
from app.register.queries import EntryView, Register
from app.workflow.context import Desk
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.preconditions import REASONED
from app.workflow.time.terms import Rule

_ANNOUNCED = "announce-suspension"  # of the table of terms
_BEFORE = "working-day-before"  # its unit: so many working days


@dataclass(frozen=True)
class Stopping:
    """What stands on the entry, and the other agencies that it concerns; the rule by
    which a planned suspension is announced, and the first day that it leaves time for,
    None where the table has none; the day that is asked for.
    """

    views: Sequence[EntryView]
    agencies: Sequence[EntryView]
    rule: Rule | None
    earliest: date | None
    since: date | None

    @property
    def short(self) -> bool:
        """Whether the day that is asked for leaves less time than the rule."""
        asked, earliest = self.since, self.earliest
        return asked is not None and earliest is not None and asked < earliest


def stopping(register: Register, desk: Desk, proposal: Proposal) -> Stopping | None:
    """Return what stops by a proposal; None for one that stops nothing, or is
    decided.
    """
    if proposal.type not in REASONED or proposal.status not in OPEN:
        return None
    entry = register.by_ids([proposal.entry_id]).get(proposal.entry_id)
    if entry is None:
        return None
    rule, earliest = _notice(desk, proposal)
    agencies = concerned(register, entry) - {proposal.agency_id}
    return Stopping(
        dependents(register, entry),
        sorted(register.by_ids(agencies).values(), key=lambda view: view.sort_key),
        rule,
        earliest,
        proposal.effective_from,
    )


def _notice(desk: Desk, proposal: Proposal) -> tuple[Rule | None, date | None]:
    """Return the rule by which a suspension is announced, and its first day."""
    if proposal.type is not ProposalType.SUSPEND:
        return None, None
    rule = desk.office.terms.rule(_ANNOUNCED, clock.today())
    if rule is None or rule.unit != _BEFORE:
        return None, None
    sent = proposal.submitted_at or clock.now()
    return rule, desk.office.calendar.due(sent, int(rule.amount))
