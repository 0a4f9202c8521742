"""Carries a succession out: everything of the plan in one transaction; what must move
on the day itself, on the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import service as accounts
from app.accounts.models import Post
from app.errors import ConflictError, NotFoundError
from app.exchange.cases import handing_over
from app.exchange.cases.models import Case
from app.register import reassignment
from app.register import service as register
from app.register.content.hashing import Content
from app.register.latest_versions import latest_version
from app.register.models import Entry, Period, Version
from app.register.reassignment import Change
from app.register.service import Order, Prepared
from app.register.standing import stands, stands_on
from app.succession import correct
from app.succession.acts import Act, ActType, read
from app.succession.correct import KIND, corrected
from app.succession.plan import CODE, ClosedCode, LineKind, Plan, plan
from app.workflow import reassignment as proposals
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import Profile

# what the journal calls it that everything of an act has moved
SETTLED = "succession.settled"
_DAY = timedelta(days=1)


@dataclass
class _Carrier:
    """One act at work, on the authority of the order that entered it."""

    session: Session
    profile: Profile
    act: Act
    order: Order

    def orders(self, entry_id: UUID, content: Content | None = None) -> Order:
        return replace(
            self.order,
            entry_id=entry_id,
            content=content or {},
            start=self.act.day,
            end=None,
        )

    def rewrite(
        self, entry_id: UUID, change: Change, prepared: Prepared | None = None
    ) -> None:
        order = self.orders(entry_id)
        register.rewrite(self.session, self.profile, order, change, prepared)


def carry_out(session: Session, profile: Profile, order: Order) -> None:
    """Do everything that the act of the order says; ConflictError when something is
    left that nobody takes.
    """
    act = read(order.entry_id, order.content)
    if act.type is ActType.CORRECT:
        correct.carry_out(session, profile, act, order)
        _settled(session, order)
        return
    carrier = _Carrier(session, profile, act, order)
    drawn = plan(session, profile, act)
    if drawn.unassigned:
        raise ConflictError(
            f"Chưa giao {drawn.unassigned[0].key} cho cơ quan nào; xem lại tác "
            "động rồi giao"
        )
    current = _current(carrier, drawn)
    _entries(carrier, drawn)
    if act.day <= clock.today():
        _people(carrier, drawn, current)
        _settled(session, order)


def due(session: Session) -> list[UUID]:
    """Return the acts whose day has come and of which not everything has moved yet, the
    earliest first.
    """
    row = journal.JournalRow
    settled = (
        select(row.seq).where(row.entry_id == Entry.id, row.action == SETTLED).exists()
    )
    query = (
        select(Entry.id)
        .join(Period, Period.entry_id == Entry.id)
        .where(Entry.kind == KIND, ~settled)
    )
    query = query.where(stands(), Period.valid_from <= clock.today())
    return list(session.scalars(query.order_by(Period.valid_from, Entry.local_id)))


def settle(profile: Profile, session: Session, act_id: UUID) -> None:
    """Do what falls on the day of an act: posts and open proposals move, and what has
    come to name the originals.
    """
    version = latest_version(session, act_id)
    if version is None:
        raise NotFoundError(f"Không có việc kế thừa {act_id}")
    row = journal.JournalRow
    post = session.scalar(
        select(row.post_id)
        .where(row.version_id == version.id)
        .order_by(row.seq)
        .limit(1)
    )
    order = Order(
        act_id, version.content, proposal_id=version.proposal_id, post_id=post
    )
    if not corrected(session, act_id):
        act = read(act_id, version.content)
        carrier = _Carrier(session, profile, act, order)
        drawn = plan(session, profile, act)
        current = _current(carrier, drawn)
        _again(carrier, drawn)
        _people(carrier, drawn, current)
    _settled(session, order)


def _settled(session: Session, order: Order) -> None:
    note = journal.Note(
        SETTLED,
        post_id=order.post_id,
        entry_id=order.entry_id,
        proposal_id=order.proposal_id,
    )
    journal.record(session, note)


def _entries(carrier: _Carrier, drawn: Plan) -> None:
    _swap(carrier, drawn)
    for line in drawn.of(LineKind.RENAMED):
        _rename(carrier, line.origin)
    for line in drawn.of(LineKind.ENDS):
        _end(carrier, line.origin)
    _codes(carrier, drawn.closings)


def _swap(carrier: _Carrier, drawn: Plan) -> None:
    pairs: dict[UUID, list[tuple[UUID, UUID]]] = {}
    for line in [*drawn.of(LineKind.ENTRY), *drawn.of(LineKind.AGENCY)]:
        if line.subject and line.to:
            pairs.setdefault(line.subject, []).append((line.origin, line.to))
    with register.preparing(carrier.session, carrier.profile, pairs) as prepared:
        for entry_id, swaps in pairs.items():
            change = _swapped(carrier, prepared.entries[entry_id], swaps)
            carrier.rewrite(entry_id, change, prepared)


def _swapped(carrier: _Carrier, entry: Entry, swaps: list[tuple[UUID, UUID]]) -> Change:
    def change(content: Content) -> Content:
        for old, new in swaps:
            target: UUID | None = new
            if new == entry.id:
                # a child that takes its parent's place belongs where that belonged
                above = _content(carrier.session, old, carrier.act.day).get("parent")
                target = UUID(above) if above else None
            content = reassignment.renamed(
                carrier.profile, entry.kind, content, old, target
            )
        return content

    return change


def _rename(carrier: _Carrier, agency: UUID) -> None:
    query = select(Entry).where(Entry.kind == CODE, Entry.local_id.is_not(None))
    held = query.join(Version, Version.entry_id == Entry.id).where(
        Version.content["holder"].as_string() == str(agency)
    )
    for entry in [
        carrier.session.get_one(Entry, agency),
        *set(carrier.session.scalars(held)),
    ]:
        carrier.rewrite(entry.id, _renamed(carrier, entry))


def _renamed(carrier: _Carrier, entry: Entry) -> Change:
    """Give an agency its new names; a code of it stays, and is listed under them from
    now on while it is used.
    """
    (agency,) = carrier.act.originals
    names = dict(carrier.act.names)
    listed = {"holder_name": names["name"]} if "name" in names else {}

    def change(content: Content) -> Content:
        if entry.id == agency:
            return content | names
        used = content.get("status") != "da-dong"
        if used and content.get("holder") == str(agency):
            return content | listed
        return content

    return change


def _end(carrier: _Carrier, agency: UUID) -> None:
    last = _content(carrier.session, agency, carrier.act.day)
    successors = (
        {"successor": sorted(map(str, carrier.act.resulting))}
        if carrier.act.resulting
        else {}
    )
    content = last | {"dissolved": carrier.act.day.isoformat()} | successors
    register.end_as(
        carrier.session,
        carrier.profile,
        carrier.act.day,
        carrier.orders(agency, content),
    )


def _codes(carrier: _Carrier, closings: list[ClosedCode]) -> None:
    issued = {closing.value: _reserve(carrier) for closing in closings if closing.value}
    for closing in closings:
        if closing.value:
            _issue(carrier, closing, issued)
    known = {
        **issued,
        **_by_value(
            carrier.session,
            {value for closing in closings for value in closing.successors},
        ),
    }
    for closing in closings:
        carrier.rewrite(
            closing.view.id,
            _closed(carrier, [known[v] for v in closing.successors if v in known]),
        )


def _reserve(carrier: _Carrier) -> UUID:
    return register.reserve(carrier.session, carrier.profile.kinds[CODE]).id


def _issue(carrier: _Carrier, closing: ClosedCode, issued: Mapping[str, UUID]) -> None:
    value = closing.value or ""
    parent = value.rpartition(".")[0]
    above = issued.get(parent) or _by_value(carrier.session, {parent})[parent]
    dropped = ("closed_by", "closing_reason", "successors", "issued_by", "numbering")
    content = {
        name: value
        for name, value in closing.view.content.items()
        if name not in dropped
    }
    content |= {
        "value": value,
        "parent_code": str(above),
        "status": "dang-dung",
        "issued": carrier.act.day.isoformat(),
    }
    content |= {"validity": {"start": carrier.act.day.isoformat()}} | _because(
        carrier, "issued_by"
    )
    register.enter(
        carrier.session, carrier.profile, carrier.orders(issued[value], content)
    )


def _closed(carrier: _Carrier, successors: list[UUID]) -> Change:
    day = carrier.act.day.isoformat()

    def change(content: Content) -> Content:
        validity = {**content.get("validity", {}), "end": day}
        closed = {
            "status": "da-dong",
            "closing_reason": carrier.act.title[:500],
            "validity": validity,
        }
        following = {"successors": sorted(map(str, successors))} if successors else {}
        return content | closed | following | _because(carrier, "closed_by")

    return change


def _because(carrier: _Carrier, name: str) -> Content:
    return {name: str(carrier.act.decision)} if carrier.act.decision else {}


def _by_value(session: Session, values: set[str]) -> dict[str, UUID]:
    query = select(Entry.local_id, Entry.id).where(
        Entry.kind == CODE, Entry.local_id.in_(values)
    )
    return {str(value): entry_id for value, entry_id in session.execute(query)}


def _current(carrier: _Carrier, drawn: Plan) -> set[UUID]:
    """Return the open proposals that are made from what their entries say: what the act
    makes of it is no news.
    """
    session = carrier.session
    current: set[UUID] = set()
    for line in drawn.of(LineKind.PROPOSAL):
        proposal = session.get_one(Proposal, line.subject)
        latest = latest_version(session, proposal.entry_id)
        bases = {latest.id if latest else None}
        if latest and latest.proposal_id == carrier.order.proposal_id:
            eve = _version_on(session, proposal.entry_id, carrier.act.day - _DAY)
            bases.add(eve.id if eve else None)
        if proposal.base_version_id in bases:
            current.add(proposal.id)
    return current


def _people(carrier: _Carrier, drawn: Plan, current: set[UUID]) -> None:
    """Move the posts with whoever holds them, and the open proposals with everything
    that was said about them.
    """
    mover = proposals.Mover(carrier.act.entry_id, _by(carrier))
    for line in drawn.of(LineKind.POST):
        if line.subject and line.to:
            post = carrier.session.get_one(Post, line.subject)
            former = post.agency_id
            accounts.move_post(
                carrier.session, post, line.to, carrier.act.day, carrier.act.entry_id
            )
            proposals.hand_over(carrier.session, former, line.to)
    for line in drawn.of(LineKind.PROPOSAL):
        if line.subject and line.to:
            proposal = carrier.session.get_one(Proposal, line.subject)
            agency = (
                line.to if proposal.agency_id == line.origin else proposal.agency_id
            )
            change = reassignment.swap(
                carrier.profile, proposal.kind, line.origin, line.to
            )
            latest = (
                latest_version(carrier.session, proposal.entry_id)
                if proposal.id in current
                else None
            )
            proposals.move(carrier.session, proposal, agency, change, latest, mover)
    for line in drawn.of(LineKind.CASE):
        if line.subject and line.to and line.origin:
            case = carrier.session.get_one(Case, line.subject)
            agencies = (line.origin, line.to)
            handing_over.move(
                carrier.session,
                carrier.profile,
                case,
                agencies,
                mover.because,
                mover.by,
            )


def _by(carrier: _Carrier) -> UUID:
    if carrier.order.post_id is None:
        raise ConflictError("Không rõ vị trí nào đã quyết định việc kế thừa này")
    return carrier.order.post_id


def _again(carrier: _Carrier, drawn: Plan) -> None:
    """On the day itself: take up what was entered since, about what had moved and about
    what names the originals.
    """
    for entry_id in _moved(carrier):
        _follow_up(carrier, entry_id)
    _swap(carrier, drawn)
    _codes(carrier, drawn.closings)


def _moved(carrier: _Carrier) -> list[UUID]:
    row = journal.JournalRow
    query = select(row.entry_id).where(
        row.proposal_id == carrier.order.proposal_id, row.action == register.MOVED
    )
    if carrier.act.type is not ActType.RENAME:  # codes were closed, or stay
        query = query.where(
            row.entry_id.in_(select(Entry.id).where(Entry.kind != CODE))
        )
    return [id_ for id_ in carrier.session.scalars(query.distinct()) if id_]


def _follow_up(carrier: _Carrier, entry_id: UUID) -> None:
    """Have what was amended after the act was entered go on from the day of the act, as
    all acts of that day say.
    """
    session, day = carrier.session, carrier.act.day
    before = _version_on(session, entry_id, day - _DAY)
    after = _version_on(session, entry_id, day)
    acts = _acts(carrier, entry_id)
    if before is None or after is None or after.proposal_id not in acts:
        return  # ended, or somebody has decided about that day since
    entry = session.get_one(Entry, entry_id)
    content = before.content
    stood = after.content
    for act in acts.values():
        content = _change(replace(carrier, act=act), entry)(content)
    carrier.rewrite(entry_id, lambda former: content if former == stood else former)


def _acts(carrier: _Carrier, entry_id: UUID) -> dict[UUID | None, Act]:
    """Return the acts of the carrier's day that moved an entry, by proposal, in the
    order of entering.
    """
    row = journal.JournalRow
    query = (
        select(row.proposal_id)
        .where(row.entry_id == entry_id, row.action == register.MOVED)
        .order_by(row.seq)
    )
    proposal_ids = list(dict.fromkeys(carrier.session.scalars(query)))
    versions = select(Version).join(Entry, Entry.id == Version.entry_id)
    versions = versions.where(Entry.kind == KIND, Version.proposal_id.in_(proposal_ids))
    by_proposal = {
        version.proposal_id: read(version.entry_id, version.content)
        for version in carrier.session.scalars(versions)
    }
    acts: dict[UUID | None, Act] = {}
    for proposal_id in proposal_ids:
        act = by_proposal.get(proposal_id)
        if act is None or act.day != carrier.act.day:
            continue
        if not corrected(carrier.session, act.entry_id):
            acts[proposal_id] = act
    return acts


def _change(carrier: _Carrier, entry: Entry) -> Change:
    """Return what the act makes of what an entry says."""
    if carrier.act.type is ActType.RENAME:
        return _renamed(carrier, entry)
    to = carrier.act.heir(str(entry.local_id))
    return _swapped(carrier, entry, [(old, to) for old in carrier.act.originals if to])


def _version_on(session: Session, entry_id: UUID, day: date) -> Version | None:
    query = (
        select(Version)
        .join(Period, Period.version_id == Version.id)
        .where(Period.entry_id == entry_id)
    )
    query = query.where(stands_on(day))
    return session.scalars(query).first()


def _content(session: Session, entry_id: UUID, day: date) -> Content:
    """Return what stands of an entry just before a day begins, else on it."""
    version = _version_on(session, entry_id, day - _DAY) or _version_on(
        session, entry_id, day
    )
    if version is None:
        raise ConflictError(
            "Cơ quan này không có hiệu lực vào ngày kế thừa; chọn ngày khác"
        )
    return dict(version.content)
