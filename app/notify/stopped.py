"""Whom it concerns that something is suspended, ends, or is agreed otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Post
from app.exchange import dependents
from app.exchange.discrepancies import AGREEMENT
from app.permissions import Audience, Role
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import Profile, Visibility

_STOPS = {
    ProposalType.SUSPEND: "Tạm ngừng",
    ProposalType.END: "Chấm dứt",
}


@dataclass(frozen=True)
class Concerned:
    """The posts of the other agencies concerned, what happens from which day, and the
    page of the entry.
    """

    posts: Sequence[UUID]
    words: str
    path: str


def concerned(
    session: Session, profile: Profile, proposal: Proposal
) -> Concerned | None:
    """Return whom an entered proposal concerns beside its own agency; None where it
    stops nothing and changes no agreement.
    """
    words = _STOPS.get(proposal.type)
    if proposal.kind == AGREEMENT and proposal.type is ProposalType.AMEND:
        words = "Sửa đổi thỏa thuận"
    if words is None or proposal.status is not Status.ENTERED:
        return None
    at = moment(session, clock.today())
    register = Register(session, profile, at, Audience(Visibility.STATE))
    view = register.by_ids([proposal.entry_id]).get(proposal.entry_id)
    if view is None:
        return None
    agencies = dependents.concerned(register, view) - {proposal.agency_id}
    posts = select(Post.id).where(
        Post.agency_id.in_(agencies), Post.role == Role.REGISTRAR
    )
    since = proposal.effective_from or clock.today()
    return Concerned(
        session.scalars(posts).all(),
        f"{words} từ ngày {since:%d/%m/%Y}",
        f"/doc/{profile.kinds[view.kind].path_word}/{view.local_id}",
    )
