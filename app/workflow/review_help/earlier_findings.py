"""What was said before of the same fields, in other proposals."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app import clock
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Finding, Proposal

MOST_PRECEDENTS = 3  # for each field
LOOKED_AT = 500  # findings of other proposals, the newest first


@dataclass(frozen=True)
class Precedent:
    """A field that was returned before: in which proposal, what was said, by which
    post, when.
    """

    number: int
    message: str
    post_id: UUID
    day: date


def precedents(desk: Desk, proposal: Proposal) -> dict[str, list[Precedent]]:
    """Return for each field where people found it wanting before, in this entry or
    agency first, then the newest.
    """
    query = select(Finding, Proposal).join(Proposal, Proposal.id == Finding.proposal_id)
    query = query.where(
        Proposal.kind == proposal.kind,
        Proposal.id != proposal.id,
        Finding.post_id.is_not(None),
    )
    query = (
        query.where(Proposal.round > Finding.round)
        .order_by(Finding.raised_at.desc())
        .limit(LOOKED_AT)
    )
    known = list(desk.session.execute(query))
    allowed = proposals.readable(desk, {row.id for _, row in known})
    known.sort(key=lambda pair: _is_distant(pair[1], proposal))
    by_field: dict[str, list[Precedent]] = defaultdict(list)
    for finding, other in known:
        kept = by_field[finding.field.split(".")[0]]
        if (
            other.id in allowed
            and len(kept) < MOST_PRECEDENTS
            and finding.post_id is not None
        ):
            day = clock.local(finding.raised_at).date()
            kept.append(Precedent(other.number, finding.message, finding.post_id, day))
    return dict(by_field)


def _is_distant(other: Proposal, proposal: Proposal) -> bool:
    """Tell whether it is about another entry and of another agency."""
    return other.entry_id != proposal.entry_id and other.agency_id != proposal.agency_id
