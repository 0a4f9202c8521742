"""A succession that was wrong is corrected by a further act: what it moved is given back, and both stay on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import journal
from app.accounts import service as accounts
from app.accounts.models import FormerAgency, Post
from app.register import moving
from app.register import service as register
from app.register.content import Content
from app.register.models import Entry, Period, Version
from app.register.moving import Change
from app.register.service import Order
from app.succession.acts import Act, read
from app.succession.planning import CODE
from app.workflow import moving as proposals
from app.workflow import proposals as asking
from app.workflow.lifecycle import OPEN
from app.workflow.models import Proposal
from catalog_schema.profile import Profile

_CHANGED = (register.MOVED, "entry.ended")  # what an act's rows are called that changed an entry that was there


@dataclass(frozen=True)
class Undoing:
    """What a correction gives back, and what it leaves because somebody has changed it since: identifiers."""

    back: list[str]
    left: list[str]


def carry_out(session: Session, profile: Profile, act: Act, order: Order) -> Undoing:
    """Give back what the corrected act moved; codes that it issued are closed, never taken out."""
    wrong = _wrong(session, act)
    back, left = list[str](), list[str]()
    for entry, between in _touched(session, wrong.proposal_id):
        restored = register.restore(session, _order(order, entry.id), between)
        (back if restored else left).append(str(entry.local_id))
    for entry in _issued(session, wrong.proposal_id):
        register.rewrite(session, profile, _order(order, entry.id), _shut(act))
        back.append(str(entry.local_id))
    _people(session, profile, act, read(wrong.entry_id, wrong.content), order)
    return Undoing(back, left)


def _wrong(session: Session, act: Act) -> Version:
    version = asking.latest_version(session, act.corrects) if act.corrects else None
    if version is None:
        raise LookupError("the profile asks for the act that is corrected")
    return version


def _order(order: Order, entry_id: UUID) -> Order:
    return Order(entry_id, {}, order.start, proposal_id=order.proposal_id, post_id=order.post_id)


def _touched(session: Session, proposal_id: UUID | None) -> Iterator[tuple[Entry, tuple[int, int]]]:
    """Yield what the act changed, with the first and the last journal row about it."""
    row = journal.JournalRow
    query = select(row.entry_id, func.min(row.seq), func.max(row.seq)).where(row.proposal_id == proposal_id)
    query = query.where(row.action.in_(_CHANGED)).group_by(row.entry_id)
    for entry_id, first, last in session.execute(query).all():
        yield session.get_one(Entry, entry_id), (first, last)


def _issued(session: Session, proposal_id: UUID | None) -> list[Entry]:
    """Return the codes that the act issued and that are still in use."""
    row = journal.JournalRow
    rows = select(row.entry_id).where(row.proposal_id == proposal_id, row.action == "entry.entered")
    standing = select(Period.entry_id).where(Period.superseded_seq.is_(None), Period.valid_to > Period.valid_from)
    query = select(Entry).where(Entry.id.in_(rows), Entry.kind == CODE, Entry.id.in_(standing))
    return list(session.scalars(query.order_by(Entry.local_id)))


def _shut(act: Act) -> Change:
    day = act.day.isoformat()

    def change(content: Content) -> Content:
        validity = {**content.get("validity", {}), "end": day}
        return content | {"status": "da-dong", "closing_reason": act.title[:500], "validity": validity}

    return change


def _people(session: Session, profile: Profile, act: Act, wrong: Act, order: Order) -> None:
    """Bring back the posts, and the open proposals of whoever drafted them there."""
    home = dict[UUID, UUID]()
    for place in session.scalars(select(FormerAgency).where(FormerAgency.until == wrong.day)):
        post = session.get_one(Post, place.post_id)
        if place.agency_id in wrong.originals and post.agency_id in (*wrong.resulting, *wrong.assigned.values()):
            home[post.id] = place.agency_id
            accounts.move_post(session, post, place.agency_id, act.day, act.entry_id)
    mover = proposals.Mover(act.entry_id, order.post_id) if order.post_id else None
    for proposal, former in _moved(session, wrong.entry_id, home) if mover else ():
        content = moving.swap(profile, proposal.kind, proposal.agency_id, former)
        latest = asking.latest_version(session, proposal.entry_id)
        if mover is not None:
            proposals.move(session, proposal, former, content, latest, mover)


def _moved(session: Session, entry_id: UUID, home: dict[UUID, UUID]) -> Iterator[tuple[Proposal, UUID]]:
    row = journal.JournalRow
    rows = select(row.proposal_id).where(row.entry_id == entry_id, row.action == "proposal.moved")
    query = select(Proposal).where(Proposal.id.in_(rows), Proposal.status.in_(sorted(OPEN)))
    for proposal in session.scalars(query.order_by(Proposal.number)):
        drafted = select(row.post_id).where(row.proposal_id == proposal.id, row.action == "proposal.propose")
        post = session.scalar(drafted.limit(1))
        if post in home:
            yield proposal, home[post]
