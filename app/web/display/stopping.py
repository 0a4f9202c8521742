"""What stops when an entry is suspended or ends, and how long before that is to be
announced; shown before anybody decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.exchange.dependents import dependents
from app.register.queries import EntryView, Register
from app.workflow.context import Desk
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.time.terms import Rule

_STOPS = (ProposalType.SUSPEND, ProposalType.END)
_ANNOUNCED = "announce-suspension"  # of the table of terms


@dataclass(frozen=True)
class Stopping:
    """What stands on the entry; the rule by which a planned suspension is announced,
    and the first day that it leaves time for, None where nobody could read one.
    """

    views: Sequence[EntryView]
    rule: Rule | None
    earliest: date | None


def stopping(register: Register, desk: Desk, proposal: Proposal) -> Stopping | None:
    """Return what stops by a proposal; None for one that stops nothing, or is
    decided.
    """
    if proposal.type not in _STOPS or proposal.status not in OPEN:
        return None
    entry = register.by_ids([proposal.entry_id]).get(proposal.entry_id)
    if entry is None:
        return None
    rule = None
    if proposal.type is ProposalType.SUSPEND:
        rule = desk.office.terms.rule(_ANNOUNCED, clock.today())
    earliest = None
    if rule is not None:
        earliest = desk.office.calendar.due(clock.now(), int(rule.amount))
    return Stopping(dependents(register, entry), rule, earliest)
