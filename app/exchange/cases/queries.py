"""Every read of cases: which there are, which wait for whom, how one stood on a day,
who may read it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from app import clock
from app.db import among
from app.errors import NotFoundError
from app.exchange.cases import unconfirmed
from app.exchange.cases.kinds import demands, requests
from app.exchange.cases.lifecycle import (
    ANSWERING,
    ANSWERS,
    OPEN,
    TURN,
    CaseStatus,
    Side,
)
from app.exchange.cases.models import Case, CasePartner, CaseStep
from app.permissions import Action, Reach, reach
from app.vietnamese import fold
from app.workflow.context import Desk
from app.workflow.time.working_days import Calendar

LISTED = 50
# of cases that do not wait for the answer to what they were gathered into
_ALONE = or_(Case.group_id.is_(None), Case.status != CaseStatus.SENT)
FEWEST = 3  # answers of which a median says something
_RANKED = 500  # demands that are ranked
_LARGEST = 2**31


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for. `waits`: for the actor's side, or for others; `late`:
    past their day. `after`: by number, those after it; else what is due first.
    """

    kinds: Sequence[str] = ()
    statuses: Sequence[CaseStatus] = ()
    waits: Side | None = None
    late: bool = False
    asking_id: UUID | None = None
    about_id: UUID | None = None
    text: str = ""
    after: int | None = None


def get(desk: Desk, number: int) -> Case:
    """Return a case that the actor may read; NotFoundError otherwise, the same as for
    one that never was.
    """
    query = select(Case).where(Case.number == number, readable(desk))
    case = desk.session.scalar(query) if 0 < number < _LARGEST else None
    if case is None:
        raise NotFoundError("Không có việc này")
    return case


def readable(desk: Desk) -> ColumnElement[bool]:
    """Return what holds for cases that the actor may read: of the two sides and of
    those who take part, and all to the department; a draft is its agency's own.
    """
    actor = desk.actor
    far = reach(actor, Action.READ_CASES)
    own = Case.asking_id == actor.agency_id
    begun = Case.status != CaseStatus.DRAFT
    if far is None:
        return Case.id.is_(None)
    if far is Reach.ANY:
        return or_(own, begun)
    partner = select(CasePartner.case_id).where(
        CasePartner.agency_id == actor.agency_id
    )
    part = or_(Case.answering_id == actor.agency_id, Case.id.in_(partner))
    return or_(own, and_(begun, part))


def page(desk: Desk, criteria: CaseFilter, limit: int = LISTED) -> list[Case]:
    """Return the cases that are asked for and may be read, what is due first; one more
    than `limit` where there are more.
    """
    query = _narrowed(desk, criteria)
    if criteria.after is None:
        query = query.order_by(Case.due_on.is_(None), Case.due_on)
    else:
        query = query.where(Case.number > criteria.after)
    query = query.order_by(Case.number)
    return list(desk.session.scalars(query.limit(limit + 1)))


def count(desk: Desk, criteria: CaseFilter) -> int:
    """Return how many cases there are."""
    query = _narrowed(desk, criteria).with_only_columns(func.count(Case.id))
    return desk.session.scalar(query.order_by(None)) or 0


def _narrowed(desk: Desk, criteria: CaseFilter) -> Select[Case]:
    query = select(Case).where(readable(desk))
    if criteria.kinds:
        query = query.where(Case.kind.in_(criteria.kinds))
    if criteria.statuses:
        query = query.where(unconfirmed.standing(desk.actor, criteria.statuses))
    if criteria.waits is not None:
        mine = waits_for(desk)
        query = query.where(mine if criteria.waits is Side.PARTY else ~mine)
        query = query.where(Case.status.in_(sorted(OPEN)))
    if criteria.late:
        query = query.where(Case.due_on < clock.today(), Case.status.in_(sorted(OPEN)))
        query = query.where(_ALONE)
    if criteria.asking_id is not None:
        query = query.where(Case.asking_id == criteria.asking_id)
    if criteria.about_id is not None:
        query = query.where(Case.about_id == criteria.about_id)
    for word in fold(criteria.text).split()[:10]:
        query = query.where(Case.match_key.contains(word, autoescape=True))
    return query


def waits_for(desk: Desk) -> ColumnElement[bool]:
    """Return what holds for the cases that wait for the actor's agency, or for the
    department where the actor is of it.
    """
    agency = desk.actor.agency_id
    on_side = {
        Side.ASKING: Case.asking_id == agency,
        Side.ANSWERING: Case.answering_id == agency,
    }
    turns = [
        and_(Case.status == status, on_side[side])
        for status, side in TURN.items()
        if side in on_side
    ]
    if reach(desk.actor, Action.CONFIRM_ANSWER) is Reach.ANY:
        turns.append(Case.status == CaseStatus.REPORTED)
    return and_(or_(*turns), _ALONE)


def related(desk: Desk, origins: Collection[str]) -> Mapping[str, Case]:
    """Return, by origin, the open cases that came of it and may be read."""
    if not origins:
        return {}
    query = select(Case).where(
        among(desk.session, Case.origin, set(origins)),
        Case.status.in_(sorted(OPEN)),
        readable(desk),
    )
    cases = desk.session.scalars(query.order_by(Case.number))
    return {case.origin: case for case in cases if case.origin}


def about(desk: Desk, entry_id: UUID) -> list[Case]:
    """Return the open cases about an entry that the actor may read."""
    criteria = CaseFilter(statuses=sorted(OPEN), about_id=entry_id)
    return page(desk, criteria)[:LISTED]


def rule_cases(desk: Desk, law_id: UUID, kind: str) -> list[Case]:
    """Return the answered obstacles whose unclear rule is in a document."""
    answered = (CaseStatus.ANSWERED, CaseStatus.DONE)
    query = select(Case).where(
        Case.kind == kind,
        Case.status.in_(answered),
        Case.content["rule"].as_string() == str(law_id),
        readable(desk),
    )
    return list(desk.session.scalars(query.order_by(Case.number)))


def group_of(desk: Desk, case: Case) -> Case | None:
    """Return what an obstacle was gathered into, where the actor may read that."""
    query = select(Case).where(Case.id == case.group_id, readable(desk))
    return desk.session.scalar(query) if case.group_id else None


def members_of(desk: Desk, case: Case) -> list[Case]:
    """Return what was gathered into an obstacle and the actor may read, by number."""
    query = select(Case).where(Case.group_id == case.id, readable(desk))
    return list(desk.session.scalars(query.order_by(Case.number)))


# -- how cases stood on a day


def steps_until(case: Case, day: date) -> list[CaseStep]:
    """Return what was done to a case until the end of a day."""
    end = clock.midnight(day + timedelta(days=1))
    return [step for step in case.steps if step.at < end]


def standing_on(desk: Desk, day: date, kinds: Sequence[str]) -> list[CaseStep]:
    """Return, for each case that may be read and was sent by the end of a day, the step
    that tells how it stood then, by number.
    """
    end = clock.midnight(day + timedelta(days=1))
    later = aliased(CaseStep)
    last = (
        select(func.max(later.recorded_seq))
        .where(later.case_id == CaseStep.case_id, later.at < end)
        .scalar_subquery()
    )
    query = select(CaseStep).join(Case, Case.id == CaseStep.case_id)
    query = query.where(CaseStep.recorded_seq == last, readable(desk))
    if kinds:
        query = query.where(Case.kind.in_(kinds))
    rows = desk.session.scalars(query.order_by(Case.number))
    return [step for step in rows if step.status is not CaseStatus.DRAFT]


def by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, Case]:
    """Return cases by id."""
    query = select(Case).where(among(session, Case.id, set(ids)))
    return {case.id: case for case in session.scalars(query)}


# -- figures


@dataclass(frozen=True)
class Load:
    """What waits for an agency: how many cases are open, how many are past their day,
    by how many working days the oldest.
    """

    agency_id: UUID
    open: int
    late: int
    longest: int


def loads(desk: Desk, calendar: Calendar) -> list[Load]:
    """Return what waits for each agency, the most late first."""
    today = clock.today()
    query = select(Case.answering_id, Case.asking_id, Case.status, Case.due_on)
    query = query.where(Case.status.in_(sorted(OPEN)), _ALONE, readable(desk))
    opened: Counter[UUID] = Counter()
    days: dict[UUID, list[int]] = defaultdict(list)
    for answering, asking, status, due in desk.session.execute(query):
        whose = asking if TURN[status] is Side.ASKING else answering
        if whose is None or status is CaseStatus.DRAFT:
            continue
        opened[whose] += 1
        if due is not None and due < today:
            days[whose].append(-calendar.left(due, today))
    waiting = [
        Load(agency, number, len(days[agency]), max(days[agency], default=0))
        for agency, number in opened.items()
    ]
    return sorted(waiting, key=lambda load: (-load.late, -load.longest, -load.open))


@dataclass(frozen=True)
class Waiting:
    """How many wait for what a demand asks: agencies, procedures, requests for data."""

    agencies: int
    procedures: int
    requests: int

    @property
    def all(self) -> int:
        """How many there are together."""
        return self.agencies + self.procedures + self.requests


def ranked(desk: Desk) -> list[tuple[Case, Waiting]]:
    """Return the open demands that the actor may read, with who waits for each, those
    for which most wait first.
    """
    open_demands = page(desk, CaseFilter((demands.NAME,), sorted(OPEN)), _RANKED)
    sources = {case.about_id for case in open_demands if case.about_id}
    query = select(Case.about_id, func.count(Case.id)).where(
        Case.kind == requests.NAME,
        Case.status.in_(sorted(OPEN - {CaseStatus.DRAFT})),
        among(desk.session, Case.about_id, sources),
    )
    rows = desk.session.execute(query.group_by(Case.about_id))
    requested: dict[UUID | None, int] = {about: number for about, number in rows}  # noqa: C416
    demanded = [
        (
            case,
            Waiting(
                len(case.content.get("waiting", ())),
                len(case.content.get("procedures", ())),
                requested.get(case.about_id, 0),
            ),
        )
        for case in open_demands
    ]
    return sorted(demanded, key=lambda row: (-row[1].all, row[0].number))


@dataclass(frozen=True)
class Answered:
    """How many requests about a database were answered, and after how many working days
    (the median).
    """

    number: int
    days: float


def answered(
    session: Session, entry_id: UUID, kind: str, calendar: Calendar
) -> Answered | None:
    """Return how long answers about a database took, None where too few were given to
    tell; nothing of who asked for what.
    """
    query = select(Case).where(Case.kind == kind, Case.about_id == entry_id)
    query = query.options(selectinload(Case.steps))
    taken = []
    for case in session.scalars(query):
        begun_steps = [step for step in case.steps if step.after["began_on"]]
        answers = [step for step in case.steps if step.status in ANSWERS]
        if begun_steps and answers:
            begun = date.fromisoformat(begun_steps[-1].after["began_on"])
            taken.append(calendar.taken(clock.midnight(begun), _came(answers[0])))
    return Answered(len(taken), median(taken)) if len(taken) >= FEWEST else None


def _came(step: CaseStep) -> datetime:
    """Return when an answer came: a letter on its day, not when it was written down."""
    day = step.given.get("paper_day")
    return clock.midnight(date.fromisoformat(day)) if day else step.at


def waiting_for_answers(session: Session, day: date) -> list[Case]:
    """Return the cases for whose answer somebody waits that is due by some day, by
    number.
    """
    query = select(Case).where(
        Case.status.in_(sorted(ANSWERING)),
        Case.due_on.is_not(None),
        Case.due_on <= day,
        _ALONE,
    )
    return list(session.scalars(query.order_by(Case.number)))
