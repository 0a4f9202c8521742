"""Who examines, and how many proposals each has."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Holding, Post
from app.permissions import Role
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal


def reviewers(session: Session) -> list[Post]:
    """Return the posts of reviewers that somebody holds today, by title."""
    today = clock.today()
    held = select(Holding.post_id).where(Holding.since <= today, Holding.until > today)
    query = select(Post).where(Post.role == Role.REVIEWER, Post.id.in_(held))
    return list(session.scalars(query.order_by(Post.title, Post.id)))


def assigned(session: Session) -> dict[UUID, int]:
    """Return how many proposals each reviewer's post has to examine."""
    waiting = (Status.SUBMITTED, Status.IN_REVIEW)
    query = select(Proposal.assignee_id, func.count()).where(
        Proposal.status.in_(waiting)
    )
    rows = session.execute(
        query.where(Proposal.assignee_id.is_not(None)).group_by(Proposal.assignee_id)
    )
    return {post_id: count for post_id, count in rows if post_id is not None}
