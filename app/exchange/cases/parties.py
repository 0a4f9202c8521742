"""Who stands on which side of a case, and who has people here to answer."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Holding, Person, Post
from app.exchange.cases.lifecycle import Side
from app.exchange.cases.models import Case
from app.permissions import Action, Actor, Reach, Role, may, reach

_ANSWER = (Role.REGISTRAR, Role.HEAD, Role.REVIEWER)


def may_act(actor: Actor, case: Case, side: Side, action: Action) -> bool:
    """Tell whether the actor has the right to an action and stands on its side.

    Nobody asks or answers for another agency, however far a right reaches.
    """
    match side:
        case Side.ASKING:
            own = actor.agency_id == case.asking_id
            return own and reach(actor, action) is not None
        case Side.RECORDING:
            return may(actor, action, case.asking_id)
        case Side.ANSWERING:
            own = actor.agency_id == case.answering_id
            return own and reach(actor, action) is not None
        case Side.PARTY:
            sides = {case.asking_id, case.answering_id}
            return any(may(actor, action, agency) for agency in sides)
        case Side.DEPARTMENT:
            return reach(actor, action) is Reach.ANY


def has_account(session: Session, agency_id: UUID) -> bool:
    """Tell whether somebody holds a post of an agency today in which one answers."""
    today = clock.today()
    query = select(Holding.id).join(Post, Post.id == Holding.post_id)
    query = query.join(Person, Person.id == Holding.person_id)
    query = query.where(
        Post.agency_id == agency_id,
        Post.role.in_(_ANSWER),
        Holding.since <= today,
        Holding.until > today,
        Person.disabled_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None
