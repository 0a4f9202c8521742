"""The short lane: which proposals are so small that one reviewer, who had no hand in
them, closes them.
"""

from collections.abc import Sequence

from app.workflow.context import Desk
from app.workflow.proposals import diff
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.diff import Change, Mark
from app.workflow.proposals.models import Proposal, ProposalType


def is_short(desk: Desk, proposal: Proposal) -> bool:
    """Tell whether it amends nothing but fields that the profile lets through the short
    lane, from no other day.
    """
    base = proposals.base_version(desk.session, proposal)
    dated = proposal.effective_from is not None or proposal.effective_to is not None
    if proposal.type != ProposalType.AMEND or base is None or dated:
        return False
    members = desk.profile.kinds[proposal.kind].fields
    differ = diff.changed(diff.compare(members, base.content, proposal.content))
    return bool(differ) and all(_small(change) for change in differ)


def _small(change: Change) -> bool:
    """Tell whether everything that differs in a field is small: the field itself, or
    all that differs within it.
    """
    if change.field.short_lane and not change.field.fields:
        return True
    if change.parts:
        return all(_small(part) for part in diff.changed(change.parts))
    aligned = change.items and all(
        item.mark in (Mark.SAME, Mark.CHANGED) for item in change.items
    )
    return bool(aligned) and all(_small(part) for part in _within(change))


def _within(change: Change) -> Sequence[Change]:
    return [part for item in change.items for part in diff.changed(item.changes)]
