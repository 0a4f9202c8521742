"""The journal as an auditor reads it: who did what to what and when, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.accounts.models import Person, Post
from app.accounts.service import email_key
from app.exchange.cases.models import Case, CaseStep
from app.journal import JournalRow
from app.register import arguments
from app.register.models import Entry
from app.workflow.proposals.models import Proposal

PAGE = 50


@dataclass(frozen=True)
class ActFilter:
    """What acts are asked for: by a person's name or address, from one day to another,
    of one kind, to a thing (`CSDL-0007`, or the number of a proposal or
    a case).
    """

    person: str = ""
    first: date | None = None
    last: date | None = None
    action: str = ""
    thing: str = ""


@dataclass(frozen=True)
class Act:
    """One row with the names of who and what: `subject` is a person or a post that
    something was done to.
    """

    seq: int
    at: datetime
    action: str
    person: str
    email: str
    post: str
    subject: str
    entry: str
    proposal: int | None
    hash: str
    case: int | None = None


def page(
    session: Session, criteria: ActFilter, before: int | None, limit: int = PAGE
) -> tuple[list[Act], int | None]:
    """Return acts below a row, and below which row the next page begins, None after the
    last.
    """
    query = _narrowed(criteria)
    if before is not None:
        query = query.where(JournalRow.seq < before)
    rows = session.execute(query.limit(limit + 1)).all()
    acts = [_act(tuple(row)) for row in rows[:limit]]
    return acts, acts[-1].seq if len(rows) > limit else None


def actions(session: Session) -> Sequence[str]:
    """Return the kinds of acts that there are."""
    query = select(JournalRow.action).distinct().order_by(JournalRow.action)
    return session.scalars(query).all()


_SUBJECT, _SUBJECT_POST = aliased(Person), aliased(Post)


def _narrowed(
    criteria: ActFilter,
) -> Select[JournalRow, Person, Post, Person, Post, Entry, Proposal, Case]:
    query = select(
        JournalRow, Person, Post, _SUBJECT, _SUBJECT_POST, Entry, Proposal, Case
    )
    for target, key in (
        (Person, JournalRow.person_id),
        (Post, JournalRow.post_id),
        (_SUBJECT, JournalRow.subject_id),
        (_SUBJECT_POST, JournalRow.subject_id),
        (Entry, JournalRow.entry_id),
        (Proposal, JournalRow.proposal_id),
    ):
        query = query.outerjoin(target, target.id == key)
    query = query.outerjoin(CaseStep, CaseStep.recorded_seq == JournalRow.seq)
    query = query.outerjoin(Case, Case.id == CaseStep.case_id)
    if criteria.person:
        named = Person.name.contains(criteria.person, autoescape=True)
        address = Person.email_key == email_key(criteria.person)
        query = query.where(or_(address, named))
    if criteria.first:
        query = query.where(JournalRow.at >= clock.midnight(criteria.first))
    if criteria.last:
        until = clock.midnight(criteria.last + timedelta(days=1))
        query = query.where(JournalRow.at < until)
    if criteria.action:
        query = query.where(JournalRow.action == criteria.action)
    if criteria.thing:
        number = arguments.whole(criteria.thing)
        query = query.where(
            Entry.local_id == criteria.thing.upper()
            if number is None
            else or_(Proposal.number == number, Case.number == number)
        )
    return query.order_by(JournalRow.seq.desc())


def _act(columns: Sequence[Any]) -> Act:
    row, person, post, subject, subject_post, entry, proposal, case = columns
    done_to = subject_post.title if subject_post else ""
    if subject:
        done_to = subject.name
    return Act(
        row.seq,
        row.at,
        row.action,
        person.name if person else "",
        person.email if person else "",
        post.title if post else "",
        done_to,
        (entry.local_id or "") if entry else "",
        proposal.number if proposal else None,
        row.hash or "",
        case.number if case else None,
    )
