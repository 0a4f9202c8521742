"""A review that the department opens (“đợt rà soát”): which agencies look through their
entries, by when, who answered.

“No change” is an answer: it confirms every database that the agency owns.
"""

from app import clock, journal
from app.errors import FieldError, ForbiddenError, InvalidError, TransitionError
from app.permissions import Action, require
from app.register import service as register
from app.register.content.hashing import content_hash
from app.vietnamese import clean
from app.workflow.campaigns.models import Campaign, CampaignAnswer, CampaignReply
from app.workflow.campaigns.queries import databases, get, own_answer
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Question
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.time import confirmations

MOST_TEXT = 5000


def begin(desk: Desk, title: str, question: Question) -> Campaign:
    """Open a campaign; InvalidError without title, text, day to come or agencies that
    stand today.
    """
    require(desk.actor, Action.CAMPAIGN, None)
    if not clean(title):
        message = "Nhập tên đợt rà soát, ví dụ “Rà soát danh mục 6 tháng đầu năm 2027”"
        raise InvalidError(message, [FieldError("title", "required", message)])
    consultations.require_sound(desk.session, question)
    campaign = Campaign(
        number=register.next_number(desk.session, "campaign"),
        title=clean(title)[:300],
        text=clean(question.question),
        due_on=question.due_on,
        post_id=desk.actor.post_id,
        opened_at=clock.now(),
    )
    desk.session.add(campaign)
    desk.session.flush()
    for agency in dict.fromkeys(question.agencies):
        desk.session.add(CampaignAnswer(campaign_id=campaign.id, agency_id=agency))
    _note(desk, campaign, "opened", campaign.text)
    return campaign


def answer(desk: Desk, number: int, reply: str, note: str) -> int:
    """Answer for the actor's agency; return how many databases were confirmed by it.

    ForbiddenError for an agency that is not named, TransitionError when the campaign is
    over, InvalidError.
    """
    require(desk.actor, Action.ANSWER, desk.actor.agency_id)
    campaign = get(desk, number)
    mine = own_answer(desk, campaign)
    if mine is None:
        raise ForbiddenError("Cơ quan của bạn không có tên trong đợt rà soát này")
    if campaign.closed_at is not None:
        raise TransitionError("Đợt rà soát này đã khép lại")
    if len(note) > MOST_TEXT:
        message = f"Ghi chú tối đa {MOST_TEXT} ký tự; rút gọn"
        raise InvalidError(message, [FieldError("note", "invalid", message)])
    if reply not in set(CampaignReply):
        message = "Chọn “không thay đổi” hoặc “có thay đổi, sẽ lập phiếu”"
        raise InvalidError(message, [FieldError("answer", "required", message)])
    confirmed = 0
    if reply == CampaignReply.UNCHANGED:
        owned = databases(desk, desk.actor.agency_id)
        confirmed_at = confirmations.confirmed(
            desk.session, [view.id for view in owned]
        )
        for view in owned:
            # what was said since is not said twice
            if (
                view.id not in confirmed_at
                or confirmed_at[view.id] < campaign.opened_at
            ):
                service.confirm(desk, view.id, view.version_id)
                confirmed += 1
    mine.answer, mine.note = CampaignReply(reply), clean(note) or None
    mine.post_id, mine.answered_at = desk.actor.post_id, clock.now()
    _note(desk, campaign, "answered", f"{reply} {mine.note or ''}")
    return confirmed


def close(desk: Desk, number: int) -> None:
    """End a campaign; who has not answered stays recorded as that. TransitionError when
    it is over.
    """
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    if campaign.closed_at is not None:
        raise TransitionError("Đợt rà soát này đã khép lại")
    campaign.closed_at = clock.now()
    _note(desk, campaign, "closed", "")


def _note(desk: Desk, campaign: Campaign, event: str, text: str) -> None:
    """Journal it with the hash of which campaign it was and what was said."""
    digest = content_hash({"campaign": campaign.number, "said": text})
    journal.record(
        desk.session,
        desk.note(f"campaign.{event}", hash=digest),
    )
