"""Every read of review campaigns: which there are, who has answered, which databases an
agency looks through.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.permissions import Action, Audience, Reach, reach
from app.register import unknowns
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.workflow.campaigns.models import Campaign, CampaignAnswer
from app.workflow.context import Desk
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import DATABASE, Visibility

LISTED = 100


@dataclass(frozen=True)
class Progress:
    """How far an agency is: its answer, the proposals it has made since, the databases
    it owns, and what they leave undetermined.
    """

    answer: CampaignAnswer
    proposals: int
    databases: int
    unknowns: int


def get(desk: Desk, number: int) -> Campaign:
    """Return a campaign that the actor may read: the department, or an agency that is
    named; NotFoundError.
    """
    campaign = (
        desk.session.scalar(select(Campaign).where(Campaign.number == number))
        if 0 < number < 2**31
        else None
    )
    far = reach(desk.actor, Action.READ_CAMPAIGNS)
    if (
        campaign is None
        or far is None
        or (far is Reach.OWN and own_answer(desk, campaign) is None)
    ):
        raise NotFoundError("Không có đợt rà soát này")
    return campaign


def latest(desk: Desk) -> list[Campaign]:
    """Return the campaigns that the actor may read, those that are open first, then the
    newest.
    """
    query = (
        select(Campaign)
        .order_by(Campaign.closed_at.is_not(None), Campaign.number.desc())
        .limit(LISTED)
    )
    if reach(desk.actor, Action.READ_CAMPAIGNS) is not Reach.ANY:
        named = select(CampaignAnswer.campaign_id).where(
            CampaignAnswer.agency_id == desk.actor.agency_id
        )
        query = query.where(Campaign.id.in_(named))
    return list(desk.session.scalars(query))


def waiting_for_me(desk: Desk) -> list[Campaign]:
    """Return the open campaigns that the actor's agency has still to answer, the next
    day first.
    """
    query = select(Campaign).join(
        CampaignAnswer, CampaignAnswer.campaign_id == Campaign.id
    )
    query = query.where(
        CampaignAnswer.agency_id == desk.actor.agency_id,
        CampaignAnswer.answer.is_(None),
    )
    query = query.where(Campaign.closed_at.is_(None)).order_by(
        Campaign.due_on, Campaign.number
    )
    return list(desk.session.scalars(query.limit(LISTED)))


def progress(desk: Desk, campaign: Campaign) -> list[Progress]:
    """Return how far each agency is that the actor may see."""
    query = select(CampaignAnswer).where(CampaignAnswer.campaign_id == campaign.id)
    if reach(desk.actor, Action.READ_CAMPAIGNS) is not Reach.ANY:
        query = query.where(CampaignAnswer.agency_id == desk.actor.agency_id)
    until = campaign.closed_at or clock.now()
    made = select(Proposal.agency_id, func.count()).where(
        Proposal.created_at >= campaign.opened_at,
        Proposal.created_at <= until,
        Proposal.type != "confirm",
    )
    made = made.group_by(Proposal.agency_id)
    counts = {row[0]: row[1] for row in desk.session.execute(made)}
    answers = list(desk.session.scalars(query))
    register = Register(
        desk.session, desk.profile, moment(desk.session), Audience(Visibility.OWNER)
    )
    owned = dict(
        register.facet(Filter((DATABASE,), (State.IN_FORCE, State.SUSPENDED)), "owner")
    )
    undetermined = unknowns.by_owner(register)
    return [
        Progress(
            answer,
            counts.get(answer.agency_id, 0),
            owned.get(str(answer.agency_id), 0),
            undetermined.get(answer.agency_id, 0),
        )
        for answer in answers
    ]


def databases(desk: Desk, agency_id: UUID) -> list[EntryView]:
    """Return the databases that an agency owns today."""
    register = Register(
        desk.session, desk.profile, moment(desk.session), Audience(Visibility.OWNER)
    )
    criteria = Filter(
        (DATABASE,), (State.IN_FORCE, State.SUSPENDED), {"owner": (str(agency_id),)}
    )
    return register.all(criteria)


def counted(session: Session, campaign: Campaign) -> tuple[int, int]:
    """Return how many agencies have answered, and how many were asked."""
    query = select(func.count(CampaignAnswer.answer), func.count()).where(
        CampaignAnswer.campaign_id == campaign.id
    )
    answered, total = session.execute(query).one()
    return answered, total


def silent(session: Session, campaign: Campaign) -> list[UUID]:
    """Return the agencies that have not answered."""
    query = select(CampaignAnswer.agency_id).where(
        CampaignAnswer.campaign_id == campaign.id
    )
    return list(session.scalars(query.where(CampaignAnswer.answer.is_(None))))


def own_answer(desk: Desk, campaign: Campaign) -> CampaignAnswer | None:
    """Return what the actor's own agency was asked, None where it was not."""
    return desk.session.get(CampaignAnswer, (campaign.id, desk.actor.agency_id))
