"""Where the page of an entry and of a proposal is."""

from flask import url_for

from app.register.queries import EntryView
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import Profile


def entry_address(profile: Profile, view: EntryView) -> str:
    """Return the address of an entry's page."""
    return url_for(
        "entry.document", word=profile.kinds[view.kind].path_word, name=view.local_id
    )


def proposal_address(proposal: Proposal) -> str:
    """Return the address of a proposal's page."""
    return url_for("review.proposal", number=proposal.number)
