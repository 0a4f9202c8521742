"""Whom it concerns that something is suspended, ends, or is agreed otherwise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Post
from app.exchange import dependents
from app.exchange.connections import AGREEMENT
from app.permissions import Audience, Role
from app.register.models import Period, Version
from app.register.queries import Register
from app.register.standing import moment, stands
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
    at = moment(session)
    register = Register(session, profile, at, Audience(Visibility.STATE))
    view = register.by_ids([proposal.entry_id]).get(proposal.entry_id)
    if view is None:
        return None
    agencies = dependents.concerned(register, view) | _before(session, proposal)
    posts = registrars(session, agencies - {proposal.agency_id})
    return Concerned(
        posts,
        f"{words} từ ngày {_since(session, proposal):%d/%m/%Y}",
        f"/doc/{profile.kinds[view.kind].path_word}/{view.local_id}",
    )


def _before(session: Session, proposal: Proposal) -> set[UUID]:
    """Return the parties of what was changed, who may be none any more."""
    base = proposal.base_version_id
    version = session.get(Version, base) if base else None
    return dependents.named(version.content) if version else set()


def _since(session: Session, proposal: Proposal) -> date:
    """Return from which day it holds, as the register recorded it last."""
    query = select(Period).where(Period.entry_id == proposal.entry_id, stands())
    periods = session.scalars(query).all()
    last = max(period.recorded_seq for period in periods)
    recorded = [period for period in periods if period.recorded_seq == last]
    if proposal.type is ProposalType.END:
        return max(period.valid_to for period in recorded)
    suspends = proposal.type is ProposalType.SUSPEND
    begun = [each.valid_from for each in recorded if each.suspended or not suspends]
    return max(begun, default=clock.today())


def registrars(session: Session, agencies: Collection[UUID]) -> Sequence[UUID]:
    """Return the posts that register for these agencies."""
    posts = select(Post.id).where(
        Post.agency_id.in_(agencies), Post.role == Role.REGISTRAR
    )
    return session.scalars(posts).all()
