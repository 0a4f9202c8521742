"""A review that the department opens (“đợt rà soát”): which agencies look through their entries, by when, who answered.

“No change” is an answer: it confirms every database that the agency owns.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.errors import FieldError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from app.permissions import Action, Audience, Reach, reach, require
from app.register import service as register
from app.register.content import content_hash
from app.register.narrowing import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.vietnamese import clean
from app.workflow import confirmations, consulting, service
from app.workflow.desk import Asked, Desk
from app.workflow.models import Campaign, CampaignAnswer, Proposal
from catalog_schema.profile import Visibility

MOST_TEXT = 5000
LISTED = 100
DATABASE = "shared-database"


class Reply(StrEnum):
    """What an agency answers."""

    UNCHANGED = "unchanged"
    CHANGING = "changing"


@dataclass(frozen=True)
class Progress:
    """How far an agency is: its answer, the proposals it has made since, the databases it owns."""

    answer: CampaignAnswer
    proposals: int
    databases: int


def begin(desk: Desk, title: str, asked: Asked) -> Campaign:
    """Open a campaign; InvalidError without title, text, day to come or agencies that stand today."""
    require(desk.actor, Action.CAMPAIGN, None)
    if not clean(title):
        message = "Nhập tên đợt rà soát, ví dụ “Rà soát danh mục 6 tháng đầu năm 2027”"
        raise InvalidError(message, [FieldError("title", "required", message)])
    consulting.need_sound(desk.session, asked)
    campaign = Campaign(
        number=register.next_number(desk.session, "campaign"),
        title=clean(title)[:300],
        text=clean(asked.question),
        due_on=asked.due_on,
        post_id=desk.actor.post_id,
        opened_at=clock.now(),
    )
    desk.session.add(campaign)
    desk.session.flush()
    for agency in dict.fromkeys(asked.agencies):
        desk.session.add(CampaignAnswer(campaign_id=campaign.id, agency_id=agency))
    _note(desk, campaign, "opened", campaign.text)
    return campaign


def get(desk: Desk, number: int) -> Campaign:
    """Return a campaign that the actor may read: the department, or an agency that is named; NotFoundError."""
    found = desk.session.scalar(select(Campaign).where(Campaign.number == number)) if 0 < number < 2**31 else None
    far = reach(desk.actor, Action.READ_CAMPAIGNS)
    if found is None or far is None or (far is Reach.OWN and _mine(desk, found) is None):
        raise NotFoundError("Không có đợt rà soát này")
    return found


def latest(desk: Desk) -> list[Campaign]:
    """Return the campaigns that the actor may read, those that are open first, then the newest."""
    query = select(Campaign).order_by(Campaign.closed_at.is_not(None), Campaign.number.desc()).limit(LISTED)
    if reach(desk.actor, Action.READ_CAMPAIGNS) is not Reach.ANY:
        named = select(CampaignAnswer.campaign_id).where(CampaignAnswer.agency_id == desk.actor.agency_id)
        query = query.where(Campaign.id.in_(named))
    return list(desk.session.scalars(query))


def waiting_for_me(desk: Desk) -> list[Campaign]:
    """Return the open campaigns that the actor's agency has still to answer, the next day first."""
    query = select(Campaign).join(CampaignAnswer, CampaignAnswer.campaign_id == Campaign.id)
    query = query.where(CampaignAnswer.agency_id == desk.actor.agency_id, CampaignAnswer.answer.is_(None))
    query = query.where(Campaign.closed_at.is_(None)).order_by(Campaign.due_on, Campaign.number)
    return list(desk.session.scalars(query.limit(LISTED)))


def progress(desk: Desk, campaign: Campaign) -> list[Progress]:
    """Return how far each agency is that the actor may see."""
    query = select(CampaignAnswer).where(CampaignAnswer.campaign_id == campaign.id)
    if reach(desk.actor, Action.READ_CAMPAIGNS) is not Reach.ANY:
        query = query.where(CampaignAnswer.agency_id == desk.actor.agency_id)
    since = select(Proposal.agency_id, func.count()).where(Proposal.created_at >= campaign.opened_at)
    until = clock.now() if campaign.closed_at is None else campaign.closed_at
    since = since.where(Proposal.created_at <= until, Proposal.type != "confirm").group_by(Proposal.agency_id)
    made = {row[0]: row[1] for row in desk.session.execute(since)}
    answers = list(desk.session.scalars(query))
    found = Register(desk.session, desk.profile, moment(desk.session), Audience(Visibility.OWNER))
    owned = dict(found.facet(Filter((DATABASE,), (State.IN_FORCE, State.SUSPENDED)), "owner"))
    return [Progress(one, made.get(one.agency_id, 0), owned.get(str(one.agency_id), 0)) for one in answers]


def databases(desk: Desk, agency_id: UUID) -> list[EntryView]:
    """Return the databases that an agency owns today."""
    found = Register(desk.session, desk.profile, moment(desk.session), Audience(Visibility.OWNER))
    wanted = Filter((DATABASE,), (State.IN_FORCE, State.SUSPENDED), {"owner": (str(agency_id),)})
    return found.all(wanted)


def answer(desk: Desk, number: int, reply: str, note: str) -> int:
    """Answer for the actor's agency; return how many databases were confirmed by it.

    ForbiddenError for an agency that is not named, TransitionError when the campaign is over, InvalidError.
    """
    require(desk.actor, Action.ANSWER, desk.actor.agency_id)
    campaign = get(desk, number)
    mine = _mine(desk, campaign)
    if mine is None:
        raise ForbiddenError("Cơ quan của bạn không có tên trong đợt rà soát này")
    if campaign.closed_at is not None:
        raise TransitionError("Đợt rà soát này đã khép lại")
    if len(note) > MOST_TEXT:
        message = f"Ghi chú tối đa {MOST_TEXT} ký tự; rút gọn"
        raise InvalidError(message, [FieldError("note", "invalid", message)])
    if reply not in set(Reply):
        message = "Chọn “không thay đổi” hoặc “có thay đổi, sẽ lập phiếu”"
        raise InvalidError(message, [FieldError("answer", "required", message)])
    confirmed = 0
    if reply == Reply.UNCHANGED:
        owned = databases(desk, desk.actor.agency_id)
        said = confirmations.confirmed(desk.session, [view.id for view in owned])
        for view in owned:
            if view.id not in said or said[view.id] < campaign.opened_at:  # what was said since is not said twice
                service.confirm(desk, view.id, view.version_id)
                confirmed += 1
    mine.answer, mine.note = reply, clean(note) or None
    mine.post_id, mine.answered_at = desk.actor.post_id, clock.now()
    _note(desk, campaign, "answered", f"{reply} {mine.note or ''}")
    return confirmed


def close(desk: Desk, number: int) -> None:
    """End a campaign; who has not answered stays recorded as that. TransitionError when it is over."""
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    if campaign.closed_at is not None:
        raise TransitionError("Đợt rà soát này đã khép lại")
    campaign.closed_at = clock.now()
    _note(desk, campaign, "closed", "")


def counted(session: Session, campaign: Campaign) -> tuple[int, int]:
    """Return how many agencies have answered, and how many were asked."""
    query = select(func.count(CampaignAnswer.answer), func.count()).where(CampaignAnswer.campaign_id == campaign.id)
    answered, asked = session.execute(query).one()
    return answered, asked


def silent(session: Session, campaign: Campaign) -> list[UUID]:
    """Return the agencies that have not answered."""
    query = select(CampaignAnswer.agency_id).where(CampaignAnswer.campaign_id == campaign.id)
    return list(session.scalars(query.where(CampaignAnswer.answer.is_(None))))


def _mine(desk: Desk, campaign: Campaign) -> CampaignAnswer | None:
    return desk.session.get(CampaignAnswer, (campaign.id, desk.actor.agency_id))


def _note(desk: Desk, campaign: Campaign, what: str, said: str) -> None:
    """Journal it with the hash of which campaign it was and what was said."""
    digest = content_hash({"campaign": campaign.number, "said": said})
    journal.record(desk.session, journal.Note(f"campaign.{what}", post_id=desk.actor.post_id, hash=digest))
