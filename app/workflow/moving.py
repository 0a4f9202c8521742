"""The workflow's part of a succession: open proposals go on under another agency, with their history and hands."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.register import content as contents
from app.register.content import Content
from app.register.models import Version
from app.workflow.lifecycle import OPEN
from app.workflow.models import Proposal, Revision
from app.workflow.proposals import WRITING

MOVED = "moved"  # the action of a revision that a succession made


def touching(session: Session, agency: UUID) -> list[Proposal]:
    """Return the open proposals that are of an agency or name it, by number."""
    named = cast(Proposal.content, String).contains(str(agency), autoescape=True)
    query = select(Proposal).where(Proposal.status.in_(sorted(OPEN)), or_(Proposal.agency_id == agency, named))
    return list(session.scalars(query.order_by(Proposal.number)))


@dataclass(frozen=True)
class Mover:
    """Why proposals move: the succession's entry, and the post that entered it."""

    because: UUID
    by: UUID


def move(
    session: Session,
    proposal: Proposal,
    agency: UUID,
    change: Callable[[Content], Content],
    latest: Version | None,
    mover: Mover,
) -> None:
    """Have an open proposal be of `agency`, say what `change` makes of it, and stand on `latest`, its entry's version.

    Whoever has it open in a form is told that it has changed; nothing typed is lost.
    """
    follows = latest is not None and proposal.type not in WRITING
    content = latest.content if follows and latest is not None else change(proposal.content)
    proposal.agency_id = agency
    proposal.content, proposal.content_hash = content, contents.content_hash(content)
    proposal.base_version_id = latest.id if latest else None
    proposal.lock_version += 1
    proposal.changed_at = clock.now()
    session.add(
        Revision(
            proposal_id=proposal.id,
            round=proposal.round,
            action=MOVED,
            content=content,
            content_hash=proposal.content_hash,
            post_id=mover.by,
            at=clock.now(),
        )
    )
    note = journal.Note("proposal.moved", mover.by, mover.because, proposal.id, hash=proposal.content_hash)
    journal.queue(session, note)
