"""A review that the department opens (“đợt rà soát”): which agencies look through their
entries, by when, who answered.

“No change” is an answer: it confirms every database that the agency owns.
"""

from datetime import date
from uuid import UUID

from app import clock, journal
from app.errors import (
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, require
from app.register import service as register
from app.register.content.hashing import content_hash
from app.vietnamese import clean
from app.workflow.campaigns import problems
from app.workflow.campaigns.models import Campaign, CampaignAnswer, CampaignReply
from app.workflow.campaigns.queries import databases, get, own_answer, silent
from app.workflow.consultations import running
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Question
from app.workflow.consultations.running import PaperAnswer
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
    campaign = _campaign(desk, title, question)
    for agency in dict.fromkeys(question.agencies):
        desk.session.add(CampaignAnswer(campaign_id=campaign.id, agency_id=agency))
    _note(desk, campaign, "opened", campaign.text)
    return campaign


def _campaign(desk: Desk, title: str, question: Question) -> Campaign:
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
        raise ForbiddenError("Cơ quan không có tên trong đợt rà soát này")
    if campaign.closed_at is not None:
        raise TransitionError("Đợt rà soát này đã kết thúc")
    if len(note) > MOST_TEXT:
        message = f"Ghi chú tối đa {MOST_TEXT} ký tự; rút gọn"
        raise InvalidError(message, [FieldError("note", "invalid", message)])
    _require_reply(reply)
    confirmed = 0
    if reply == CampaignReply.UNCHANGED:
        confirmed = _confirm_owned(desk, campaign)
    mine.answer, mine.note = CampaignReply(reply), clean(note) or None
    mine.paper = None  # what is said here takes the place of a letter
    mine.post_id, mine.answered_at = desk.actor.post_id, clock.now()
    _note(desk, campaign, "answered", f"{reply} {mine.note or ''}")
    return confirmed


def _require_reply(reply: str) -> None:
    if reply not in set(CampaignReply):
        message = "Chọn “không thay đổi” hoặc “có thay đổi, sẽ lập phiếu”"
        raise InvalidError(message, [FieldError("answer", "required", message)])


def _confirm_owned(desk: Desk, campaign: Campaign) -> int:
    """Confirm every database of the actor's agency of which no problem is known; return
    how many. What was said since the campaign was opened is not said twice.
    """
    owned = databases(desk, desk.actor.agency_id)
    known = problems.of(desk, owned)
    said_at = confirmations.confirmed(desk.session, [view.id for view in owned])
    confirmed = 0
    for view in owned:
        said = view.id in said_at and said_at[view.id] >= campaign.opened_at
        if not said and view.id not in known:
            service.confirm(desk, view.id, view.version_id)
            confirmed += 1
    return confirmed


def answer_on_paper(
    desk: Desk, number: int, agency_id: UUID, reply: str, paper: PaperAnswer
) -> None:
    """Write down what an agency answered by letter; its registrar still confirms the
    databases. ForbiddenError, NotFoundError, TransitionError, InvalidError.
    """
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    answered = desk.session.get(CampaignAnswer, (campaign.id, agency_id))
    if answered is None:
        raise NotFoundError("Cơ quan này không có tên trong đợt rà soát này")
    if answered.answer is not None:
        raise TransitionError("Cơ quan này đã trả lời rồi")
    _require_reply(reply)
    answered.paper = paper.kept()
    answered.answer = CampaignReply(reply)
    answered.post_id, answered.answered_at = desk.actor.post_id, clock.now()
    _note(desk, campaign, "answered", f"{reply} {answered.paper}")


def remind(desk: Desk, number: int) -> None:
    """Have who has not answered told again; ConflictError, TransitionError."""
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    step = running.remind(campaign, desk.actor.post_id)
    _note(desk, campaign, "reminded", step["day"])


def extend(desk: Desk, number: int, due_on: date | None, reason: str) -> None:
    """Give more time; InvalidError, TransitionError."""
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    step = running.extend(campaign, desk.actor.post_id, due_on, reason)
    _note(desk, campaign, "extended", f"{step['until']} {step['reason']}")


def close(desk: Desk, number: int, reason: str = "") -> None:
    """End a campaign; who has not answered stays recorded as that. Before its day a
    reason is needed. InvalidError, TransitionError when it is over.
    """
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = get(desk, number)
    answered = not silent(desk.session, campaign)
    running.close(campaign, desk.actor.post_id, reason, answered=answered)
    _note(desk, campaign, "closed", clean(reason))


def _note(desk: Desk, campaign: Campaign, event: str, text: str) -> None:
    """Journal it with the hash of which campaign it was and what was said."""
    digest = content_hash({"campaign": campaign.number, "said": text})
    journal.record(
        desk.session,
        desk.note(f"campaign.{event}", hash=digest),
    )
