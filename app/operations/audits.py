"""Whether what is kept agrees with what was said of it: `danhmuc check` asks all of
this.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.permissions import Audience
from app.rdf.writing.records import Names, own
from app.register.content import hashing
from app.register.filters import Filter
from app.register.models import Version
from app.register.queries import Register
from app.register.standing import State, moment
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal
from catalog_schema import validation
from catalog_schema.profile import Profile, Visibility

# how the journal's word for anything that the register did begins
_REGISTERED = "entry."


def altered_versions(session: Session) -> list[str]:
    """Return the versions whose content is no longer what their hash, and the journal,
    say.
    """
    journalled = {
        row.version_id: row.hash for row in journal.rows(session) if row.version_id
    }
    altered = []
    for version in session.scalars(select(Version).execution_options(yield_per=1000)):
        computed = hashing.content_hash(version.content)
        if (
            computed != version.content_hash
            or journalled.get(version.id) != version.content_hash
        ):
            altered.append(str(version.id))
    return altered


def nonconforming(session: Session, profile: Profile) -> list[str]:
    """Return the entries whose triples break the profile's own SHACL."""
    reader = Register(session, profile, moment(session), Audience(Visibility.OWNER))
    views = [
        view
        for view in reader.all(Filter())
        if view.state in (State.IN_FORCE, State.SUSPENDED)
    ]
    names = Names(reader.iris(views))
    return [
        v.local_id
        for v in views
        if validation.check(own(profile, v, names), profile, profile.kinds[v.kind])
    ]


def entered_without_trace(session: Session) -> list[str]:
    """Return the numbers of proposals that are called entered although the register did
    nothing for them.
    """
    acted = select(journal.JournalRow.proposal_id).where(
        journal.JournalRow.action.startswith(_REGISTERED),
        journal.JournalRow.proposal_id.is_not(None),
    )
    query = select(Proposal.number).where(
        Proposal.status == Status.ENTERED, Proposal.id.not_in(acted)
    )
    return [str(number) for number in session.scalars(query.order_by(Proposal.number))]
