"""Every read of dossiers: which there are, which proposals one holds, which still lie
loose.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import among
from app.errors import NotFoundError
from app.permissions import Action, Reach, reach
from app.workflow.context import Desk
from app.workflow.dossiers.models import Dossier
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.lifecycle import WITH_AGENCY
from app.workflow.proposals.models import Proposal

LISTED = 100
MOST = 200  # proposals in a dossier


def get(desk: Desk, number: int) -> Dossier:
    """Return a dossier that the actor may read: their agency's, or one of which
    something was sent; NotFoundError.
    """
    query = select(Dossier).where(Dossier.number == number)
    dossier = desk.session.scalar(query) if 0 < number < 2**31 else None
    if dossier is None or not _is_readable(desk, dossier):
        raise NotFoundError("Không có hồ sơ này")
    return dossier


def _is_readable(desk: Desk, dossier: Dossier) -> bool:
    far = reach(desk.actor, Action.READ)
    if far is not None and dossier.agency_id == desk.actor.agency_id:
        return True
    if far is not Reach.ANY or dossier.sent_at is None:
        return False
    return bool(readable(desk, [dossier])[dossier.id])


def latest(desk: Desk) -> dict[Dossier, list[Proposal]]:
    """Return the dossiers that the actor may read, each with its proposals.

    Those still open come first, then the newest.
    """
    query = select(Dossier).order_by(
        Dossier.sent_at.is_not(None), Dossier.number.desc()
    )
    if reach(desk.actor, Action.READ) is Reach.ANY:
        query = query.where(
            (Dossier.sent_at.is_not(None)) | (Dossier.agency_id == desk.actor.agency_id)
        )
    else:
        query = query.where(Dossier.agency_id == desk.actor.agency_id)
    dossiers = list(desk.session.scalars(query.limit(LISTED)))
    shown = readable(desk, dossiers)
    mine = desk.actor.agency_id
    return {
        dossier: shown[dossier.id]
        for dossier in dossiers
        if dossier.agency_id == mine or shown[dossier.id]
    }


def held(session: Session, dossier: Dossier) -> list[Proposal]:
    """Return its proposals, by number."""
    query = (
        select(Proposal)
        .where(Proposal.dossier_id == dossier.id)
        .order_by(Proposal.number)
    )
    return list(session.scalars(query))


def readable(desk: Desk, dossiers: Collection[Dossier]) -> dict[UUID, list[Proposal]]:
    """Return, by dossier, those of its proposals that the actor may read.

    What waits for the agency's head, others may not read yet.
    """
    held_by: dict[UUID, list[Proposal]] = {dossier.id: [] for dossier in dossiers}
    query = proposals.select_readable(desk).where(
        among(desk.session, Proposal.dossier_id, held_by)
    )
    for proposal in desk.session.scalars(query.order_by(Proposal.number)):
        if proposal.dossier_id is not None:
            held_by[proposal.dossier_id].append(proposal)
    return held_by


def loose(desk: Desk) -> list[Proposal]:
    """Return the drafts of the actor's agency that no dossier holds yet."""
    query = select(Proposal).where(
        Proposal.agency_id == desk.actor.agency_id, Proposal.dossier_id.is_(None)
    )
    query = query.where(Proposal.status.in_(sorted(WITH_AGENCY))).order_by(
        Proposal.number
    )
    return list(desk.session.scalars(query.limit(MOST)))


def of(session: Session, proposal: Proposal) -> Dossier | None:
    """Return the dossier that holds a proposal."""
    return session.get(Dossier, proposal.dossier_id) if proposal.dossier_id else None
