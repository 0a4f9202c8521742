"""Every read of proposals: who may see one, what is said about it, which others there
are, what waits for whom.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, selectinload

from app import clock, journal
from app.clock import OPEN_END
from app.db import among
from app.errors import NotFoundError
from app.permissions import Action, Reach, reach
from app.register.content import facts, schema
from app.register.latest_versions import latest_version
from app.register.models import Version
from app.vietnamese import fold
from app.workflow.checks import candidate as candidates
from app.workflow.checks import registry as checks
from app.workflow.context import Desk
from app.workflow.proposals.lifecycle import OPEN, WITH_AGENCY, Status
from app.workflow.proposals.models import (
    Finding,
    Occasion,
    Proposal,
    ProposalType,
    Reply,
    Revision,
    Severity,
)
from catalog_schema.profile import Stage

_DUE = func.coalesce(Proposal.due_on, literal(OPEN_END, Date))
MOST_TITLES = 10_000  # proposals whose titles are looked through
# the others keep the content that is in force
WRITING = (
    ProposalType.REGISTER,
    ProposalType.AMEND,
)


@dataclass(frozen=True)
class ProposalFilter:
    """What a list of proposals asks for; empty means all. `waiting` puts those that are
    due first before others, `newest` the newest.

    `assignee` is the reviewer's post that examines them, or "none" for those that
    nobody has yet; `free_or_of` leaves out those that another post than this one has.
    `numbers` are the only ones to list, where that is known already.
    """

    statuses: Sequence[str] = ()
    agency_id: UUID | None = None
    kind: str | None = None
    after: int | None = None
    waiting: bool = False
    newest: bool = False
    assignee: UUID | Literal["none"] | None = None
    free_or_of: UUID | None = None
    numbers: Sequence[int] | None = None


def get(desk: Desk, proposal_id: UUID) -> Proposal:
    """Return a proposal that the actor may read; NotFoundError otherwise, the same as
    for one that never was.
    """
    query = select_readable(desk).where(Proposal.id == proposal_id)
    proposal = desk.session.scalar(query)
    if proposal is None:
        raise NotFoundError("Không có hồ sơ này")
    return proposal


def by_number(desk: Desk, number: int) -> Proposal:
    """Return the proposal with this number, under the same rule as `get`."""
    known = 0 < number < 2**31
    proposal_id = (
        desk.session.scalar(select(Proposal.id).where(Proposal.number == number))
        if known
        else None
    )
    if proposal_id is None:
        raise NotFoundError("Không có hồ sơ này")
    return get(desk, proposal_id)


def page(
    desk: Desk, criteria: ProposalFilter, limit: int = 50
) -> tuple[list[Proposal], int | None]:
    """Return proposals that the actor may read, by number or those due first, and the
    one to go on after.
    """
    order = _order(criteria)
    query = _listed(desk, criteria).order_by(*order).limit(limit + 1)
    if criteria.after is not None:
        last = desk.session.execute(
            select(*order).where(Proposal.number == criteria.after)
        ).first()
        if last is None:
            return [], None
        query = query.where(tuple_(*order) > tuple_(*last))
    rows = list(desk.session.scalars(query))
    return rows[:limit], rows[limit - 1].number if len(rows) > limit else None


def _order(criteria: ProposalFilter) -> tuple[ColumnElement[Any], ...]:
    if criteria.newest:
        return (-Proposal.number,)
    if criteria.waiting:
        return _DUE, Proposal.number.expression
    return (Proposal.number.expression,)


def turns(desk: Desk, criteria: ProposalFilter) -> list[int]:
    """Return the numbers of the proposals that match among those that the actor may
    read, those that are due first before others.
    """
    query = _listed(desk, criteria).with_only_columns(Proposal.number)
    return list(desk.session.scalars(query.order_by(_DUE, Proposal.number)))


def titled(desk: Desk, criteria: ProposalFilter, text: str) -> list[int]:
    """Return the numbers of those among the newest MOST_TITLES that match whose title
    has all words of a text, however marked, or whose number it is.
    """
    wanted = fold(text).split()
    columns = (Proposal.number, Proposal.kind, Proposal.content)
    query = _listed(desk, criteria).with_only_columns(*columns)
    newest = query.order_by(Proposal.number.desc()).limit(MOST_TITLES)
    found = []
    for number, kind, content in desk.session.execute(newest):
        title = fold(facts.title(desk.profile.kinds[kind], content))
        if text.strip() == str(number) or all(word in title for word in wanted):
            found.append(number)
    return found


def latest(desk: Desk, statuses: Sequence[str], limit: int) -> list[Proposal]:
    """Return the proposals in these statuses that changed last, newest first, among
    those that the actor may read.
    """
    query = _listed(desk, ProposalFilter(statuses)).order_by(
        Proposal.changed_at.desc(), Proposal.number.desc()
    )
    return list(desk.session.scalars(query.limit(limit)))


def waiting_for_me(desk: Desk) -> list[Proposal]:
    """Return the proposals in review that cannot go on until the actor's post closes
    what it said about them.
    """
    mine = select(Finding.proposal_id).where(
        Finding.post_id == desk.actor.post_id, Finding.resolved_at.is_(None)
    )
    query = (
        _listed(desk, ProposalFilter((Status.IN_REVIEW,)))
        .where(Proposal.id.in_(mine))
        .order_by(Proposal.number)
    )
    return list(desk.session.scalars(query))


def count(desk: Desk, criteria: ProposalFilter) -> int:
    """Return how many proposals match among those that the actor may read."""
    return (
        desk.session.scalar(
            select(func.count()).select_from(_listed(desk, criteria).subquery())
        )
        or 0
    )


def agencies(desk: Desk, statuses: Sequence[str]) -> list[UUID]:
    """Return the agencies that have proposals in these statuses."""
    listed = _listed(desk, ProposalFilter(statuses)).subquery()
    return list(desk.session.scalars(select(listed.c.agency_id).distinct()))


def readable(desk: Desk, ids: Collection[UUID]) -> set[UUID]:
    """Return those of these proposals that the actor may read."""
    query = select_readable(desk).where(among(desk.session, Proposal.id, ids))
    return {proposal.id for proposal in desk.session.scalars(query)}


def numbers(desk: Desk, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the numbers of those of these proposals that the actor may read."""
    allowed = readable(desk, ids)
    query = select(Proposal.id, Proposal.number).where(Proposal.id.in_(allowed))
    return dict(desk.session.execute(query).all())


def select_readable(desk: Desk) -> Select[Proposal]:
    """Select what the actor may read: their own agency's, and those of others from the
    first time they were sent.
    """
    far = reach(desk.actor, Action.READ)
    query = select(Proposal)
    if far is None:
        return query.where(false())
    own = Proposal.agency_id == desk.actor.agency_id
    if far is Reach.OWN:
        return query.where(own)
    return query.where(or_(own, Proposal.submitted_at.is_not(None)))


def _listed(desk: Desk, criteria: ProposalFilter) -> Select[Proposal]:
    query = select_readable(desk)
    if criteria.statuses:
        query = query.where(Proposal.status.in_(criteria.statuses))
    if criteria.agency_id is not None:
        query = query.where(Proposal.agency_id == criteria.agency_id)
    if criteria.assignee is not None:
        assignee = None if criteria.assignee == "none" else criteria.assignee
        query = query.where(Proposal.assignee_id.is_not_distinct_from(assignee))
    if criteria.free_or_of is not None:
        free = Proposal.assignee_id.is_(None)
        query = query.where(or_(free, Proposal.assignee_id == criteria.free_or_of))
    if criteria.kind is not None:
        query = query.where(Proposal.kind == criteria.kind)
    if criteria.numbers is not None:
        query = query.where(Proposal.number.in_(criteria.numbers))
    return query


def others(desk: Desk, proposal: Proposal) -> list[Proposal]:
    """Return the other open proposals on the same entry that the actor may read."""
    query = _listed(desk, ProposalFilter(sorted(OPEN))).where(
        Proposal.entry_id == proposal.entry_id
    )
    return list(
        desk.session.scalars(
            query.where(Proposal.id != proposal.id).order_by(Proposal.number)
        )
    )


def open_on(desk: Desk, entry_id: UUID) -> list[Proposal]:
    """Return the open proposals on an entry that the actor may read."""
    query = _listed(desk, ProposalFilter(sorted(OPEN))).where(
        Proposal.entry_id == entry_id
    )
    return list(desk.session.scalars(query.order_by(Proposal.number)))


def load(session: Session, proposals: Sequence[Proposal]) -> None:
    """Read at once what was found in these proposals, and who had a part in them."""
    ids = [proposal.id for proposal in proposals]
    query = select(Proposal).where(among(session, Proposal.id, ids))
    query = query.options(
        selectinload(Proposal.findings), selectinload(Proposal.involvements)
    )
    session.scalars(query.execution_options(populate_existing=False)).all()


def findings(proposal: Proposal, *, only_open: bool = False) -> list[Finding]:
    """Return the findings of all rounds, oldest first."""
    if only_open:
        return [finding for finding in proposal.findings if finding.resolved_at is None]
    return list(proposal.findings)


def open_remarks(proposal: Proposal) -> list[Finding]:
    """Return what people (not machine checks) said and nobody has closed yet."""
    unresolved = findings(proposal, only_open=True)
    return [finding for finding in unresolved if finding.post_id is not None]


def replies(session: Session, raised: Iterable[Finding]) -> dict[UUID, list[Reply]]:
    """Return the threads of these findings, oldest answer first."""
    threads: dict[UUID, list[Reply]] = {finding.id: [] for finding in raised}
    query = (
        select(Reply)
        .where(among(session, Reply.finding_id, threads))
        .order_by(Reply.id)
    )
    for reply in session.scalars(query):
        threads[reply.finding_id].append(reply)
    return threads


def last_sent(proposal: Proposal) -> Revision | None:
    """Return the content as it was when it was last submitted; None before that."""
    submissions = [
        revision
        for revision in proposal.revisions
        if revision.action is Occasion.SUBMIT
    ]
    return submissions[-1] if submissions else None


def compared_with(proposal: Proposal) -> Revision | None:
    """Return what the agency began to change from: what came back to it, mends of
    reviewers included.

    While the proposal is with the agency that is the latest revision, afterwards the
    one before the last sending.
    """
    revisions = proposal.revisions
    places = [
        place
        for place, revision in enumerate(revisions)
        if revision.action is Occasion.SUBMIT
    ]
    at = places[-1] if places else 0
    if proposal.status in WITH_AGENCY:
        at = len(revisions)
    return revisions[at - 1] if at > 0 else None


def mends(proposal: Proposal) -> list[tuple[Revision, Revision]]:
    """Return each mend of a reviewer with the revision before it, oldest first."""
    return [
        (old, new)
        for old, new in pairwise(proposal.revisions)
        if new.action is Occasion.MEND
    ]


def history(session: Session, proposal: Proposal) -> list[journal.JournalRow]:
    """Return what happened to the proposal, oldest first, saves of a draft left out."""
    query = select(journal.JournalRow).where(
        journal.JournalRow.proposal_id == proposal.id
    )
    query = query.where(journal.JournalRow.action != f"proposal.{Action.EDIT}")
    return list(session.scalars(query.order_by(journal.JournalRow.seq)))


def base_version(session: Session, proposal: Proposal) -> Version | None:
    """Return the version that the proposal was made from, None for something new."""
    return (
        None
        if proposal.base_version_id is None
        else session.get(Version, proposal.base_version_id)
    )


def superseded(session: Session, proposal: Proposal) -> bool:
    """Tell whether the register has moved on since the proposal was made from it."""
    latest = latest_version(session, proposal.entry_id)
    return (latest.id if latest else None) != proposal.base_version_id


def problems(
    desk: Desk, proposal: Proposal, stage: Stage
) -> list[candidates.CheckResult]:
    """Return what bars a proposal from `stage` and what a reviewer should look at:
    profile first, then wider rules.
    """
    kind = desk.profile.kinds[proposal.kind]
    checked = schema.check(kind, proposal.content, stage, desk.profile.base)
    results = [
        candidates.CheckResult(f"profile-{e.code}", e.field, Severity.ERROR, e.message)
        for e in checked.errors
    ]
    # what may be sent is looked at even while something is missing
    if checked.errors and stage is Stage.ENTER:
        checked = schema.check(kind, proposal.content, Stage.SUBMIT, desk.profile.base)
    if checked.errors:
        return results
    consequence = desk.office.consequences.get(kind.name)
    begins = consequence.begins(checked.content) if consequence else None
    effective = begins or proposal.effective_from
    if effective is None or effective == date.min:
        effective = clock.today()
    candidate = candidates.Candidate(
        desk.session,
        desk.profile,
        kind,
        proposal.entry_id,
        checked.content,
        effective,
        proposal.agency_id,
        ends=proposal.type == ProposalType.END,
    )
    return results + checks.run(candidate, consequence.check if consequence else None)
