"""Whom it concerns that something was done to a case, and who is reminded of an answer
that is due: first who answers, then their head, then the department.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Post
from app.exchange.cases import kinds, parties, queries
from app.exchange.cases.lifecycle import ANSWERING, CLOSED, TURN, CaseStatus, Side
from app.exchange.cases.models import Case, CaseStep
from app.exchange.cases.steps import GATHERED
from app.permissions import Action, Role
from app.workflow.office import Office

PATH = "/viec/"
# steps of a draft, which nobody else reads, of what a page shows anyway, and after
# which nobody has to do anything
_QUIET = frozenset({Action.OPEN_CASE, Action.EDIT_CASE, GATHERED})


@dataclass(frozen=True)
class News:
    """What some posts are told of a case; `turn`: it is theirs to act."""

    case: Case
    key: str
    posts: Sequence[UUID]
    subject: str
    why: str
    turn: bool

    @property
    def path(self) -> str:
        """The page of the case."""
        return f"{PATH}{self.case.number}"


def posts_of(session: Session, agency_id: UUID | None, *roles: Role) -> list[UUID]:
    """Return the posts of an agency in these roles; the department's reviewers for
    none.
    """
    query = select(Post.id).where(Post.role.in_(roles))
    if agency_id is not None:
        query = query.where(Post.agency_id == agency_id)
    return list(session.scalars(query))


def done(session: Session, seq: int) -> Iterator[News]:
    """Yield what is told of the step that a row of the journal vouches for."""
    step = session.scalar(select(CaseStep).where(CaseStep.recorded_seq == seq))
    if step is None or step.action in _QUIET:
        return
    case = session.get_one(Case, step.case_id)
    if case.status is CaseStatus.DRAFT:
        return
    word = kinds.kind_of(case.kind).word(case.status)
    if step.action == Action.NOTE_CASE:
        yield from _said(session, case, step)
    elif case.status is step.status:
        yield from _turned(session, case, step, word)


def _said(session: Session, case: Case, step: CaseStep) -> Iterator[News]:
    others = {case.asking_id, case.answering_id} - {step.agency_id, None}
    for agency in sorted(filter(None, others)):
        posts = _party(session, agency)
        subject = f"Có trao đổi mới: {case.title}"
        why = "Quý cơ quan là một bên của việc này."
        yield News(case, str(step.recorded_seq), posts, subject, why, turn=False)


def _turned(session: Session, case: Case, step: CaseStep, word: str) -> Iterator[News]:
    side = TURN.get(case.status)
    key = str(step.recorded_seq)
    subject = f"{word}: {case.title}"
    if side is Side.DEPARTMENT:
        posts = posts_of(session, None, Role.REVIEWER)
        why = "Gửi đơn vị chuyên trách kiểm chứng."
        yield News(case, key, _others(posts, step), subject, why, turn=True)
    elif side is not None:
        whose = case.asking_id if side is Side.ASKING else case.answering_id
        answers = side is Side.ANSWERING
        yield from _to_party(session, case, step, whose, subject, answers=answers)
    elif case.status in CLOSED:
        posts = _party(session, case.asking_id)
        why = "Quý cơ quan đã hỏi việc này."
        yield News(case, key, _others(posts, step), subject, why, turn=False)


def _to_party(
    session: Session,
    case: Case,
    step: CaseStep,
    agency: UUID | None,
    subject: str,
    *,
    answers: bool,
) -> Iterator[News]:
    key = str(step.recorded_seq)
    if agency is not None and parties.has_account(session, agency):
        due = f" Hạn {case.due_on:%d/%m/%Y}." if case.due_on else ""
        why = (
            f"Quý cơ quan phải trả lời.{due}"
            if answers
            else "Quý cơ quan đã hỏi việc này."
        )
        posts = _others(_party(session, agency), step)
        yield News(case, key, posts, subject, why, turn=True)
    elif answers:
        posts = posts_of(session, None, Role.REVIEWER)
        why = (
            "Cơ quan phải trả lời chưa có tài khoản: theo dõi văn bản và ghi trả "
            "lời khi có."
        )
        yield News(case, key, _others(posts, step), subject, why, turn=False)


def _party(session: Session, agency: UUID) -> list[UUID]:
    return posts_of(session, agency, Role.REGISTRAR, Role.HEAD, Role.REVIEWER)


def _others(posts: Sequence[UUID], step: CaseStep) -> list[UUID]:
    return [post for post in posts if post != step.post_id]


# -- reminders


class Rung(StrEnum):
    """Who is reminded, in the order in which reminders climb."""

    CONTACT = "contact"  # whoever answers for the database's agency
    HEAD = "head"
    DEPARTMENT = "department"


# working days left of the term at which each is told; negative: past it
CLIMB: Sequence[tuple[int, Rung]] = (
    (2, Rung.CONTACT),
    (0, Rung.CONTACT),
    (-1, Rung.HEAD),
    (-3, Rung.DEPARTMENT),
)
_AHEAD = timedelta(days=12)  # calendar days that hold the first rung's working days
_GIVEN_UP = -20  # working days past which nobody is reminded: the list shows it


def due(session: Session, office: Office, day: date) -> Iterator[News]:
    """Yield the reminders of a day: each rung once for a term, also when the task
    missed its day; who has no account is reminded by the department, from the first
    rung on.
    """
    for case in queries.waiting_for_answers(session, day + _AHEAD):
        if case.due_on is None or case.status not in ANSWERING:
            continue
        left = office.calendar.left(case.due_on, day)
        if left < _GIVEN_UP:
            continue
        reached = [(at, rung) for at, rung in CLIMB if left <= at]
        if reached:
            yield _reminder(session, case, *reached[-1], left)


def _reminder(session: Session, case: Case, at: int, rung: Rung, left: int) -> News:
    words = f"Còn {left} ngày làm việc để trả lời"
    if left <= 0:
        words = "Hôm nay là hạn trả lời" if left == 0 else "Quá hạn trả lời"
    agency = case.answering_id
    reached = agency is not None and parties.has_account(session, agency)
    posts: list[UUID] = []
    if reached:
        posts = posts_of(session, agency, Role.REGISTRAR, Role.REVIEWER)
    if reached and rung is not Rung.CONTACT:
        posts += posts_of(session, agency, Role.HEAD)
    if rung is Rung.DEPARTMENT or not reached:
        posts += posts_of(session, None, Role.REVIEWER, Role.APPROVER)
    why = f"Hạn ngày {case.due_on:%d/%m/%Y}; việc số {case.number}."
    key = f"case {case.number} {case.due_on} {at}"
    return News(case, key, posts, f"{words}: {case.title}", why, turn=True)
