"""The workflow's part of a succession: open proposals go on under another agency, with
their history and hands.
"""

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy import String, cast, or_, select, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.register.content import hashing
from app.register.content.hashing import Content
from app.register.models import Version
from app.register.reassignment import Change
from app.workflow.campaigns.models import CampaignAnswer
from app.workflow.consultations.models import Opinion
from app.workflow.dossiers.models import Dossier
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Occasion, Proposal, Revision


def touching(session: Session, agency: UUID) -> list[Proposal]:
    """Return the open proposals that are of an agency or name it, by number."""
    named = cast(Proposal.content, String).contains(str(agency), autoescape=True)
    query = select(Proposal).where(
        Proposal.status.in_(sorted(OPEN)), or_(Proposal.agency_id == agency, named)
    )
    return list(session.scalars(query.order_by(Proposal.number)))


def hand_over(session: Session, origin: UUID, to: UUID) -> None:
    """Have what an agency was asked and has not answered wait for its successor, and
    its dossiers be theirs.
    """
    session.execute(
        update(Dossier).where(Dossier.agency_id == origin).values(agency_id=to)
    )
    for opinion in session.scalars(
        select(Opinion).where(Opinion.agency_id == origin, Opinion.verdict.is_(None))
    ):
        _pass_on(
            session, opinion, session.get(Opinion, (opinion.consultation_id, to)), to
        )
    waiting = select(CampaignAnswer).where(
        CampaignAnswer.agency_id == origin, CampaignAnswer.answer.is_(None)
    )
    for answer in session.scalars(waiting):
        _pass_on(
            session, answer, session.get(CampaignAnswer, (answer.campaign_id, to)), to
        )
    session.flush()


def _pass_on(
    session: Session, question: Opinion | CampaignAnswer, own: object, to: UUID
) -> None:
    """Ask the successor; who was asked already is asked once."""
    if own is None:
        question.agency_id = to
    else:
        session.delete(question)


@dataclass(frozen=True)
class Mover:
    """Why proposals move: the succession's entry, and the post that entered it."""

    because: UUID
    by: UUID


def move(
    session: Session,
    proposal: Proposal,
    agency: UUID,
    change: Change,
    latest: Version | None,
    mover: Mover,
) -> None:
    """Have an open proposal be of `agency` and say what `change` makes of it.

    `latest`: the version of its entry that it stands on from now; None where it goes on
    standing on what it was made from. Whoever has it open in a form is told that it has
    changed; nothing typed is lost.
    """
    revisions = proposal.revisions
    if not revisions or revisions[-1].content_hash != proposal.content_hash:
        _keep(session, proposal, Occasion.FORMER, mover)
    if latest is None or proposal.type in proposals.WRITING:
        content = change(proposal.content)
    else:
        content = latest.content
    dossier = session.get(Dossier, proposal.dossier_id) if proposal.dossier_id else None
    if dossier is not None and dossier.agency_id != agency:
        proposal.dossier_id = None
    proposal.agency_id = agency
    proposal.content, proposal.content_hash = content, hashing.content_hash(content)
    proposal.base_version_id = latest.id if latest else proposal.base_version_id
    proposal.lock_version += 1
    proposal.changed_at = clock.now()
    _keep(session, proposal, Occasion.MOVED, mover)
    note = journal.Note(
        "proposal.moved",
        mover.by,
        mover.because,
        proposal.id,
        hash=proposal.content_hash,
    )
    journal.record(session, note)


def moved_by(session: Session, act: UUID) -> list[Proposal]:
    """Return the proposals that are still open among those that a succession moved, by
    number.
    """
    row = journal.JournalRow
    rows = select(row.proposal_id).where(
        row.entry_id == act, row.action == "proposal.moved"
    )
    query = select(Proposal).where(
        Proposal.id.in_(rows), Proposal.status.in_(sorted(OPEN))
    )
    return list(session.scalars(query.order_by(Proposal.number)))


def before(session: Session, proposal: Proposal, act: UUID) -> Change:
    """Return the change that gives a proposal back what a succession changed in it, but
    for what was typed since.
    """
    row = journal.JournalRow
    query = select(row.hash).where(
        row.entry_id == act,
        row.proposal_id == proposal.id,
        row.action == "proposal.moved",
    )
    hashes = set(session.scalars(query))
    pairs = [
        (old.content, new.content)
        for old, new in pairwise(proposal.revisions)
        if new.action == Occasion.MOVED and new.content_hash in hashes
    ]

    def change(content: Content) -> Content:
        adjusted = dict(content)
        for old, new in reversed(pairs):
            for name in {*old, *new}:
                if old.get(name) != new.get(name) == adjusted.get(name):
                    adjusted[name] = old.get(name)
        return {name: value for name, value in adjusted.items() if value is not None}

    return change


def _keep(session: Session, proposal: Proposal, action: Occasion, mover: Mover) -> None:
    proposal.revisions.append(
        Revision(
            round=proposal.round,
            action=action,
            content=proposal.content,
            content_hash=proposal.content_hash,
            post_id=mover.by,
            at=clock.now(),
        )
    )
    session.flush()
