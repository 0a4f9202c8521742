"""Other agencies are asked for their opinion, on a proposal or on a decision in the
making: they advise, nobody obeys.

Each answers until the day that was named; who has not by then is recorded as silent.
What is not plain agreement has to be handled, in words, before the proposal goes up.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from app.register.models import Entry, Period
from app.register.standing import stands
from app.vietnamese import clean
from app.workflow.consultations import running
from app.workflow.consultations.inputs import Position, Question
from app.workflow.consultations.models import Consultation, Opinion
from app.workflow.consultations.queries import about, get, matters, subject
from app.workflow.consultations.running import PaperAnswer
from app.workflow.consultations.verdicts import SPOKEN, WEIGHTY, Verdict
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision
from app.workflow.proposals.models import Proposal

MOST_TEXT = 5000  # characters of a question, a reason, a comment, a handling
MOST_COMMENTS = 50
MOST_AGENCIES = 200


def require_sound(
    session: Session, question: Question, but: UUID | None = None
) -> None:
    """Raise InvalidError for a consultation without question, day to come, or agencies
    that stand today.

    `but` is the agency that is not asked, since it is its own proposal.
    """
    errors = []
    if not 0 < len(clean(question.question)) <= MOST_TEXT:
        errors.append(
            FieldError(
                "question",
                "required",
                f"Ghi nội dung xin ý kiến, tối đa {MOST_TEXT} ký tự",
            )
        )
    if question.due_on is None or question.due_on <= clock.today():
        errors.append(
            FieldError("due_on", "date-order", "Nhập hạn trả lời, sau hôm nay")
        )
    if not 0 < len(question.agencies) <= MOST_AGENCIES:
        errors.append(FieldError("agencies", "required", "Chọn ít nhất một cơ quan"))
    if but in question.agencies:
        errors.append(
            FieldError(
                "agencies",
                "own",
                "Không lấy ý kiến của chính cơ quan lập phiếu; bỏ cơ quan đó",
            )
        )
    elif set(question.agencies) - _standing(session, question.agencies):
        errors.append(
            FieldError(
                "agencies",
                "reference",
                "Có cơ quan không còn hoạt động; bỏ hoặc thay cơ quan đó",
            )
        )
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)


def ask(desk: Desk, question: Question, topic: Proposal | Decision) -> Consultation:
    """Open a consultation; whoever calls has looked whether it may be."""
    consultation = Consultation(
        number=register.next_number(desk.session, "consultation"),
        proposal_id=topic.id if isinstance(topic, Proposal) else None,
        decision_id=topic.id if isinstance(topic, Decision) else None,
        question=clean(question.question),
        content=topic.content if isinstance(topic, Proposal) else None,
        due_on=question.due_on,
        post_id=desk.actor.post_id,
        asked_at=clock.now(),
    )
    for agency in dict.fromkeys(question.agencies):
        consultation.opinions.append(Opinion(agency_id=agency, comments=[]))
    desk.session.add(consultation)
    desk.session.flush()
    _note(desk.session, desk.actor.post_id, consultation, "asked")
    return consultation


def answer(desk: Desk, number: int, answered: Position) -> Opinion:
    """Say what the actor's agency thinks, or say it anew; ForbiddenError,
    TransitionError, InvalidError.
    """
    require(desk.actor, Action.OPINE, desk.actor.agency_id)
    consultation = get(desk, number)
    opinion = desk.session.get(Opinion, (consultation.id, desk.actor.agency_id))
    if opinion is None:
        raise ForbiddenError("Cơ quan không được hỏi trong lần lấy ý kiến này")
    if consultation.closed_at is not None or clock.today() > consultation.due_on:
        raise TransitionError(
            f"Đã hết hạn trả lời ({consultation.due_on:%d/%m/%Y}); liên hệ đơn "
            "vị thẩm định"
        )
    if not matters(subject(desk.session, consultation)):
        raise TransitionError(
            "Phiếu đã được quyết định hoặc đã rút; không cần trả lời nữa"
        )
    if opinion.handling is not None:
        raise TransitionError(
            "Ý kiến của quý cơ quan đã được giải trình; liên hệ đơn vị thẩm "
            "định nếu cần nói thêm"
        )
    opinion.paper = None  # what is said here takes the place of a letter
    return _record(desk, consultation, opinion, answered)


def _record(
    desk: Desk, consultation: Consultation, opinion: Opinion, answered: Position
) -> Opinion:
    _require_said(answered)
    opinion.verdict = Verdict(answered.verdict)
    opinion.reason = clean(answered.reason)[:MOST_TEXT] or None
    opinion.comments = [
        {"field": field[:120], "message": clean(text)}
        for field, text in answered.comments
    ]
    opinion.post_id, opinion.answered_at = desk.actor.post_id, clock.now()
    desk.session.flush()
    recorded: dict[str, Any] = {
        "verdict": opinion.verdict,
        "reason": opinion.reason,
        "comments": opinion.comments,
    }
    if opinion.paper:
        recorded["paper"] = opinion.paper
    _note(desk.session, desk.actor.post_id, consultation, "answered", recorded)
    everybody = all(opinion.verdict for opinion in consultation.opinions)
    if everybody and consultation.closed_at is None:
        _close(desk.session, desk.actor.post_id, consultation)
    return opinion


def handle(desk: Desk, number: int, agency_id: UUID, text: str) -> None:
    """Write down what the department made of an opinion; InvalidError without text,
    NotFoundError.
    """
    consultation = _mine(desk, number)
    opinion = desk.session.get(Opinion, (consultation.id, agency_id))
    if opinion is None or opinion.verdict not in WEIGHTY:
        raise NotFoundError("Không có ý kiến nào cần giải trình của cơ quan này")
    handling = clean(text)
    if not 0 < len(handling) <= MOST_TEXT:
        message = f"Ghi việc tiếp thu, giải trình, tối đa {MOST_TEXT} ký tự"
        raise InvalidError(message, [FieldError("handling", "required", message)])
    opinion.handling = handling
    opinion.handled_by = desk.actor.post_id
    opinion.handled_at = clock.now()
    _note(
        desk.session,
        desk.actor.post_id,
        consultation,
        "handled",
        {"handling": handling},
    )


def close(desk: Desk, number: int, reason: str = "") -> None:
    """End a consultation; who has not answered is no longer asked. Before its day a
    reason is needed. InvalidError, TransitionError when it is over.
    """
    consultation = _mine(desk, number)
    answered = all(opinion.verdict for opinion in consultation.opinions)
    running.close(consultation, desk.actor.post_id, reason, answered=answered)
    for opinion in consultation.opinions:
        opinion.verdict = opinion.verdict or Verdict.UNASKED
    _close(desk.session, desk.actor.post_id, consultation)


def remind(desk: Desk, number: int) -> None:
    """Have who has not answered told again; ConflictError, TransitionError."""
    consultation = _mine(desk, number)
    step = running.remind(consultation, desk.actor.post_id)
    _note(desk.session, desk.actor.post_id, consultation, "reminded", step)


def extend(desk: Desk, number: int, due_on: date | None, reason: str) -> None:
    """Give more time; InvalidError, TransitionError."""
    consultation = _mine(desk, number)
    step = running.extend(consultation, desk.actor.post_id, due_on, reason)
    _note(desk.session, desk.actor.post_id, consultation, "extended", step)


def answer_on_paper(
    desk: Desk, number: int, agency_id: UUID, answered: Position, paper: PaperAnswer
) -> Opinion:
    """Write down what an agency answered by letter, also after its day.

    ForbiddenError, NotFoundError, TransitionError, InvalidError.
    """
    consultation = _mine(desk, number)
    opinion = desk.session.get(Opinion, (consultation.id, agency_id))
    if opinion is None:
        raise NotFoundError("Cơ quan này không được hỏi trong lần lấy ý kiến này")
    if opinion.verdict in SPOKEN:
        raise TransitionError("Cơ quan này đã trả lời rồi")
    if not matters(subject(desk.session, consultation)):
        raise TransitionError("Phiếu đã được quyết định hoặc đã rút")
    opinion.paper = paper.kept()
    return _record(desk, consultation, opinion, answered)


def lapse(session: Session, day: date) -> None:
    """Record as silent whoever has let the day go by; a daily task."""
    query = select(Consultation).where(
        Consultation.closed_at.is_(None), Consultation.due_on < day
    )
    for consultation in session.scalars(query.order_by(Consultation.number)):
        for opinion in consultation.opinions:
            opinion.verdict = opinion.verdict or Verdict.SILENT
        _close(session, None, consultation)


def unsettled(session: Session, topic: Proposal | Decision) -> list[str]:
    """Return what has to be done about consultations before something goes up, in
    sentences.
    """
    sentences = []
    for consultation in about(session, topic):
        if consultation.closed_at is None:
            sentences.append(
                f"Lần lấy ý kiến số {consultation.number} còn chờ trả lời "
                f"đến {consultation.due_on:%d/%m/%Y}; đợi, hoặc kết thúc trước hạn"
            )
        waiting = [
            opinion
            for opinion in consultation.opinions
            if opinion.verdict in WEIGHTY and not opinion.handling
        ]
        if waiting:
            sentences.append(
                f"Lần lấy ý kiến số {consultation.number} còn {len(waiting)} ý "
                "kiến chưa được giải trình"
            )
    return sentences


def _require_said(answered: Position) -> None:
    errors = []
    if answered.verdict not in SPOKEN:
        errors.append(
            FieldError(
                "verdict",
                "required",
                "Chọn: đồng ý, đồng ý và có góp ý, hoặc không đồng ý",
            )
        )
    if answered.verdict == Verdict.DISAGREE and not clean(answered.reason):
        errors.append(FieldError("reason", "required", "Nêu lý do không đồng ý"))
    if len(answered.reason) > MOST_TEXT:
        errors.append(
            FieldError("reason", "invalid", f"Lý do tối đa {MOST_TEXT} ký tự; rút gọn")
        )
    if answered.verdict == Verdict.AGREE and answered.comments:
        message = (
            "Có góp ý thì chọn “đồng ý và có góp ý”, để góp ý được giải trình; "
            "hoặc bỏ góp ý"
        )
        errors.append(FieldError("verdict", "invalid", message))
    remarked = answered.comments or clean(answered.reason)
    if answered.verdict == Verdict.COMMENTS and not remarked:
        errors.append(
            FieldError("reason", "required", "Ghi góp ý chung, hoặc về một trường")
        )
    if len(answered.comments) > MOST_COMMENTS or any(
        not 0 < len(clean(t)) <= MOST_TEXT for _, t in answered.comments
    ):
        errors.append(
            FieldError(
                "comments",
                "invalid",
                f"Mỗi góp ý tối đa {MOST_TEXT} ký tự, không để trống",
            )
        )
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)


def _mine(desk: Desk, number: int) -> Consultation:
    """Return a consultation that the actor's role conducts; ForbiddenError,
    NotFoundError.
    """
    consultation = get(desk, number)
    require(
        desk.actor,
        Action.CONSULT if consultation.proposal_id else Action.PREPARE_DECISION,
        None,
    )
    return consultation


def _standing(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    today = clock.today()
    query = select(Period.entry_id).join(Entry, Entry.id == Period.entry_id)
    query = query.where(
        Period.entry_id.in_(ids),
        Entry.kind == "agency",
        stands(),
    )
    return set(
        session.scalars(
            query.where(Period.valid_from <= today, Period.valid_to > today)
        )
    )


def _close(session: Session, post_id: UUID | None, consultation: Consultation) -> None:
    consultation.closed_at = consultation.closed_at or clock.now()
    _note(session, post_id, consultation, "closed")


def _note(
    session: Session,
    post_id: UUID | None,
    consultation: Consultation,
    event: str,
    content: Mapping[str, Any] | None = None,
) -> None:
    """Journal it with the hash of which consultation it was and what was said."""
    digest = content_hash(
        {
            "consultation": consultation.number,
            **(content or {"question": consultation.question}),
        }
    )
    note = journal.Note(
        f"consultation.{event}",
        post_id=post_id,
        proposal_id=consultation.proposal_id,
        hash=digest,
    )
    journal.record(session, note)
